"""How does money that was received for an order become payments on its invoice?"""

from __future__ import annotations

from decimal import Decimal

from books import orders
from books.answers import AccountRef, Answers, CustomerRef, PostingRole
from books.bodies import plain
from books.documents import Payment
from books.money import ZERO, total
from books.orders import Order, PaymentStatus
from books.problems import AccountOfWrongType, Problem
from books.words import gettext_noop
from sync.builders.invoice import LONGEST_NUMBER
from sync.builders.plan import NOTHING_SENT, InBooks, Note, Planned, distinct
from sync.keys import payment_key

_SAME_RECEIVABLE = gettext_noop("the Invoice Debit Account, since QuickBooks Online settles an invoice in its own")
_NOT_MONEY = {
    PaymentStatus.PENDING: "payment-pending",
    PaymentStatus.FAILED: "payment-failed",
    PaymentStatus.VOIDED: "payment-voided",
}


def plan_payments(
    order: Order, answers: Answers, *, system: str, invoice: Planned, in_books: InBooks = NOTHING_SENT
) -> list[Planned]:
    """One payment on the invoice for each time money arrived, oldest first.

    Each settles what is still open on the invoice; what is paid beyond that stays on the customer's account as
    unapplied, and nothing is ever applied twice. An invoice that was sent is settled as it is in QuickBooks, not as
    the order has become since.

    Source:
        docs/accounting/payment.md
    """
    owed = in_books.owed if in_books.invoice else order.total
    planned, still_open = [], max(owed - total(in_books.applied.values()), ZERO)
    for payment in sorted(received(order), key=lambda one: one.paid_on):
        key = payment_key(system, order.source_id, payment.source_id)
        applied = min(payment.amount, still_open)
        if key in in_books.applied:  # sent: its part of the invoice is taken off already
            applied = min(payment.amount, in_books.applied[key])
        else:
            still_open -= applied
        planned.append(_plan(key, payment, applied, order, answers, invoice, in_books))
    return planned


def received(order: Order) -> list[orders.Payment]:
    """The payments that are money: received, and more than nothing."""
    return [one for one in order.payments if one.status is PaymentStatus.RECEIVED and one.amount > 0]


def payment_notes(order: Order) -> list[Note]:
    """Why the other payments post nothing."""
    return [
        Note(code=_NOT_MONEY.get(one.status, "payment-of-nothing"), facts=(("payment", one.source_id),))
        for one in order.payments
        if one.status is not PaymentStatus.RECEIVED or one.amount <= 0
    ]


def _plan(
    key: str,
    payment: orders.Payment,
    applied: Decimal,
    order: Order,
    answers: Answers,
    invoice: Planned,
    in_books: InBooks,
) -> Planned:
    problems = _problems(answers, in_books)
    # QuickBooks drops spaces at either end, and would then have stored another number than was sent
    number = (payment.reference.strip() or payment.source_id)[:LONGEST_NUMBER].strip()
    ready = not problems and (invoice.document is not None or in_books.invoice is not None)
    return Planned(
        kind=Payment.kind,
        key=key,
        number=number,
        dated=payment.paid_on,
        total=payment.amount,
        currency=order.currency,
        customer_name=invoice.customer_name,
        document=_payment(payment, applied, order, answers, key, number, invoice, in_books) if ready else None,
        problems=problems,
        depends_on=invoice.key,
        source=plain(payment),
    )


def _problems(answers: Answers, in_books: InBooks) -> tuple[Problem, ...]:
    roles = (PostingRole.PAYMENT_DEBIT, PostingRole.PAYMENT_CREDIT)
    problems = [answers.posting_problems[role] for role in roles if role in answers.posting_problems]
    owed, paid = (answers.posting.get(role) for role in (PostingRole.INVOICE_DEBIT, PostingRole.PAYMENT_CREDIT))
    if owed and paid and owed.quickbooks_id != paid.quickbooks_id:
        problems.append(_other_receivable(paid))
    if in_books.invoice and not in_books.customer:  # nobody else says who pays
        problems += answers.customer.problems
    return distinct(*problems)


def _buyer(order: Order, answers: Answers, in_books: InBooks) -> CustomerRef:
    """Whoever the invoice is for; whoever is the customer now, where QuickBooks keeps that one no longer."""
    buyer = in_books.customer or answers.customer.customer
    if buyer is None:
        raise ValueError(f"order {order.number} has an invoice without a customer")
    return buyer


def _other_receivable(paid: AccountRef) -> Problem:
    return AccountOfWrongType(
        account=paid.path,
        account_type=paid.account_type,
        used_by=PostingRole.PAYMENT_CREDIT.label,
        needed=_SAME_RECEIVABLE,
    )


def _payment(
    payment: orders.Payment,
    applied: Decimal,
    order: Order,
    answers: Answers,
    key: str,
    number: str,
    invoice: Planned,
    in_books: InBooks,
) -> Payment:
    sent = in_books.invoice
    return Payment(
        key=key,
        number=number,
        dated=payment.paid_on,
        customer=_buyer(order, answers, in_books),
        currency=order.currency,
        amount=payment.amount,
        applied=applied,
        deposit_to=answers.posting[PostingRole.PAYMENT_DEBIT],
        receivable=sent.receivable if sent else answers.posting[PostingRole.PAYMENT_CREDIT],
        invoice=invoice.key,
        method=payment.method,
        memo=payment.note,
    )
