"""Do other people's clients for Node.js work against the company, unchanged but for the address?"""

from __future__ import annotations

import pytest

from simulators.quickbooks.server import Running
from tests.simulators.node_clients import driven


@pytest.mark.node
def test_quickbooks_node_promise_works_unchanged(running: Running):
    assert driven(running.ready(), "quickbooks_node_promise.js") == {
        "company": "Bramble & Birch Studio",
        "found": [True],
        "duplicate": "6240",
        "changed": ["1", "kept", "Zoë's Pots"],
        "voided": [0, "Voided"],
        "deleted": "Deleted",
        "members": ["", "Invoice", ""],
        "balanced": True,
        "pdf": "%PDF",
        "renewed": True,
        "after": "Bramble & Birch Studio",
    }


@pytest.mark.node
def test_node_quickbooks_works_unchanged(running: Running):
    seen = driven(running.ready(), "node_quickbooks.js")
    assert seen["company"] == "Bramble & Birch Studio"
    assert seen["found"] == [seen["id"]]
    assert (seen["duplicate"], seen["stale"], seen["missing"]) == ("6240", "5010", "610")
    assert seen["changed"] == ["1", "kept", "Zoë's Pots"]
    assert seen["once"] is True
    assert seen["paid"] == 0
    assert seen["payment"] == seen["invoice"] == [0, "Voided"]
    assert seen["deleted"] == "Deleted"
    assert seen["batch"] == ["From a batch", "6240", 1]
    assert seen["stubs"] == [seen["stub"]]
    assert seen["profit"] == "4980.25"
    assert seen["balanced"][0] == seen["balanced"][1]
    assert (seen["pdf"], seen["refreshed"]) == ("%PDF-", "1")


@pytest.mark.node
def test_intuits_own_client_for_node_works_unchanged(running: Running):
    assert driven(running.ready(), "intuit_oauth.js") == {
        "state": "kept",
        "realm": True,
        "signed": True,
        "user": "string",
        "made": "Zoë's Pots",
        "duplicate": "6240",
        "balanced": True,
        "pdf": "%PDF",
        "renewed": True,
        "stale": "invalid_grant",
        "revoked": "401",
    }
