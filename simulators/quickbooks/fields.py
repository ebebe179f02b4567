"""What may a property hold? The kinds of field, and how the JSON of a request is read against them.

An entity is data: a `Shape` of named fields. Reading yields only what the request says: a property that is absent
or null is not in the result, one that is "" is there as None (cleared), so that create, full update and sparse
update can each decide what absence means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Protocol

from . import refusals
from .known_names import knows

CENT = Decimal("0.01")
LARGEST_AMOUNT = Decimal("99999999999.99")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)

Json = Any  # what a JSON text can hold; only this package's edge deals in it
Record = dict[str, Any]


def cents(amount: Decimal) -> Decimal:
    """The amount to two decimals, half a cent away from zero, as QuickBooks rounds."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(kw_only=True)
class Found:
    """References met while reading one request, to be looked up afterwards."""

    references: list[tuple[Ref, str]] = field(default_factory=list)


class Kind(Protocol):
    """A kind of field: it reads one JSON value into a canonical one, or refuses."""

    def read(self, value: Json, name: str, found: Found) -> Any:
        """The canonical value; None when the request empties the field."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """Characters, at most `most` of them, without any that is in `banned`."""

    most: int = 4000
    least: int = 0
    banned: Mapping[str, str] = field(default_factory=dict)
    trimmed: bool = False

    def read(self, value: Json, name: str, found: Found) -> str | None:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise refusals.wrong_type(name, "java.lang.String")
        text = value.strip() if self.trimmed else value
        if text == "":
            return None
        if len(text) > self.most or len(text) < self.least:
            raise refusals.wrong_length(name, least=self.least, most=self.most, given=len(text))
        for character, called in self.banned.items():
            if character in text:
                raise refusals.invalid_characters(name, called)
        return text


@dataclass(frozen=True, kw_only=True)
class Flag:
    """True or false."""

    def read(self, value: Json, name: str, found: Found) -> bool | None:
        if isinstance(value, bool):
            return value
        if value == "":
            return None
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        raise refusals.invalid_boolean(name, value)


def read_number(value: Json, name: str) -> Decimal | None:
    """A finite number, given bare or in quotes; None for an empty text."""
    if value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise refusals.invalid_number(name, value)
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise refusals.invalid_number(name, value) from None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise refusals.invalid_number(name, value)
    return number


@dataclass(frozen=True, kw_only=True)
class Amount:
    """Money: two decimals are kept."""

    most: Decimal = LARGEST_AMOUNT

    def read(self, value: Json, name: str, found: Found) -> Decimal | None:
        number = read_number(value, name)
        if number is None:
            return None
        if abs(number) > self.most:
            raise refusals.invalid_amount(name, value)
        return cents(number)


@dataclass(frozen=True, kw_only=True)
class Number:
    """A quantity, rate or percentage; trailing zeros are trimmed, seven decimals are kept."""

    least: Decimal = -LARGEST_AMOUNT
    most: Decimal = LARGEST_AMOUNT

    def read(self, value: Json, name: str, found: Found) -> Decimal | None:
        number = read_number(value, name)
        if number is None:
            return None
        if not self.least <= number <= self.most:
            raise refusals.number_out_of_range(name, value, least=self.least, most=self.most)
        return trimmed(number.quantize(Decimal("0.0000001"), ROUND_HALF_UP))


def trimmed(number: Decimal) -> Decimal:
    """The number as JSON shows a rate: `75`, `4.5`; never with an exponent."""
    short = number.normalize()
    return short.quantize(Decimal(1)) if int(short.as_tuple().exponent) > 0 else short


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A whole number between two bounds."""

    least: int = 0
    most: int = 999

    def read(self, value: Json, name: str, found: Found) -> int | None:
        number = read_number(value, name)
        if number is None:
            return None
        if number != number.to_integral_value():
            raise refusals.invalid_number(name, value)
        if not self.least <= number <= self.most:
            raise refusals.number_out_of_range(name, value, least=self.least, most=self.most)
        return int(number)


