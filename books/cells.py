"""Which text would a spreadsheet program run as a formula, and how does it stay text?

The one guard of every export, CSV and XLSX alike, and its way back for sheets that come in again.
"""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

#: A cell that begins with one of these is worked out; those of full width are taken for the others.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def guarded(text: str) -> str:
    """A text as it can be in a cell: what would be run as a formula gets an apostrophe in front.

    So does a text that has an apostrophe and then a formula already; `unguarded` takes off exactly one.
    """
    if text[:1].isalnum():  # nearly every text, and neither a sign nor a blank
        return text
    return f"'{text}" if _runs(text.lstrip("'")) else text


def unguarded(text: str) -> str:
    """A text without the apostrophe that `guarded` put in front."""
    return text[1:] if text.startswith("'") and _runs(text.lstrip("'")) else text


def guarded_cell(value: object) -> object:
    """A value of any kind as it can be in a cell: numbers and days as they are, everything else as guarded text."""
    return value if isinstance(value, int | Decimal | date | time | None) else guarded(str(value))


def _runs(text: str) -> bool:
    """Whether it begins like a formula, also behind blanks, which spreadsheet programs strip."""
    return text.lstrip(" ").startswith(FORMULA_SIGNS) or text.lstrip().startswith(FORMULA_SIGNS)
