"""What do the source, Tieout and QuickBooks each say of one document, line by line?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from books.documents import Document as DocumentValue
from books.money import money_text
from books.posted_document import (
    THE_CUSTOMER,
    THE_DATE,
    THE_LINES,
    THE_MONEY_ACCOUNT,
    THE_NUMBER,
    THE_TOTAL,
    WHAT_IT_SETTLES,
    Holding,
    Named,
)
from books.problems import ChangedInQuickBooks, RefusedByQuickBooks
from companies.models import Company
from sync.models import Document, DocumentChange
from sync.pushing.decisions import asks_whose_counts
from sync.pushing.needs import ids_of
from sync.quickbooks_online.changes import posted


@dataclass(frozen=True, kw_only=True)
class Sides:
    """One thing that all three say of a document; each is a list, for lines are several."""

    what: str
    source: Sequence[str]
    posted: Sequence[str]
    now: Sequence[str]

    @property
    def differs(self) -> bool:
        """Whether QuickBooks has another than what was posted."""
        return sorted(self.posted) != sorted(self.now)

    @property
    def moved(self) -> bool:
        """Whether the source says another than what was posted."""
        return sorted(self.posted) != sorted(self.source)


def sides_of_cause(company: Company, cause: str, code: str) -> list[Sides]:
    """The three sides of the document that an issue is about; empty where it is about no change in QuickBooks."""
    if code not in (ChangedInQuickBooks.code, RefusedByQuickBooks.code):
        return []
    rows = asks_whose_counts(Document.objects.filter(company=company, problems__cause=cause))
    found = rows.select_related("frozen", "change").order_by("pk")[:2]
    # QuickBooks may reject several for one cause; each is shown where many are decided
    document = found[0] if len(found) == 1 else None
    change = getattr(document, "change", None)
    return sides_of(document, change) if document and change else []


def values_of(document: Document, change: DocumentChange) -> list[DocumentValue]:
    """What was posted, and what the order comes to now where it is anything."""
    ours, wanted = document.frozen.read(), change.read()
    return [ours, wanted] if wanted else [ours]


def sides_of(document: Document, change: DocumentChange, ids: Mapping[str, str] | None = None) -> list[Sides]:
    """What the order comes to now, what was posted (or kept), and what QuickBooks was last seen to hold.

    Args:
        document: Posted.
        change: That waits.
        ids: QuickBooks ids by key of all that `values_of` needs, where they are known already.
    """
    seen = change.read_seen()
    if seen is None:
        return []
    ours, *rest = values = values_of(document, change)
    wanted = rest[0] if rest else None
    known = ids_of(document.company, values) if ids is None else ids
    ids = {key: "" for value in values for key in value.needs} | dict(known)
    before = document.frozen.read_theirs() or posted(ours, ids=ids)
    return compared_sides(posted(wanted, ids=ids) if wanted else None, before, seen)


def compared_sides(source: Holding | None, before: Holding, now: Holding) -> list[Sides]:
    """Every field and all lines, also where the three agree.

    Args:
        source: As the order would be posted now; None where it is to be voided.
        before: As it was posted.
        now: As QuickBooks has it.
    """
    return list(_rows(source, before, now))


def _rows(source: Holding | None, before: Holding, now: Holding) -> Iterator[Sides]:
    names = _Names(tuple(side for side in (source, before, now) if side))
    fields: tuple[tuple[str, Callable[[Holding], list[str]]], ...] = (
        (THE_NUMBER, lambda side: [side.number]),
        (THE_DATE, lambda side: [_day(side.dated)]),
        (THE_CUSTOMER, lambda side: [names.of(side.customer)]),
        (THE_MONEY_ACCOUNT, lambda side: [names.of(side.account)]),
        (THE_LINES, names.lines),
        (THE_TOTAL, lambda side: [money_text(side.total, side.currency)]),
        (WHAT_IT_SETTLES, lambda side: [f"{link.document} {link.amount}" for link in side.links]),
    )
    for what, told in fields:
        sides = [[text for text in told(side) if text] if side else [] for side in (source, before, now)]
        if any(sides):
            yield Sides(what=_(what), source=sides[0], posted=sides[1], now=sides[2])


class _Names:
    """One name for each item, account and customer, whichever side knows it by which."""

    def __init__(self, sides: Sequence[Holding]) -> None:
        self._names: dict[str, str] = {}
        for side in sides:
            for line in side.lines:
                self._names.setdefault(line.moves, line.name or line.moves)
            for named in (side.customer, side.account):
                self._names.setdefault(named.identifier, str(named))

    def of(self, named: Named) -> str:
        """What it is called."""
        return self._names[named.identifier]

    def lines(self, side: Holding) -> list[str]:
        """The lines that move anything, in the same order on every side."""
        texts = (
            f"{self._names[line.moves]} {money_text(line.amount, side.currency)}" for line in side.lines if line.amount
        )
        return sorted(texts)


def _day(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "SHORT_DATE_FORMAT") if iso else ""
