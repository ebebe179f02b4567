"""What is in the sheet that a person sent, cell by cell, and can it be read at all?

CSV with commas, semicolons or tabs, and XLSX. Nothing is guessed: a file that can be read in two ways is refused with
what to do.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import takewhile

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from books.cells import unguarded
from books.outside.cells import Faulty, Number, Value, WorkbookRow
from books.outside.file_kinds import other_kind
from books.outside.spoiled import Spoiled, spoiled
from books.outside.workbook_xml import Limits, NoWorkbook, TooLarge
from books.outside.workbooks import open_workbook

LARGEST_FILE = 5_000_000
LARGEST_UNPACKED = 60_000_000
MOST_ROWS = 20_000
#: How many rows a note names.
_NAMED = 10
#: More characters than any header has.
_FIRST_LINE = 100_000
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
    #: By column name, what a spreadsheet program has done to the cell.
    spoiled: dict[str, Spoiled] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet with its header."""

    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    #: Its name in the workbook; empty for CSV.
    title: str = ""
    #: What is hidden in it and was read like the rest, in words.
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Row:
    number: int
    cells: Sequence[Value | None]
    hidden: bool = False

    @property
    def texts(self) -> list[str]:
        return [_text_of(cell) for cell in self.cells]


@dataclass(frozen=True, kw_only=True)
class _Table:
    """A sheet of a workbook."""

    title: str
    rows: Sequence[_Row]
    hidden: bool
    hidden_columns: Sequence[int]


def read_book(content: bytes, *, columns: Sequence[str]) -> tuple[Sheet, ...]:
    """Read every sheet of a workbook that holds anything, or the one sheet of a CSV; see `read_sheet`.

    Raises:
        UnreadableSheet: It is neither CSV nor XLSX, or a sheet has no header that makes sense.
    """
    _check_size(content)
    if not content.startswith(b"PK"):
        return (_sheet(_csv_rows(_text(content), columns), columns),)
    tables = [table for table in _xlsx_tables(content) if any(any(row.texts) for row in table.rows)]
    if not tables:
        raise UnreadableSheet(_("The workbook is empty."))
    return tuple(_sheet(iter(table.rows), columns, of=table, title=table.title * (len(tables) > 1)) for table in tables)


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
        return _sheet(iter(tables[0].rows) if tables else iter(()), columns)
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


def _sheet(table: Iterator[_Row], columns: Sequence[str], *, of: _Table | None = None, title: str = "") -> Sheet:
    top = next(table, None)
    if top and len(top.cells) > _LIMITS.columns:
        sentence = _("The first row has %(number)d cells, more than any sheet of decisions has columns.")
        raise UnreadableSheet(sentence % {"number": len(top.cells)})
    header = [_known_name(text, columns) for text in top.texts] if top and top.number == 1 else []
    while header and not header[-1]:
        header.pop()
    _check_header(header)
    hidden: list[int] = []
    rows = tuple(_rows(header, table, hidden))
    notes = tuple(_notes(header, of, hidden)) if of else ()
    return Sheet(columns=tuple(header), rows=rows, title=title, notes=notes)


def _notes(header: Sequence[str], table: _Table, hidden: Sequence[int]) -> Iterator[str]:
    """What the sheet hides and is read all the same: an answer that the person did not see may be among it."""
    if table.hidden:
        sentence = _("The sheet “%(sheet)s” is hidden in the workbook and was read like the others.")
        yield sentence % {"sheet": table.title}
    if hidden:
        sentence = ngettext(
            "%(count)d row is hidden in the sheet, by a filter or by hand, and was read like the others: %(rows)s.",
            "%(count)d rows are hidden in the sheet, by a filter or by hand, and were read like the others: %(rows)s.",
            len(hidden),
        )
        more = ", …" if len(hidden) > _NAMED else ""
        yield sentence % {"count": len(hidden), "rows": ", ".join(map(str, hidden[:_NAMED])) + more}
    names = [f"“{header[column]}”" for column in table.hidden_columns if column < len(header) and header[column]]
    if names:
        sentence = _("These columns are hidden in the sheet and were read like the others: %(columns)s.")
        yield sentence % {"columns": ", ".join(names)}


def _rows(header: Sequence[str], table: Iterable[_Row], hidden: list[int]) -> Iterator[SheetRow]:
    for row in table:
        texts = row.texts
        if not any(text.strip() for text in texts):
            continue
        if row.number > MOST_ROWS + 1:
            raise UnreadableSheet(
                _("The sheet has more than %(rows)d rows. Split it into several.") % {"rows": MOST_ROWS}
            )
        if row.hidden:
            hidden.append(row.number)
        padded = (*texts, *[""] * (len(header) - len(texts)))
        cells = {name: unguarded(text) for name, text in zip(header, padded, strict=False) if name}
        done = {
            name: how
            for name, cell in zip(header, row.cells, strict=False)
            if name and cell is not None and (how := spoiled(cell, identifies=True))
        }
        too_long = any(text.strip() for text in texts[len(header) :])
        yield SheetRow(number=row.number, cells=cells, too_long=too_long, spoiled=done)


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


def _csv_rows(text: str, columns: Sequence[str]) -> Iterator[_Row]:
    first = text[:_FIRST_LINE].splitlines()[0]
    known = {mark: sum(_known_name(cell, columns) in columns for cell in _split(first, mark)) for mark in ",;\t"}
    delimiter = max(known, key=lambda mark: (known[mark], first.count(mark)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from (_Row(number=number, cells=cells) for number, cells in enumerate(reader, start=1))
    except csv.Error as error:
        sentence = _("Line %(line)d cannot be read: a double quote is out of place. Save the sheet again, or as XLSX.")
        raise UnreadableSheet(sentence % {"line": reader.line_num}) from error


def _split(line: str, mark: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=mark), [])
    except csv.Error:  # a cell of the header is longer than any; the whole sheet is read in a moment, and says so
        return []


def _xlsx_tables(content: bytes) -> list[_Table]:
    try:
        book = open_workbook(io.BytesIO(content), limits=_LIMITS)
        return [
            _Table(
                title=sheet.title,
                rows=list(_of_table(book.rows(sheet))),
                hidden=sheet.hidden,
                hidden_columns=book.hidden_columns(sheet),
            )
            for sheet in book.sheets
        ]
    except TooLarge as error:
        raise UnreadableSheet(
            _("The workbook is too large: %(what)s. Leave only the sheets that are to be imported.") % {"what": error}
        ) from error
    except NoWorkbook as error:
        sentence = _("The file is not an Excel workbook that can be read: %(what)s. Save it again as XLSX.")
        raise UnreadableSheet(sentence % {"what": error}) from error


def _of_table(rows: Iterable[WorkbookRow]) -> Iterator[_Row]:
    """One row more than may be read at most: so much tells that it is too long."""
    for row in takewhile(lambda row: row.number <= MOST_ROWS + 2, rows):
        yield _Row(number=row.number, cells=row.cells, hidden=row.hidden)


def _text_of(value: Value | None) -> str:
    """A cell as its program shows it. A formula that was never calculated stays a formula."""
    match value:
        case None:
            return ""
        case Number() | Faulty():
            return value.shown
        case Decimal():
            return f"{value.normalize():f}"
    return str(value)
