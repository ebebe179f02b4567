"""What does a spreadsheet program show in an XLSX workbook? Read cell by cell, within limits, straight from its XML.

A workbook is a zip archive of XML, and both are old ways to exhaust a reader: a small file that unpacks to gigabytes,
one cell in the last row of the last column, entities that multiply. Nothing of it is kept in memory but the shared
texts, an XML with a DOCTYPE is refused, and every limit is checked before what lies behind it is read.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import BinaryIO
from xml.parsers import expat
from zlib import error as ZlibFault

from books.outside.formats import is_date_format, shown_by
from books.outside.numbers import number_of

_CHUNK = 1 << 16
# A spreadsheet knows no time zones
_DAY_ZERO, _DAY_ZERO_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001
_CELL = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_LAST_DAY = 2_958_465  # 9999-12-31
# What Python's reader of archives raises over a damaged one: also a negative place to begin at, or a number too large
_DAMAGED = (
    zipfile.BadZipFile, KeyError, OSError, NotImplementedError, RuntimeError, EOFError, ValueError, OverflowError,
    struct.error,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much of a workbook is read."""

    file: int = 20_000_000
    unpacked: int = 60_000_000
    rows: int = 100_000
    columns: int = 300
    sheets: int = 50
    #: Starts, ends and texts that one part may have: five for a number, so 17,000 rows of 35 columns.
    events: int = 3_000_000
    #: Files in the archive; a workbook of fifty sheets has some two hundred.
    parts: int = 2_000


class NoWorkbook(ValueError):
    """It is not an XLSX workbook, or a damaged one; `what` says why, for a person who can program."""


class TooLarge(NoWorkbook):
    """It is larger than one of the limits."""


@dataclass(frozen=True)
class Number:
    """A number that its cell shows in a way of its own: 17 as `0017`."""

    value: Decimal
    shown: str


@dataclass(frozen=True)
class Faulty:
    """A cell that shows no value that could be meant: an error, a yes or no, a formula without a result."""

    #: `error`, `boolean` or `formula`.
    why: str
    shown: str