@dataclass(frozen=True, kw_only=True)
class Day:
    """A date, YYYY-MM-DD; what follows it, a time or an offset as XML clients send, is taken and dropped."""

    def read(self, value: Json, name: str, found: Found) -> str | None:
        if value == "":
            return None
        if not isinstance(value, str) or not DAY.fullmatch(value):
            raise refusals.invalid_date(name, value)
        try:
            return date.fromisoformat(value[:10]).isoformat()
        except ValueError:
            raise refusals.invalid_date(name, value) from None


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of a closed list of words."""

    of: tuple[str, ...]
    enumeration: str | None = None

    def read(self, value: Json, name: str, found: Found) -> str | None:
        if value == "":
            return None
        if not isinstance(value, str):
            raise refusals.wrong_type(name, "java.lang.String")
        if value in self.of:
            return value
        if self.enumeration:
            raise refusals.unknown_enumeration_in_type(value, self.enumeration)
        raise refusals.invalid_enumeration(value, name)


@dataclass(frozen=True, kw_only=True)
class Email:
    """An object with an Address: one, or several with commas between them, each with an @ and a dot after it."""

    def read(self, value: Json, name: str, found: Found) -> Record | None:
        given = EMAIL_SHAPE.read(value, name, found)
        if not given or given.get("Address") is None:
            return None
        address = given["Address"].strip()
        for part in address.split(","):
            user, at, host = part.strip().rpartition("@")
            if not at or not user or "." not in host.strip(".") or re.search(r"[\s;<>]", part.strip()):
                raise refusals.invalid_email(name)
        return {"Address": address}


@dataclass(frozen=True, kw_only=True)
class Web:
    """An object with a URI that looks like a web address."""

    def read(self, value: Json, name: str, found: Found) -> Record | None:
        given = WEB_SHAPE.read(value, name, found)
        if not given or given.get("URI") is None:
            return None
        if not re.fullmatch(r"(https?://)?[^\s/.]+(\.[^\s/.]+)+(/\S*)?", given["URI"]):
            raise refusals.invalid_web_address(given["URI"])
        return {"URI": given["URI"]}


@dataclass(frozen=True, kw_only=True)
class Ref:
    """A reference by id. `listed_as` is the list's name in Intuit's error text.

    `only_with`: the accounting preference without which QuickBooks ignores it.
    """

    to: str
    listed_as: str = ""
    may_be_inactive: bool = False
    only_with: str = ""

    def read(self, value: Json, name: str, found: Found) -> str | None:
        if value == "":
            return None
        if isinstance(value, str | int) and not isinstance(value, bool):
            value = {"value": value}
        if not isinstance(value, dict):
            raise refusals.wrong_type(name, "com.intuit.schema.finance.v3.ReferenceType")
        for key in value:
            if key not in ("value", "name", "type"):
                raise refusals.unknown_property(key, "ReferenceType", ("value", "name", "type"))
        identifier = value.get("value")
        if identifier is None or identifier == "":
            return None
        if isinstance(identifier, bool) or not isinstance(identifier, str | int):
            raise refusals.wrong_type(name, "java.lang.String")
        found.references.append((self, str(identifier)))
        return str(identifier)


@dataclass(frozen=True, kw_only=True)
class Word:
    """A reference that is not an id of ours, such as a tax code: its `value` is kept as text."""

    def read(self, value: Json, name: str, found: Found) -> str | None:
        return Ref(to="").read(value, name, Found())


@dataclass(frozen=True, kw_only=True)
class Currency:
    """A reference to a currency by its ISO code."""

    def read(self, value: Json, name: str, found: Found) -> str | None:
        code = Ref(to="").read(value, name, Found())
        return code.upper() if code else None


@dataclass(frozen=True, kw_only=True)
class Ignored:
    """A property of the schema that is read-only or not kept here: accepted and dropped."""

    def read(self, value: Json, name: str, found: Found) -> None:
        return None


@dataclass(frozen=True, kw_only=True)
class Field:
    """A property of an entity.

    `fixed`: set at creation, ignored afterwards. `sticky`: a full update that omits it keeps it.
    `default`: what creation, or a full update that omits it, gives it.
    """

    kind: Kind
    fixed: bool = False
    sticky: bool = False
    default: Any = None


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The properties of a type, under its name in Intuit's schema."""

    type_name: str
    fields: Mapping[str, Field]

    def read(self, value: Json, name: str, found: Found) -> Record | None:
        """What the request says of each property it names."""
        if value == "":
            return None
        if not isinstance(value, dict):
            raise refusals.wrong_type(name, f"com.intuit.schema.finance.v3.{self.type_name}")
        return dict(self._given(value, f"{name}." if name else "", found))

    def _given(self, value: Mapping[str, Json], prefix: str, found: Found) -> Iterator[tuple[str, object]]:
        for key, part in value.items():
            known = self.fields.get(key)
            if known is None:
                if knows(self.type_name, key):
                    continue
                raise refusals.unknown_property(key, self.type_name, self.fields)
            if part is not None and not isinstance(known.kind, Ignored):
                yield key, known.kind.read(part, prefix + key, found)


