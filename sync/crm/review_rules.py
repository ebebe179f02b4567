"""Which invoice of a customer asks for a review, and does it ask already? Over values alone.

It is the first invoice that comes to something, by its date. It asks once nothing is left to pay of it, money was
received for it, and the last of that money was recorded after the switch was turned on.

Source:
    docs/decisions/0064-review-requests.md
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class CustomerInvoice:
    """An invoice as QuickBooks has it now."""

    id: str
    number: str
    dated: date
    #: By QuickBooks' clock.
    created_at: datetime
    #: In its own currency, as the balance. A void leaves an invoice of nothing.
    total: Decimal
    #: What is left to pay.
    balance: Decimal
    #: The payments that were applied to it.
    payment_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReceivedPayment:
    """A payment that was applied to an invoice."""

    id: str
    #: All of it. Zero where it only applies a credit memo: no money came in.
    amount: Decimal
    dated: date
    #: When it was entered, by QuickBooks' clock.
    recorded_at: datetime


class ReviewVerdict(StrEnum):
    """What follows for a customer."""

    ASK = "ask"
    #: It is not paid, or only in part.
    NOT_YET = "not-yet"
    #: It was paid before the switch was turned on, so that this customer is never asked.
    PAID_BEFORE = "paid-before"
    #: It was settled without any money, as by a credit memo.
    NO_MONEY = "no-money"


@dataclass(frozen=True, kw_only=True)
class ReviewDecision:
    """What follows for a customer, and from which payment."""

    verdict: ReviewVerdict
    #: The last payment in which money was received; None where there is none, or it is not yet time to look.
    paid_by: ReceivedPayment | None = None


def first_invoice(invoices: Iterable[CustomerInvoice]) -> CustomerInvoice | None:
    """The first invoice of a customer: by date, then by when it was entered. One that comes to nothing is none.

    Args:
        invoices: All of one customer, in any order.
    """
    counting = [invoice for invoice in invoices if invoice.total > 0]
    return min(counting, key=_place, default=None)


def is_surely_first(found: CustomerInvoice, *, last_read: CustomerInvoice) -> bool:
    """Whether invoices that are read on by date can hold no earlier one than that which was found.

    Args:
        found: The first of those that were read.
        last_read: The latest of those that were read.
    """
    return found.dated < last_read.dated


def decide(invoice: CustomerInvoice, payments: Sequence[ReceivedPayment], *, since: datetime) -> ReviewDecision:
    """What follows from a customer's first invoice.

    Args:
        invoice: The first one.
        payments: All that were applied to it.
        since: When the switch was turned on, in whole seconds as QuickBooks says when something was entered.
    """
    if invoice.balance > 0:
        return ReviewDecision(verdict=ReviewVerdict.NOT_YET)
    received = [payment for payment in payments if payment.amount > 0]
    if not received:
        return ReviewDecision(verdict=ReviewVerdict.NO_MONEY)
    last = max(received, key=lambda payment: (payment.recorded_at, payment.id))
    verdict = ReviewVerdict.ASK if last.recorded_at >= since else ReviewVerdict.PAID_BEFORE
    return ReviewDecision(verdict=verdict, paid_by=last)


def _place(invoice: CustomerInvoice) -> tuple[date, datetime, int, str]:
    """Where an invoice is among those of its customer; ids are numbers that grow."""
    return invoice.dated, invoice.created_at, int(invoice.id) if invoice.id.isdecimal() else 0, invoice.id
