"""What values can the vocabulary hold? Any of them, made from the types, so that a new field joins by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import Field, fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, ClassVar, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st


class Value(Protocol):
    """A frozen dataclass of the vocabulary."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


V = TypeVar("V", bound=Value)

#: Text as a source or a person may write it; what cannot be stored as UTF-8 at all is left out.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
#: Up to a billion, with as many places as a quantity or a unit price may have.
numbers = st.decimals(-(10**9), 10**9, places=4) | st.decimals(-(10**9), 10**9, places=2)
#: Whole cents, either sign.
cents = st.integers(-(10**11), 10**11).map(lambda units: Decimal(units).scaleb(-2))


def any_of(kind: type[V], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[V]:
    """Any value of a dataclass; `given` says what a field may be where its type does not."""
    hints = get_type_hints(kind)
    parts = {
        field.name: given[field.name] if field.name in given else _any(hints[field.name]) for field in fields(kind)
    }
    return st.builds(kind, **parts)


def _any(hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) is tuple:
        return st.lists(_any(get_args(hint)[0]), max_size=2).map(tuple)
    if get_origin(hint) in {Union, UnionType}:
        return st.one_of(*map(_any, get_args(hint)))
    if is_dataclass(hint) and isinstance(hint, type):
        return any_of(hint)
    known = {str: texts, Decimal: numbers, date: st.dates(), type(None): st.none()}
    return known[hint] if hint in known else st.from_type(hint)


def full(kind: type[V], **given: object) -> V:
    """A value of a dataclass in which every field, at every depth, holds something."""
    hints = get_type_hints(kind)
    return kind(**{field.name: given.get(field.name, _full(hints[field.name], field.name)) for field in fields(kind)})


def _full(hint: Any, name: str) -> Any:
    if get_origin(hint) is tuple:
        return (_full(get_args(hint)[0], name), _full(get_args(hint)[0], name))
    if get_origin(hint) in {Union, UnionType}:
        return _full(next(get_arg for get_arg in get_args(hint) if get_arg is not type(None)), name)
    if is_dataclass(hint) and isinstance(hint, type):
        return full(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    return {str: name, Decimal: Decimal("12.50"), date: date(2026, 8, 14), int: 3, bool: False}[hint]


def changes(value: Any, *, impossible: tuple[type[Exception], ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every value that differs from this one in exactly one leaf, with the path to that leaf.

    A change that the value itself refuses with `impossible` is left out.
    """
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            for path, changed in changes(getattr(value, field.name)):
                try:
                    other = replace(value, **{field.name: changed})
                except impossible:
                    continue
                yield f"{field.name}.{path}", other
    elif isinstance(value, tuple):
        yield "shorter", value[:-1]
        for place, part in enumerate(value):
            for path, changed in changes(part):
                yield f"{place}.{path}", (*value[:place], changed, *value[place + 1 :])
    else:
        yield "", _changed(value)


def _changed(leaf: Any) -> Any:
    if isinstance(leaf, Enum):
        return next(member for member in type(leaf) if member is not leaf)
    if isinstance(leaf, bool):
        return not leaf
    return leaf + {str: "!", int: 1, Decimal: Decimal("0.01"), date: timedelta(days=1)}[type(leaf)]
