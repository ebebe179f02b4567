"""What stands in the sheet that a person sent, cell by cell, and can it be read at all?

CSV with commas, semicolons or tabs, and XLSX. Nothing is guessed: a file that can be read in two ways is refused with
what to do.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from books.cells import unguarded
from books.outside.file_kinds import other_kind
from books.outside.workbooks import Faulty, Limits, NoWorkbook, Number, Row, TooLarge, Value, open_workbook

LARGEST_FILE = 5_000_000
LARGEST_UNPACKED = 60_000_000
MOST_ROWS = 20_000
_LIMITS = Limits(file=LARGEST_FILE, unpacked=LARGEST_UNPACKED, rows=1_048_576)


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
    kind = "" if content.startswith(b"PK\x03\x04") else other_kind(content[:1000])
    if kind:
        sentence = _("The file is %(kind)s, neither XLSX nor CSV. Save it as one of these, and send that.")
        raise UnreadableSheet(sentence % {"kind": _(kind)})


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
        raise UnreadableSheet(_("The column “%(column)s” appears in the sheet twice.") % {"column": twice[0]})


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
        book = open_workbook(io.BytesIO(content), limits=_LIMITS)
        return [(sheet.title, _table(book.rows(sheet))) for sheet in book.sheets]
    except TooLarge as error:
        raise UnreadableSheet(
            _("The workbook is too large: %(what)s. Leave only the sheets that are to be imported.") % {"what": error}
        ) from error
    except NoWorkbook as error:
        sentence = _("The file is not an Excel workbook that can be read: %(what)s. Save it again as XLSX.")
        raise UnreadableSheet(sentence % {"what": error}) from error


def _table(rows: Iterable[Row]) -> list[list[str]]:
    """Every cell as text, one row more than may be read at most: so much tells that it is too long."""
    table: list[list[str]] = []
    for row in rows:
        if row.number > MOST_ROWS + 2:
            break
        table += [[] for _ in range(row.number - 1 - len(table))]
        table.append([_cell(value) for value in row.cells])
    return table


def _cell(value: Value | None) -> str:
    """A cell as its program shows it. A formula that was never calculated stays a formula."""
    match value:
        case None:
            return ""
        case Number() | Faulty():
            return value.shown
        case Decimal():
            return f"{value.normalize():f}"
    return str(value)
