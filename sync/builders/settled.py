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
        sent: What QuickBooks has applied already, by key: taken off first, and never changed.
    """
    still_open = max(owed - total(sent.values()), ZERO)
    found: dict[str, Decimal] = {}
    for one in sorted(records, key=lambda one: (one.dated, one.is_credit)):
        if one.key in sent:
            found[one.key] = min(one.amount, sent[one.key])
        else:
            found[one.key] = min(one.amount, still_open)
            still_open -= found[one.key]
    return found
