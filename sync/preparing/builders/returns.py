"""How does an order that gives more back than it sells become a credit memo?"""

from __future__ import annotations

from dataclasses import replace

from books.answers import Answers, PostingRole
from books.documents import CreditMemo, JournalEntry
from books.money import ZERO, total
from books.orders import Order
from sync.preparing.builders.customer import memo_of_sale
from sync.preparing.builders.invoice import invoice_part, is_own, order_problems
from sync.preparing.builders.journal import as_entry, entry_for
from sync.preparing.builders.parts import Parts, is_discount, parts_of
from sync.preparing.builders.plan import Planned, distinct, missing

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
    return record if problems else replace(record, document=_document(record, order, answers, parts))


def _document(record: Planned, order: Order, answers: Answers, parts: Parts) -> CreditMemo | JournalEntry:
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
    return entry_for(record, as_entry(memo), RETURN, customer=buyer, location=memo.location, memo=memo.memo)
