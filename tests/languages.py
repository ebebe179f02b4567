"""How do tests drive clients that others wrote in JavaScript and Perl? With what is on this machine.

Where it is missing, `pytest` says so in one line and leaves out only the tests that need it, those that bear
`@pytest.mark.node` or `@pytest.mark.perl`; with CI=true that is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable

import pytest


def _has_node() -> bool:
    return bool(shutil.which("node") and shutil.which("npm"))


def _has_perl() -> bool:
    perl = shutil.which("perl")
    command = [perl or "", "-MLWP::Authen::OAuth2", "-MJSON::PP", "-e", "1"]
    return bool(perl) and subprocess.run(command, capture_output=True, check=False).returncode == 0


NEEDS: dict[str, tuple[Callable[[], bool], str]] = {
    "node": (
        _has_node,
        "No Node.js with npm on this machine: the tests that drive node-quickbooks are left out.",
    ),
    "perl": (
        _has_perl,
        "No Perl with LWP::Authen::OAuth2 on this machine: the test that drives it is left out.",
    ),
}
"""What a mark needs, and what is said where it is missing."""

_LEFT_OUT = pytest.StashKey[list[str]]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    config.stash[_LEFT_OUT] = []
    for mark, (is_there, missing) in NEEDS.items():
        found = [item for item in items if item.get_closest_marker(mark)]
        if not found or is_there():
            continue
        if os.environ.get("CI", "").lower() in ("true", "1"):
            raise pytest.UsageError(f"{missing} With CI=true that is a failure.")
        config.hook.pytest_deselected(items=found)
        items[:] = [item for item in items if item not in found]
        config.stash[_LEFT_OUT].append(missing)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for missing in config.stash.get(_LEFT_OUT, []):
        terminalreporter.write_line(missing)
