"""How is a list of a million rows shown as fast as one of a thousand? By keys instead of page numbers.

A page begins behind the last row of the page before, found through an index; nothing is counted and nothing skipped
over. A count, where a person wants one, stops at ten thousand.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.formats import number_format

from books.outside.nesting import json_of
from books.outside.texts import is_workable, row_number

PAGE_SIZE = 50
COUNT_LIMIT = 10_000
#: Longer than the key of any page.
_LONGEST_PLACE = 4_000
_LONGEST_NUMBER = 40
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Sort:
    """In which order a list is: one column, ties broken by the row's number."""

    #: The name in the address.
    name: str
    field: str
    descending: bool = False

    @property
    def parameter(self) -> str:
        """The sort as the address bears it: `-date`."""
        return f"-{self.name}" if self.descending else self.name


def chosen_sort(text: str, fields: dict[str, str], *, default: str) -> Sort:
    """The sort that an address asks for; anything else is the default.

    Args:
        text: Such as `-date`.
        fields: The model's field for every name that may be sorted by.
        default: Such as `-date`.
    """
    wanted = text if text.removeprefix("-") in fields else default
    name = wanted.removeprefix("-")
    return Sort(name=name, field=fields[name], descending=wanted.startswith("-"))


@dataclass(frozen=True, kw_only=True)
class Page(Generic[Row]):
    """Some rows, and the keys of the pages before and after; an empty key means that there is none."""

    rows: Sequence[Row]
    before: str = ""
    after: str = ""
    #: The address named a place that cannot be read, so this is the first page.
    lost: bool = False


def keyset_page(rows: QuerySet[Row], sort: Sort, place: str = "", *, size: int = PAGE_SIZE) -> Page[Row]:
    """One page of a query, in one query.

    Args:
        rows: Filtered, in any order.
        sort: The order of the list.
        place: The `before` or `after` of another page; empty for the first.
        size: The most rows of a page.
    """
    key = _read(place, rows.model, sort)
    backwards = key is not None and key.backwards
    ordered = rows.order_by(*_ordering(sort, reverse=backwards))
    found = list((ordered.filter(_beyond(key, sort)) if key else ordered)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_before, has_after = (more, True) if backwards else (key is not None, more)
    return Page(
        rows=found,
        before=_written(found[0], sort, backwards=True) if found and has_before else "",
        after=_written(found[-1], sort, backwards=False) if found and has_after else "",
        lost=bool(place) and key is None,
    )


def page_of(row: Row, sort: Sort) -> Page[Row]:
    """The page of one row that was asked for by its number, between those before and after it."""
    return Page(rows=[row], before=_written(row, sort, backwards=True), after=_written(row, sort, backwards=False))


@dataclass(frozen=True, kw_only=True)
class _Key:
    value: Any
    pk: int
    backwards: bool


def _ordering(sort: Sort, *, reverse: bool) -> tuple[str, ...]:
    sign = "-" if sort.descending != reverse else ""
    return (f"{sign}pk",) if sort.field == "pk" else (f"{sign}{sort.field}", f"{sign}pk")


def _beyond(key: _Key, sort: Sort) -> Q:
    side = "lt" if sort.descending != key.backwards else "gt"
    further = Q(**{f"pk__{side}": key.pk})
    if sort.field == "pk":
        return further
    # The first condition alone lets the database begin in the middle of the index
    at_least = Q(**{f"{sort.field}__{side}e": key.value})
    return at_least & (Q(**{f"{sort.field}__{side}": key.value}) | further)


def _written(row: Model, sort: Sort, *, backwards: bool) -> str:
    value = "" if sort.field == "pk" else str(getattr(row, sort.field))
    text = json.dumps([sort.parameter, value, row.pk, backwards], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(place: str, model: type[Model], sort: Sort) -> _Key | None:
    """The key that an address bears; None where it bears none that can be read, or one of another order."""
    try:
        text = base64.urlsafe_b64decode(place[:_LONGEST_PLACE] + "=" * (-len(place[:_LONGEST_PLACE]) % 4))
        name, value, number, backwards = json_of(text, longest=_LONGEST_PLACE, deepest=1)
        pk = row_number(number)
        if name != sort.parameter or pk is None or not isinstance(value, str) or "\0" in value:
            return None
        column: Any = model._meta.get_field(sort.field) if sort.field != "pk" else None
        known = column.to_python(value) if column else None
        if isinstance(known, Decimal) and not (is_workable(known) and len(value) <= _LONGEST_NUMBER):
            return None
        return _Key(value=known, pk=pk, backwards=bool(backwards))
    except (ValueError, TypeError, OverflowError, binascii.Error, ValidationError):
        return None


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many rows, up to a limit."""

    number: int
    more: bool = False

    @classmethod
    def up_to(cls, number: int, limit: int = COUNT_LIMIT) -> Count:
        """The count of rows of which no more than one above the limit were counted."""
        return cls(number=min(number, limit), more=number > limit)

    def __str__(self) -> str:
        return number_format(self.number, force_grouping=True) + ("+" if self.more else "")

    def __bool__(self) -> bool:
        return self.number > 0


def count_around(page: Page[Row], rows: QuerySet[Row], *, along: Sort | None = None) -> Count:
    """Count a list of which one page is known: what is on one page needs no query.

    Args:
        page: Of these rows.
        rows: Filtered, in any order.
        along: The order to walk in, for a filter that no index helps: left alone, the database may choose the worst.
    """
    if not (page.before or page.after or page.lost):
        return Count(number=len(page.rows))
    return bounded_count(rows.order_by(*_ordering(along, reverse=False)) if along else rows.order_by())


def bounded_count(rows: QuerySet[Any], *, limit: int = COUNT_LIMIT) -> Count:
    """Count at most `limit` rows; one query."""
    return Count.up_to(rows[: limit + 1].count(), limit)
