"""How is a spreadsheet of orders read, with one row per line item?

Rows of one order are together. Which orders do not is found out before the first is read, so that no order is ever
read in part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO

from books.messages import Message
from books.translation import gettext_noop
from sync.sources.base import Place, Reading, ReadOptions, Record, RowError, too_many
from sync.sources.files.columns import Column, MatchedColumns, as_text
from sync.sources.files.file_columns import ORDER_FILE
from sync.sources.files.first_look import FirstLook
from sync.sources.files.order_columns import COLUMNS, ORDER_ID, ORDER_NUMBER, PAYMENT_AMOUNT, PAYMENT_METHOD
from sync.sources.files.row_faults import id_twice, too_many_rows
from sync.sources.files.row_orders import OrderRows, RowOrderReader
from sync.sources.files.swapped import TRIED, refuse_swapped
from sync.sources.files.tables import BrokenRow, Table, TableRow
from sync.sources.values import Faults

#: QuickBooks takes some hundred lines.
MOST_ROWS_OF_AN_ORDER = 2_000


@dataclass(frozen=True, kw_only=True)
class OrdersCsv:
    """Orders in a spreadsheet, as CSV or as an Excel workbook."""

    name: str = "orders-csv"
    label: str = gettext_noop("Orders (CSV or Excel)")
    help: str = gettext_noop(
        "One row per line item; the rows of one order are together. Separated by comma, semicolon, tab or |, "
        "or an Excel workbook. Letter case, spaces and punctuation of the column names do not matter."
    )
    system: str = "files"
    columns: tuple[Column, ...] = COLUMNS

    def read(self, file: BinaryIO, *, options: ReadOptions) -> Reading:
        """See `Layout.read`."""
        table = ORDER_FILE.open(file, options)
        matched = ORDER_FILE.match(table.header, options)
        rows = (row for row in table.rows() if isinstance(row, TableRow))
        refuse_swapped(table.header, matched, islice(rows, TRIED))
        reader = RowOrderReader(table.header, matched, options)
        reader.counts_from_1904 = table.counts_from_1904
        notices = [*table.notices, *matched.notices]
        if PAYMENT_METHOD in matched.positions and PAYMENT_AMOUNT not in matched.positions:
            notices.append(Message(sentence=_NO_PAYMENTS))
        records = _records(table, matched, reader, notices)
        first = next(records, None)  # a file with too many rows is rejected before anything is read
        return Reading(records=records if first is None else chain((first,), records), notices=notices)


def _records(table: Table, matched: MatchedColumns, reader: RowOrderReader, notices: list[Message]) -> Iterator[Record]:
    look = _look(table, matched, reader.options.most)
    reader.swapped_days = look.swapped_days
    came = False
    for group in _groups(table, matched):
        if isinstance(group, RowError):
            yield group
        elif group.number in look.apart:
            if group.rows[0].number == look.apart[group.number][0]:  # said once, where the order starts
                yield _rows_apart(group.number, look.apart[group.number], reader.name_of(ORDER_NUMBER))
        elif group.number in look.of_one_id:
            yield from _id_twice(group, look.of_one_id[group.number], reader.name_of(ORDER_ID))
        elif len(group.rows) > MOST_ROWS_OF_AN_ORDER:
            yield from _too_many_rows(group.rows[0], group.number)
        else:
            read = reader.read(group)
            if isinstance(read, tuple):
                yield from read
            else:
                yield read
        came = True
    if not came:
        notices.append(Message(sentence=_NO_ORDERS))
    notices.extend(table.noticed())


def _look(table: Table, matched: MatchedColumns, most: int | None) -> FirstLook:
    """What has to be known of the whole file.

    Raises:
        UnreadableFile: There are more than `most` rows, or the file is sorted by something else than its orders.
    """
    look = FirstLook(matched=matched, looks_at_days=table.makes_days)
    for group in _groups(table, matched, most):
        if isinstance(group, OrderRows):
            look.take(group)
    look.refuse_unsorted()
    return look


def _groups(table: Table, matched: MatchedColumns, most: int | None = None) -> Iterator[OrderRows | RowError]:
    """Rows that are together and have the same order number.

    A row without a number may belong to the order above it, so it stays with it and keeps it back. So does a row
    from which on the file cannot be read.

    Raises:
        UnreadableFile: There are more than `most` rows.
    """
    number = ""
    rows: list[TableRow] = []
    for count, row in enumerate(table.rows(), start=1):
        if most is not None and count > most:
            raise too_many(most)
        if isinstance(row, BrokenRow):
            yield from _broken(row, number)
            return
        if _is_header_again(row, table.header):
            continue
        found = as_text(matched.cell(ORDER_NUMBER, row.cells))
        if found and rows and found != number:
            yield OrderRows(number=number, rows=tuple(rows))
            rows = []
        number = found or number
        if len(rows) <= MOST_ROWS_OF_AN_ORDER:  # one more than it may have tells that it has too many
            rows.append(row)
    if rows:
        yield OrderRows(number=number, rows=tuple(rows))


def _is_header_again(row: TableRow, header: tuple[str, ...]) -> bool:
    """Files that were put together from several have the header more than once."""
    begins_so = as_text(row.cells[0]) == header[0]
    return begins_so and tuple(as_text(cell) for cell in row.cells[: len(header)]) == header


def _broken(row: BrokenRow, number: str) -> Iterator[RowError]:
    faults = Faults(Place(row=row.number), order=number)
    faults.add(row.fault)
    yield from faults.errors()


def _too_many_rows(first: TableRow, number: str) -> Iterator[RowError]:
    faults = Faults(Place(row=first.number), order=number)
    faults.add(too_many_rows(MOST_ROWS_OF_AN_ORDER))
    yield from faults.errors()


def _id_twice(group: OrderRows, shared: tuple[str, str], column: str) -> Iterator[RowError]:
    found, other = shared
    faults = Faults(Place(row=group.rows[0].number), order=group.number)
    faults.add(id_twice(group.number, other), column=column, value=found)
    yield from faults.errors()


def _rows_apart(number: str, parts: tuple[int, int], column: str) -> RowError:
    here, other = parts
    return RowError(
        code="rows-apart",
        place=Place(row=here),
        column=column,
        value=number,
        message=Message.of(
            gettext_noop("Order %(value)s starts in this row and again in row %(other)d, with others between."),
            gettext_noop("Sort the file by order number, so that the rows of one order are together."),
            value=number,
            other=other,
        ),
        order=number,
    )


_NO_ORDERS = gettext_noop("The file holds no orders: there is no row below the names of its columns.")
_NO_PAYMENTS = gettext_noop(
    "The file names payment methods but has no column Payment Amount, so every order is read as unpaid."
)
