"""What is wrong in a file, and where, as a command says it."""

from __future__ import annotations

from sync.management.words import told
from sync.sources.base import RowError


def tell_error(error: RowError) -> str:
    """The row and column of an error, and what to do about it."""
    where = told(error.place.words)
    return f"{where}, {error.column}: {told(error.message)}" if error.column else f"{where}: {told(error.message)}"
