"""How is JSON read whose fields may be missing, of another type, or named differently in each version?

A `Fields` wraps one JSON object and knows the path to it. Each reader gives the value, or a harmless one with the
fault kept under its path, so that one bad field does not hide the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from books.json_types import Json
from books.translation import gettext_noop
from sync.sources.amounts import (
    in_bounds,
    mixed_currencies,
    not_an_amount,
    read_amount,
    read_currency,
    read_quantity,
    tidy,
    tidy_amount,
    undoubled,
)
from sync.sources.days import read_moment
from sync.sources.identifiers import known_by
from sync.sources.values import LONGEST_TEXT, BadValue, Faults, bounded, one_line

T = TypeVar("T")


class Fields:
    """One JSON object."""

    def __init__(self, data: Mapping[str, Any], *, faults: Faults, path: str = "") -> None:
        self.data = data
        self.faults = faults
        self.path = path

    def path_of(self, name: str) -> str:
        """The field's full path, as `order_items[2].price`."""
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        """Whether the field is there with a value."""
        return self.data.get(name) not in (None, "")

    def first(self, *names: str) -> tuple[str, Any]:
        """The first of several spellings that has a value, with it; when none has, the one that is there, and None."""
        for name in names:
            value = self.data.get(name)
            if value is not None and value != "":
                return name, value
        return next((name for name in names if name in self.data), names[0]), None

    def read(self, read: Callable[[Any], T], *names: str, otherwise: T) -> T:
        """What `read` makes of the field; `otherwise` when it is missing or wrong."""
        name, value = self.first(*names)
        if value is None:
            return otherwise
        return self.faults.attempt(lambda: read(value), otherwise=otherwise, column=self.path_of(name), value=value)

    def line(self, *names: str, longest: int = 300) -> str:
        """A name, id or word, on one line; empty when missing. Numbers count as text: ids come in both forms."""
        return self.read(lambda value: one_line(_text(value), longest=longest), *names, otherwise="")

    def identifier(self, *names: str, longest: int) -> str:
        """What something is found by again: an id, an SKU, the name of a product; empty when missing."""
        return self.read(
            lambda value: known_by(one_line(_text(value), longest=LONGEST_TEXT), longest=longest), *names, otherwise=""
        )

    def text(self, *names: str) -> str:
        """Text of any number of lines; empty when missing."""
        return self.read(lambda value: bounded(_text(value).strip(), longest=LONGEST_TEXT), *names, otherwise="")

    def quantity(self, *names: str) -> Decimal:
        """How many; a missing quantity is a fault."""
        return self.required(_quantity, *names, otherwise=Decimal(1))

    def count(self, *names: str) -> int:
        """A whole number of zero or more; 0 when missing."""
        return self.read(_count, *names, otherwise=0)

    def day(self, *names: str, zone: ZoneInfo) -> date | None:
        """The day of a moment; None when missing or wrong."""
        return self.read(lambda value: read_moment(_text(value), zone=zone), *names, otherwise=None)

    def required(self, read: Callable[[object], T], *names: str, otherwise: T) -> T:
        """As `read`, and a missing field is a fault."""
        name, value = self.first(*names)
        if value is None:
            self.faults.add(missing(), column=self.path_of(name))
            return otherwise
        return self.read(read, name, otherwise=otherwise)

    def inner(self, *names: str) -> Fields:
        """An object inside; an empty one when missing."""
        name, value = self.first(*names)
        if value is not None and not isinstance(value, dict):
            self.faults.add(_not_an_object(), column=self.path_of(name), value=value)
            value = None
        return Fields(value or {}, faults=self.faults, path=self.path_of(name))

    def each(self, *names: str) -> Iterator[Fields]:
        """The objects of a list, in its order; nothing when missing."""
        name, value = self.first(*names)
        if value is not None and not isinstance(value, list):
            self.faults.add(_not_a_list(), column=self.path_of(name), value=value)
            value = None
        for index, entry in enumerate(value or ()):
            path = f"{self.path_of(name)}[{index}]"
            if isinstance(entry, dict):
                yield Fields(entry, faults=self.faults, path=path)
            else:
                self.faults.add(_not_an_object(), column=path, value=entry)


def listed(data: Mapping[str, object], name: str) -> list[Json]:
    """The objects in a list of an object, without a word about what is wrong there."""
    value = data.get(name)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise BadValue(
            "not-text",
            gettext_noop("There should be text or a number here."),
            gettext_noop("Export or fetch the order again, unchanged."),
        )
    return str(value)


def number(value: Any) -> Decimal:
    """A JSON number, exactly; text that holds a number counts.

    Raises:
        BadValue: Something else.
    """
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise not_an_amount()
    return undoubled(in_bounds(Decimal(value)))


def plain_amount(value: object, *, currency: str) -> Decimal:
    """An amount that is a plain number of major units, or text that holds one.

    Raises:
        BadValue: Something else.
    """
    if isinstance(value, str):
        return read_amount(value, currency=currency, decimal_mark=".")
    return tidy_amount(number(value), currency)


def refuse_other_currency(fields: Fields, currency: str) -> None:
    """Keep a fault where an object names another currency than its order's."""
    code = fields.read(lambda value: read_currency(str(value)), "currency", otherwise=currency)
    if code != currency:
        fields.faults.add(mixed_currencies(code, currency), column=fields.path_of("currency"), value=code)


def _quantity(value: object) -> Decimal:
    return read_quantity(value, decimal_mark=".") if isinstance(value, str) else tidy(number(value))


def _count(value: object) -> int:
    quantity = _quantity(value)
    if quantity < 0 or quantity != quantity.to_integral_value():
        raise BadValue(
            "not-a-count",
            gettext_noop("“%(value)s” is not a whole number of zero or more."),
            gettext_noop("Correct it in the source, and export or fetch the order again."),
        )
    return int(quantity)


def missing() -> BadValue:
    """The fault of a field that an order cannot do without."""
    return BadValue(
        "missing",
        gettext_noop("The field %(column)s is missing or empty."),
        gettext_noop("Give it in the source, and export or fetch the order again."),
    )


def _not_an_object() -> BadValue:
    return BadValue(
        "not-an-object",
        gettext_noop("There should be an object with named fields here."),
        gettext_noop("Export or fetch the order again, unchanged."),
    )


def _not_a_list() -> BadValue:
    return BadValue(
        "not-a-list",
        gettext_noop("There should be a list here."),
        gettext_noop("Export or fetch the order again, unchanged."),
    )