Value = str | Decimal | Number | date | datetime | Faulty


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row with anything in it, as the program numbers it; `None` for an empty cell."""

    number: int
    hidden: bool
    cells: tuple[Value | None, ...]


@dataclass(frozen=True, kw_only=True)
class SheetName:
    """A sheet of the workbook."""

    title: str
    part: str
    hidden: bool = False


@dataclass(kw_only=True)
class Workbook:
    """An opened workbook; its rows can be walked through several times."""

    archive: zipfile.ZipFile
    limits: Limits
    sheets: tuple[SheetName, ...] = ()
    texts: list[str] = field(default_factory=list)
    #: The number format of each style.
    formats: list[str] = field(default_factory=list)
    day_zero: datetime = _DAY_ZERO

    def rows(self, sheet: SheetName) -> Iterator[Row]:
        """The rows of a sheet from its top, empty ones left out.

        Raises:
            NoWorkbook: The sheet cannot be read, or is larger than the limits.
        """
        return _Sheet(self).rows(_events(self, sheet.part))

    def hidden_columns(self, sheet: SheetName) -> tuple[int, ...]:
        """Which columns the sheet hides, counted from 0, as far as the limit."""
        found: set[int] = set()
        for kind, name, attributes in _events(self, sheet.part):
            if kind == "start" and name == "sheetData":
                break
            if kind == "start" and name == "col" and attributes.get("hidden") in ("1", "true"):
                first, last = (_small(attributes.get(side, "")) for side in ("min", "max"))
                found |= set(range(first - 1, min(last, self.limits.columns)))
        return tuple(sorted(found))


def open_workbook(file: BinaryIO, *, limits: Limits = Limits()) -> Workbook:
    """Open an XLSX workbook. The file must stay open for as long as the workbook is used.

    Raises:
        TooLarge: It is larger than one of the limits.
        NoWorkbook: It is none.
    """
    file.seek(0, 2)
    if file.tell() > limits.file:
        raise TooLarge(f"it has more than {limits.file // 1_000_000} MB")
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
        if len(archive.infolist()) > limits.parts:
            raise TooLarge(f"its archive has more than {limits.parts:,} files")
        if sum(entry.file_size for entry in archive.infolist()) > limits.unpacked:
            raise TooLarge(f"it unpacks to more than {limits.unpacked // 1_000_000} MB")
        if kind := _other_archive(archive.namelist()):
            raise NoWorkbook(kind)
        book = Workbook(archive=archive, limits=limits)
        _read_names(book)
    except NoWorkbook:
        raise
    except _DAMAGED as fault:
        raise NoWorkbook(str(fault) or type(fault).__name__) from None
    if not book.sheets:
        raise NoWorkbook("it has no sheet")
    if len(book.sheets) > limits.sheets:
        raise TooLarge(f"it has more than {limits.sheets} sheets")
    return book


# The parts around the sheets ------------------------------------------------------------------------------------------


def _other_archive(names: list[str]) -> str:
    """What the archive is where it is no workbook."""
    if "word/document.xml" in names:
        return "it is a Word document"
    if "ppt/presentation.xml" in names:
        return "it is a presentation"
    if "content.xml" in names:
        return "it is an OpenDocument file"
    if "xl/workbook.bin" in names:
        return "it is a binary workbook (.xlsb)"
    return "" if "[Content_Types].xml" in names else "it is an archive of other files"


def _read_names(book: Workbook) -> None:
    main = next(
        (target for kind, target in _relations(book, "_rels/.rels").values() if kind.endswith("officeDocument")),
        "xl/workbook.xml",
    )
    folder = posixpath.dirname(main)
    relations = _relations(book, f"{folder}/_rels/{posixpath.basename(main)}.rels", folder=folder)
    sheets: list[SheetName] = []
    for kind, name, attributes in _events(book, main):
        if kind != "start":
            continue
        if name == "sheet" and len(sheets) <= book.limits.sheets:
            link = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            part_kind, part = relations.get(link, ("", ""))
            if part_kind.endswith("/worksheet"):
                hidden = attributes.get("state", "visible") != "visible"
                sheets.append(SheetName(title=attributes.get("name", ""), part=part, hidden=hidden))
        elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            book.day_zero = _DAY_ZERO_1904
    book.sheets = tuple(sheets)
    for kind, part in relations.values():
        if kind.endswith("/sharedStrings"):
            book.texts = list(_shared(book, part))
        elif kind.endswith("/styles"):
            book.formats = _formats(book, part)


def _relations(book: Workbook, part: str, *, folder: str = "") -> dict[str, tuple[str, str]]:
    """Kind and part of each relation, by its id."""
    if part not in book.archive.namelist():
        return {}
    found = {}
    for kind, name, attributes in _events(book, part):
        if kind == "start" and name == "Relationship":
            target = attributes.get("Target", "")
            target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), target)
    return found


def _shared(book: Workbook, part: str) -> Iterator[str]:
    """The texts that cells refer to by number; what is only said how to pronounce them is left out."""
    text: list[str] = []
    inside = pronounced = False
    for kind, name, _attributes in _events(book, part):
        if kind == "text":
            if inside and not pronounced:
                text.append(name)
        elif name == "si":
            if kind == "end":
                yield "".join(text)
            text = []
        elif name == "t":
            inside = kind == "start"
        elif name == "rPh":
            pronounced = kind == "start"


def _formats(book: Workbook, part: str) -> list[str]:
    """The number format of each cell style."""
    own: dict[str, str] = {}
    styles: list[str] = []
    in_cells = False
    for kind, name, attributes in _events(book, part):
        if name == "cellXfs":
            in_cells = kind == "start"
        elif kind == "start" and name == "numFmt":
            own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif kind == "start" and name == "xf" and in_cells:
            number = attributes.get("numFmtId", "0")
            styles.append(own.get(number) or _BUILT_IN.get(number, ""))
    return styles


#: The formats that a workbook does not spell out, as far as they matter: dates and times.
_BUILT_IN: Mapping[str, str] = {
    **dict.fromkeys(("14", "15", "16", "17", "27", "28", "29", "30", "31", "36", "50", "51", "52"), "yyyy-mm-dd"),
    **dict.fromkeys(("53", "54", "55", "56", "57", "58"), "yyyy-mm-dd"),
    **dict.fromkeys(("18", "19", "20", "21", "32", "33", "34", "35", "45", "46", "47"), "hh:mm:ss"),
    "22": "yyyy-mm-dd hh:mm",
}


# A sheet --------------------------------------------------------------------------------------------------------------


class _Sheet:
    """Reads one sheet, row by row."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.limits = book.limits
        self.row_number = 0
        self.hidden = False
        self.cells: list[Value | None] = []
        self.column = 0

    def rows(self, events: Iterator[tuple[str, str, dict[str, str]]]) -> Iterator[Row]:
        cell: _Cell | None = None
        into = ""
        for kind, name, attributes in events:
            if kind == "text":
                if cell is not None and into:
                    cell.parts.setdefault(into, []).append(name)
            elif name == "row":
                if kind == "start":
                    self._begin_row(attributes)
                elif self.cells:
                    yield Row(number=self.row_number, hidden=self.hidden, cells=tuple(self.cells))
            elif name == "c":
                if kind == "start":
                    cell = self._begin_cell(attributes)
                elif cell is not None:
                    self._end_cell(cell)
                    cell = None
            elif name in ("v", "f", "t"):
                into = name if kind == "start" else ""
                if cell is not None and kind == "start":
                    cell.parts.setdefault(name, [])

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        self.row_number = _small(attributes.get("r", "")) or self.row_number + 1
        if self.row_number > self.limits.rows:
            raise TooLarge(f"a sheet has more than {self.limits.rows:,} rows")
        self.hidden = attributes.get("hidden") in ("1", "true")
        self.cells, self.column = [], 0

    def _begin_cell(self, attributes: Mapping[str, str]) -> _Cell:
        found = _CELL.fullmatch(attributes.get("r", ""))
        self.column = _column(found[1]) if found else self.column + 1
        return _Cell(kind=attributes.get("t", "n"), style=_small(attributes.get("s", "")))

    def _end_cell(self, cell: _Cell) -> None:
        value = _value(cell, self.book)
        if value is None or value == "":
            return
        if self.column > self.limits.columns:
            raise TooLarge(f"a sheet has more than {self.limits.columns} columns")
        if self.column <= len(self.cells):
            raise NoWorkbook("its cells are not in their order")
        self.cells += [None] * (self.column - 1 - len(self.cells))
        self.cells.append(value)


