"""What becomes of a document whose day is in a period that is closed in the books?

Source:
    docs/decisions/0074-closed-periods.md
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from books.documents import Document, NewCustomer

_Document = TypeVar("_Document", bound=Document)


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

    def dated(self, document: _Document, day: date | None = None) -> _Document:
        """A document on an open day, with both dates in its memo; one that is on an open day already as it is.

        The text is for the books, so it is the same in every language of the screens.

        Args:
            document: Of the source's day.
            day: The day that it is to have; None for the first open one.
        """
        if isinstance(document, NewCustomer) or self.through is None or not self.has(document.dated):
            return document
        opened = day or self.through + timedelta(days=1)
        told = f"Dated {document.dated.isoformat()} in the source, entered {opened.isoformat()}: period closed."
        return replace(document, dated=opened, memo=f"{told} {document.memo}".rstrip())


#: Nothing is closed.
ALL_OPEN = ClosedPeriods()
