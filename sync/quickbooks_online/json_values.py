"""How is a value written in Intuit's JSON? Only what was chosen, amounts with their cents, keys in order."""

from __future__ import annotations

from decimal import Decimal

import simplejson

from books.field_lengths import online
from books.field_lengths import shortened as cut
from books.json_types import Json as Json
from books.money import ZERO
from books.orders import Address

#: Made once: `dumps` makes one for each text.
_WRITER = simplejson.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
#: More decimals than this of a quantity or a price were seen to come back changed.
_MOST_DECIMALS = 7


def ref(identifier: str) -> Json:
    """A reference to something that QuickBooks has."""
    return {"value": identifier}


def given(name: str, text: str) -> Json:
    """A text; nothing for an empty one."""
    return {name: text} if text else {}


def described(text: str) -> Json:
    """The description of a line; QuickBooks refuses a longer one than it keeps, so that is cut, visibly."""
    return given("Description", cut(text, online("Line.Description")))


def email(name: str, text: str) -> Json:
    """An email address; nothing for an empty one."""
    return {name: {"Address": text}} if text else {}


def address(name: str, postal: Address) -> Json:
    """A postal address, as far as it is known."""
    parts = {
        "Line1": postal.line1,
        "Line2": postal.line2,
        "City": postal.city,
        "CountrySubDivisionCode": postal.region,
        "PostalCode": postal.postal_code,
        "Country": postal.country,
    }
    known = {part: text for part, text in parts.items() if text}
    return {name: known} if known else {}


def is_short(*numbers: Decimal) -> bool:
    """Whether QuickBooks gives such quantities and prices back as they were sent."""
    return all(len(_plain(value).partition(".")[2]) <= _MOST_DECIMALS for value in numbers)


def rounded_price(price: Decimal) -> Decimal:
    """A price with as many decimals as QuickBooks keeps."""
    return round(price, _MOST_DECIMALS)


def number(value: Decimal) -> simplejson.RawJSON:
    """A JSON number with at least its cents."""
    return simplejson.RawJSON(_with_cents(value))


def number_as_read(value: Decimal) -> Decimal:
    """The amount that is read from what `number` writes."""
    return Decimal(_with_cents(value))


def text_as_read(text: str) -> str:
    """The text that is read from what `written` writes."""
    return text.encode("utf-8", "replace").decode()


def _with_cents(value: Decimal) -> str:
    whole, _, places = _plain(value).partition(".")
    return f"{whole}.{places.ljust(2, '0')}"


def _plain(value: Decimal) -> str:
    """Never an exponent, never idle zeros, never minus zero."""
    text = f"{value + ZERO:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def written(body: Json) -> bytes:
    """The bytes; the same body always gives the same."""
    text = _WRITER.encode(body)
    # Half a pair is no character: it can be neither sent nor stored
    return text.encode("utf-8", "replace")
