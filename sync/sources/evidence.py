"""What of a payload may be kept, and in which form?

Evidence is kept whole, but for what nobody may keep: card numbers, security codes, passwords. And a database keeps
neither a NUL nor half a character, so those are faults of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from books.translation import gettext_noop
from sync.sources.kinds import plain
from sync.sources.values import BadValue

REMOVED = "[removed]"

_SECRET_NAMES = {
    *("cardnumber", "creditcardnumber", "ccnumber", "cardno", "pan", "track1", "track2", "trackdata"),
    *("cvv", "cvv2", "cvc", "cvc2", "cvn", "csc", "securitycode", "cardsecuritycode", "cardcode"),
    *("verificationcode", "cardverificationcode", "bankaccountnumber", "iban", "routingnumber"),
    *("password", "accesstoken", "refreshtoken", "apikey", "clientsecret"),
}
#: Columns whose long numbers are no card numbers.
_HARMLESS_NAME = re.compile(r"(id|number|phone|sku|zip|postalcode|e164)$")
_CARD = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){13,18}(?![0-9])")
#: First digits of the card networks. Source: ISO/IEC 7812 issuer ranges.
_ISSUER = re.compile(r"4|5[1-5]|2[2-7]|3[47]|3[068]|6011|62|64|65|35")


def without_secrets(value: Any, *, name: str = "") -> Any:
    """A copy of a JSON value without card numbers, security codes and passwords. Numbers stay what they are."""
    if isinstance(value, dict):
        return {key: without_secrets(inner, name=key) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_secrets(inner, name=name) for inner in value]
    if value is None or value == "":
        return value
    if plain(name) in _SECRET_NAMES:
        return REMOVED
    if isinstance(value, str) and len(value) >= 14 and not _HARMLESS_NAME.search(plain(name)):
        return _CARD.sub(_hidden_card, value)
    return value


def plain_json(value: Any) -> Any:
    """A copy that any JSON writer takes: each `Decimal` as the shortest float that equals it, else as its text."""
    if isinstance(value, dict):
        return {key: plain_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain_json(inner) for inner in value]
    if isinstance(value, Decimal):
        near = float(value)
        return near if Decimal(repr(near)) == value else str(value)
    return value


def check_characters(value: object, *, complain: Callable[[BadValue, str], None]) -> None:
    """Complain of every text, with its path, that no database can keep."""
    if not _all_storable(value):
        for path in _unstorable_paths(value, ""):
            complain(unstorable(), path)


def _all_storable(value: object) -> bool:
    """Whether nothing is wrong, as in nearly every order; finds it out without making a single path."""
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, dict):
        return all(map(is_storable, value)) and all(map(_all_storable, value.values()))
    return not isinstance(value, list) or all(map(_all_storable, value))


def _unstorable_paths(value: object, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not is_storable(key):
                yield path
            yield from _unstorable_paths(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unstorable_paths(inner, f"{path}[{index}]")
    elif not _all_storable(value):
        yield path


def is_storable(text: str) -> bool:
    """Whether a database can keep the text."""
    return "\0" not in text and (text.isascii() or _encodes(text))


def unstorable() -> BadValue:
    """The fault of a text with a NUL or half a character in it."""
    return BadValue(
        "unstorable-text",
        gettext_noop("The text contains a character that does not exist or cannot be kept (NUL or half a character)."),
        gettext_noop("Remove the character in the source and export again."),
    )


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _hidden_card(found: re.Match[str]) -> str:
    digits = re.sub("[ -]", "", found[0])
    if _ISSUER.match(digits) and _passes_luhn(digits):
        return f"[card number removed, it ended in {digits[-4:]}]"
    return found[0]


def _passes_luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
