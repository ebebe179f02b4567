"""How does a file become rows of cells, numbered as a spreadsheet numbers them?

A table is opened once, which finds its header, and can be walked through several times. Text files keep every cell
as text; workbooks keep numbers and dates as what they are.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice, takewhile
from typing import BinaryIO, Protocol, TextIO

from books.messages import Message
from books.outside.cells import Faulty, Number, Value, WorkbookRow
from books.outside.file_kinds import looks_like_json
from books.outside.workbook_xml import Limits, NoWorkbook, TooLarge
from books.outside.workbooks import SheetName, open_workbook
from books.translation import gettext_noop
from sync.sources.amounts import undoubled
from sync.sources.base import UnreadableFile
from sync.sources.files.encodings import find_encoding, text_of
from sync.sources.values import BadValue

Cell = str | Decimal | date | Number | Faulty
DELIMITERS = (",", ";", "\t", "|")
#: How far into the file the header may be.
_LAST_HEADER_ROW = 20
_WORKBOOK = b"PK\x03\x04"
#: What an upload may cost; measured in docs/decisions/0031.
LIMITS = Limits()
#: More characters than any row of a text file has, its line breaks inside quotes included.
LONGEST_ROW = 1_000_000
#: More columns than any spreadsheet of orders has.
_MOST_COLUMNS = 1000
#: As many rows as a sheet of Excel has: what has more empty ones was written by no spreadsheet.
MOST_EMPTY_ROWS = 1_048_576
#: How much of a file tells what it is.
_FIRST = 4000
#: How `_cell` writes a moment.
_MOMENT = re.compile(r"[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8]) [0-9]{2}:[0-9]{2}:[0-9]{2}")
#: How many rows a notice names.
_NAMED = 10
_HIDDEN_ROWS = gettext_noop(
    "Rows that are hidden in the sheet, by a filter or by hand, were read like the others (%(count)d): %(rows)s."
)
_HIDDEN_COLUMNS = gettext_noop("These columns are hidden in the sheet and were read like the others: %(columns)s.")


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One row with something in it."""

    #: The header of most files is row 1.
    number: int
    cells: tuple[Cell, ...]
    #: Whether the file ends in the middle of it.
    cut_off: bool = False


@dataclass(frozen=True, kw_only=True)
class BrokenRow:
    """The rows cannot be told apart from here on."""

    number: int
    fault: BadValue


class Table(Protocol):
    """An opened table."""

    header: tuple[str, ...]
    notices: tuple[Message, ...]
    #: Whether a spreadsheet may have made dates of texts.
    makes_days: bool
    #: Whether day 0 of its dates is in 1904, as old Macintoshes had it.
    counts_from_1904: bool

    def rows(self) -> Iterator[TableRow | BrokenRow]:
        """Every row below the header that has something in it, from the top each time."""
        ...

    def noticed(self) -> tuple[Message, ...]:
        """What was noticed while the rows were walked through."""
        ...


#: Column names of a file of orders, for a message.
ORDERS = "Order Number, Order Date"


def open_table(file: BinaryIO, *, encoding: str | None, known: Callable[[str], bool], example: str = ORDERS) -> Table:
    """Find out how the file is written, and its header.

    Args:
        file: Able to seek.
        encoding: The person's answer; None finds it out.
        known: Whether a text is the name of a column; decides the delimiter and the header row.
        example: Some of those names, for a message.

    Raises:
        UnreadableFile: It is no table.
    """
    file.seek(0)
    if file.read(len(_WORKBOOK)) == _WORKBOOK:
        return _Workbook(file, known, example)
    return _TextTable(file, encoding, known, example)


