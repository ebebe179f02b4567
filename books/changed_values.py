"""How does a frozen value with some other fields come of one that is there, when it is made for every document?"""

from __future__ import annotations

from typing import Any, TypeVar

Value = TypeVar("Value")


def changed(value: Value, **fields: Any) -> Value:
    """A copy with other fields, as `dataclasses.replace` makes it, at a fifth of its cost.

    Args:
        value: A frozen dataclass that checks nothing when it is made: a document does, and is made anew.
        fields: By their names, which are not looked at.
    """
    made = object.__new__(type(value))
    made.__dict__.update(value.__dict__)
    made.__dict__.update(fields)
    return made
