"""What does a sale of HighLevel cost beside its lines: late fees, tips, processing fees, shipping?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from books.money import ZERO, rounded, total
from books.orders import Line, LineType
from sync.sources.fields import Fields, plain_amount
from sync.sources.kinds import plain

#: Spellings under which the amount of a charge was seen, in the sale itself or in its summary.
_CHARGES = {
    LineType.FINANCE_CHARGE: ("Late fee", ("lateFees", "lateFee", "lateFeesAmount", "lateFeeAmount")),
    LineType.TIP: ("Tip", ("tipAmount", "tipsAmount", "tip", "tips")),
    LineType.SHIPPING: ("Shipping", ("shipping", "shippingAmount")),
}
#: So often a late fee may have been added.
_MOST_FEES = 24
_HUNDRED = 100
_SUMMARIES = ("totalSummary", "amountSummary")


@dataclass(frozen=True, kw_only=True)
class Charge:
    """One charge, in major units."""

    key: str
    line_type: LineType
    name: str
    amount: Decimal

    def line(self) -> Line:
        """The charge as a line of the order."""
        return Line(
            key=self.key,
            line_type=self.line_type,
            quantity=Decimal(1),
            unit_price=self.amount,
            amount=self.amount,
            description=self.name,
        )


def read_charges(sale: Fields, *, currency: str) -> tuple[Charge, ...]:
    """Every charge that came to an amount; what is merely configured has not been charged."""
    return tuple(charge for charge in (*_named(sale, currency), *_miscellaneous(sale, currency)) if charge.amount)


def possible_charges(sale: Fields, base: Decimal, *, currency: str) -> Iterator[tuple[Charge, ...]]:
    """Charges that an invoice may have by its rules, since HighLevel adds those to the total without stating them.

    A late fee by its rule, once or several times; a tip of a percentage that was offered; both. Nothing else.

    Args:
        sale: The invoice.
        base: What it comes to without them.
        currency: Of the invoice.
    """
    late, tips = list(_late_fees(sale, base, currency)), list(_tips(sale, base, currency))
    yield from ((fee,) for fee in late)
    yield from ((tip,) for tip in tips)
    yield from ((fee, tip) for fee in late for tip in tips)


def tip_of_any_amount(sale: Fields, left: Decimal | None, *, paid: Decimal, sold: Decimal) -> Charge | None:
    """What is left of the total as a tip, where it can be nothing else: tips are on, and it is no more than was paid.

    Args:
        sale: The invoice, to which no late fee was added.
        left: What its total has beside all that is stated; None where that is not certain.
        paid: What it says was paid.
        sold: What the lines come to; a tip is not more.
    """
    if sale.inner("tipsConfiguration").data.get("tipsEnabled") is not True or left is None:
        return None
    return _charge(LineType.TIP, left) if 0 < left <= min(paid, sold) else None


def may_be_late(sale: Fields) -> bool:
    """Whether a late fee is added to the invoice after its due date."""
    return sale.inner("lateFeesConfiguration").data.get("enable") is True


def _late_fees(sale: Fields, base: Decimal, currency: str) -> Iterator[Charge]:
    rule = sale.inner("lateFeesConfiguration")
    value = _amount(rule, currency, "value")
    if rule.data.get("enable") is not True or value <= 0:
        return
    percentage = plain(rule.line("type")) == "percentage"
    once = rounded(base * value / _HUNDRED, currency) if percentage else rounded(value, currency)
    for times in range(1, _MOST_FEES + 1):
        yield _charge(LineType.FINANCE_CHARGE, once * times)


def _tips(sale: Fields, base: Decimal, currency: str) -> Iterator[Charge]:
    rule = sale.inner("tipsConfiguration")
    offered = rule.data.get("tipsPercentage")
    if rule.data.get("tipsEnabled") is not True or not isinstance(offered, list):
        return
    for percent in offered:
        if isinstance(percent, (int, Decimal, str)) and str(percent).isdecimal():
            yield _charge(LineType.TIP, rounded(base * Decimal(str(percent)) / _HUNDRED, currency))


def _charge(line_type: LineType, amount: Decimal) -> Charge:
    return Charge(key=line_type.value, line_type=line_type, name=_CHARGES[line_type][0], amount=amount)


def _named(sale: Fields, currency: str) -> Iterator[Charge]:
    for line_type, (_name, spellings) in _CHARGES.items():
        places = (sale, *(sale.inner(summary) for summary in _SUMMARIES))
        amounts = [_amount(place, currency, *spellings) for place in places]
        yield _charge(line_type, next(filter(None, amounts), ZERO))


def _miscellaneous(sale: Fields, currency: str) -> Iterator[Charge]:
    """Processing fees, each by its name; what was collected and is not listed is one more."""
    fees = sale.inner("miscellaneousCharges")
    listed = [
        Charge(
            key=f"fee-{fee.identifier('_id', longest=100) or position}",
            line_type=LineType.FEE,
            name=fee.identifier("name", longest=300) or "Processing fee",
            amount=_amount(fee, currency, "amount"),
        )
        for position, fee in enumerate(fees.each("paidCharges"), start=1)
    ]
    yield from listed
    collected = _amount(fees, currency, "collectedMiscellaneousCharges")
    more = collected - total(fee.amount for fee in listed)
    if more > 0:
        yield Charge(key="fee-others", line_type=LineType.FEE, name="Processing fee", amount=more)


def _amount(fields: Fields, currency: str, *names: str) -> Decimal:
    return fields.read(lambda value: plain_amount(value, currency=currency), *names, otherwise=ZERO)
