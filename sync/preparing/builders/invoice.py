"""How does an order become an invoice, or a credit memo where it gives more back than it sells?"""

from __future__ import annotations

from books.answers import AccountRef, Answers, PostingRole
from books.changed_values import changed
from books.documents import CreditMemo, Invoice, JournalEntry
from books.field_lengths import online
from books.money import ZERO, money_text, total
from books.orders import Order
from books.problems import ForeignCurrency, NegativeTotal, NumberUnusable, Problem, TotalsDiffer
from books.serialization import plain
from sync.preparing.builders.customer import memo_of_sale
from sync.preparing.builders.journal import entry_for, lines_of_form
from sync.preparing.builders.parts import Parts, is_discount, parts_of
from sync.preparing.builders.plan import Planned, distinct, missing

LONGEST_NUMBER = online("DocNumber")


def plan_invoice(order: Order, answers: Answers, *, key: str) -> Planned:
    """The invoice of one order for its whole amount, or every problem that keeps it from being built.

    A payment plan changes nothing here: QuickBooks has none, and the customer owes the whole amount. Where the Invoice
    Debit Account is not the receivable that QuickBooks' own invoices move, it is a journal entry.

    Args:
        order: A sale that comes to zero or more, with at least one line.
        answers: Mapping's answers for this order. Nothing is looked up in here.
        key: The invoice's key.

    Source:
        docs/accounting/invoice.md
    """
    parts = parts_of(order, answers)
    problems = distinct(
        *order_problems(order, answers),
        *below_zero(order),
        *answers.customer.problems,
        *parts.problems,
        *missing(answers, PostingRole.INVOICE_DEBIT),
    )
    buyer = answers.customer.customer
    record = Planned(
        kind=Invoice.kind,
        key=key,
        number=order.number,
        dated=order.placed_on,
        total=order.total,
        currency=order.currency,
        customer_name=buyer.name if buyer else order.customer.name,
        problems=problems,
        depends_on=buyer.created_by if buyer else "",
        source=invoice_part(order),
    )
    return record if problems else changed(record, document=_document(record, order, answers, parts))


def invoice_part(order: Order) -> dict[str, object]:
    """The part of an order that its invoice says; payments come and go without changing it."""
    due = {} if order.due_on is None else {"due_on": plain(order.due_on)}
    return {
        "number": order.number,
        "placed_on": plain(order.placed_on),
        **due,
        "currency": order.currency,
        "status": plain(order.status),
        "stated_total": plain(order.stated_total),
        "lines": plain(order.lines),
        "customer": order.customer.written_key,
    }


def order_problems(order: Order, answers: Answers) -> list[Problem]:
    """What in an order itself keeps its sale from being posted."""
    problems: list[Problem] = []
    if order.currency != answers.home_currency:
        home = answers.home_currency
        problems.append(ForeignCurrency(order=order.number, currency=order.currency, home=home))
    if order.stated_total is not None and order.stated_total != order.total:
        stated, summed = (money_text(amount, order.currency) for amount in (order.stated_total, order.total))
        problems.append(TotalsDiffer(order=order.number, stated=stated, summed=summed))
    if len(order.number) > LONGEST_NUMBER:
        problems.append(NumberUnusable(number=order.number, length=len(order.number), longest=LONGEST_NUMBER))
    return problems


def below_zero(order: Order) -> list[Problem]:
    """That an order whose invoice QuickBooks has already came to be worth less than nothing."""
    summed = money_text(order.total, order.currency)
    return [NegativeTotal(order=order.number, summed=summed)] if order.total < 0 else []


def is_own(receivable: AccountRef, answers: Answers) -> bool:
    """Whether QuickBooks' own forms move this receivable account."""
    own = answers.forms.own_receivable
    return answers.forms.names_accounts or own is None or own.quickbooks_id == receivable.quickbooks_id


def _document(record: Planned, order: Order, answers: Answers, parts: Parts) -> Invoice | JournalEntry:
    buyer, terms = answers.customer.customer, answers.customer.terms
    receivable = answers.posting.get(PostingRole.INVOICE_DEBIT)
    if buyer is None or receivable is None:
        raise ValueError(f"order {order.number} has neither an answer nor a problem for its customer or its receivable")
    invoice = Invoice(
        key=record.key,
        number=record.number,
        dated=record.dated,
        due=order.due_on or (terms.due(record.dated) if terms else None),
        customer=buyer,
        currency=record.currency,
        receivable=receivable,
        lines=parts.lines,
        terms=terms,
        billing=order.customer.billing,
        shipping=order.customer.shipping,
        email=answers.customer.email,
        memo=memo_of_sale(order, answers),
        discount=parts.discount,
        tax=parts.tax,
        location=answers.forms.location,
    )
    # An invoice of nothing moves no receivable, so that any form of it is as good
    if is_own(receivable, answers) or not invoice.total:
        return invoice
    return entry_for(
        record, lines_of_form(invoice), Invoice.kind, customer=buyer, location=invoice.location, memo=invoice.memo
    )


# An order that gives more back than it sells --------------------------------------------------------------------------


RETURN = "return"


def gives_back(order: Order) -> bool:
    """Whether lines of the order give something back, rather than that its discounts are larger than its charges.

    Then it comes to less than nothing, since a discount makes it no more.
    """
    others = [line.amount for line in order.lines if not is_discount(line)]
    return not others or total(others) < 0


def plan_return(order: Order, answers: Answers, *, key: str) -> Planned:
    """The return of goods or services: every posting of an invoice with its sign turned.

    Args:
        order: Whose lines add up to less than zero.
        answers: Of that order.
        key: The return's key.

    Source:
        docs/accounting/return.md
    """
    parts = parts_of(order, answers, turned=True)
    problems = distinct(
        *order_problems(order, answers),
        *answers.customer.problems,
        *parts.problems,
        *missing(answers, PostingRole.INVOICE_DEBIT),
    )
    buyer = answers.customer.customer
    record = Planned(
        kind=RETURN,
        key=key,
        number=order.number,
        dated=order.placed_on,
        total=ZERO - order.total,
        currency=order.currency,
        customer_name=buyer.name if buyer else order.customer.name,
        problems=problems,
        depends_on=buyer.created_by if buyer else "",
        source=invoice_part(order),
    )
    return record if problems else changed(record, document=_return_document(record, order, answers, parts))


def _return_document(record: Planned, order: Order, answers: Answers, parts: Parts) -> CreditMemo | JournalEntry:
    buyer, receivable = answers.customer.customer, answers.posting[PostingRole.INVOICE_DEBIT]
    if buyer is None:
        raise ValueError(f"order {order.number} has neither an answer nor a problem for its customer")
    memo = CreditMemo(
        key=record.key,
        number=record.number,
        dated=record.dated,
        customer=buyer,
        currency=record.currency,
        receivable=receivable,
        lines=parts.lines,
        billing=order.customer.billing,
        email=answers.customer.email,
        memo=memo_of_sale(order, answers),
        discount=parts.discount,
        tax=parts.tax,
        location=answers.forms.location,
    )
    if is_own(receivable, answers) or not memo.total:
        return memo
    return entry_for(record, lines_of_form(memo), RETURN, customer=buyer, location=memo.location, memo=memo.memo)
