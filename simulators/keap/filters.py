"""Which records does a list's `filter` let through? Clauses `field==value` joined by `;`, each of a field it knows."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from .refusals import bad_argument

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_CLAUSE = re.compile(r"\s*([A-Za-z_]\w*)\s*(==|!=|<=|>=|<|>)(.*)", re.DOTALL)
COMPARED = ("==", "<=", "<", ">=", ">")
ALSO_UNEQUAL = (*COMPARED, "!=")
_SECOND = re.compile(r"\.\d{3}(Z|[+-]\d\d:?\d\d)$")

#: Whether a record is let through.
Test = Callable[[Any], bool]


@dataclass(frozen=True, kw_only=True)
class FilterField:
    """A field of a filter: how its text is read, what of a record is compared with it, and by which operators."""

    make: Callable[[str, str, Callable[[Any, Any], bool]], Test]
    operators: tuple[str, ...] = ("==",)


def text(value_of: Callable[[Any], str], *, wildcard: bool = False) -> FilterField:
    """Equal without regard to case; with a wildcard a star at the end stands for anything."""

    def make(name: str, value: str, compare: Callable[[Any, Any], bool]) -> Test:
        wanted = value.lower()
        if wildcard and wanted.endswith("*"):
            return lambda record: value_of(record).lower().startswith(wanted[:-1])
        return lambda record: value_of(record).lower() == wanted

    return FilterField(make=make)


def texts(values_of: Callable[[Any], Sequence[str]], *, wildcard: bool = False) -> FilterField:
    """Any of a record's texts is equal."""

    def make(name: str, value: str, compare: Callable[[Any, Any], bool]) -> Test:
        test = text(lambda shown: str(shown), wildcard=wildcard).make(name, value, compare)
        return lambda record: any(test(shown) for shown in values_of(record))

    return FilterField(make=make)


def number(value_of: Callable[[Any], Any], operators: tuple[str, ...] = ALSO_UNEQUAL) -> FilterField:
    """A number, or an id, which is compared as one."""

    def make(name: str, value: str, compare: Callable[[Any, Any], bool]) -> Test:
        try:
            wanted = Decimal(value)
        except InvalidOperation:
            raise bad_argument(f"The value of filter {name} is not a number: {value}", resource=name) from None
        return lambda record: compare(Decimal(value_of(record)), wanted)

    return FilterField(make=make, operators=operators)


def listed(values_of: Callable[[Any], Sequence[str]]) -> FilterField:
    """Any of a record's values is among those that are listed with commas."""

    def make(name: str, value: str, compare: Callable[[Any, Any], bool]) -> Test:
        wanted = {part.strip() for part in value.split(",")}
        if "" in wanted:
            raise bad_argument(f"The value of filter {name} is not a list: {value}", resource=name)
        return lambda record: not wanted.isdisjoint(values_of(record))

    return FilterField(make=make)


def flag(value_of: Callable[[Any], bool]) -> FilterField:
    """True or false."""

    def make(name: str, value: str, compare: Callable[[Any, Any], bool]) -> Test:
        if value.lower() not in ("true", "false"):
            raise bad_argument(f"The value of filter {name} is neither true nor false: {value}", resource=name)
        wanted = value.lower() == "true"
        return lambda record: value_of(record) == wanted

    return FilterField(make=make)


def choice(value_of: Callable[[Any], str], choices: Sequence[str]) -> FilterField:
    """One of a few words."""

    def make(name: str, value: str, compare: Callable[[Any, Any], bool]) -> Test:
        if value.upper() not in choices:
            raise bad_argument(f"The value of filter {name} is none of {', '.join(choices)}: {value}", resource=name)
        return lambda record: value_of(record) == value.upper()

    return FilterField(make=make)


def since(value_of: Callable[[Any], datetime], *, milliseconds: bool = False) -> FilterField:
    """At or after a moment."""
    return _moment(value_of, operator.ge, milliseconds=milliseconds)


def until(value_of: Callable[[Any], datetime], *, milliseconds: bool = False) -> FilterField:
    """At or before a moment."""
    return _moment(value_of, operator.le, milliseconds=milliseconds)


def _moment(
    value_of: Callable[[Any], datetime], compare: Callable[[Any, Any], bool], *, milliseconds: bool
) -> FilterField:
    def make(name: str, value: str, _: Callable[[Any, Any], bool]) -> Test:
        wanted = moment_told(name, value)
        if milliseconds and not _SECOND.search(value):
            raise bad_argument(f"The value of filter {name} comes with milliseconds: {value}", resource=name)
        return lambda record: compare(value_of(record), wanted)

    return FilterField(make=make)


def moment_told(name: str, value: str) -> datetime:
    """A moment in UTC from a full date and time with its offset.

    Raises:
        KeapRefusal: It is none.
    """
    try:
        moment = datetime.fromisoformat(value) if "T" in value else None
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise bad_argument(f"The value of filter {name} is not a date and time with its offset: {value}", resource=name)


def tests_of(told: str, fields: Mapping[str, FilterField], needs: Mapping[str, str]) -> list[Test]:
    """The tests of a filter; none for an empty one.

    Raises:
        KeapRefusal: A clause is none, or of a field or an operator that this list does not have, or needs another.
    """
    tests, named = [], set()
    for clause in filter(None, (part.strip() for part in told.split(";"))):
        read = _CLAUSE.fullmatch(clause)
        if read is None:
            raise bad_argument(f"The filter cannot be read: {clause}", resource="filter")
        name, sign, value = read.groups()
        field = fields.get(name)
        if field is None:
            raise bad_argument(f"There is no filter {name}; there are {', '.join(fields)}", resource=name)
        if sign not in field.operators:
            raise bad_argument(f"The filter {name} does not take {sign}", resource=name)
        tests.append(field.make(name, value.strip(), _OPERATORS[sign]))
        named.add(name)
    for name in named & needs.keys():
        if needs[name] not in named:
            raise bad_argument(f"The filter {name} needs {needs[name]} beside it", resource=name)
    return tests