@dataclass(frozen=True, kw_only=True)
class Group:
    """An object inside an entity; emptied properties are left out."""

    shape: Shape

    def read(self, value: Json, name: str, found: Found) -> Record | None:
        given = self.shape.read(value, name, found)
        return None if given is None else {key: part for key, part in given.items() if part is not None}


@dataclass(frozen=True, kw_only=True)
class Many:
    """A list of objects."""

    shape: Shape

    def read(self, value: Json, name: str, found: Found) -> list[Record] | None:
        if value == "":
            return None
        if not isinstance(value, list):
            raise refusals.wrong_type(name, "java.util.ArrayList")
        group = Group(shape=self.shape)
        return [record for record in (group.read(part, name, found) for part in value) if record is not None]


def ignored(*names: str) -> dict[str, Field]:
    """Properties that are accepted and dropped."""
    return {name: Field(kind=Ignored()) for name in names}


def shape(type_name: str, **kinds: Kind) -> Shape:
    """A plain shape whose fields need no flags."""
    return Shape(type_name=type_name, fields={name: Field(kind=kind) for name, kind in kinds.items()})


EMAIL_SHAPE = shape(
    "EmailAddress", Address=Text(most=100, trimmed=True), Id=Ignored(), Default=Ignored(), Tag=Ignored()
)
WEB_SHAPE = shape("WebSiteAddress", URI=Text(most=1000, trimmed=True), Id=Ignored(), Default=Ignored(), Tag=Ignored())
PHONE = Group(
    shape=Shape(
        type_name="TelephoneNumber",
        fields={
            "FreeFormNumber": Field(kind=Text(most=30)),
            **ignored("Id", "DeviceType", "CountryCode", "AreaCode", "ExchangeCode", "Extension", "Default", "Tag"),
        },
    )
)
ADDRESS_SHAPE = Shape(
    type_name="PhysicalAddress",
    fields={
        **{f"Line{n}": Field(kind=Text(most=500)) for n in range(1, 6)},
        **{name: Field(kind=Text(most=255)) for name in ("City", "CountrySubDivisionCode", "Country")},
        "PostalCode": Field(kind=Text(most=30)),
        "Id": Field(kind=Text(most=20)),
        **ignored("Lat", "Long", "Note", "Tag", "CountryCode", "CountrySubDivision", "PostalCodeSuffix", "County"),
    },
)


@dataclass(frozen=True, kw_only=True)
class Address:
    """A postal address; its five lines together have at most 2,000 characters."""

    def read(self, value: Json, name: str, found: Found) -> Record | None:
        given = Group(shape=ADDRESS_SHAPE).read(value, name, found)
        if not given:
            return None
        together = sum(len(given.get(f"Line{n}", "")) for n in range(1, 6))
        if together > 2000:
            raise refusals.wrong_length(name, least=0, most=2000, given=together)
        given.pop("Id", None)
        return given or None
