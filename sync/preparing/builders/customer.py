"""What customer does an order create, when QuickBooks does not have them yet?"""

from __future__ import annotations

from books.answers import Answers
from books.documents import NewCustomer
from books.notes import Note
from books.orders import Order
from books.problems import Problem
from sync.preparing.builders.plan import Planned


def customer_notes(order: Order, answers: Answers) -> list[Note]:
    """That the order calls its customer otherwise than QuickBooks does, where only the email says who it is."""
    name = answers.customer.other_name
    facts = (("customer", order.customer.name), ("email", answers.customer.email), ("name", name))
    return [Note(code="other-name", facts=facts)] if name else []


def plan_customer(order: Order, answers: Answers, *, problems: tuple[Problem, ...] = ()) -> Planned | None:
    """The customer that the order creates; None when QuickBooks has them or a problem keeps it from being created.

    Args:
        order: Whose customer has no match.
        answers: Of that order.
        problems: Why the customer cannot be created as they are.

    Source:
        docs/accounting/customers.md
    """
    found = answers.customer.customer
    if found is None or not found.created_by:
        return None
    buyer = order.customer
    document = NewCustomer(
        key=found.created_by,
        display_name=found.name,
        given_name=buyer.given_name,
        family_name=buyer.family_name,
        company_name=buyer.company_name,
        email=answers.customer.email,
        phone=buyer.phone,
        billing=buyer.billing,
        shipping=buyer.shipping,
        currency=order.currency,
    )
    return Planned(
        kind=document.kind,
        key=document.key,
        number="",
        dated=order.placed_on,
        total=document.total,
        currency=order.currency,
        customer_name=found.name,
        document=None if problems else document,
        problems=problems,
    )
