"""What is made of a long list of QuickBooks: once for as long as the list is the same.

A hundred thousand items take a quarter of a second and more to read. Whether they are still those that were read is
told by PostgreSQL, which adds up a number for each row where it lies; elsewhere they are read each time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import BigIntegerField, Case, Count, DecimalField, F, Func, QuerySet, Sum, When

from companies.models import Company

Made = TypeVar("Made")
#: A row as it was read.
Values = tuple[Any, ...]

#: So many companies' lists are kept of each kind.
_MOST = 16
_WHOLE = DecimalField(max_digits=60, decimal_places=0)


class KeptList(Generic[Made]):
    """One kind of list."""

    def __init__(
        self,
        rows: Callable[[Company], QuerySet[Any]],
        columns: tuple[str, ...],
        make: Callable[[tuple[Values, ...]], Made],
    ) -> None:
        """Read nothing yet.

        Args:
            rows: Those of a company, in their order, which follows from the columns and the key.
            columns: What is read of each: texts without control characters, and `active`.
            make: What is made of them.
        """
        self._rows, self._columns, self._make = rows, columns, make
        self._made = lru_cache(maxsize=_MOST)(make)
        self._kept: OrderedDict[tuple[int, ...], Made] = OrderedDict()
        self._lock = Lock()

    def of(self, company: Company) -> Made:
        """What is made of a company's list; one query, and two when it has changed."""
        rows = self._rows(company)
        if connection.vendor != "postgresql":
            return self._made(tuple(rows.values_list(*self._columns)))
        told = rows.order_by().aggregate(number=Count("pk"), mark=Sum(self._number(), output_field=_WHOLE))
        found = self._found((company.pk, told["number"], int(told["mark"] or 0)))
        return self._read(company, rows) if found is None else found

    def _read(self, company: Company, rows: QuerySet[Any]) -> Made:
        """Read it, under the mark of the very rows that were read: it may have changed a moment ago."""
        read = list(rows.annotate(row_mark=self._number()).values_list(*self._columns, "row_mark"))
        made = self._make(tuple(row[:-1] for row in read))
        with self._lock:
            self._kept[company.pk, len(read), sum(row[-1] for row in read)] = made
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return made

    def _found(self, key: tuple[int, ...]) -> Made | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _number(self) -> Func:
        """Of a row: another one where any of its columns is another."""
        texts = [column for column in self._columns if column != "active"]
        text = Func(*texts, template="(%(expressions)s)", arg_joiner=" || chr(31) || ")
        seed: Any = F("pk") * 2
        if "active" in self._columns:
            seed += Case(When(active=True, then=1), default=0)
        return Func(text, seed, function="hashtextextended", output_field=BigIntegerField())
