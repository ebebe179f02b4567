"""How is JSON read that may be nested to any depth?"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from books.outside.texts import number_of

#: No order, and nothing else that is sent to us, is nested deeper.
DEEPEST = 40
_LONGEST_INTEGER = 40


class TooDeep(ValueError):
    """It is nested deeper than anything that makes sense."""


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= _LONGEST_INTEGER else number_of(text)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number")


#: Reads numbers within limits, fractions exactly, and refuses NaN and Infinity.
DECODER = json.JSONDecoder(parse_float=number_of, parse_int=_integer, parse_constant=_no_constant)


def json_of(text: str | bytes, *, longest: int, deepest: int = DEEPEST) -> Any:
    """What a JSON text says.

    Args:
        text: In UTF-8 where it is bytes.
        longest: How many characters, or bytes, it may have.
        deepest: How many levels.

    Raises:
        ValueError: It is not JSON, is longer, or is nested deeper.
    """
    if len(text) > longest:
        raise ValueError("the text is longer than it may be")
    try:
        value = DECODER.decode(text.decode() if isinstance(text, bytes) else text)
    except RecursionError:
        raise TooDeep("nested too deeply") from None
    return within_depth(value, deepest=deepest)


def within_depth(value: object, *, deepest: int = DEEPEST) -> object:
    """The value itself.

    Raises:
        TooDeep: It is nested deeper.
    """
    if is_too_deep(value, deepest=deepest):
        raise TooDeep(f"nested more than {deepest} levels deep")
    return value


def is_too_deep(value: Any, *, deepest: int = DEEPEST) -> bool:
    """Whether a value has more levels; found without recursion, so that looking cannot fail itself."""
    level = [value]
    for _ in range(deepest):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, (dict, list))]
        if not level:
            return False
    return True


def _inside(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