class _TextTable:
    """Rows separated by line ends, cells by a delimiter."""

    makes_days = False
    counts_from_1904 = False

    def __init__(self, file: BinaryIO, encoding: str | None, known: Callable[[str], bool], example: str) -> None:
        self._file = file
        self._encoding, self.notices = find_encoding(file, given=encoding)
        with text_of(file, self._encoding) as text:
            if looks_like_json(text.read(_FIRST)):
                raise UnreadableFile(
                    gettext_noop("The file is JSON, not a table."),
                    gettext_noop("Choose the layout Keap orders (JSON) and import it again."),
                )
        found = [self._header_with(delimiter, known) for delimiter in DELIMITERS]
        best = max(found, key=lambda header: (sum(map(known, header.names)), len(header.names)))
        if not best.names:
            raise _no_header(example)
        self._delimiter, self._header_row, self.header = best.delimiter, best.row, best.names
        if len(self.header) > _MOST_COLUMNS:
            raise UnreadableFile(
                gettext_noop("The file has %(columns)d columns, more than any spreadsheet of orders."),
                gettext_noop("Leave only the columns of this layout and import that."),
                columns=len(self.header),
            )

    def noticed(self) -> tuple[Message, ...]:
        return ()

    def rows(self) -> Iterator[TableRow | BrokenRow]:
        with text_of(self._file, self._encoding) as text:
            number = empty = full = short = 0
            lines = _Lines(text)
            records = self._records(lines, self._delimiter)
            while True:
                number += 1
                try:
                    cells = next(records)
                except StopIteration:
                    return
                except _TooLong:
                    yield BrokenRow(number=number, fault=_too_long())
                    return
                except csv.Error as fault:
                    yield BrokenRow(number=number, fault=_broken(fault))
                    return
                if not any(cell.strip() for cell in cells):
                    empty += 1
                    if empty > MOST_EMPTY_ROWS:
                        yield BrokenRow(number=number, fault=_too_empty())
                        return
                elif number > self._header_row:
                    is_short = len(cells) < len(self.header)
                    cut_off = is_short and not lines.ended and bool(full) and not short
                    full, short = full + (not is_short), short + is_short
                    yield TableRow(number=number, cells=tuple(cells), cut_off=cut_off)

    def _header_with(self, delimiter: str, known: Callable[[str], bool]) -> _Header:
        with text_of(self._file, self._encoding) as text:
            numbered: list[tuple[int, list[str]]] = []
            with suppress(csv.Error, _TooLong):  # the header may be above the row that is broken
                numbered.extend(enumerate(islice(self._records(_Lines(text), delimiter), _LAST_HEADER_ROW), start=1))
        named = [(number, cells) for number, cells in numbered if any(map(str.strip, cells))]
        return _best_header(named, known, delimiter)

    @staticmethod
    def _records(lines: _Lines, delimiter: str) -> Iterator[list[str]]:
        for record in csv.reader(lines, delimiter=delimiter, strict=True):
            lines.taken = 0
            yield record


class _TooLong(Exception):
    """A row is longer than any."""


