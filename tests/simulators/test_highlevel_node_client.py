"""Does HighLevel's own client for Node.js, unchanged but for the address, find the simulator to be HighLevel?"""

from __future__ import annotations

import pytest

from simulators.highlevel.server import start
from tests.simulators.highlevel_client import listener
from tests.simulators.node_clients import driven


@pytest.mark.node
def test_the_vendors_client_for_node_works_unchanged():
    with start() as running, listener() as heard:
        running.agency.webhooks.subscribe(heard.url)
        running.company.new_contact(firstName="Zoë")
        assert running.agency.webhooks.settled()
        webhook = {"body": heard.bodies[0].decode(), "signature": heard.headers[0]["x-ghl-signature"]}
        tables = running.company.tables
        counts = tables.count("invoices"), tables.count("transactions")

        assert driven({**running.ready(), "webhook": webhook}, "gohighlevel.js") == {
            "login": ["Location", True, 86_399],
            "invoices": [counts[0], "void"],
            "payments": counts[1],
            "contact": True,
            "refused": 401,
            "signature": [True, False],
        }
