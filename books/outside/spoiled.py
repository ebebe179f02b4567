"""Has a spreadsheet program spoiled a cell? Asked at every door: orders, mapping sheets, lists, reports."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import Enum, auto

from books.outside.cells import Faulty, Number, Value

#: What spreadsheet programs show where a formula failed.
SHEET_ERRORS = frozenset(
    ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#ERROR!", "Err:502")
)
_TOO_NARROW = re.compile("#{3,}")
#: `=SUM(A1:A3)` and `=48`; `="0017"` is how spreadsheets keep a number as text.
_FORMULA = re.compile(r'=(?!".*"$)')
_SHORTENED = re.compile(r"[0-9][0-9.,]*[eE]\+?[0-9]+")
#: Spreadsheets keep that many digits of a number.
_EXACT_DIGITS = 15


class Spoiled(Enum):
    """What a spreadsheet program has done to a cell, so that what was meant is lost."""

    #: `#REF!`, or a column too narrow for its number.
    ERROR = auto()
    #: TRUE or FALSE where a text is meant.
    BOOLEAN = auto()
    #: A formula that has no result in the file.
    FORMULA = auto()
    #: `4.00638E+12`: the digits of an identifier are gone.
    SHORTENED = auto()
    #: An identifier that looked like a day.
    DATE = auto()


def spoiled(cell: Value, *, identifies: bool = False) -> Spoiled | None:
    """What has been done to a cell; None for one that says what it says.

    Args:
        cell: As a workbook has it, or a text as any other file has it.
        identifies: Whether something is found by it again: a number, an SKU, a name.
    """
    text = cell.shown if isinstance(cell, Faulty) else cell.strip() if isinstance(cell, str) else ""
    why = cell.why if isinstance(cell, Faulty) else ""
    if why == "formula" or _FORMULA.match(text):
        return Spoiled.FORMULA
    if why == "error" or text in SHEET_ERRORS or _TOO_NARROW.fullmatch(text):
        return Spoiled.ERROR
    if text in ("TRUE", "FALSE"):
        return Spoiled.BOOLEAN
    if not identifies:
        return None
    if isinstance(cell, date):
        return Spoiled.DATE
    return Spoiled.SHORTENED if _is_shortened(cell, text) else None


def _is_shortened(cell: Value, text: str) -> bool:
    if isinstance(cell, Decimal):
        return cell.adjusted() >= _EXACT_DIGITS
    shown = cell.shown if isinstance(cell, Number) else text
    return bool(_SHORTENED.fullmatch(shown))
