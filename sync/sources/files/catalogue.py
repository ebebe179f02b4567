"""How is a file of the source's items read, one row an item? Pure; nothing is skipped in silence.

A row in which anything is wrong is left out with everything that is wrong in it. Two rows that claim the same id, or
two active ones that claim the same SKU, are both left out: which of them is right only a person can say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from books.messages import Message
from books.orders import BY_NAME, BY_SKU
from books.outside.texts import key_text
from books.translation import gettext_noop
from sync.sources.base import Place, ReadOptions, RowError, UnreadableFile
from sync.sources.evidence import is_storable, unstorable
from sync.sources.files.catalogue_columns import ACTIVE, ITEM_ID, NAME, SKU, ItemDraft, context_of
from sync.sources.files.columns import Column, MatchedColumns, as_text, refuse_no_value
from sync.sources.files.file_columns import ITEM_FILE
from sync.sources.files.row_faults import empty, too_many_cells
from sync.sources.files.tables import BrokenRow, Table, TableRow
from sync.sources.values import BadValue, Faults

#: As many items as are read from one file.
MOST_ITEMS = 100_000
#: After so many rows it is said how many were read.
_SAID_EVERY = 1_000


@dataclass(frozen=True, kw_only=True)
class CatalogueItem:
    """One item as its row says it; None where the file does not say it."""

    row: int
    source_id: str
    sku: str
    name: str
    description: str | None = None
    kind: str | None = None
    price: Decimal | None = None
    active: bool | None = None
    #: Whether it is of a source's own list, where there are no rows that a person could find.
    listed: bool = False

    @property
    def place(self) -> Place:
        """Where it is, for a person."""
        return Place(product=self.name) if self.listed else Place(row=self.row)

    @property
    def key(self) -> str:
        """What the item is known by in the source, as `books.orders.Line.product_key` has it."""
        if self.source_id:
            return self.source_id
        if self.sku:
            return f"{BY_SKU}{key_text(self.sku.strip()).casefold()}"
        return f"{BY_NAME}{key_text(self.name)}"


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """What a file of items says."""

    items: tuple[CatalogueItem, ...]
    errors: tuple[RowError, ...]
    notices: tuple[Message, ...]

    @property
    def rejected(self) -> int:
        """How many rows are left out."""
        return len({error.place for error in self.errors})


def read_catalogue(
    file: BinaryIO, *, options: ReadOptions, progress: Callable[[int], None] = lambda _: None
) -> Catalogue:
    """Read a file of items.

    Args:
        file: CSV or XLSX, able to seek.
        options: The home currency, and answers to what the file leaves open.
        progress: Told now and then how many rows were read.

    Raises:
        UnreadableFile: It is no table, lacks a needed column, or has too many rows.
    """
    table = ITEM_FILE.open(file, options)
    matched = ITEM_FILE.match(table.header, options)
    reader = _RowReader(table, matched, options)
    items, errors = list[CatalogueItem](), list[RowError]()
    for number, row in enumerate(_rows(table, options.most or MOST_ITEMS), start=1):
        if number % _SAID_EVERY == 0:
            progress(number)
        read = reader.read(row)
        if isinstance(read, CatalogueItem):
            items.append(read)
        else:
            errors += read
    good, twice = _told_apart(items, reader.name_of)
    errors = sorted((*errors, *twice), key=lambda error: error.row or 0)
    notices = (*table.notices, *matched.notices, *table.noticed(), *_about(items, errors, matched))
    return Catalogue(items=tuple(good), errors=tuple(errors), notices=notices)


class _RowReader:
    """Reads the rows of one file, whose columns are known."""

    def __init__(self, table: Table, matched: MatchedColumns, options: ReadOptions) -> None:
        self._header, self._matched = table.header, matched
        self._context = context_of(options)

    def name_of(self, column: Column) -> str:
        """The column as the file's own header names it."""
        position = self._matched.positions.get(column)
        return column.label if position is None else self._header[position]

    def read(self, row: TableRow | BrokenRow) -> CatalogueItem | tuple[RowError, ...]:
        """The item, or everything that is wrong with its row; never both."""
        faults = Faults(Place(row=row.number))
        if isinstance(row, BrokenRow):
            faults.add(row.fault)
            return faults.errors()
        if any(as_text(cell) for cell in row.cells[len(self._header) :]):
            faults.add(too_many_cells(len(row.cells), len(self._header)), value=as_text(row.cells[-1]))
        draft = ItemDraft()
        for column in self._matched.positions:
            self._read_cell(column, row, draft, faults)
        if not draft.name and not faults:
            faults.add(empty(), column=self.name_of(NAME))
        if faults:
            return faults.errors()
        return CatalogueItem(row=row.number, **vars(draft))

    def _read_cell(self, column: Column, row: TableRow, draft: ItemDraft, faults: Faults) -> None:
        cell = self._matched.cell(column, row.cells)
        text = as_text(cell)
        if not text:
            return
        try:
            if not is_storable(text):
                raise unstorable()
            if column is not ACTIVE:
                refuse_no_value(cell)
            column.assign(draft, column.clean(cell, self._context))
        except BadValue as fault:
            faults.add(fault, column=self.name_of(column), value=text)


def _rows(table: Table, most: int) -> Iterator[TableRow | BrokenRow]:
    for count, row in enumerate(table.rows(), start=1):
        if count > most:
            raise UnreadableFile(
                gettext_noop("The file has more than %(most)s items, the most that are read at once."),
                gettext_noop("Divide it into several files; each updates the items that it names and no other."),
                most=f"{most:,}",
            )
        if isinstance(row, TableRow) and _is_header_again(row, table.header):
            continue
        yield row


