"""What does an invoice or an order come to? Lines, discount and taxes, to the cent.

Amounts are in major units of the currency. A discount lowers what each line is taxed on by the line's share in it; a
tax that the price includes is taken out of what is left of the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

NOTHING = Decimal(0)
_WHOLE = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})


class LineTax(NamedTuple):
    """A tax of a line: what it is called, and its rate in percent."""

    name: str
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class SoldLine:
    """A line that is sold: `amount` is the price of one."""

    name: str
    amount: Decimal
    qty: Decimal = Decimal(1)
    product: str = ""
    price: str = ""
    taxes: tuple[LineTax, ...] = ()
    tax_inclusive: bool = False
    description: str = ""
    recurring: bool = False

    @property
    def gross(self) -> Decimal:
        """Quantity times price, not rounded."""
        return self.amount * self.qty


@dataclass(frozen=True, kw_only=True)
class Discount:
    """So many percent, or a fixed amount, of all lines or of some products' alone."""

    value: Decimal
    percentage: bool = False
    products: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rounding:
    """How the open questions of the arithmetic are answered."""

    by_line: bool = False
    gross_subtotal: bool = False


class TaxSum(NamedTuple):
    """What one tax comes to over all lines."""

    name: str
    rate: Decimal
    amount: Decimal


class Totals(NamedTuple):
    """What the lines come to: subtotal less discount and with the taxes that are added is the total."""

    subtotal: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal
    taxes: tuple[TaxSum, ...]


def to_the_cent(amount: Decimal, currency: str = "USD") -> Decimal:
    """Rounded half up, away from zero, to what the currency has."""
    return amount.quantize(Decimal(1) if currency in _WHOLE else Decimal("0.01"), ROUND_HALF_UP)


def as_number(amount: Decimal | int) -> Decimal | int:
    """As JavaScript writes it: no zeros at the end, and whole without a point."""
    value = Decimal(amount)
    if value == value.to_integral_value():
        return int(value)
    return value.normalize()


def totals_of(
    lines: Sequence[SoldLine], discount: Discount | None, *, currency: str = "USD", rounding: Rounding
) -> Totals:
    """What the lines come to after the discount, each sum rounded to the cent."""
    shares = _shares(lines, discount)
    taken = to_the_cent(sum(shares, NOTHING), currency)
    gross = to_the_cent(sum((line.gross for line in lines), NOTHING), currency)
    added, included = _taxes(lines, shares, currency, rounding)
    added_sum = sum((tax.amount for tax in added), NOTHING)
    included_sum = sum((tax.amount for tax in included), NOTHING)
    return Totals(
        subtotal=gross if rounding.gross_subtotal else gross - included_sum,
        discount=taken,
        tax=added_sum + included_sum,
        total=gross - taken + added_sum,
        taxes=_together([*added, *included]),
    )


def _shares(lines: Sequence[SoldLine], discount: Discount | None) -> list[Decimal]:
    """What of the discount falls on each line, not rounded; never more than the line."""
    if discount is None:
        return [NOTHING for _ in lines]
    bases = [line.gross if not discount.products or line.product in discount.products else NOTHING for line in lines]
    whole = sum(bases, NOTHING)
    if whole <= 0:
        return [NOTHING for _ in lines]
    wanted = whole * discount.value / 100 if discount.percentage else discount.value
    taken = min(wanted, whole)
    return [taken * base / whole for base in bases]


def _taxes(
    lines: Sequence[SoldLine], shares: Sequence[Decimal], currency: str, rounding: Rounding
) -> tuple[list[TaxSum], list[TaxSum]]:
    """The taxes that are added to prices, and those that prices include."""
    sums: dict[tuple[bool, LineTax], Decimal] = {}
    for line, share in zip(lines, shares, strict=True):
        left = line.gross - share
        base = left / (1 + _rate(line.taxes)) if line.tax_inclusive else left
        for tax in line.taxes:
            part = base * tax.rate / 100
            part = to_the_cent(part, currency) if rounding.by_line else part
            key = (line.tax_inclusive, tax)
            sums[key] = sums.get(key, NOTHING) + part
    told = [(kind, TaxSum(tax.name, tax.rate, to_the_cent(part, currency))) for (kind, tax), part in sums.items()]
    return [tax for kind, tax in told if not kind], [tax for kind, tax in told if kind]


def _rate(taxes: Iterable[LineTax]) -> Decimal:
    return sum((tax.rate for tax in taxes), NOTHING) / 100


def _together(taxes: Iterable[TaxSum]) -> tuple[TaxSum, ...]:
    """A tax that some lines add and others include, as one."""
    sums: dict[tuple[str, Decimal], Decimal] = {}
    for tax in taxes:
        sums[tax.name, tax.rate] = sums.get((tax.name, tax.rate), NOTHING) + tax.amount
    return tuple(TaxSum(name, rate, amount) for (name, rate), amount in sums.items())


def line_shown(line: SoldLine, identifier: str, currency: str) -> dict[str, Any]:
    """A line of an invoice as the API shows it."""
    taxes = [
        {
            "_id": f"{tax.name}-{as_number(tax.rate)}",
            "name": tax.name,
            "rate": as_number(tax.rate),
            "calculation": "exclusive",
            "taxId": "",
        }
        for tax in line.taxes
    ]
    told: dict[str, Any] = {
        "_id": identifier,
        "name": line.name,
        "description": line.description,
        "currency": currency,
        "amount": as_number(line.amount),
        "qty": as_number(line.qty),
        "taxes": taxes,
        "taxInclusive": line.tax_inclusive,
        "type": "recurring" if line.recurring else "one_time",
    }
    return (
        told | ({"productId": line.product} if line.product else {}) | ({"priceId": line.price} if line.price else {})
    )
