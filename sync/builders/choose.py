"""Which documents does an order become? The one place that decides it."""

from __future__ import annotations

from books.answers import Answers
from books.bodies import plain
from books.money import money_text
from books.orders import Credit, Order, OrderStatus, Refund
from books.problems import KindNotPosted
from books.words import gettext_noop
from sync.builders.customer import plan_customer
from sync.builders.invoice import plan_invoice
from sync.builders.payment import payment_notes, plan_payments
from sync.builders.plan import NOTHING_SENT, InBooks, Note, Plan, Planned
from sync.keys import credit_key, invoice_key, refund_key

CREDIT = gettext_noop("credit")
REFUND = gettext_noop("refund")


def nothing_to_post(order: Order) -> Note | None:
    """Why the order as a whole posts nothing; None for a sale."""
    if order.origin == "quickbooks":
        return Note(code="from-quickbooks")
    if order.status is OrderStatus.DRAFT:
        return Note(code="draft")
    if order.status is OrderStatus.CANCELLED:
        return Note(code="cancelled")
    return None if order.lines else Note(code="no-lines")


def plan_order(order: Order, answers: Answers, *, system: str, in_books: InBooks = NOTHING_SENT) -> Plan:
    """Everything that one order comes to: its customer if new, one invoice, a payment for each time money arrived.

    Args:
        order: As staged.
        answers: Mapping's answers for it.
        system: The source, part of every key.
        in_books: What QuickBooks has of the order already.

    Source:
        docs/accounting/index.md
    """
    if note := nothing_to_post(order):
        return Plan(notes=(note,))
    customer = plan_customer(order, answers)
    invoice = plan_invoice(order, answers, key=invoice_key(system, order.source_id))
    payments = plan_payments(order, answers, system=system, invoice=invoice, in_books=in_books)
    others = [
        *(_not_posted(order, one, system, invoice) for one in order.credits),
        *(_not_posted(order, one, system, invoice) for one in order.refunds),
    ]
    planned = ([customer] if customer else []) + [invoice] + payments + others
    return Plan(planned=tuple(planned), notes=tuple(payment_notes(order)))


def _not_posted(order: Order, record: Credit | Refund, system: str, invoice: Planned) -> Planned:
    """A record of a kind that is listed for a person and not posted yet."""
    is_credit = isinstance(record, Credit)
    what, key = (CREDIT, credit_key) if is_credit else (REFUND, refund_key)
    problem = KindNotPosted(
        order=order.number, what=what, record=record.source_id, amount=money_text(record.amount, order.currency)
    )
    return Planned(
        kind=what,
        key=key(system, order.source_id, record.source_id),
        number=record.source_id,
        dated=record.credited_on if isinstance(record, Credit) else record.refunded_on,
        total=record.amount,
        currency=order.currency,
        customer_name=invoice.customer_name,
        problems=(problem,),
        source=plain(record),
    )
