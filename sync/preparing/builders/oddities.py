"""What about an order is posted as it is, and worth a second look?"""

from __future__ import annotations

from datetime import date, timedelta

from books.money import ZERO, money_text, total
from books.notes import Note
from books.orders import Order
from sync.preparing.builders.payment import received

#: A date may be so many days ahead, for time zones, presales and payments that are due, before it is noticed.
DAYS_AHEAD = 7


def odd_notes(order: Order, today: date | None = None) -> list[Note]:
    """Refunds of more than was received, and dates in the future.

    Args:
        order: As staged.
        today: In the company's time zone; None notices no date.

    Source:
        docs/accounting/refund.md, docs/accounting/invoice.md
    """
    return [*_over_refunded(order), *(_ahead(order, today) if today else ())]


def _over_refunded(order: Order) -> list[Note]:
    given_back, came_in = (
        total(refund.amount for refund in order.refunds),
        total(payment.amount for payment in received(order)),
    )
    if given_back <= came_in + max(ZERO, -order.total):  # the money of a return came in with another order
        return []
    facts = (("amount", money_text(given_back, order.currency)), ("received", money_text(came_in, order.currency)))
    return [Note(code="refunds-over-payments", facts=facts)]


def _ahead(order: Order, today: date) -> list[Note]:
    dates = {
        order.placed_on,
        *(payment.paid_on for payment in received(order)),
        *(credit.credited_on for credit in order.credits),
        *(refund.refunded_on for refund in order.refunds),
    }
    latest = max(dates)
    if latest <= today + timedelta(days=DAYS_AHEAD):
        return []
    return [Note(code="dated-ahead", facts=(("date", latest.isoformat()),))]
