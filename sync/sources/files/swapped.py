"""Have two columns of a file changed places? Then that is said once, and not as an error of every row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations
from zoneinfo import ZoneInfo

from books.outside.cells import Number
from books.translation import gettext_noop
from sync.sources.base import UnreadableFile
from sync.sources.days import read_day
from sync.sources.files.columns import (
    Clean,
    Column,
    MatchedColumns,
    as_text,
    clean_amount,
    clean_day,
    clean_instant,
    clean_price,
    clean_quantity,
)
from sync.sources.files.tables import Cell, TableRow
from sync.sources.values import BadValue

#: So many rows tell what the others are like.
TRIED = 200
_FEWEST = 2
#: Of ten cells, so many must be of the other kind, and so few of their own.
_NEARLY_ALL, _HARDLY_ANY = 9, 1
_DAY, _MONEY, _EMAIL, _WORDS, _ID = "day", "money", "email", "words", "id"
_KINDS: dict[Clean, str] = {
    clean_day: _DAY,
    clean_instant: _DAY,
    clean_amount: _MONEY,
    clean_price: _MONEY,
    clean_quantity: _MONEY,
}
_TARGETS = {
    "email": _EMAIL,
    **dict.fromkeys(("given_name", "family_name", "company_name", "name", "product_name"), _WORDS),
    **dict.fromkeys(("number", "sku"), _ID),
}
_FIGURES = re.compile(r"[-+(]{0,2}[^\w\s]? ?[-+]?[0-9][0-9.,']*(?: ?[^\w\s]| ?[A-Z]{3})?\)?-?")
_FRACTION = re.compile(r"[.,][0-9]{1,2}\)?$")
_LONGEST = 320
_ADDRESS = re.compile(r"\S+@\S+\.\S+")
_LETTER = re.compile(r"[^\W\d_]")
_ZONE = ZoneInfo("UTC")


def refuse_swapped(header: Sequence[str], matched: MatchedColumns, rows: Iterable[TableRow]) -> None:
    """Refuse a file in which two columns have changed places.

    Args:
        header: As the file has it.
        matched: Which column is which.
        rows: The first rows of the file.

    Raises:
        UnreadableFile: Nearly every row has in each of two columns what belongs in the other.
    """
    kinds = {column: kind for column in matched.positions if (kind := _kind_of(column))}
    cells: dict[Column, list[set[str]]] = {column: [] for column in kinds}
    for row in rows:
        for column in kinds:
            if as_text(cell := matched.cell(column, row.cells)):
                cells[column].append(_read_as(cell))
    for first, second in combinations(kinds, 2):
        if kinds[first] != kinds[second] and _have_changed(cells[first], kinds[first], cells[second], kinds[second]):
            raise _swapped(header[matched.positions[first]], header[matched.positions[second]])


def _kind_of(column: Column) -> str:
    return _TARGETS.get(column.target) or _KINDS.get(column.clean, "")


def _have_changed(first: Sequence[set[str]], kind: str, second: Sequence[set[str]], other: str) -> bool:
    return _is_instead(first, other, own=kind) and _is_instead(second, kind, own=other)


def _is_instead(cells: Sequence[set[str]], other: str, *, own: str) -> bool:
    """Whether nearly all cells of a column can be read as another kind, and hardly any as its own."""
    theirs, ours = (sum(kind in cell for cell in cells) for kind in (other, own))
    return len(cells) >= _FEWEST and 10 * theirs >= _NEARLY_ALL * len(cells) and 10 * ours <= _HARDLY_ANY * len(cells)


def _read_as(cell: Cell) -> set[str]:
    """The kinds that a cell can be."""
    text = as_text(cell)[:_LONGEST]
    if isinstance(cell, date) or (isinstance(cell, str) and _is_day(text)):
        return {_DAY}
    if isinstance(cell, (Decimal, Number)) or _FIGURES.fullmatch(text):
        return {_MONEY} if _FRACTION.search(text) else {_MONEY, _ID}
    if _ADDRESS.fullmatch(text):
        return {_EMAIL}
    return {_WORDS, _ID} if _LETTER.search(text) else {_ID}


def _is_day(text: str) -> bool:
    if text.replace(".", "", 1).isdecimal() and "-" not in text and "/" not in text and text.count(".") < 2:
        return False  # 46238 is a day to a spreadsheet, and an amount too
    try:
        read_day(text, date_order="mdy", zone=_ZONE)
    except BadValue:
        return False
    return True


def _swapped(first: str, second: str) -> UnreadableFile:
    return UnreadableFile(
        gettext_noop(
            "The columns “%(first)s” and “%(second)s” look swapped: nearly every row has in one what belongs in the "
            "other."
        ),
        gettext_noop("Change the two names in the first row of the file, and import it again."),
        first=first,
        second=second,
    )
