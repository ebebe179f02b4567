"""In which unit does Keap state this amount?

Version 1 states major units as plain numbers. Version 2 states orders, lines and products as objects in the smallest
unit, and the payments of an order as plain numbers whose unit nobody has documented. An amount is never believed on
its looks: an object must agree with its own formatted text, and payments must agree with the order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from books.json_types import Json
from books.money import ZERO, from_smallest_units, smallest_unit
from books.outside.texts import number_of
from books.translation import gettext_noop
from sync.sources.amounts import in_bounds, mixed_currencies, not_an_amount, read_currency, tidy_amount
from sync.sources.fields import missing, plain_amount
from sync.sources.values import BadValue

#: The most decimals of a currency: so much larger than an amount its smallest units can be.
_ROOM = 4


def read_money(value: object, *, currency: str) -> Decimal:
    """Read an amount of either version, in major units.

    Raises:
        BadValue: Not an amount, in another currency than the order, or an object that contradicts itself.
    """
    if isinstance(value, dict):
        return _read_object(value, currency=currency)
    return plain_amount(value, currency=currency)


def currency_of(value: object) -> str:
    """The currency that a money object names; empty when it names none.

    Raises:
        BadValue: Not the code of a currency.
    """
    code = value.get("currency_code") if isinstance(value, dict) else value
    return "" if code in (None, "") else read_currency(str(code))


def _read_object(value: Json, *, currency: str) -> Decimal:
    units = value.get("amount")
    if units is None or units == "":
        raise missing()
    if isinstance(units, str) and re.fullmatch("-?[0-9]+", units):
        units = number_of(units)
    if isinstance(units, bool) or not isinstance(units, (int, Decimal)):
        raise not_an_amount()
    units = in_bounds(Decimal(units).scaleb(-_ROOM)).scaleb(_ROOM)
    if units != units.to_integral_value():
        raise not_an_amount()
    stated = currency_of(value)
    if stated and stated != currency:
        raise mixed_currencies(stated, currency)
    amount = in_bounds(from_smallest_units(int(units), currency))
    _check_formatted(str(value.get("formatted_amount") or ""), amount, currency)
    return amount


def _check_formatted(text: str, amount: Decimal, currency: str) -> None:
    """Compare an amount with the text beside it, which has its digits whatever the language."""
    digits = re.sub("[^0-9]", "", text)
    if not digits:
        return
    decimals = -int(smallest_unit(currency).as_tuple().exponent)
    has_fraction = decimals and re.search(rf"[.,][0-9]{{{decimals}}}(?![0-9])", text)
    formatted = number_of(digits).scaleb(-decimals if has_fraction else 0)
    if formatted != abs(amount):
        raise BadValue(
            "formatted-amount-differs",
            gettext_noop("The amount reads as %(amount)s %(currency)s, but the text beside it says %(formatted)s."),
            gettext_noop("Export the order again; if it stays so, correct the amount in the source."),
            amount=amount,
            currency=currency,
            formatted=text,
        )


class Unit(Enum):
    """What a plain number of a version 2 payment counts."""

    MAJOR = "major"
    SMALLEST = "smallest"

    def amount(self, plain: Decimal, currency: str) -> Decimal:
        """The number in major units."""
        return tidy_amount(plain if self is Unit.MAJOR else plain * smallest_unit(currency), currency)


@dataclass(frozen=True, kw_only=True)
class PlainMoney:
    """The plain numbers of an order's payment rows, by what they turned out to be. Each is positive."""

    received: Decimal = ZERO
    taken_back: Decimal = ZERO
    credited: Decimal = ZERO
    #: The largest row that never became money: pending, failed or void.
    largest_other: Decimal = ZERO

    def could_be(self, target: Decimal, unit: Unit, currency: str) -> bool:
        """Whether the rows come to the target in that unit; sources differ in what they count as paid."""
        came, went, credit = (
            unit.amount(amount, currency) for amount in (self.received, self.taken_back, self.credited)
        )
        return target in (came, came - went, came + credit, came + credit - went)


def unit_of_payments(
    plain: PlainMoney,
    *,
    order_total: Decimal,
    total_paid: Decimal | None,
    currency: str,
    total_due: Decimal | None = None,
) -> Unit:
    """Decide in which unit an order's payments are stated, by what they must add up to.

    Args:
        plain: What the rows say.
        order_total: What the order comes to, in major units.
        total_paid: What the order says was paid, in major units; None when it does not say, and then only an order
            that was paid in full can be decided.
        total_due: What the order says is still open, in major units; decides where nothing was received.
        currency: Decides the smallest unit.

    Raises:
        BadValue: Neither reading reconciles with the order.
    """
    if not plain.received and (plain.credited or plain.taken_back):
        settled = None if total_due is None else order_total - total_due
        return _unit_of_credits(plain, order_total=order_total, stated=(settled, total_paid), currency=currency)
    if not plain.received:
        return Unit.SMALLEST if plain.largest_other > order_total else Unit.MAJOR
    target = order_total if total_paid is None else total_paid
    for unit in Unit:
        if plain.could_be(target, unit, currency):
            return unit
    raise _no_unit(plain, target, currency)


def _unit_of_credits(
    plain: PlainMoney, *, order_total: Decimal, stated: tuple[Decimal | None, ...], currency: str
) -> Unit:
    """Where no money arrived: the unit in which the credits are what the order says is settled, or the possible one."""
    for target in stated:
        for unit in Unit:
            credit, went = (unit.amount(amount, currency) for amount in (plain.credited, plain.taken_back))
            if target and target in (credit, credit - went):
                return unit
    if max(plain.credited, plain.taken_back) > order_total:  # in major units more than the whole order
        return Unit.SMALLEST
    raise _no_unit(plain, order_total, currency)


def _no_unit(plain: PlainMoney, target: Decimal, currency: str) -> BadValue:
    largest = plain.received or plain.credited or plain.taken_back
    return BadValue(
        "payment-unit-unknown",
        gettext_noop(
            "The payments add up to %(major)s or to %(smallest)s %(currency)s, depending on the unit that Keap counts "
            "in, and the order says %(target)s: neither is certain."
        ),
        gettext_noop(
            "Export the order with total_paid and all its payments, or give each payment's amount as an object with "
            "amount and currency_code."
        ),
        major=largest,
        smallest=Unit.SMALLEST.amount(largest, currency),
        currency=currency,
        target=target,
    )