class _Lines(Iterator[str]):
    """The lines of a text, as far as no row of them is longer than any."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        #: How many characters of the present row were read.
        self.taken = 0
        #: Whether the line that was read last has an end.
        self.ended = True

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_ROW + 1)
        if not line:
            raise StopIteration
        self.taken += len(line)
        if self.taken > LONGEST_ROW:
            raise _TooLong
        self.ended = line[-1] in "\r\n"
        return line


class _Workbook:
    """The visible sheet of an Excel workbook that has most columns that we know."""

    makes_days = True

    def __init__(self, file: BinaryIO, known: Callable[[str], bool], example: str) -> None:
        try:
            self._book = open_workbook(file, limits=LIMITS)
        except NoWorkbook as fault:
            raise _no_workbook(fault) from None
        sheets = [sheet for sheet in self._book.sheets if not sheet.hidden] or list(self._book.sheets)
        found = [(_best_header(self._top(sheet), known, sheet.title), sheet) for sheet in sheets]
        best, self._sheet = max(found, key=lambda header: sum(map(known, header[0].names)))
        if not best.names:
            raise _no_header(example)
        self._header_row, self.header = best.row, best.names
        self._hidden_rows: set[int] = set()
        self.counts_from_1904 = self._book.counts_from_1904
        self.notices = tuple(self._about_sheets(known))

    def rows(self) -> Iterator[TableRow | BrokenRow]:
        for row in self._rows(self._sheet):
            if row.number > self._header_row and any(cell != "" for cell in row.cells):
                if row.hidden:
                    self._hidden_rows.add(row.number)
                yield TableRow(number=row.number, cells=tuple(_cell(value) for value in row.cells))

    def noticed(self) -> tuple[Message, ...]:
        if not self._hidden_rows:
            return ()
        first = ", ".join(map(str, sorted(self._hidden_rows)[:_NAMED]))
        more = ", …" if len(self._hidden_rows) > _NAMED else ""
        return (Message.of(_HIDDEN_ROWS, count=len(self._hidden_rows), rows=f"{first}{more}"),)

    def _about_sheets(self, known: Callable[[str], bool]) -> Iterator[Message]:
        if len(self._book.sheets) > 1:
            sentence = gettext_noop("Of the workbook's %(count)d sheets, “%(sheet)s” was read.")
            yield Message.of(sentence, count=len(self._book.sheets), sheet=self._sheet.title)
        hidden = [self.header[column] for column in self._hidden_columns() if column < len(self.header)]
        if names := [f"“{name}”" for name in hidden if known(name)]:
            yield Message.of(_HIDDEN_COLUMNS, columns=", ".join(names))

    def _hidden_columns(self) -> tuple[int, ...]:
        try:
            return self._book.hidden_columns(self._sheet)
        except NoWorkbook as fault:
            raise _no_workbook(fault) from None

    def _top(self, sheet: SheetName) -> list[tuple[int, list[str]]]:
        rows = takewhile(lambda row: row.number <= _LAST_HEADER_ROW, self._rows(sheet))
        return [(row.number, [shown(_cell(cell)) for cell in row.cells]) for row in rows]

    def _rows(self, sheet: SheetName) -> Iterator[WorkbookRow]:
        try:
            yield from self._book.rows(sheet)
        except NoWorkbook as fault:
            raise _no_workbook(fault) from None


@dataclass(frozen=True, kw_only=True)
class _Header:
    names: tuple[str, ...]
    row: int
    #: The delimiter, or the sheet.
    delimiter: str


def _best_header(rows: Sequence[tuple[int, Sequence[str]]], known: Callable[[str], bool], delimiter: str) -> _Header:
    """The row with the most known names; the first row when there is none."""
    if not rows:
        return _Header(names=(), row=0, delimiter=delimiter)
    number, names = max(rows, key=lambda row: (sum(map(known, row[1])), -row[0]))
    stripped = [name.strip() for name in names]
    while stripped and not stripped[-1]:
        stripped.pop()
    return _Header(names=tuple(stripped), row=number, delimiter=delimiter)


def shown(cell: Cell) -> str:
    """A cell as the text that a person sees."""
    match cell:
        case str():
            return cell.strip()
        case Decimal():
            return f"{cell:f}"
        case Number() | Faulty():
            return cell.shown
    return cell.isoformat()


def made_day(cell: Cell) -> date | None:
    """The day of a cell that a spreadsheet keeps as a date, or as a moment; None for any other."""
    if isinstance(cell, date):
        return cell
    return date.fromisoformat(cell[:10]) if isinstance(cell, str) and _MOMENT.fullmatch(cell) else None


def _cell(value: Value | None) -> Cell:
    match value:
        case None:
            return ""
        case Decimal():
            return undoubled(value)
        case Number() if value.currency:
            number = undoubled(value.value)
            return Number(number, f"{number:f}", value.currency)
        case datetime():
            return value.isoformat(sep=" ")
    return value


def _no_workbook(fault: NoWorkbook) -> UnreadableFile:
    if isinstance(fault, TooLarge):
        return UnreadableFile(
            gettext_noop("The workbook is too large: %(what)s."),
            gettext_noop("Split it into several, or save it as CSV (UTF-8) and import that."),
            what=str(fault),
        )
    return UnreadableFile(
        gettext_noop("The file is not an Excel workbook that can be read: %(what)s."),
        gettext_noop("Open it in a spreadsheet, save it as XLSX or CSV (UTF-8) and import that."),
        what=str(fault),
    )


def _broken(fault: csv.Error) -> BadValue:
    return BadValue(
        "broken-row",
        gettext_noop("The quotation marks in this row do not match, so nothing from here on can be read: %(what)s."),
        gettext_noop("Correct the quotation marks, or save the file again from a spreadsheet."),
        what=str(fault),
    )


def _too_long() -> BadValue:
    return BadValue(
        "row-too-long",
        gettext_noop("The row has more than %(longest)s characters, so nothing from here on can be read."),
        gettext_noop("A quotation mark may not be closed. Correct it, or save the file again from a spreadsheet."),
        longest=f"{LONGEST_ROW:,}",
    )


def _too_empty() -> BadValue:
    return BadValue(
        "too-many-empty-rows",
        gettext_noop("The file has more than %(most)s empty rows, so nothing from here on is read."),
        gettext_noop("Delete the empty rows, and import the rest."),
        most=f"{MOST_EMPTY_ROWS:,}",
    )


def _no_header(example: str) -> UnreadableFile:
    return UnreadableFile(
        gettext_noop("The file has no row of column names that can be read."),
        gettext_noop("The first row must name the columns, such as: %(example)s."),
        example=example,
    )
