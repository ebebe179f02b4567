"""How does money that was received for an order become payments on its invoice?"""

from __future__ import annotations

from books import orders
from books.answers import Answers, PostingRole
from books.changed_values import changed
from books.documents import JournalEntry, Payment, RefundedPart
from books.money import ZERO
from books.notes import Note
from books.orders import Order, PaymentStatus, is_made_id, record_name
from books.problems import Problem
from books.serialization import plain
from sync.preparing.builders.credit import applications, number_of
from sync.preparing.builders.journal import between, entry_for
from sync.preparing.builders.plan import Planned, Sale, distinct, missing
from sync.preparing.builders.settled import Division
from sync.preparing.builders.tenders import LONGEST_REFERENCE, is_deposited, memo_of, paid_into, paid_into_problems

_NOT_MONEY = {
    PaymentStatus.PENDING: "payment-pending",
    PaymentStatus.FAILED: "payment-failed",
    PaymentStatus.VOIDED: "payment-voided",
}


def plan_payments(order: Order, answers: Answers, *, sale: Sale, division: Division) -> list[Planned]:
    """One payment on the invoice for each time money arrived, oldest first.

    What is paid beyond the invoice stays on the customer's account as unapplied. An invoice that was sent is settled as
    it is in QuickBooks, not as the order has become since.

    Args:
        order: For its payments.
        answers: Of that order.
        sale: The order's invoice, as planned or as QuickBooks has it.
        division: How much of the invoice each payment settles, and what of it went back.

    Source:
        docs/accounting/payment.md
    """
    planned: list[Planned] = []
    for payment in sorted(received(order), key=lambda payment: payment.paid_on):
        of_payment = _plan(payment, division, order, answers, sale)
        planned.append(of_payment)
        # QuickBooks' own payment says itself what it settles
        if sale.in_books.form_of(of_payment) == JournalEntry.kind:
            role = PostingRole.PAYMENT_CREDIT
            planned += applications(payment, of_payment, sale, division, answers, role=role)
    return planned


def received(order: Order) -> list[orders.Payment]:
    """The payments that are money: received, and more than nothing."""
    return [payment for payment in order.payments if payment.status is PaymentStatus.RECEIVED and payment.amount > 0]


def payment_notes(order: Order) -> list[Note]:
    """Why the other payments post nothing, credits and refunds of nothing neither; and whose reference is too long."""
    given: list[orders.Credit | orders.Refund] = [*order.credits, *order.refunds]
    return [
        *(
            Note(
                code=_NOT_MONEY.get(payment.status, "payment-of-nothing"),
                facts=(("payment", record_name(payment, order)),),
            )
            for payment in order.payments
            if payment.status is not PaymentStatus.RECEIVED or payment.amount <= 0
        ),
        *(
            Note(code="reference-in-memo", facts=(("reference", reference), ("longest", str(LONGEST_REFERENCE))))
            for payment in received(order)
            if len(reference := payment.reference.strip()) > LONGEST_REFERENCE
        ),
        *(
            Note(code="of-nothing", facts=(("record", record_name(record, order)),))
            for record in given
            if not record.amount
        ),
    ]


def reference_of(payment: orders.Payment) -> str:
    """What a person finds the payment by, as long as QuickBooks keeps it; empty where its source gives it no id."""
    # QuickBooks drops spaces at either end, and would then have stored another number than was sent
    known = "" if is_made_id(payment.source_id) else payment.source_id
    return (payment.reference.strip() or known)[:LONGEST_REFERENCE].strip()


def _plan(payment: orders.Payment, division: Division, order: Order, answers: Answers, sale: Sale) -> Planned:
    problems = _problems(payment, answers, sale)
    record = Planned(
        kind=Payment.kind,
        key=sale.key_of(Payment.kind, payment.source_id),
        number=reference_of(payment),
        dated=payment.paid_on,
        total=payment.amount,
        currency=order.currency,
        customer_name=sale.customer_name,
        problems=problems,
        depends_on=sale.key,
        source=plain(payment),
    )
    ready = not problems and sale.is_ready
    return changed(record, document=_document(record, payment, division, order, answers, sale)) if ready else record


def _problems(payment: orders.Payment, answers: Answers, sale: Sale) -> tuple[Problem, ...]:
    problems = (*paid_into_problems(payment.method, answers), *missing(answers, PostingRole.PAYMENT_CREDIT))
    # Where QuickBooks keeps the invoice's customer no longer, nobody else says who pays
    return distinct(*problems, *sale.customer_problems(answers))


def _document(
    record: Planned, payment: orders.Payment, division: Division, order: Order, answers: Answers, sale: Sale
) -> Payment | JournalEntry:
    debited = paid_into(payment.method, answers) or answers.posting[PostingRole.PAYMENT_DEBIT]
    credited = sale.settled_on(PostingRole.PAYMENT_CREDIT, answers) or answers.posting[PostingRole.PAYMENT_CREDIT]
    other_receivable = not sale.moves(credited)
    if other_receivable or not is_deposited(payment.method, answers):
        # An entry without a number could not be looked up after an answer that got lost
        numbered = changed(record, number=record.number or number_of("PM", payment.source_id, order))
        return entry_for(
            numbered,
            between(debited, credited, payment.amount, payment.method),
            Payment.kind if other_receivable else "tender",
            customer=sale.buyer(answers),
            location=answers.forms.location,
            memo=memo_of(payment),
            follows=(sale.key,),
        )
    return Payment(
        key=record.key,
        number=record.number,
        dated=record.dated,
        customer=sale.buyer(answers),
        currency=record.currency,
        amount=payment.amount,
        applied=division.applied.get(record.key, ZERO),
        deposit_to=debited,
        receivable=credited,
        invoice=sale.key,
        invoice_form=sale.form,
        method=payment.method,
        method_there=answers.tender(payment.method).in_quickbooks,
        memo=memo_of(payment),
        refunded=tuple(
            RefundedPart(refund=refund, amount=amount)
            for refund, amount in sale.tied(record.key, division, answers).items()
        ),
    )
