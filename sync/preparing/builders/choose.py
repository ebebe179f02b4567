"""Which documents does an order become, and what of it is worth a second look? The one place that decides it.

What is posted as it is and looks odd, and which texts are cut, is said in notes; nothing is cut unsaid.

Source:
    docs/reference/field-lengths.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from books.answers import Answers, PostingRole
from books.documents import KINDS, Document, JournalEntry, NewCustomer, Payment, SalesReceipt
from books.field_lengths import online, room_for_memo
from books.money import ZERO, money_text, total
from books.notes import Note
from books.orders import Order, OrderStatus, PaymentStatus
from books.problems import ChangedAfterPosting, DatedFarAhead, MoneyNotShown, NumberUnusable, Problem, StatusNotDecided
from books.statuses import OrderStage, status_key
from books.translation import gettext_noop
from sync.preparing.builders.credit import CREDIT, plan_credits, plan_return_uses
from sync.preparing.builders.customer import customer_notes, fitted, plan_customer
from sync.preparing.builders.invoice import LONGEST_NUMBER, gives_back, plan_invoice, plan_return
from sync.preparing.builders.payment import payment_notes, plan_payments, received
from sync.preparing.builders.plan import (
    NOTHING_SENT,
    InBooks,
    Plan,
    Planned,
    Sale,
    distinct,
    invoice_key,
    return_key,
    sales_receipt_key,
)
from sync.preparing.builders.refund import REFUND, idle_refunds, plan_refunds, refund_notes, refunds_of
from sync.preparing.builders.sales_receipt import is_receipt, plan_sales_receipt
from sync.preparing.builders.settled import Division, GivenBack, Sent, Settles, divide


def nothing_to_post(order: Order, waits: OrderStage | None = None) -> Note | None:
    """Why the order as a whole posts nothing; None for a sale.

    Args:
        order: As it was decided.
        waits: The event that its documents wait for. What is in the books already waits for none.
    """
    if order.origin == "quickbooks":
        return Note(code="from-quickbooks")
    if order.status is OrderStatus.DRAFT:
        return Note(code="draft")
    if order.status is OrderStatus.CANCELLED:
        return Note(code="cancelled")
    if order.status is OrderStatus.LEFT_OUT:
        return Note(code="left-out")
    if not order.lines:
        return Note(code="no-lines")
    return Note(code=f"not-{waits.value}") if waits else None


def status_problems(order: Order, *, system: str, word: str = "") -> tuple[Problem, ...]:
    """Why it is not certain, by its status, that an order is a sale with all of its money."""
    if order.status is OrderStatus.UNKNOWN:
        return (StatusNotDecided(system=system, status_key=status_key(word), status=word),)
    shows_money = order.payments or order.credits or order.refunds or order.total <= 0
    if order.status is OrderStatus.REFUNDED and not shows_money:
        return (MoneyNotShown(order=order.number),)
    return ()


def plan_order(
    order: Order,
    answers: Answers,
    *,
    system: str,
    in_books: InBooks = NOTHING_SENT,
    today: date | None = None,
    status_word: str = "",
    waits: OrderStage | None = None,
) -> Plan:
    """Everything that one order comes to, in the order in which it is sent.

    Its customer if new; its invoice, or its sales receipt, or its return; a payment for each time money arrived; the
    credits, each used up on the invoice; a refund for each time money was given back.

    Args:
        order: As staged.
        answers: Mapping's answers for it.
        system: The source, part of every key.
        in_books: What QuickBooks has of the order already.
        today: In the company's time zone, to notice dates in the future; None notices none.
        status_word: As the source writes it, for an order whose status nobody has decided on.
        waits: The event that its documents wait for, where QuickBooks has no sale of it.

    Source:
        docs/accounting/index.md
    """
    if note := nothing_to_post(order, waits):
        return replace(_without_sale(order, answers, note, system=system, in_books=in_books), waits_for=waits)
    fit = fitted(order, answers, system=system)
    doubts = status_problems(order, system=system, word=status_word)
    order, answers = _as_sale(fit.order), fit.answers
    customer = plan_customer(order, answers, problems=fit.problems)
    sale = Sale(
        system=system,
        order=order.source_id,
        planned=_held_by((*doubts, *fit.problems), _plan_sale(order, answers, system=system, in_books=in_books)),
        in_books=in_books,
    )
    if doubts and in_books.sale is None:  # no one is created, and no money posted, for what may be no sale
        return Plan(planned=(replace(sale.planned, depends_on=""),))
    followers: list[Planned] = []
    division = Division()
    if sale.planned.kind != SalesReceipt.kind:  # a receipt is its own payment
        division = _divided(order, answers, sale)
        followers += plan_payments(order, answers, sale=sale, division=division)
    followers += plan_credits(order, answers, sale=sale, division=division)
    followers += (refunds := plan_refunds(order, answers, sale=sale, division=division))
    followers += plan_return_uses(order, sale.planned, answers, sale=sale, division=division)
    records = ([customer] if customer else []) + [sale.planned] + followers
    planned = [_held_far_ahead(record, order, today) for record in records]
    undone = frozenset(_undone(order, sale))
    refunded = refund_notes(order, answers, sale=sale, division=division)
    received_notes = (*payment_notes(order), *refunded, *odd_notes(order, today))
    cut = () if answers.forms.names_accounts else shortened_notes(planned)
    notes = (*customer_notes(order, answers), *fit.notes, *cut, *received_notes)
    return Plan(planned=tuple(planned), notes=notes, idle=idle_refunds(order, refunds, sale=sale), undone=undone)


def _undone(order: Order, sale: Sale) -> Iterator[str]:
    """Keys of what the order still names, and says itself that nothing is left of: a voided payment or credit."""
    for payment in order.payments:
        if payment.status is not PaymentStatus.RECEIVED:
            yield sale.key_of(Payment.kind, payment.source_id)
    for credit in order.credits:
        if not credit.amount:
            yield sale.key_of(CREDIT, credit.source_id)


def _as_sale(order: Order) -> Order:
    """A refunded sale is posted as a sale, with the refund that it shows."""
    return replace(order, status=OrderStatus.SALE) if order.status is OrderStatus.REFUNDED else order


def _held_by(problems: tuple[Problem, ...], planned: Planned) -> Planned:
    """The sale with what keeps it from being posted about the customer or the status."""
    if not problems:
        return planned
    return replace(planned, document=None, problems=distinct(*problems, *planned.problems))


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
        refunds = plan_refunds(order, answers, sale=sale, division=Division())
        return Plan(planned=tuple(refunds), notes=(note,), ask_first=ask_first)
    division = _divided(replace(order, lines=(), credits=()), answers, sale, undone=True)
    money = [
        *plan_payments(order, answers, sale=sale, division=division),
        *plan_refunds(order, answers, sale=sale, division=division),
    ]
    refunded = refund_notes(order, answers, sale=sale, division=division)
    notes = (note, *payment_notes(order), *refunded, *odd_notes(order))
    return Plan(planned=tuple(money), notes=notes)


def _plan_sale(order: Order, answers: Answers, *, system: str, in_books: InBooks) -> Planned:
    """The one document for what was sold; what QuickBooks has of it already keeps its kind."""
    if (in_books.sale is None and is_receipt(order, answers)) or isinstance(in_books.sale, SalesReceipt):
        first = sales_receipt_key(system, order.source_id)
        planned = plan_sales_receipt(order, answers, key=in_books.current(first))
        return _numbered(_paid_by_one(planned, order, in_books), first)
    if in_books.sale is None and gives_back(order):
        first = return_key(system, order.source_id)
        return _numbered(plan_return(order, answers, key=in_books.current(first)), first)
    first = invoice_key(system, order.source_id)
    planned = plan_invoice(order, answers, key=in_books.current(first))
    return _numbered(_of_its_customer(planned, in_books), first)


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
        document=_title(planned),
        document_key=planned.key,
        posted=money_text(in_books.sale.total, in_books.sale.currency),
        now=money_text(order.total, order.currency),
    )
    return replace(planned, document=None, problems=distinct(*planned.problems, problem))


def _of_its_customer(planned: Planned, in_books: InBooks) -> Planned:
    """An invoice that is paid, in part or in full, moves to no other customer: QuickBooks rejects that."""
    there, document = in_books.sale, planned.document
    if there is None or document is None or isinstance(document, NewCustomer) or not any(in_books.applied.values()):
        return planned
    before, now = in_books.customer, document.customer
    known = {in_books.customer_id, there.customer.created_by} - {""}
    if before is None or not known or known & {now.quickbooks_id, now.created_by}:
        return planned
    problem = ChangedAfterPosting(
        document=_title(planned),
        document_key=planned.key,
        posted=money_text(there.total, there.currency),
        now=money_text(planned.total, planned.currency),
        customer=before.name,
        customer_now=now.name,
    )
    return replace(planned, problems=distinct(*planned.problems, problem))


def _title(planned: Planned) -> str:
    return " ".join(filter(None, (KINDS[planned.kind], planned.number)))


def _divided(order: Order, answers: Answers, sale: Sale, *, undone: bool = False) -> Division:
    """What each payment and each credit settles: the invoice, and refunds of what it does not use.

    Args:
        order: For its payments, credits and refunds.
        answers: Of that order.
        sale: What it became.
        undone: It is no sale any more, so that all of the money is the customer's.
    """
    paid, credited = (
        sale.settled_on(role, answers) for role in (PostingRole.PAYMENT_CREDIT, PostingRole.CREDIT_CREDIT)
    )
    records: list[Settles] = []
    if paid and sale.moves(paid):
        records += [
            Settles(key=sale.key_of("payment", payment.source_id), dated=payment.paid_on, amount=payment.amount)
            for payment in received(order)
        ]
    if credited and sale.moves(credited):
        records += [
            Settles(
                key=sale.key_of(CREDIT, credit.source_id),
                dated=credit.credited_on,
                amount=credit.amount,
                is_credit=True,
            )
            for credit in order.credits
        ]
    owed = ZERO if undone else sale.in_books.owed if sale.in_books.sale else order.total
    if owed < 0:  # a return is a credit of the customer too
        records.append(Settles(key=sale.key, dated=order.placed_on, amount=-owed, is_credit=True))
    refunds = [
        GivenBack(
            key=sale.key_of(REFUND, refund.source_id),
            dated=refund.refunded_on,
            amount=refund.amount,
            payment=sale.key_of("payment", refund.payment_id) if refund.payment_id else "",
        )
        for refund in refunds_of(order)
    ]
    books = sale.in_books
    return divide(owed, records, refunds, Sent(applied=books.applied, unused=books.unused, ties=books.ties))


# What is worth a second look ------------------------------------------------------------------------------------------


#: A date may be so many days ahead, for time zones, presales and payments that are due, before it is noticed.
DAYS_AHEAD = 7
#: What is dated more days ahead is not posted: nearly always its year is wrong.
MOST_DAYS_AHEAD = 366


def _held_far_ahead(planned: Planned, order: Order, today: date | None) -> Planned:
    """The record, or what keeps it back: that it is dated more than a year ahead."""
    if today is None or planned.dated <= today + timedelta(days=MOST_DAYS_AHEAD):
        return planned
    return _held_by((DatedFarAhead(order=order.number, day=planned.dated.isoformat()),), planned)


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
    latest = max((day for day in dates if day <= today + timedelta(days=MOST_DAYS_AHEAD)), default=today)
    if latest <= today + timedelta(days=DAYS_AHEAD):
        return []
    return [Note(code="dated-ahead", facts=(("date", latest.isoformat()),))]


_MEMO, _DESCRIPTION = gettext_noop("Memo"), gettext_noop("Description")


def shortened_notes(planned: Iterable[Planned]) -> list[Note]:
    """What of documents for QuickBooks Online is shortened, each field of a document once.

    A file for QuickBooks Desktop says itself what it changed.
    """
    notes = (note for record in planned if record.document for note in _of_document(record, record.document))
    return list(dict.fromkeys(notes))


def _of_document(planned: Planned, document: Document) -> Iterator[Note]:
    room = room_for_memo(document.key, is_customer=isinstance(document, NewCustomer))
    if len(document.memo) > room:
        yield _note(_MEMO, planned, room)
    if isinstance(document, JournalEntry):
        texts = [line.memo for line in document.lines]
    else:
        texts = [line.description for line in getattr(document, "lines", ())]
    if any(len(text) > online("Line.Description") for text in texts):
        yield _note(_DESCRIPTION, planned, online("Line.Description"))


def _note(field: str, planned: Planned, longest: int) -> Note:
    return Note(
        code="shortened-text", facts=(("field", field), ("document", _title(planned)), ("longest", str(longest)))
    )