def _is_header_again(row: TableRow, header: tuple[str, ...]) -> bool:
    """Files that were put together from several have the header more than once."""
    return tuple(as_text(cell) for cell in row.cells[: len(header)]) == header


def _told_apart(
    items: list[CatalogueItem], name_of: Callable[[Column], str]
) -> tuple[list[CatalogueItem], list[RowError]]:
    """The items that no other row contradicts, and an error for each of the others."""
    by_id = _grouped(items, lambda item: item.source_id)
    by_sku = _grouped((item for item in items if item.active is not False), lambda item: item.sku.strip().casefold())
    bare = (item for item in items if not item.source_id and not item.sku)
    by_name = _grouped(bare, lambda item: item.name)
    errors: dict[int, list[RowError]] = defaultdict(list)
    for groups, fault, column in (
        (by_id, _same_id, ITEM_ID),
        (by_sku, _same_sku, SKU),
        (by_name, _same_name, NAME),
    ):
        for group in groups:
            for item in group:
                others = [other for other in group if other is not item]
                errors[item.row].append(_twice(item, others, fault(others), name_of(column), column))
    return (
        [item for item in items if item.row not in errors],
        [error for of_row in errors.values() for error in of_row],
    )


def _grouped(items: Iterable[CatalogueItem], key: Callable[[CatalogueItem], str]) -> list[list[CatalogueItem]]:
    """The items that share a key with another one; an empty key is shared with none."""
    groups: dict[str, list[CatalogueItem]] = defaultdict(list)
    for item in items:
        if key(item):
            groups[key(item)].append(item)
    return [group for group in groups.values() if len(group) > 1]


def _twice(item: CatalogueItem, others: list[CatalogueItem], fault: BadValue, name: str, column: Column) -> RowError:
    faults = Faults(Place(row=item.row))
    faults.add(fault, column=name, value=getattr(item, column.target))
    return faults.errors()[0]


def _in_rows(others: list[CatalogueItem]) -> str:
    """The other rows, the first few of them, each with its item."""
    named = ", ".join(f"{other.row} (“{other.name}”)" for other in others[:3])
    return f"{named}, …" if len(others) > 3 else named


def _same_sku(others: list[CatalogueItem]) -> BadValue:
    return BadValue(
        "sku-twice",
        gettext_noop("The SKU “%(value)s” is also in row %(rows)s. Two active items cannot share one."),
        gettext_noop("Give one of them another SKU, or mark the one that is not sold any more as inactive."),
        rows=_in_rows(others),
    )


def _same_id(others: list[CatalogueItem]) -> BadValue:
    return BadValue(
        "id-twice",
        gettext_noop("The id “%(value)s” is also in row %(rows)s. It cannot be said which row is right."),
        gettext_noop("Remove the rows that are out of date, or correct the id."),
        rows=_in_rows(others),
    )


def _same_name(others: list[CatalogueItem]) -> BadValue:
    return BadValue(
        "name-twice",
        gettext_noop(
            "“%(value)s” is also in row %(rows)s, and nothing distinguishes them: neither has an id or an SKU."
        ),
        gettext_noop("Fill in an SKU or an id, or remove the row that is there twice."),
        rows=_in_rows(others),
    )


def _about(items: list[CatalogueItem], errors: list[RowError], matched: MatchedColumns) -> Iterator[Message]:
    if not items and not errors:
        yield Message.of(gettext_noop("The file holds no items: there is no row below the names of its columns."))
    if SKU not in matched.positions:
        yield Message.of(gettext_noop("The file has no column SKU, so its items are found by name alone."))
    if levels := sum(":" in item.name for item in items):
        yield Message.of(
            gettext_noop(
                "Names with a colon: %(count)d. In QuickBooks a colon begins a sub-item, so an item that is created "
                "for one of them has “ - ” in its place."
            ),
            count=levels,
        )


def item_twice(item: CatalogueItem, earlier: CatalogueItem, *, key: str) -> RowError:
    """Two rows are about one product that is known; `key` is its id in the source."""
    if item.listed:
        fault = BadValue(
            "item-twice",
            gettext_noop("“%(name)s” of the list (%(id)s) is about the same product that is known here: %(key)s."),
            gettext_noop("Give each its own SKU; the list is read again the next day."),
            id=earlier.source_id,
            name=earlier.name,
            key=key,
        )
        return _error_of(item, fault, column=NAME)
    fault = BadValue(
        "item-twice",
        gettext_noop("Row %(earlier)d (“%(name)s”) is about the same product as this row: %(key)s."),
        gettext_noop("Remove one of the rows, or give each its own id."),
        earlier=earlier.row,
        name=earlier.name,
        key=key,
    )
    return _error_of(item, fault, column=NAME)


def sku_known(item: CatalogueItem, *, other: str, key: str) -> RowError:
    """An active product that the file does not name has the row's SKU; `key` is that product's id in the source."""
    fault = BadValue(
        "sku-known",
        gettext_noop(
            "The SKU “%(value)s” is that of the product “%(other)s” (%(key)s), which is active. Two active items of "
            "one source cannot share one."
        ),
        gettext_noop("Give one of them another SKU, or mark the one that is not sold any more as inactive."),
        other=other,
        key=key,
    )
    return _error_of(item, fault, column=SKU)


def _error_of(item: CatalogueItem, fault: BadValue, *, column: Column) -> RowError:
    faults = Faults(item.place)
    faults.add(fault, column=column.label, value=getattr(item, column.target))
    return faults.errors()[0]