@dataclass(kw_only=True)
class _Cell:
    kind: str
    style: int
    parts: dict[str, list[str]] = field(default_factory=dict)

    def part(self, name: str) -> str:
        return "".join(self.parts.get(name, ()))


def _value(cell: _Cell, book: Workbook) -> Value | None:
    """What a cell shows."""
    text = cell.part("v")
    if "f" in cell.parts and not text and cell.kind not in ("str", "inlineStr"):
        return Faulty("formula", f"={cell.part('f')}")
    match cell.kind:
        case "s":
            number = _small(text)
            return book.texts[number] if text.isdecimal() and number < len(book.texts) else None
        case "inlineStr":
            return cell.part("t")
        case "str":
            return text
        case "b":
            return Faulty("boolean", "TRUE" if text == "1" else "FALSE")
        case "e":
            return Faulty("error", text or "#ERROR!")
        case "d":
            return _iso(text)
    return _number(text.strip(), cell.style, book) if text.strip() else None


def _number(text: str, style: int, book: Workbook) -> Value:
    number = number_of(text)
    if not number.is_finite():
        return text
    written = book.formats[style] if style < len(book.formats) else ""
    if is_date_format(written) and 0 <= number <= _LAST_DAY:
        return _moment(number, book.day_zero)
    shown = shown_by(written, number)
    return number if shown is None else Number(number, shown)


def _moment(number: Decimal, day_zero: datetime) -> date | datetime:
    days = int(number)
    seconds = round((number - days) * 86_400)
    moment = day_zero + timedelta(days=days, seconds=seconds)
    return moment.date() if moment.time() == time.min else moment


def _iso(text: str) -> Value:
    try:
        moment = datetime.fromisoformat(text.strip().removesuffix("Z"))
    except ValueError:
        return text
    return moment.date() if moment.time() == time.min else moment


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _small(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


# XML ------------------------------------------------------------------------------------------------------------------

_NO_ATTRIBUTES: dict[str, str] = {}


def _events(book: Workbook, part: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Starts and ends of elements, and texts, as they come; names without their namespace."""
    found: list[tuple[str, str, dict[str, str]]] = []
    seen = 0
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda name, attributes: found.append(("start", name.rpartition(":")[2], attributes))
    parser.EndElementHandler = lambda name: found.append(("end", name.rpartition(":")[2], _NO_ATTRIBUTES))
    parser.CharacterDataHandler = lambda text: found.append(("text", text, _NO_ATTRIBUTES))
    try:
        with book.archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
                seen += len(found)
                if seen > book.limits.events:
                    raise TooLarge(f"it has more cells than are read at once, about {book.limits.events // 5:,}")
                yield from found
                found.clear()
        parser.Parse(b"", True)
    except expat.ExpatError as fault:
        raise NoWorkbook(f"its XML is broken: {fault}") from None
    except NoWorkbook:
        raise
    except _DAMAGED as fault:
        raise NoWorkbook(str(fault) or type(fault).__name__) from None
    except ZlibFault as fault:
        raise NoWorkbook(f"it is damaged: {fault}") from None
    yield from found


def _refuse_doctype(*_: object) -> None:
    raise NoWorkbook("its XML declares entities")
