"""What becomes of a document whose day is in a period that is closed in the books?

Source:
    docs/decisions/0074-closed-periods.md
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from books.documents import Document, NewCustomer

_Document = TypeVar("_Document", bound=Document)

#: For the books, so it is the same in every language of the screens.
_TOLD = "Dated {source} in the source, entered {entered}: period closed."
_MOVED = re.compile(_TOLD.format(source=r"\d{4}-\d\d-\d\d", entered=r"(\d{4}-\d\d-\d\d)"))


@dataclass(frozen=True, kw_only=True)
class ClosedPeriods:
    """Up to which day the books are closed, and which kinds of record are then entered on the first day after it."""

    #: The last closed day; None while every day is open.
    through: date | None = None
    #: Kinds of record (`books.documents.KINDS`) that go to the next open day; the others are held.
    next_open_day: Collection[str] = frozenset()

    def has(self, day: date) -> bool:
        """Whether a day is closed."""
        return self.through is not None and day <= self.through

    def moves(self, kind: str) -> bool:
        """Whether records of this kind are entered on the next open day."""
        return kind in self.next_open_day

    def dated(self, document: _Document) -> _Document:
        """A document on an open day, with both dates in its memo; one that is on an open day already as it is."""
        if isinstance(document, NewCustomer) or self.through is None or not self.has(document.dated):
            return document
        return entered_on(document, self.through + timedelta(days=1))


#: Nothing is closed.
ALL_OPEN = ClosedPeriods()


def entered_on(document: _Document, day: date) -> _Document:
    """A document on a later day than its own, with both dates in its memo.

    Args:
        document: Of the source's day.
        day: The day that it is to have.
    """
    if isinstance(document, NewCustomer):
        return document
    told = _TOLD.format(source=document.dated.isoformat(), entered=day.isoformat())
    return replace(document, dated=day, memo=f"{told} {document.memo}".rstrip())


def was_moved(document: Document) -> bool:
    """Whether the day of a document is a later one than the source's, because that was closed: its memo says so."""
    if isinstance(document, NewCustomer):
        return False
    told = _MOVED.match(document.memo)
    return told is not None and told[1] == document.dated.isoformat()
