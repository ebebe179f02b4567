"""How much of the invoice does each payment and each credit settle, and which of the rest went back by a refund?

The oldest first, never more than is open. What no invoice uses is the customer's money: a refund takes it from there
before it is an allowance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
    in_order = sorted(records, key=lambda record: (record.dated, record.is_credit))
    there = {record.key for record in records}
    still_open = max(owed - total(amount for key, amount in sent.items() if key not in there), ZERO)
    applied: dict[str, Decimal] = {}
    for record in in_order:
        applied[record.key] = max(min(record.amount, sent.get(record.key, ZERO), still_open), ZERO)
        still_open -= applied[record.key]
    for record in in_order:
        more = max(min(record.amount - applied[record.key], still_open), ZERO)
        applied[record.key] += more
        still_open -= more
    return applied


@dataclass(frozen=True, kw_only=True)
class GivenBack:
    """A refund that can give back money that the invoice does not use."""

    key: str
    dated: date
    #: Positive.
    amount: Decimal
    #: The key of the payment that the source says went back; empty where it does not say.
    payment: str = ""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What QuickBooks has of it already, by key."""

    #: How much of the invoice each payment and each credit settles.
    applied: Mapping[str, Decimal] = field(default_factory=dict)
    #: How much of each refund debits the receivable account.
    unused: Mapping[str, Decimal] = field(default_factory=dict)
    #: By payment or credit and by refund, how much of the one is tied to the other.
    ties: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Division:
    """What becomes of the payments and credits of an order."""

    #: By key of each payment and credit, how much of the invoice it settles.
    applied: Mapping[str, Decimal] = field(default_factory=dict)
    #: By payment or credit and by refund, how much of the one went back by the other.
    ties: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)

    def unused(self, refund: str) -> Decimal:
        """How much of a refund gives back what the invoice never used; the rest is an allowance."""
        return total(amount for (_, key), amount in self.ties.items() if key == refund)

    def given_back(self, record: str) -> dict[str, Decimal]:
        """By refund, how much of a payment or a credit went back."""
        return {refund: amount for (key, refund), amount in self.ties.items() if key == record}


def divide(owed: Decimal, records: list[Settles], refunds: list[GivenBack], sent: Sent) -> Division:
    """What each payment and each credit settles: the invoice first, then what went back by refunds.

    Args:
        owed: What the invoice comes to.
        records: Everything that can settle it, or stay on the customer's account.
        refunds: Money that went back.
        sent: What QuickBooks has already. It stays as it is, as far as the records and refunds still come to so much.

    Source:
        docs/accounting/refund.md
    """
    free = {record.key: record.amount for record in records}
    left = {refund.key: refund.amount for refund in refunds}
    ties: dict[tuple[str, str], Decimal] = {}

    def tie(record: str, refund: str, most: Decimal) -> None:
        amount = min(most, left[refund], free.get(record, most))
        if amount > 0:
            ties[record, refund] = ties.get((record, refund), ZERO) + amount
            left[refund] -= amount
            free[record] = free.get(record, amount) - amount

    by_date = sorted(refunds, key=lambda refund: refund.dated)
    for refund in by_date:
        # A record that is gone stays tied until it is undone
        for (record, key), amount in sent.ties.items():
            if key == refund.key:
                tie(record, key, amount)
        for settles in _most_likely(records, refund):
            unsettled = free[settles.key] - min(sent.applied.get(settles.key, ZERO), free[settles.key])
            posted = min(sent.unused.get(refund.key, ZERO), refund.amount) - (refund.amount - left[refund.key])
            tie(settles.key, refund.key, min(unsettled, posted))
    known = [replace(record, amount=free[record.key]) for record in records]
    applied = shares(owed, known, sent.applied)
    for key, amount in applied.items():
        free[key] -= amount
    for refund in by_date:
        for settles in _most_likely(records, refund):
            tie(settles.key, refund.key, free[settles.key])
    return Division(applied=applied, ties=ties)


def _most_likely(records: list[Settles], refund: GivenBack) -> list[Settles]:
    """The payment that the source names first, then the youngest: the oldest are those that the invoice uses."""
    youngest = sorted(records, key=lambda record: record.dated)[::-1]
    return sorted(youngest, key=lambda record: record.key != refund.payment)
