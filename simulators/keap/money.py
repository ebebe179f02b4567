"""How does Keap write money? Orders and products in the smallest unit of the currency, payments in the whole one."""

from __future__ import annotations

from decimal import Decimal

#: Digits after the point, of currencies that do not have two.
_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "XAF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_SIGNS = {"USD": "$", "CAD": "$", "AUD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def digits_of(currency: str) -> int:
    """How many digits a currency has after the point."""
    return _DIGITS.get(currency, 2)


def in_smallest_units(amount: Decimal, currency: str) -> int:
    """An amount as a whole number of cents, or of what the currency has in their place.

    Raises:
        ValueError: It has more digits than the currency.
    """
    scaled = amount.scaleb(digits_of(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has more digits than {currency} has")
    return int(scaled)


def currency_value(amount: Decimal, currency: str) -> dict[str, object]:
    """An amount as orders, their lines and products show it."""
    digits = digits_of(currency)
    shown = f"{abs(amount):,.{digits}f}"
    sign = _SIGNS.get(currency, f"{currency} ")
    return {
        "amount": in_smallest_units(amount, currency),
        "currency_code": currency,
        "formatted_amount": f"{'-' if amount < 0 else ''}{sign}{shown}",
    }


def double(amount: Decimal, currency: str) -> Decimal:
    """An amount as payments and transactions show it: a number in whole units, written in full."""
    return amount.quantize(Decimal(1).scaleb(-digits_of(currency)))
