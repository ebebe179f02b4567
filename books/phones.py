"""When are two phone numbers the same number? Compared in international form, as far as that can be told."""

from __future__ import annotations

import re

import phonenumbers

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
        return f"+1{''.join(plain.groups())}"  # as the library would say, without its twenty microseconds
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
