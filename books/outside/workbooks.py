"""What does a spreadsheet program show in an XLSX workbook? Read cell by cell, within limits, straight from its XML.

A workbook is a zip archive of XML, and both are old ways to exhaust a reader: a small file that unpacks to gigabytes,
one cell in the last row of the last column, entities that multiply. Nothing of it is kept in memory but the shared
texts, an XML with a DOCTYPE is refused, and every limit is checked before what lies behind it is read.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from books.outside.cells import Looks, SheetReader, WorkbookRow, small_number
from books.outside.workbook_xml import DAMAGED, Limits, NoWorkbook, TooLarge, XmlEvent, events

_LIMITS = Limits()
# A spreadsheet knows no time zones
_DAY_ZERO_1904 = datetime(1904, 1, 1)  # noqa: DTZ001


@dataclass(frozen=True, kw_only=True)
class SheetName:
    """A sheet of the workbook."""

    title: str
    part: str
    hidden: bool


@dataclass(kw_only=True)
class Workbook:
    """An opened workbook; its rows can be walked through several times."""

    archive: zipfile.ZipFile
    limits: Limits
    sheets: tuple[SheetName, ...] = ()
    looks: Looks = field(default_factory=Looks)
    #: Whether day 0 of its dates is in 1904, as old Macintoshes had it.
    counts_from_1904: bool = False

    def rows(self, sheet: SheetName) -> Iterator[WorkbookRow]:
        """The rows of a sheet from its top, empty ones left out.

        Raises:
            NoWorkbook: The sheet cannot be read, or is larger than the limits.
        """
        return SheetReader(self.looks, self.limits).rows(self.events(sheet.part))

    def events(self, part: str) -> Iterator[XmlEvent]:
        """What the XML of a part says, as it comes."""
        return events(self.archive, part, self.limits)

    def hidden_columns(self, sheet: SheetName) -> tuple[int, ...]:
        """Which columns the sheet hides, counted from 0, as far as the limit."""
        found: set[int] = set()
        for kind, name, attributes in self.events(sheet.part):
            if kind == "start" and name == "sheetData":
                break
            if kind == "start" and name == "col" and attributes.get("hidden") in ("1", "true"):
                first, last = (small_number(attributes.get(side, "")) for side in ("min", "max"))
                found |= set(range(first - 1, min(last, self.limits.columns)))
        return tuple(sorted(found))


def open_workbook(file: BinaryIO, *, limits: Limits = _LIMITS) -> Workbook:
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
    except DAMAGED as fault:
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
    for kind, name, attributes in book.events(main):
        if kind != "start":
            continue
        if name == "sheet" and len(sheets) <= book.limits.sheets:
            link = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            part_kind, part = relations.get(link, ("", ""))
            if part_kind.endswith("/worksheet"):
                hidden = attributes.get("state", "visible") != "visible"
                sheets.append(SheetName(title=attributes.get("name", ""), part=part, hidden=hidden))
        elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            book.looks.day_zero, book.counts_from_1904 = _DAY_ZERO_1904, True
    book.sheets = tuple(sheets)
    for kind, part in relations.values():
        if kind.endswith("/sharedStrings"):
            book.looks.texts = list(_shared(book, part))
        elif kind.endswith("/styles"):
            book.looks.formats = _formats(book, part)


def _relations(book: Workbook, part: str, *, folder: str = "") -> dict[str, tuple[str, str]]:
    """Kind and part of each relation, by its id."""
    if part not in book.archive.namelist():
        return {}
    found = {}
    for kind, name, attributes in book.events(part):
        if kind == "start" and name == "Relationship":
            target = attributes.get("Target", "")
            target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), target)
    return found


def _shared(book: Workbook, part: str) -> Iterator[str]:
    """The texts that cells refer to by number; what is only said how to pronounce them is left out."""
    text: list[str] = []
    inside = pronounced = False
    for kind, name, _attributes in book.events(part):
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
    for kind, name, attributes in book.events(part):
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
