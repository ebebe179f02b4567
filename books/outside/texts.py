"""What does a text from outside mean: which number is it, can that be worked with at all, and what is escaped in it?

Two names that look the same are compared as the same: `Jo Ann` and `JO  ANN`, and José in one character or in two.
`²` is a digit to Python, 5,000 digits are a number, and `1e999999` takes minutes and a gigabyte to write out. Whatever
is read from a file or an address goes through here first. `O&#39;Malley &amp; Daughters` is O'Malley & Daughters.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal, DecimalException
from functools import lru_cache
from operator import is_
from typing import Any, TypeVar, cast

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


# What arrives escaped -------------------------------------------------------------------------------------------------


Value = TypeVar("Value")

_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,6});")


def unescaped(text: str) -> str:
    """The text with the characters that its entities stand for; any other text as it is."""
    return _ENTITY.sub(lambda found: html.unescape(found.group()), text) if "&" in text else text


def key_text(text: str) -> str:
    """A text by which a thing is found again, as it is meant: the same for a source that escapes it, also twice."""
    while "&" in text and (plain := unescaped(text)) != text:
        text = plain
    return text


# Marks that nobody sees and that come along when a text is pasted: blanks and joiners without width, soft hyphens, and
# what turns the direction of writing.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def as_seen(text: str) -> str:
    """The text without marks that nobody sees, with each accent written in one way."""
    return text if text.isascii() else unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def compared(text: str) -> str:
    """A name as it is compared: what a reader would call the same name is the same.

    Letter case makes no difference, nor do spaces around it, doubled or no-break spaces, marks that nobody sees, and
    whether an accent is a character of its own. What is shown and sent stays as it is written.

    Source:
        docs/decisions/0099-names-as-they-are-compared.md
    """
    folded = text.casefold() if text.isascii() else unicodedata.normalize("NFC", as_seen(text).casefold())
    return " ".join(folded.split())


def meant(value: Value) -> Value:
    """A frozen value, such as an order, with every text in it as it is meant."""
    return cast(Value, _meant(value))


def _meant(value: object) -> object:
    if isinstance(value, str):
        return unescaped(value)
    if isinstance(value, tuple):
        parts = tuple(map(_meant, value))
        return value if all(map(is_, parts, value)) else parts
    kind: Any = type(value)
    changed = {}
    for name in _parts_of(kind):
        part = getattr(value, name)
        now = _meant(part)
        if now is not part and now != part:
            changed[name] = now
    return replace(value, **changed) if changed else value  # type: ignore[type-var]


@lru_cache(maxsize=100)
def _parts_of(kind: type) -> tuple[str, ...]:
    """The fields that a frozen value is made of; none for anything else."""
    return tuple(part.name for part in fields(kind) if part.init) if is_dataclass(kind) else ()
