"""Does everything about the customer fit into QuickBooks Online? Found before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from books.answers import Answers
from books.customer_fields import field_of, tidied, too_long, with_fields
from books.notes import Note
from books.orders import Order
from books.problems import CustomerFieldTooLong, Problem

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

    QuickBooks Desktop's files are made to fit when they are written, and each says what it changed.

    Source:
        docs/accounting/customers.md
    """
    found = answers.customer
    if answers.forms.names_accounts or found.customer is None:
        return Fitted(order=order, answers=answers)
    named = with_fields(replace(order.customer, email=found.email), found.fields)
    customer, cut = tidied(named)
    problems = tuple(
        CustomerFieldTooLong(
            customer_key=f"{system}:{order.customer.key}",
            customer=order.customer.name,
            field_key=one.key,
            field=one.label,
            value=text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…",
            length=len(text),
            longest=one.longest,
        )
        for one in too_long(customer, is_new=found.is_new)
        for text in (field_of(customer, one.key),)
    )
    notes = tuple(Note(code="shortened", facts=(("field", one.label), ("longest", str(one.longest)))) for one in cut)
    return Fitted(
        # The source's own email stays its key where it has no id
        order=replace(order, customer=replace(customer, email=order.customer.email)),
        answers=replace(answers, customer=replace(found, email=customer.email)),
        problems=problems,
        notes=notes,
    )
