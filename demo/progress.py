"""What does the demo say while it works? Never nothing for long, also where its output is a file or a pipe."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _
from rich.console import Console

from companies.models import Company
from companies.stored_texts import retold
from sync.management.progress import pushing_progress
from sync.management.words import counted, speaking
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

    def __exit__(self, *_fault: object) -> None:
        self._over.set()
        self._thread.join()

    def say(self, what: str) -> None:
        """A new step."""
        if what != self._what:
            self._what = what
            with speaking():
                self._print(f"  {retold(what)}")

    def observe(self, step: str, _document: Document) -> None:
        """A step of a push."""
        self._posted += step == "recorded"

    def _remind(self) -> None:
        while not self._over.wait(self._seconds / 5):
            if time.monotonic() - self._last > self._seconds:
                with speaking():
                    self._print(f"  {self._reminder()}")

    def _reminder(self) -> str:
        what = retold(self._what) if self._what else _("Starting")
        if not self._posted:
            return f"{what} …"
        return counted(
            "%(what)s …, %(n)s document so far", "%(what)s …, %(n)s documents so far", self._posted, what=what
        )

    def _print(self, line: str) -> None:
        self._last = time.monotonic()
        self._write(line)
