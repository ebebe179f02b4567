"""How do JSON texts travel? Numbers are exact decimals both ways."""

from __future__ import annotations

import decimal
from typing import Any, NoReturn

import simplejson

DEEPEST = 60


class Unreadable(ValueError):
    """The text is not JSON that this company reads."""


def dumps(value: object) -> str:
    """Compact JSON; amounts keep their two decimals."""
    return simplejson.dumps(
        value, use_decimal=True, namedtuple_as_object=False, ensure_ascii=False, separators=(",", ":")
    )


def dump_bytes(value: object) -> bytes:
    """The same, as UTF-8; a lone surrogate that a client sent comes back as a question mark."""
    return dumps(value).encode("utf-8", "replace")


def _refuse_constant(name: str) -> NoReturn:
    raise Unreadable(f"{name} is not JSON")


def loads(text: str | bytes) -> Any:
    """Any JSON value.

    Raises:
        Unreadable: Not JSON, not UTF-8, nested too deep, or a number beyond all bounds.
    """
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        value = simplejson.loads(decoded, use_decimal=True, parse_constant=_refuse_constant)
    except (ValueError, RecursionError, decimal.DecimalException) as problem:
        raise Unreadable(str(problem)[:200] or type(problem).__name__) from None
    if _depth(value) > DEEPEST:
        raise Unreadable(f"nested deeper than {DEEPEST} levels")
    return value


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level and depth <= DEEPEST:
        depth += 1
        inner: list[Any] = []
        for container in level:
            if isinstance(container, dict):
                inner.extend(part for part in container.values() if isinstance(part, dict | list))
            elif isinstance(container, list):
                inner.extend(part for part in container if isinstance(part, dict | list))
        level = inner
    return depth
