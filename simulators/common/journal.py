"""How do the books survive? One JSON line per write in a file; a line that a kill cut short does not count."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from . import wire

#: A practice company may hold copies of real customers and the key to itself.
OWNER_ONLY = 0o600


class UnreadableBooks(ValueError):
    """The file is not one that this program wrote."""


class Journal:
    """The file of a company. Without a path, nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._file: int | None = None

    def read(self) -> Iterator[dict[str, Any]]:
        """Every whole line of the file, in the order they were written.

        Raises:
            UnreadableBooks: A line that is not the last is broken.
        """
        if self.path is None or not self.path.exists():
            return
        with self.path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.endswith(b"\n"):
                    return  # the process was killed while it wrote this line, so nobody got an answer
                try:
                    yield wire.loads(line)
                except wire.Unreadable as problem:
                    raise UnreadableBooks(f"{self.path}, line {number}: {problem}") from None

    def rewrite(self, lines: Iterable[dict[str, object]]) -> None:
        """Put a fresh file in the place of the old one, at once."""
        if self.path is None:
            return
        self.close()
        fresh = self.path.with_name(self.path.name + ".new")
        fresh.unlink(missing_ok=True)  # one that a kill left behind may be open to others
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "wb") as file:
            for line in lines:
                file.write(wire.dump_bytes(line) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)
        self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND)

    def append(self, line: dict[str, Any]) -> None:
        """Add a line; when this returns, a kill of the process cannot lose it."""
        if self._file is not None:
            os.write(self._file, wire.dump_bytes(line) + b"\n")

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
