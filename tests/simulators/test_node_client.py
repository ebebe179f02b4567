"""Do intuit-oauth, node-quickbooks and quickbooks-node-promise work against the company, unchanged but for the address?

It needs node and npm, which `.ci/run` installs where they are missing; the libraries themselves come from the lock file
beside the drivers, once for each environment.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import simplejson

from simulators.quickbooks.server import Running

DRIVERS = Path(__file__).parent / "drivers"


def installed() -> Path:
    """The folder with the library; made on first use, under the lock file's own hash."""
    npm = shutil.which("npm")
    assert npm, "node and npm are needed to drive node-quickbooks: install them (Debian: apt-get install nodejs npm)"
    lock = (DRIVERS / "package-lock.json").read_bytes()
    folder = Path(sys.prefix) / "node-clients" / hashlib.sha256(lock).hexdigest()[:12]
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(DRIVERS / name, folder)
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr
        (folder / "done").touch()
    return folder


def driven(running: Running, driver: str) -> Any:
    """What a driver saw of the company."""
    folder = installed()
    node = shutil.which("node")
    assert node, "node is needed to drive the clients in JavaScript"
    environment = {**os.environ, "NODE_PATH": str(folder / "node_modules")}
    command = [node, str(DRIVERS / driver), simplejson.dumps(running.ready())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return simplejson.loads(done.stdout.splitlines()[-1])


@pytest.mark.node
def test_quickbooks_node_promise_works_unchanged(running: Running):
    assert driven(running, "quickbooks_node_promise.js") == {
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
    seen = driven(running, "node_quickbooks.js")
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
    assert driven(running, "intuit_oauth.js") == {
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
