"""Which email addresses and which phone number does a field hold, and when are two of them the same?

People write several addresses into one field, with commas or semicolons between them. Phone numbers are compared in
international form, as far as that can be told.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

from books.outside.texts import as_seen

#: As far as QuickBooks looks: something, an @, and a host with a dot inside.
_ADDRESS = re.compile(r"[^\s,;<>@]+@[^\s,;<>@.]+(?:\.[^\s,;<>@.]+)+")
#: What nearly all addresses are, found in a third of the time.
_PLAIN = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
#: What is in a field that holds more than one bare address.
_SEVERAL = re.compile(r"[,;\n<]")


def is_email(text: str) -> bool:
    """Whether a text is one address that QuickBooks takes."""
    return (_PLAIN.fullmatch(text) or _ADDRESS.fullmatch(text)) is not None


@lru_cache(maxsize=4096)
def written_emails(text: str) -> tuple[str, ...]:
    """The addresses in a field, as they are written there, each once; what is no address is left out."""
    return _written(text)


def _written(text: str) -> tuple[str, ...]:
    if _PLAIN.fullmatch(text):  # as nearly all fields are
        return (text,)
    text = as_seen(text)
    if not _SEVERAL.search(text):
        address = text.strip()
        return (address,) if is_email(address) else ()
    # “Ann Lee <ann@example.com>” is that address
    parts = (_bare(part) for part in re.split(r"[,;\n]", text))
    found: dict[str, str] = {}
    for part in parts:
        if is_email(part):
            found.setdefault(part.casefold(), part)
    return tuple(found.values())


def _bare(part: str) -> str:
    return re.sub(r".*<([^<>]*)>.*", r"\1", part).strip() if "<" in part else part.strip()


@lru_cache(maxsize=4096)
def emails(text: str) -> tuple[str, ...]:
    """The same addresses as they are compared: letter case ignored."""
    return tuple([part.casefold() for part in written_emails(text)])


def emails_once(text: str) -> tuple[str, ...]:
    """The same for a list of very many different fields, of which none is asked for again soon."""
    return tuple([part.casefold() for part in _written(text)])


def first_email(text: str) -> str:
    """The first address as it is compared; empty for none."""
    found = emails(text)
    return found[0] if found else ""


def billed_to(text: str) -> str:
    """A field as QuickBooks takes it: its addresses with a comma and a space between them."""
    return ", ".join(written_emails(text))


# Phone numbers --------------------------------------------------------------------------------------------------------


#: The country that numbers without a country code are of, by the company's home currency.
_COUNTRIES = {"USD": "US", "CAD": "CA", "GBP": "GB", "AUD": "AU", "NZD": "NZ", "RON": "RO", "CHF": "CH", "MXN": "MX"}
#: Fewer digits are an extension, or no number.
_FEWEST = 7
_NORTH_AMERICA = ("US", "CA")
_TEN_DIGITS = re.compile(r"(?:\+?1[ .-]?)?\(?([2-9]\d\d)\)?[ .-]?(\d{3})[ .-]?(\d{4})", re.ASCII)


def country_of(currency: str) -> str:
    """The country whose phone numbers a company writes without a country code; empty where the currency has several."""
    return _COUNTRIES.get(currency, "")


def phone_key(text: str, country: str) -> str:
    """A phone number as it is compared; empty for what is none.

    Args:
        text: As it was written: `(303) 555-0142 ext. 7`.
        country: Two letters, for numbers without a country code; empty where nobody can tell.

    Returns:
        `+13035550142`; the digits alone where it is no number of the country. An extension does not count.
    """
    written = text.strip()
    if country in _NORTH_AMERICA and (plain := _TEN_DIGITS.fullmatch(written)):
        return f"+1{plain[1]}{plain[2]}{plain[3]}"  # as the library would say, without its twenty microseconds
    if not any(sign.isdigit() for sign in written):
        return ""
    try:
        number = phonenumbers.parse(written, country or None)
    except phonenumbers.NumberParseException:
        return _digits(written)
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return _digits(written)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _digits(text: str) -> str:
    digits = re.sub(r"[^0-9]", "", text)
    return digits if len(digits) >= _FEWEST else ""
