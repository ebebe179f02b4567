"""Which things of an order did a transaction pay for? All of them, or those that come again; else nobody can tell."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from books.orders import Line
from sync.sources.fields import Fields
from sync.sources.highlevel.arithmetic import Discount, Stated, Sums, Tax
from sync.sources.highlevel.charges import Charge, read_charges
from sync.sources.highlevel.lines import (
    GivenDiscount,
    Item,
    added_up,
    lines_of,
    read_item,
    read_tax,
    stated_amount,
)


def lines_of_order(order: Fields, paid: Decimal, *, currency: str, skus: Mapping[str, str]) -> tuple[Line, ...]:
    """The lines of an order of payments that come to what was paid; none where it cannot be told which they are.

    Where the transaction paid the whole order, its lines are returned also if they do not add up, so that it shows.

    Args:
        order: With its items; blank where there is none.
        paid: What the transaction came to.
        currency: Of the transaction.
        skus: By the id of a price, or of a product.
    """
    before = len(order.faults)
    items = [
        read_item(item, position, currency=currency, skus=skus)
        for position, item in enumerate(order.each("items"), start=1)
    ]
    charges = read_charges(order, currency=currency)
    summary = order.inner("amountSummary")
    taken_off = stated_amount(summary, "discount", currency=currency)
    stated = Stated(
        total=paid,
        discount=taken_off,
        tax=stated_amount(summary, "tax", currency=currency),
        taxes=_stated_taxes(order, currency),
    )
    amount = stated_amount(order, "amount", currency=currency)
    if not items or len(order.faults) > before:
        return ()
    whole = added_up(items, None, charges, stated=stated, currency=currency)
    if whole.fits or amount == paid:
        return _lines(items, charges, whole)
    return _renewed(items, paid, currency)


def _renewed(items: list[Item], paid: Decimal, currency: str) -> tuple[Line, ...]:
    """What comes again, with its taxes, without the discount and the charges of the first time."""
    again = [item for item in items if item.is_recurring]
    sums = added_up(again, None, (), stated=Stated(total=paid), currency=currency)
    return _lines(again, (), sums) if again and sums.fits else ()


def _lines(items: list[Item], charges: tuple[Charge, ...], sums: Sums) -> tuple[Line, ...]:
    given = None
    if sums.discount:
        given = GivenDiscount(discount=Discount(value=sums.discount, is_percentage=False))
    return lines_of(items, given, charges if sums.charges_in_total else (), sums, tells_taxed=True)


def _stated_taxes(order: Fields, currency: str) -> tuple[tuple[Tax, Decimal], ...]:
    """Each tax with its amount, where every one of them states it."""
    taxes = list(enumerate(order.each("taxSummary"), start=1))
    found = [(read_tax(tax, position), stated_amount(tax, "amount", currency=currency)) for position, tax in taxes]
    amounts = [(tax, amount) for tax, amount in found if amount is not None]
    return tuple(amounts) if len(amounts) == len(found) else ()
