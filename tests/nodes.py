"""How do tests drive a client that others wrote in JavaScript? With a Node.js and npm that are on this machine.

Without them `pytest` says so in one line and leaves out only the tests that bear `@pytest.mark.node`; with CI=true that
is a failure.
"""

from __future__ import annotations

import os
import shutil

import pytest

MISSING = "No Node.js with npm on this machine: the tests that drive node-quickbooks are left out."

_LEFT_OUT = pytest.StashKey[bool]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    node_tests = [item for item in items if item.get_closest_marker("node")]
    if not node_tests or (shutil.which("node") and shutil.which("npm")):
        return
    if os.environ.get("CI", "").lower() in ("true", "1"):
        raise pytest.UsageError(f"{MISSING} With CI=true that is a failure.")
    config.hook.pytest_deselected(items=node_tests)
    items[:] = [item for item in items if item not in node_tests]
    config.stash[_LEFT_OUT] = True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.stash.get(_LEFT_OUT, False):
        terminalreporter.write_line(MISSING)
