"""What has to be known of a whole file before its first order is read?

Which orders have their rows apart, which have one id, and in which columns may a spreadsheet have swapped the days?
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from books.translation import gettext_noop
from sync.sources.base import UnreadableFile
from sync.sources.days import is_certain_order
from sync.sources.files.columns import Column, MatchedColumns, as_text, clean_day
from sync.sources.files.order_columns import ORDER_ID
from sync.sources.files.row_orders import OrderRows
from sync.sources.files.tables import Cell, made_day

#: So many orders may have their rows apart before the file as a whole is not sorted by its orders.
_FEW = 3
#: Where day and month are swapped, the day has the number of a month.
_MONTHS = 12


@dataclass(kw_only=True)
class FirstLook:
    """One look at every order of a file, in its order."""

    matched: MatchedColumns
    #: Whether a spreadsheet may have made dates of texts.
    looks_at_days: bool
    #: By the order's number, the first rows of its first two parts.
    apart: dict[str, tuple[int, int]] = field(default_factory=dict)
    #: By the order's number, its id and the number of another order that has it too.
    of_one_id: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._first: dict[str, int] = {}
        self._number_of: dict[str, str] = {}
        self._together = 0
        days = [column for column in self.matched.positions if column.clean is clean_day]
        self._days = {column: _Days() for column in days if self.looks_at_days}

    def take(self, group: OrderRows) -> None:
        """Look at the next rows of an order."""
        for column, days in self._days.items():
            for row in group.rows:
                days.take(self.matched.cell(column, row.cells))
        if not group.number:
            return
        start = group.rows[0].number
        if self._first.setdefault(group.number, start) != start:
            self.apart.setdefault(group.number, (self._first[group.number], start))
        elif len(group.rows) > 1:
            self._together += 1
        if ORDER_ID in self.matched.positions:
            self._take_id(group)

    def _take_id(self, group: OrderRows) -> None:
        """What an order is known by: the first id that its rows have, else its number."""
        ids = (as_text(self.matched.cell(ORDER_ID, row.cells)) for row in group.rows)
        found = next(filter(None, ids), group.number)
        other = self._number_of.setdefault(found, group.number)
        if other != group.number:
            self.of_one_id |= {group.number: (found, other), other: (found, group.number)}

    @property
    def swapped_days(self) -> frozenset[Column]:
        """The columns in which a spreadsheet took the days that it could read in its own order of day and month."""
        return frozenset(column for column, days in self._days.items() if days.may_be_swapped)

    def refuse_unsorted(self) -> None:
        """Refuse a file that is sorted by something else than its orders.

        Raises:
            UnreadableFile: Hardly any order has its rows together.
        """
        if len(self.apart) > max(_FEW, self._together):
            raise _not_sorted(self.apart)


@dataclass(kw_only=True)
class _Days:
    """The days of one column.

    A spreadsheet that reads 03/04/2026 in its own order leaves 13/04/2026 as text, because there is no such month. So
    beside such texts no day that it made is later than the 12th.
    """

    texts: bool = False
    made: bool = False
    late: bool = False

    def take(self, cell: Cell) -> None:
        if day := made_day(cell):
            self.made, self.late = True, self.late or day.day > _MONTHS
        elif isinstance(cell, str) and not self.texts:
            self.texts = is_certain_order(cell)

    @property
    def may_be_swapped(self) -> bool:
        return self.texts and self.made and not self.late


def _not_sorted(apart: Mapping[str, tuple[int, int]]) -> UnreadableFile:
    number, rows = next(iter(apart.items()))
    return UnreadableFile(
        gettext_noop(
            "The rows of %(orders)s orders are not together: order %(number)s, for one, is in row %(row)s and again in "
            "row %(again)s, with others between. Nothing was read."
        ),
        gettext_noop("Sort the file by order number, and import it again."),
        orders=f"{len(apart):,}",
        number=number,
        row=rows[0],
        again=rows[1],
    )
