"""Processes of their own that begin at once: each is forked from one that has imported everything.

A Python that imports Tieout works for more than a second before it does anything, and the tests start many.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.databases import CONNECTION_VARIABLE
from tests.held_answers import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
#: What can be run: each has a `main`, and is imported once for all.
PROGRAMS = (
    "tests.faults.fetch_until",
    "tests.faults.push_until",
    "tests.sync.sync_process",
    "tests.workers.web_process",
    "tests.workers.worker_process",
)
_OF_A_CHILD = (CONNECTION_VARIABLE, "DJANGO_SETTINGS_MODULE", "PYTHONPATH")


@dataclass(frozen=True)
class Child:
    """A process that was begun."""

    process: ForkServerProcess

    def wait(self, seconds: float = PATIENCE) -> int:
        """Wait for its end; its exit code, or the negative number of the signal that ended it."""
        self.process.join(seconds)
        assert self.process.exitcode is not None, f"the process did not end within {seconds} s"
        return self.process.exitcode

    def is_alive(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.is_alive()

    def ask_to_stop(self) -> None:
        """Send it SIGTERM."""
        self.process.terminate()

    def kill(self) -> None:
        """Kill it, as kill -9 does, and wait until it is dead."""
        self.process.kill()
        self.wait()


def begin(program: str, *arguments: str, environment: Mapping[str, str], log: Path) -> Child:
    """Begin a process that calls `main` of a program.

    Args:
        program: One of `PROGRAMS`.
        *arguments: Of its `main`.
        environment: Of `child_environment`; it is the same for all tests of a run.
        log: The file that gets what it prints.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PROGRAMS))
    _ensure_running({**environment, "PYTHONPATH": str(ROOT)})
    process = context.Process(target=_run, args=(program, arguments, str(log)), daemon=True)
    process.start()
    return Child(process)


def _ensure_running(environment: Mapping[str, str]) -> None:
    """Start the process that others are forked from, unless it runs."""
    before = {name: os.environ.get(name) for name in _OF_A_CHILD}
    os.environ |= {name: environment[name] for name in _OF_A_CHILD}
    try:
        forkserver.ensure_running()
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _run(program: str, arguments: tuple[str, ...], log: str) -> None:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(file, stream)
    importlib.import_module(program).main(*arguments)
