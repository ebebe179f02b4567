"""Which page of a list comes next? Its token says where it begins, and is good only for the question it was given for.

Tokens are made of what they say and a mark that only this account can make, so that no other text passes for one.
By position, a record that a change moves to the end pulls all after it forward, and a client misses what began the
next page; by key it does not. Which way Keap goes is not known.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..common import wire
from .filters import FilterField, tests_of
from .refusals import bad_argument

MOST = 1000
_KEPT = 8
#: What a record is sorted by: a number, or a text that sorts as what it says, such as a moment in UTC.
SortValue = str | int | Decimal


@dataclass(frozen=True, kw_only=True)
class ListRules:
    """A list: the key of its records in an answer, its filters, and what it can be ordered by; by id when not told."""

    key: str
    fields: Mapping[str, FilterField]
    orders: Mapping[str, Callable[[Any], SortValue]]
    #: Filters that are good only beside another one.
    needs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ListQuestion:
    """What is asked of a list: the query, and what its records are besides (those of one order)."""

    query: Mapping[str, str]
    scope: str = ""

    def get(self, name: str) -> str:
        """A parameter; an empty text when it is not there."""
        return self.query.get(name, "").strip()


@dataclass(frozen=True, kw_only=True)
class Page:
    """The records of a page, and the token of the next; an empty one at the end."""

    records: Sequence[Any]
    next_token: str


@dataclass(frozen=True)
class _Sorted:
    records: list[Any]
    keys: list[tuple[Any, int]]  # always upward
    backward: bool

    def place_after(self, end: int) -> list[Any]:
        """The key of the last record before `end`."""
        return list(self.keys[-end if self.backward else end - 1])

    def index_after(self, place: Sequence[Any]) -> int:
        """Where the records begin that come after a key."""
        key = (place[0], place[1])
        return len(self.keys) - bisect_left(self.keys, key) if self.backward else bisect_right(self.keys, key)


class Paging:
    """Sorts lists and cuts them into pages; keeps the last few, as a long one has many pages."""

    def __init__(self, mark: bytes) -> None:
        self._mark = mark
        self._kept: OrderedDict[object, _Sorted] = OrderedDict()

    def page(
        self,
        rules: ListRules,
        asked: ListQuestion,
        records: Callable[[], Iterable[Any]],
        *,
        version: object,
        by_key: bool,
        default_size: int,
    ) -> Page:
        """The page that is asked for; `version` is another whenever the list may be.

        Raises:
            KeapRefusal: The filter, the order, the size or the token is none.
        """
        size = _size(asked.get("page_size")) or default_size
        question = f"{rules.key}|{asked.scope}|{asked.get('filter')}|{asked.get('order_by')}"
        place = self._read(asked.get("page_token"), question)
        found = self._sorted(rules, asked, records, (question, version))
        begin = 0 if place is None else found.index_after(place) if isinstance(place, list) else int(place)
        end = begin + size
        if end >= len(found.records):
            return Page(records=found.records[begin:], next_token="")
        token = self._write(found.place_after(end) if by_key else end, question)
        return Page(records=found.records[begin:end], next_token=token)

    def _sorted(
        self, rules: ListRules, asked: ListQuestion, records: Callable[[], Iterable[Any]], question: object
    ) -> _Sorted:
        if question not in self._kept:
            tests = tests_of(asked.get("filter"), rules.fields, rules.needs)
            value_of, backward = _order(asked.get("order_by"), rules.orders)
            chosen = ((value_of(record), int(record.id), record) for record in records() if _passes(record, tests))
            rows = sorted(chosen, key=lambda row: row[:2])
            keys, kept = [row[:2] for row in rows], [row[2] for row in rows]
            self._kept[question] = _Sorted(kept[::-1] if backward else kept, keys, backward)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return self._kept[question]

    def _write(self, place: Any, question: str) -> str:
        body = wire.dump_bytes(place)
        return urlsafe_b64encode(self._marked(body, question) + body).decode().rstrip("=")

    def _read(self, token: str, question: str) -> Any:
        if not token:
            return None
        try:
            whole = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except ValueError:
            whole = b""
        if not hmac.compare_digest(whole[:16], self._marked(whole[16:], question)):
            raise bad_argument("The page token is not valid", resource="page_token")
        return wire.loads(whole[16:])

    def _marked(self, body: bytes, question: str) -> bytes:
        return hmac.digest(self._mark, question.encode("utf-8", "replace") + b"\0" + body, hashlib.sha256)[:16]


def _passes(record: Any, tests: Iterable[Callable[[Any], bool]]) -> bool:
    return all(test(record) for test in tests)


def _size(told: str) -> int:
    if not told:
        return 0
    if not (told.isascii() and told.isdecimal()) or int(told) > MOST:
        raise bad_argument(f"The page size is a whole number from 0 to {MOST}, not {told}", resource="page_size")
    return int(told)


def _order(told: str, orders: Mapping[str, Callable[[Any], SortValue]]) -> tuple[Callable[[Any], SortValue], bool]:
    name, _, direction = told.partition(" ")
    direction = direction.strip().lower()
    if (name and name not in orders) or direction not in ("", "asc", "desc"):
        raise bad_argument(f"The list cannot be ordered by {told}; it can by {', '.join(orders)}", resource="order_by")
    return orders[name] if name else lambda record: int(record.id), direction == "desc"
