"""What does a cell of a workbook show, as the text, number or date that a person sees?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from books.outside.formats import currency_sign, is_date_format, shown_by
from books.outside.texts import number_of
from books.outside.workbook_xml import Limits, NoWorkbook, TooLarge, XmlEvent

# A spreadsheet knows no time zones
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001
_CELL = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_LAST_DAY = 2_958_465  # 9999-12-31


@dataclass(frozen=True)
class Number:
    """A number that its cell shows in a way of its own: 17 as `0017`, or with the sign of a currency."""

    value: Decimal
    shown: str
    #: The sign that the cell shows beside the number, which is no part of `shown`; empty for none.
    currency: str = ""


@dataclass(frozen=True)
class Faulty:
    """A cell that shows no value that could be meant: an error, a yes or no, a formula without a result."""

    #: `error`, `boolean` or `formula`.
    why: str
    shown: str


Value = str | Decimal | Number | date | datetime | Faulty


@dataclass(frozen=True, kw_only=True)
class WorkbookRow:
    """One row with anything in it, as the program numbers it; `None` for an empty cell."""

    number: int
    hidden: bool
    cells: tuple[Value | None, ...]


@dataclass(kw_only=True)
class Looks:
    """What the parts around the sheets say about how a cell looks."""

    #: What cells refer to by number.
    texts: list[str] = field(default_factory=list)
    #: The number format of each style.
    formats: list[str] = field(default_factory=list)
    day_zero: datetime = _DAY_ZERO


class SheetReader:
    """Reads one sheet, row by row."""

    def __init__(self, looks: Looks, limits: Limits) -> None:
        self.looks = looks
        self.limits = limits
        self.row_number = 0
        self.hidden = False
        self.cells: list[Value | None] = []
        self.column = 0

    def rows(self, events: Iterator[XmlEvent]) -> Iterator[WorkbookRow]:
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
                    yield WorkbookRow(number=self.row_number, hidden=self.hidden, cells=tuple(self.cells))
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
        self.row_number = small_number(attributes.get("r", "")) or self.row_number + 1
        if self.row_number > self.limits.rows:
            raise TooLarge(f"a sheet has more than {self.limits.rows:,} rows")
        self.hidden = attributes.get("hidden") in ("1", "true")
        self.cells, self.column = [], 0

    def _begin_cell(self, attributes: Mapping[str, str]) -> _Cell:
        found = _CELL.fullmatch(attributes.get("r", ""))
        self.column = _column(found[1]) if found else self.column + 1
        return _Cell(kind=attributes.get("t", "n"), style=small_number(attributes.get("s", "")))

    def _end_cell(self, cell: _Cell) -> None:
        value = _value(cell, self.looks)
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


def _value(cell: _Cell, looks: Looks) -> Value | None:
    """What a cell shows."""
    text = cell.part("v")
    if "f" in cell.parts and not text and cell.kind not in ("str", "inlineStr"):
        return Faulty("formula", f"={cell.part('f')}")
    match cell.kind:
        case "s":
            number = small_number(text)
            return looks.texts[number] if text.isdecimal() and number < len(looks.texts) else None
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
    return _number(text.strip(), cell.style, looks) if text.strip() else None


def _number(text: str, style: int, looks: Looks) -> Value:
    number = number_of(text)
    if not number.is_finite():
        return text
    written = looks.formats[style] if style < len(looks.formats) else ""
    if is_date_format(written) and 0 <= number <= _LAST_DAY:
        return _moment(number, looks.day_zero)
    shown, sign = shown_by(written, number), currency_sign(written)
    if shown is None and not sign:
        return number
    return Number(number, f"{number:f}" if shown is None else shown, sign)


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


def small_number(text: str) -> int:
    """A count, such as of a row or a style; 0 where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
