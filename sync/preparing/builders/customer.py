"""What customer does an order create that QuickBooks does not have yet, and does all about them fit into it?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from books.answers import Answers
from books.customer_fields import Tidied, field_of, limit_of, tidied, too_long, with_fields
from books.documents import NewCustomer
from books.notes import Note
from books.orders import Order
from books.problems import CustomerFieldTooLong, Problem
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


#: So much of a value is shown.
_SHOWN = 120


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """An order whose customer was made to fit, or why that needs a person."""

    order: Order
    answers: Answers
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()


def fitted(order: Order, answers: Answers, *, system: str) -> Fitted:
    """The order with its customer's fields as people corrected them, and whatever still does not fit.

    QuickBooks Desktop's files are made to fit when they are written, and each says what it changed; only a phone number
    or an email of which nothing may be cut off is asked about before.

    Source:
        docs/accounting/customers.md, docs/reference/field-lengths.md
    """
    found, in_files = answers.customer, answers.forms.names_accounts
    if found.customer is None:
        return Fitted(order=order, answers=answers)
    named = with_fields(replace(order.customer, email=found.email), found.fields)
    customer, done = tidied(named, is_new=found.is_new, in_files=in_files)
    problems = tuple(
        CustomerFieldTooLong(
            customer_key=f"{system}:{order.customer.key}",
            customer=order.customer.name,
            field_key=field.key,
            field=field.label,
            value=text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…",
            length=len(text),
            longest=limit_of(field, in_files=in_files) or field.longest,
        )
        for field in too_long(customer, is_new=found.is_new, in_files=in_files)
        for text in (field_of(customer, field.key),)
    )
    too_long_still = {problem.field_key for problem in problems}
    return Fitted(
        # The source's own email stays its key where it has no id
        order=replace(order, customer=replace(customer, email=order.customer.email)),
        answers=replace(answers, customer=replace(found, email=customer.email)),
        problems=problems,
        notes=tuple(_note(change) for change in done if change.field.key not in too_long_still),
    )


def _note(change: Tidied) -> Note:
    """What QuickBooks is told otherwise than the source has it."""
    if change.field.cosmetic:
        return Note(code="shortened", facts=(("field", change.field.label), ("longest", str(change.field.longest))))
    code = "phone-without-signs" if change.field.key == "phone" else "name-without-colon"
    return Note(code=code, facts=(("field", change.field.label), ("before", change.before), ("after", change.after)))
