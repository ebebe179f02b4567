"""How does a simulator run as a program? It says how to reach it in one line of JSON, and stops when it is told to."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from types import TracebackType
from typing import Protocol, Self

from . import wire

if find_spec("werkzeug") is None:
    print("The simulators need werkzeug: run pip install -r requirements-dev.lock", file=sys.stderr)
    sys.exit(2)


class Started(Protocol):
    """A simulator that listens until its `with` block ends."""

    def ready(self) -> Mapping[str, str]:
        """What a client needs to connect."""

    def __enter__(self) -> Self:
        """It listens already."""

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """It stops."""


def run(begin: Callable[[], Started], *, until_input_ends: bool, called: str) -> int:
    """Run until SIGTERM or SIGINT comes, or the standard input ends; the exit code is 2 when it cannot start."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        running = begin()
    except (OSError, ValueError) as problem:
        print(f"{called} cannot start: {problem}", file=sys.stderr)
        return 2
    if until_input_ends:
        threading.Thread(target=_wait_for_the_end_of_input, args=(stop,), daemon=True).start()
    with running:
        print(wire.dumps(running.ready()), flush=True)
        stop.wait()
    return 0


def _wait_for_the_end_of_input(stop: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop.set()
