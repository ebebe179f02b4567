"""Which number does a text from outside mean, and can it be worked with at all?

`²` is a digit to Python, 5,000 digits are a number, and `1e999999` takes minutes and a gigabyte to write out. Whatever
is read from a file or an address goes through here first.
"""

from __future__ import annotations

from decimal import Decimal, DecimalException

#: The largest number of a row that every database keeps.
_LARGEST_ROW = 2**63 - 1
#: Beyond this a number is no amount of anything, and only costs time and memory.
_LARGEST_EXPONENT = 400
_LONGEST_NUMBER = 20_000
_FINEST_EXPONENT = -30


def row_number(value: object) -> int | None:
    """The number of a row that a text names; None for anything else.

    Args:
        value: ASCII digits only, or an int; neither signed nor spaced.
    """
    text = str(value) if isinstance(value, int) and abs(value) <= _LARGEST_ROW else value
    if not isinstance(text, str) or not text.isascii() or not text.isdecimal() or len(text) > 19:
        return None
    number = int(text)
    return number if number <= _LARGEST_ROW else None


def row_numbers(values: object, *, most: int = 10_000) -> list[int]:
    """Those of several texts that name a row, as far as `most`."""
    found = (row_number(value) for value in values) if isinstance(values, (list, tuple)) else ()
    return [number for number in found if number is not None][:most]


def number_of(text: str) -> Decimal:
    """A number as JSON and workbooks write it; not a number where nobody could work with it."""
    try:
        number = Decimal(text) if len(text) <= _LONGEST_NUMBER else Decimal("NaN")
    except DecimalException:
        return Decimal("NaN")
    return number if is_workable(number) else Decimal("NaN")


def is_workable(number: Decimal) -> bool:
    """Whether a number can be compared, rounded and written out at no cost worth mentioning."""
    return number.is_finite() and (not number or abs(number.adjusted()) <= _LARGEST_EXPONENT)


def is_fine(number: Decimal) -> bool:
    """Whether a number is so small that it is nothing, and yet not zero."""
    return bool(number) and number.adjusted() < _FINEST_EXPONENT
