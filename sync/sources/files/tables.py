"""How does a file become rows of cells, numbered as a spreadsheet numbers them?

A table is opened once, which finds its header, and can be walked through several times. Text files keep every cell
as text; workbooks keep numbers and dates as what they are.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO, Protocol, TextIO

from books.translation import gettext_noop
from sync.sources.amounts import undoubled
from sync.sources.base import Notice, UnreadableFile
from sync.sources.files.encodings import find_encoding, text_of
from sync.sources.values import BadValue

Cell = str | Decimal | date
DELIMITERS = (",", ";", "\t", "|")
#: How far into the file the header may stand.
_LAST_HEADER_ROW = 20
_WORKBOOK = b"PK\x03\x04"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row with something in it."""

    #: The header of most files is row 1.
    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class BrokenRow:
    """The rows cannot be told apart from here on."""

    number: int
    fault: BadValue


class Table(Protocol):
    """An opened table."""

    header: tuple[str, ...]
    notices: tuple[Notice, ...]

    def rows(self) -> Iterator[Row | BrokenRow]:
        """Every row below the header that has something in it, from the top each time."""
        ...


def open_table(file: BinaryIO, *, encoding: str | None, known: Callable[[str], bool]) -> Table:
    """Find out how the file is written, and its header.

    Args:
        file: Able to seek.
        encoding: The person's answer; None finds it out.
        known: Whether a text is the name of a column; decides the delimiter and the header row.

    Raises:
        UnreadableFile: It is no table.
    """
    file.seek(0)
    if file.read(len(_WORKBOOK)) == _WORKBOOK:
        return _Workbook(file, known)
    return _TextTable(file, encoding, known)


class _TextTable:
    """Rows separated by line ends, cells by a delimiter."""

    def __init__(self, file: BinaryIO, encoding: str | None, known: Callable[[str], bool]) -> None:
        self._file = file
        self._encoding, self.notices = find_encoding(file, given=encoding)
        found = [self._header_with(delimiter, known) for delimiter in DELIMITERS]
        best = max(found, key=lambda header: (sum(map(known, header.names)), len(header.names)))
        if not best.names:
            raise _no_header()
        self._delimiter, self._header_row, self.header = best.delimiter, best.row, best.names

    def rows(self) -> Iterator[Row | BrokenRow]:
        with text_of(self._file, self._encoding) as text:
            number = 0
            records = self._records(text, self._delimiter)
            while True:
                number += 1
                try:
                    cells = next(records)
                except StopIteration:
                    return
                except csv.Error as fault:
                    yield BrokenRow(number=number, fault=_broken(fault))
                    return
                if number > self._header_row and any(cell.strip() for cell in cells):
                    yield Row(number=number, cells=tuple(cells))

    def _header_with(self, delimiter: str, known: Callable[[str], bool]) -> _Header:
        with text_of(self._file, self._encoding) as text:
            numbered: list[tuple[int, list[str]]] = []
            with suppress(csv.Error):  # the header may stand above the row that is broken
                numbered.extend(enumerate(islice(self._records(text, delimiter), _LAST_HEADER_ROW), start=1))
        named = [(number, cells) for number, cells in numbered if any(map(str.strip, cells))]
        return _best_header(named, known, delimiter)

    @staticmethod
    def _records(text: TextIO, delimiter: str) -> Iterator[list[str]]:
        return csv.reader(text, delimiter=delimiter, strict=True)


class _Workbook:
    """The first sheet of an Excel workbook that has a header we know."""

    notices: tuple[Notice, ...] = ()

    def __init__(self, file: BinaryIO, known: Callable[[str], bool]) -> None:
        self._file = file
        found = [_best_header(self._top(sheet), known, sheet) for sheet in self._sheets()]
        best = max(found, key=lambda header: sum(map(known, header.names)))
        if not best.names:
            raise _no_header()
        self._sheet, self._header_row, self.header = best.delimiter, best.row, best.names
        if len(found) > 1:
            sentence = gettext_noop("Of the workbook's %(count)d sheets, “%(sheet)s” was read.")
            self.notices = (Notice(sentence=sentence, facts=(("count", len(found)), ("sheet", self._sheet))),)

    def rows(self) -> Iterator[Row | BrokenRow]:
        for number, cells in self._numbered(self._sheet):
            if number > self._header_row and any(cell != "" for cell in cells):
                yield Row(number=number, cells=cells)

    def _top(self, sheet: str) -> list[tuple[int, list[str]]]:
        rows = islice(self._numbered(sheet), _LAST_HEADER_ROW)
        return [(number, [str(cell) for cell in cells]) for number, cells in rows if any(cell != "" for cell in cells)]

    def _sheets(self) -> list[str]:
        book = self._open()
        try:
            return [sheet.title for sheet in book.worksheets]
        finally:
            book.close()

    def _numbered(self, sheet: str) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        book = self._open()
        try:
            book[sheet].reset_dimensions()  # some programs write that a sheet ends at A1
            for number, cells in enumerate(book[sheet].iter_rows(values_only=True), start=1):
                yield number, tuple(_cell(value) for value in cells)
        finally:
            book.close()

    def _open(self) -> Any:
        # Takes a fifth of a second to import, and most files are text
        from openpyxl import load_workbook

        self._file.seek(0)
        try:
            return load_workbook(self._file, read_only=True, data_only=True)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError) as fault:
            raise UnreadableFile(
                gettext_noop("The file is no Excel workbook that can be read: %(what)s."),
                gettext_noop("Open it in a spreadsheet, save it as CSV (UTF-8) and import that."),
                what=str(fault),
            ) from None


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


def _cell(value: Any) -> Cell:
    match value:
        case None:
            return ""
        case bool() | str():
            return str(value)
        case int():
            return Decimal(value)
        case float() | Decimal():
            return undoubled(Decimal(str(value)))
        case datetime():
            return value.date() if value.time() == time.min else value.isoformat(sep=" ")
        case date():
            return value
        case _:
            return str(value)


def _broken(fault: csv.Error) -> BadValue:
    return BadValue(
        "broken-row",
        gettext_noop("The quotation marks in this row do not match, so nothing from here on can be read: %(what)s."),
        gettext_noop("Correct the quotation marks, or save the file again from a spreadsheet."),
        what=str(fault),
    )


def _no_header() -> UnreadableFile:
    return UnreadableFile(
        gettext_noop("The file has no row of column names that can be read."),
        gettext_noop("The first row must name the columns, such as Order Number and Order Date."),
    )
