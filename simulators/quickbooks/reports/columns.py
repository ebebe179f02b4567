"""Into which columns does a statement fall? One of totals, one for each span of days, or one for each customer."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from .. import refusals
from ..entities.account_types import BALANCE_SHEET
from ..fields import Record
from ..ledger import NOTHING
from .basis import entries
from .frame import Asked

if TYPE_CHECKING:
    from ..books import Books

MOST_COLUMNS = 1000
MONTHS = {"Month": 1, "Quarter": 3, "Year": 12}
NOBODY = "Not Specified"


@dataclass(frozen=True, kw_only=True)
class Slice:
    """One column: a span of days, both included; for one customer, or for nobody, where `who` is not None."""

    title: str
    first: str
    last: str
    who: str | None = None

    def shown(self) -> Record:
        """The column as an answer tells it."""
        span = [{"Name": "StartDate", "Value": self.first}, {"Name": "EndDate", "Value": self.last}]
        told = span if self.who is None else []
        return {
            "ColTitle": self.title,
            "ColType": "Money",
            "MetaData": [*told, {"Name": "ColKey", "Value": self.who or self.title}],
        }


def slices(books: Books, what: Asked) -> list[Slice]:
    """The columns that were asked for, without the one of totals.

    Raises:
        Refused: There would be more than a report can hold.
    """
    if what.columns_by == "Total":
        return [Slice(title="Total", first=what.first, last=what.last)]
    if what.columns_by == "Customers":
        return _by_customer(books, what)
    found = [_spanning(*span, what.columns_by) for span in _spans(books, what)]
    if len(found) > MOST_COLUMNS:
        raise refusals.coded(
            10100,
            "Result too big",
            f"The report would have more than {MOST_COLUMNS:,} columns.",
            "summarize_column_by",
        )
    return found


def _spans(books: Books, what: Asked) -> list[tuple[date, date]]:
    first, last = map(date.fromisoformat, _whole(books) if what.macro.lower() == "all" else (what.first, what.last))
    found: list[tuple[date, date]] = []
    while first <= last and len(found) <= MOST_COLUMNS:
        ends = min(_next(first, what.columns_by) - timedelta(days=1), last)
        found.append((first, ends))
        first = ends + timedelta(days=1)
    return found


def _whole(books: Books) -> tuple[str, str]:
    """The first and the last day of the books, up to today at least."""
    today = books.today.isoformat()
    days = [entry.day for entry in books.store.ledger.entries.values()]
    return min(days, default=today), max(*days, today)


def _next(day: date, unit: str) -> date:
    """The first day of the span after the one that a day is in."""
    if unit == "Days":
        return day + timedelta(days=1)
    if unit == "Week":
        return day + timedelta(days=7 - (day.weekday() + 1) % 7)  # a week begins on Sunday
    months = MONTHS[unit]
    after = day.year * 12 + (day.month - 1) // months * months + months
    return date(after // 12, after % 12 + 1, 1)


def _spanning(first: date, last: date, unit: str) -> Slice:
    return Slice(title=_title(first, last, unit), first=first.isoformat(), last=last.isoformat())


def _title(first: date, last: date, unit: str) -> str:
    if unit == "Days":
        return f"{first:%b} {first.day}, {first.year}"
    whole = first.day == 1 and (last + timedelta(days=1)).day == 1
    if unit == "Week" or not whole:
        return f"{first:%b} {first.day} - {last:%b} {last.day}, {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%b} {first.year}"
    return f"{first:%b} - {last:%b}, {last.year}"


def _by_customer(books: Books, what: Asked) -> list[Slice]:
    """A column for every customer that bought in the period, by name, and one for what has no customer."""
    seen = {
        posting.name if books.get("Customer", posting.name) else ""
        for entry in entries(books, what.basis)
        if what.first <= entry.day <= what.last
        for posting in entry.postings
        if books.named("Account", posting.account)["AccountType"] not in BALANCE_SHEET
    }
    named = sorted(
        (str(books.named("Customer", customer)["FullyQualifiedName"]), customer) for customer in seen if customer
    )
    found = [Slice(title=title, first=what.first, last=what.last, who=who) for title, who in named]
    nobody = [Slice(title=NOBODY, first=what.first, last=what.last, who="")] if "" in seen else []
    return [*found, *nobody]


def moved_in(books: Books, what: Asked, columns: list[Slice]) -> list[Mapping[str, Decimal]]:
    """Each account's movement in each column, of the customers asked for; debit positive."""
    totals: list[dict[str, Decimal]] = [defaultdict(lambda: NOTHING) for _ in columns]
    if not columns:
        return []
    starts = [column.first for column in columns]
    places = {column.who: place for place, column in enumerate(columns)}
    for entry in entries(books, what.basis):
        place = 0 if columns[0].who is not None else bisect_right(starts, entry.day) - 1
        if place < 0 or not columns[place].first <= entry.day <= columns[place].last:
            continue
        for posting in entry.postings:
            if what.customers and posting.name not in what.customers:
                continue
            if columns[0].who is not None:
                place = places.get(posting.name or "", places.get("", -1))
            if place >= 0:
                totals[place][posting.account] += posting.amount
    return list(totals)
