"""How much of the invoice does each payment and each credit settle? The oldest first, never more than is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from books.money import ZERO, total


@dataclass(frozen=True, kw_only=True)
class Settles:
    """A record that can settle a part of the invoice."""

    key: str
    dated: date
    #: Positive.
    amount: Decimal
    #: Payments before credits of the same day.
    is_credit: bool = False


def shares(owed: Decimal, records: list[Settles], sent: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """By key, how much of the invoice each record settles.

    Args:
        owed: What the invoice comes to.
        records: Everything that can settle it; what is left of each stays on the customer's account.
        sent: What QuickBooks has applied already, by key. Each keeps that, as far as the invoice and the record still
            come to so much; what is applied of a record that is not there any more stays taken until it is undone.
    """
    in_order = sorted(records, key=lambda one: (one.dated, one.is_credit))
    there = {one.key for one in records}
    still_open = max(owed - total(amount for key, amount in sent.items() if key not in there), ZERO)
    found: dict[str, Decimal] = {}
    for one in in_order:
        found[one.key] = max(min(one.amount, sent.get(one.key, ZERO), still_open), ZERO)
        still_open -= found[one.key]
    for one in in_order:
        more = max(min(one.amount - found[one.key], still_open), ZERO)
        found[one.key] += more
        still_open -= more
    return found
