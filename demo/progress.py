"""What does the demo say while it works? Never nothing for long, also where its output is a file or a pipe."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from companies.models import Company
from sync.management.progress import pushing_progress
from sync.models import Document
from sync.pushing.sender import Observer

#: For how long nothing is said.
SECONDS = 5.0


@contextmanager
def demo_progress(company: Company, console: Console) -> Iterator[tuple[Callable[[str], None], Observer]]:
    """A bar on a terminal, lines anywhere else; yields what to call with each step, and with each step of a push."""
    if console.is_terminal:
        with pushing_progress(company, console) as told:
            yield told
    else:
        with Lines(console.print) as lines:
            yield lines.say, lines.observe


class Lines:
    """Says each step on a line of its own, and every few seconds that it still works. Ends with its block."""

    def __init__(self, write: Callable[[str], None], *, seconds: float = SECONDS) -> None:
        self._write, self._seconds = write, seconds
        self._what, self._posted, self._last = "", 0, time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._remind, daemon=True)

    def __enter__(self) -> Lines:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def say(self, what: str) -> None:
        """A new step."""
        if what != self._what:
            self._what = what
            self._print(f"  {what}")

    def observe(self, step: str, _: Document) -> None:
        """A step of a push."""
        self._posted += step == "recorded"

    def _remind(self) -> None:
        while not self._over.wait(self._seconds / 5):
            if time.monotonic() - self._last > self._seconds:
                posted = f", {self._posted} document{'s' * (self._posted != 1)} so far" if self._posted else ""
                self._print(f"  {self._what or 'Starting'} …{posted}")

    def _print(self, line: str) -> None:
        self._last = time.monotonic()
        self._write(line)
