"""What is an amount of money, and who may round it?

Amounts are `Decimal` in major units (12.50 dollars), with their currency carried beside them by the order or the
document. This module is the only place that rounds or shares out the smallest unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from math import floor

ZERO = Decimal(0)

#: Currencies whose smallest unit is not a hundredth. Source: ISO 4217 list one.
_DECIMALS = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


@cache
def smallest_unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for USD, 1 for JPY, 0.001 for KWD."""
    return Decimal(1).scaleb(-_DECIMALS.get(currency.upper(), 2))


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round to the smallest unit, halves away from zero, as QuickBooks multiplies out a line; never minus zero.

    Source:
        docs/accounting/rounding.md
    """
    # Adding zero takes the sign off a zero, so that nobody reads "-0.00"
    return amount.quantize(smallest_unit(currency), rounding=ROUND_HALF_UP) + ZERO


def rounded_fraction(amount: Fraction, currency: str) -> Decimal:
    """As `rounded`, of what a division came to: a half is seen exactly."""
    unit = smallest_unit(currency)
    units = floor(abs(amount) / Fraction(unit) + Fraction(1, 2))
    return (units if amount >= 0 else -units) * unit + ZERO


def is_whole(amount: Decimal, currency: str) -> bool:
    """Whether the amount is a whole number of smallest units, so that it can be posted as it is."""
    return amount == rounded(amount, currency)


def extended(quantity: Decimal, unit_price: Decimal, currency: str) -> Decimal:
    """Quantity times unit price, rounded once."""
    return rounded(quantity * unit_price, currency)


def from_smallest_units(amount: int, currency: str) -> Decimal:
    """Read an amount that a source states in cents: 10000 is 100.00 in USD and 10000 in JPY."""
    return amount * smallest_unit(currency)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum; zero for nothing."""
    return sum(amounts, start=ZERO)


def share_out(amount: Decimal, weights: Sequence[Decimal], *, currency: str) -> tuple[Decimal, ...]:
    """Split an amount across weights so that the parts add up to it exactly.

    Args:
        amount: Major units, either sign, a whole number of smallest units.
        weights: One per part; none negative, not all zero.
        currency: Decides the smallest unit.

    Returns:
        One part per weight, in the same order. Left-over units go to the largest remainders, the earlier part
        first on a tie.

    Raises:
        ValueError: A weight is negative, they sum to zero, or the amount is not a whole number of units.

    Source:
        docs/accounting/rounding.md
    """
    unit = smallest_unit(currency)
    if any(weight < 0 for weight in weights) or not any(weights):
        raise ValueError("share_out needs weights of zero or more that do not all vanish")
    if not is_whole(amount, currency):
        raise ValueError(f"share_out needs a whole number of {unit} {currency}, not {amount}")
    # Fractions, because a division of decimals is itself rounded and could lose or invent a unit
    shares = [Fraction(weight) for weight in weights]
    units, whole = Fraction(amount) / Fraction(unit), sum(shares)
    exact = [units * share / whole for share in shares]
    parts = [floor(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda index: parts[index] - exact[index])
    for index in by_remainder[: int(units) - sum(parts)]:
        parts[index] += 1
    return tuple(part * unit for part in parts)


def quantity_text(quantity: Decimal) -> str:
    """A quantity as a person reads it, without idle zeros: `2`, `1.5`."""
    text = f"{quantity + ZERO:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money_text(amount: Decimal, currency: str) -> str:
    """An amount as a person reads it: `1,234.50 USD`, `-0.01 USD`."""
    return f"{rounded(amount, currency):,} {currency}"
