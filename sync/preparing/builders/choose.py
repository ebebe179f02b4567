"""Which documents does an order become? The one place that decides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from books.answers import Answers, PostingRole
from books.documents import NewCustomer, Payment, SalesReceipt
from books.money import money_text
from books.orders import Order, OrderStatus, PaymentStatus
from books.problems import ChangedAfterPosting, NumberUnusable
from sync.preparing.builders.credit import CREDIT, plan_credits
from sync.preparing.builders.customer import customer_notes, plan_customer
from sync.preparing.builders.invoice import LONGEST_NUMBER, plan_invoice
from sync.preparing.builders.payment import payment_notes, plan_payments, received
from sync.preparing.builders.plan import NOTHING_SENT, InBooks, Note, Plan, Planned, Sale, distinct
from sync.preparing.builders.refund import plan_refunds
from sync.preparing.builders.returns import plan_return
from sync.preparing.builders.sales_receipt import paid_at_once, plan_sales_receipt
from sync.preparing.builders.settled import Settles, shares
from sync.preparing.document_keys import invoice_key, return_key, sales_receipt_key


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
    """Everything that one order comes to, in the order in which it is sent.

    Its customer if new; its invoice, or its sales receipt, or its return; a payment for each time money arrived; the
    credits, each used up on the invoice; a refund for each time money was given back.

    Args:
        order: As staged.
        answers: Mapping's answers for it.
        system: The source, part of every key.
        in_books: What QuickBooks has of the order already.

    Source:
        docs/accounting/index.md
    """
    if note := nothing_to_post(order):
        return _without_sale(order, answers, note, system=system, in_books=in_books)
    customer = plan_customer(order, answers)
    sale = Sale(
        system=system,
        order=order.source_id,
        planned=_plan_sale(order, answers, system=system, in_books=in_books),
        in_books=in_books,
    )
    followers: list[Planned] = []
    if sale.planned.kind != SalesReceipt.kind:  # a receipt is its own payment
        applied = _applied(order, answers, sale)
        followers += plan_payments(order, answers, sale=sale, applied=applied)
        followers += plan_credits(order, answers, sale=sale, applied=applied)
    else:
        followers += plan_credits(order, answers, sale=sale, applied={})
    followers += plan_refunds(order, answers, sale=sale)
    planned = ([customer] if customer else []) + [sale.planned] + followers
    undone = frozenset(
        sale.key_of(Payment.kind, one.source_id) for one in order.payments if one.status is not PaymentStatus.RECEIVED
    )
    return Plan(planned=tuple(planned), notes=(*customer_notes(order, answers), *payment_notes(order)), undone=undone)


def _without_sale(order: Order, answers: Answers, note: Note, *, system: str, in_books: InBooks) -> Plan:
    """What is left of an order that is no sale any more: money that arrived and went back stays what it is.

    Of an order that never was in the books nothing is left.
    """
    was = in_books.sale or in_books.former
    if was is None:
        return Plan(notes=(note,))
    note = Note(code="sale-undone")
    stays = Planned(
        kind=was.kind,
        key=was.key,
        number=was.number,
        dated=was.dated,
        total=was.total,
        currency=was.currency,
        customer_name=was.customer.name,
        document=was,
    )
    sale = Sale(system=system, order=order.source_id, planned=stays, in_books=replace(in_books, sale=was))
    if isinstance(was, SalesReceipt):
        ask_first = frozenset({was.key}) if received(order) else frozenset()
        return Plan(planned=tuple(plan_refunds(order, answers, sale=sale)), notes=(note,), ask_first=ask_first)
    money = (*plan_payments(order, answers, sale=sale, applied={}), *plan_refunds(order, answers, sale=sale))
    return Plan(planned=money, notes=(note, *payment_notes(order)))


def _plan_sale(order: Order, answers: Answers, *, system: str, in_books: InBooks) -> Planned:
    """The one document for what was sold; what QuickBooks has of it already keeps its kind."""
    wants_receipt = in_books.sale is None and answers.forms.sales_receipts and paid_at_once(order)
    if wants_receipt or isinstance(in_books.sale, SalesReceipt):
        first = sales_receipt_key(system, order.source_id)
        planned = plan_sales_receipt(order, answers, key=in_books.current(first))
        return _numbered(_paid_by_one(planned, order, in_books), first)
    if order.total < 0 and in_books.sale is None:
        first = return_key(system, order.source_id)
        return _numbered(plan_return(order, answers, key=in_books.current(first)), first)
    first = invoice_key(system, order.source_id)
    return _numbered(plan_invoice(order, answers, key=in_books.current(first)), first)


def _numbered(planned: Planned, first: str) -> Planned:
    """The voided document before it keeps the order's number in QuickBooks, so that the next has one of its own."""
    turn = planned.key.removeprefix(first).removeprefix(":")
    document = planned.document
    if not turn or document is None or isinstance(document, NewCustomer):
        return planned
    number = f"{planned.number}-{turn}"
    if len(number) > LONGEST_NUMBER:
        problem = NumberUnusable(number=number, length=len(number), longest=LONGEST_NUMBER)
        return replace(planned, document=None, problems=(problem,))
    return replace(planned, number=number, document=replace(document, number=number))


def _paid_by_one(planned: Planned, order: Order, in_books: InBooks) -> Planned:
    """A receipt that is in the books says what was received; an order that was paid otherwise since needs a person."""
    if in_books.sale is None or order.received == order.total:
        return planned
    problem = ChangedAfterPosting(
        document=f"{planned.kind} {planned.number}",
        document_key=planned.key,
        posted=money_text(in_books.sale.total, in_books.sale.currency),
        now=money_text(order.total, order.currency),
    )
    return replace(planned, document=None, problems=distinct(*planned.problems, problem))


def _applied(order: Order, answers: Answers, sale: Sale) -> Mapping[str, Decimal]:
    """By key, how much of the invoice each payment and each credit settles."""
    paid, credited = (sale.settled_on(one, answers) for one in (PostingRole.PAYMENT_CREDIT, PostingRole.CREDIT_CREDIT))
    records: list[Settles] = []
    if paid and sale.moves(paid):
        records += [
            Settles(key=sale.key_of("payment", one.source_id), dated=one.paid_on, amount=one.amount)
            for one in received(order)
        ]
    if credited and sale.moves(credited):
        records += [
            Settles(key=sale.key_of(CREDIT, one.source_id), dated=one.credited_on, amount=one.amount, is_credit=True)
            for one in order.credits
        ]
    owed = sale.in_books.owed if sale.in_books.sale else order.total
    return shares(owed, records, sale.in_books.applied)
