"""What stands in the sheet that a person sent, cell by cell, and can it be read at all?

CSV with commas, semicolons or tabs, and XLSX. Nothing is guessed: a file that can be read in two ways is refused with
what to do.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import openpyxl
from django.utils.translation import gettext as _

from books.cells import unguarded

LARGEST_FILE = 5_000_000
LARGEST_UNPACKED = 60_000_000
MOST_ROWS = 20_000


class UnreadableSheet(Exception):
    """The file cannot be read; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """One row with anything in it."""

    #: As the spreadsheet program numbers it; the header is row 1.
    number: int
    #: By column name; texts.
    cells: dict[str, str]
    #: More cells than the header has columns: an unquoted comma, usually.
    too_long: bool = False


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet with its header."""

    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    #: Its name in the workbook; empty for CSV.
    title: str = ""


def read_book(content: bytes, *, columns: Sequence[str]) -> tuple[Sheet, ...]:
    """Read every sheet of a workbook that holds anything, or the one sheet of a CSV; see `read_sheet`.

    Raises:
        UnreadableSheet: It is neither CSV nor XLSX, or a sheet has no header that makes sense.
    """
    _check_size(content)
    if not content.startswith(b"PK"):
        return (_sheet(_csv_rows(_text(content), columns), columns),)
    tables = [(title, table) for title, table in _xlsx_tables(content) if any(map(any, table))]
    if not tables:
        raise UnreadableSheet(_("The workbook is empty."))
    return tuple(_sheet(iter(table), columns, title=title if len(tables) > 1 else "") for title, table in tables)


def read_sheet(content: bytes, *, columns: Sequence[str]) -> Sheet:
    """Read a sheet whose columns may be any of `columns`; others are kept under their own name.

    Args:
        content: The file.
        columns: The names that are known, as they are to be spelled; a header may differ in letter case and spaces.

    Raises:
        UnreadableSheet: It is neither CSV nor XLSX, or has no header that makes sense.
    """
    _check_size(content)
    if content.startswith(b"PK"):
        tables = _xlsx_tables(content)
        return _sheet(iter(tables[0][1]) if tables else iter(()), columns)
    return _sheet(_csv_rows(_text(content), columns), columns)


def _check_size(content: bytes) -> None:
    if len(content) > LARGEST_FILE:
        raise UnreadableSheet(_("The file is larger than 5 MB. Split it into several."))
    if not content.strip():
        raise UnreadableSheet(_("The file is empty."))


def _sheet(table: Iterator[list[str]], columns: Sequence[str], *, title: str = "") -> Sheet:
    header = [_known_name(cell, columns) for cell in next(table, [])]
    while header and not header[-1]:
        header.pop()
    _check_header(header)
    return Sheet(columns=tuple(header), rows=tuple(_rows(header, table)), title=title)


def _rows(header: Sequence[str], table: Iterable[Sequence[str]]) -> Iterator[SheetRow]:
    for number, cells in enumerate(table, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if number > MOST_ROWS + 1:
            raise UnreadableSheet(
                _("The sheet has more than %(rows)d rows. Split it into several.") % {"rows": MOST_ROWS}
            )
        padded = (*cells, *[""] * (len(header) - len(cells)))
        row = {name: unguarded(cell) for name, cell in zip(header, padded, strict=False) if name}
        yield SheetRow(number=number, cells=row, too_long=any(cell.strip() for cell in cells[len(header) :]))


def _check_header(header: Sequence[str]) -> None:
    if not header:
        raise UnreadableSheet(_("The first row is empty; it has to hold the names of the columns."))
    twice = [name for name, times in Counter(filter(None, header)).items() if times > 1]
    if twice:
        raise UnreadableSheet(_("The column “%(column)s” stands in the sheet twice.") % {"column": twice[0]})


def _known_name(cell: str, columns: Sequence[str]) -> str:
    plain = " ".join(cell.split()).casefold()
    return next((name for name in columns if name.casefold() == plain), cell.strip())


def _text(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        sentence = _("The file is not UTF-8. Save it as “CSV UTF-8” or as XLSX, and send that.")
        raise UnreadableSheet(sentence) from error
    if "\0" in text:
        raise UnreadableSheet(_("The file is neither CSV nor XLSX. Save it as one of these, and send that."))
    return text


def _csv_rows(text: str, columns: Sequence[str]) -> Iterator[list[str]]:
    first = text.splitlines()[0]
    known = {mark: sum(_known_name(cell, columns) in columns for cell in _split(first, mark)) for mark in ",;\t"}
    delimiter = max(known, key=lambda mark: (known[mark], first.count(mark)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        sentence = _("Line %(line)d cannot be read: a double quote is out of place. Save the sheet again, or as XLSX.")
        raise UnreadableSheet(sentence % {"line": reader.line_num}) from error


def _split(line: str, mark: str) -> list[str]:
    return next(csv.reader([line], delimiter=mark), [])


def _xlsx_tables(content: bytes) -> list[tuple[str, list[list[str]]]]:
    """Name and cells of each sheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise UnreadableSheet(_("The workbook is too large. Leave only the sheets that are to be imported."))
        values = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        pairs = zip(values.worksheets, formulas.worksheets, strict=True)
        tables = [(shown.title, _table(shown, written)) for shown, written in pairs]
        values.close()
        formulas.close()
        return tables
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError, SyntaxError) as error:
        raise UnreadableSheet(_("The file is damaged, or is not an XLSX workbook. Save it again as XLSX.")) from error


def _table(shown: Any, written: Any) -> list[list[str]]:
    """Every cell as text, one row more than may be read at most: so much tells that it is too long."""
    rows = zip(shown.iter_rows(values_only=True), written.iter_rows(values_only=True), strict=True)
    return [
        [_cell(value, formula) for value, formula in zip(values, formulas, strict=True)]
        for values, formulas in islice(rows, MOST_ROWS + 2)
    ]


def _cell(value: Any, written: Any = None) -> str:
    """A cell as text; Excel keeps the number 1042 as 1042.0. A formula that was never calculated stays a formula."""
    if value is None:
        return str(written) if isinstance(written, str) and written.startswith("=") else ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
