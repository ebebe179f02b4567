"""What customer does an order create that QuickBooks does not have yet, and does all about them fit into it?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from books.answers import Answers, Rule
from books.customer_fields import CustomerNameField, Tidied, field_of, limit_of, tidied, too_long, with_fields
from books.documents import NewCustomer
from books.notes import Note
from books.orders import Customer, Order
from books.problems import CustomerFieldTooLong, Problem
from sync.preparing.builders.plan import Planned

#: The customer is not the one that the order is from.
STANDING_IN = (Rule.STANDARD_CUSTOMER, Rule.DEFAULT_CUSTOMER)


def customer_notes(order: Order, answers: Answers) -> list[Note]:
    """Whom the order is from, where QuickBooks has it under another customer or under another name."""
    found, buyer = answers.customer, order.customer
    if found.customer and found.rule in STANDING_IN:
        who = _who(buyer)
        stood_in = (("customer", who), ("name", found.customer.name))
        return [Note(code="under-another" if who else "under-default", facts=stood_in)]
    name = found.other_name
    facts = (("customer", buyer.name), ("email", found.email), ("name", name))
    return [Note(code="other-name", facts=facts)] if name else []


def memo_of_sale(order: Order, answers: Answers) -> str:
    """The order's title, and whom the order is from where its customer in QuickBooks is another."""
    stands_in = answers.customer.rule in STANDING_IN and _who(order.customer)
    return "\n".join(filter(None, (order.title, f"Customer: {_who(order.customer)}" if stands_in else "")))


def _who(buyer: Customer) -> str:
    """Everything that tells a person who it was."""
    email = f"<{buyer.email.strip()}>" if buyer.email.strip() and buyer.full_name else buyer.email.strip()
    return ", ".join(filter(None, (" ".join(filter(None, (buyer.full_name, email))), buyer.company_name, buyer.phone)))


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
    buyer, field = order.customer, answers.customer.name_field
    document = NewCustomer(
        key=found.created_by,
        display_name=found.name,
        given_name=buyer.given_name,
        family_name=buyer.family_name,
        company_name=found.name if field is CustomerNameField.COMPANY else buyer.company_name,
        check_name=found.name if field is CustomerNameField.CHECK else "",
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
    known = order.customer
    # Nearly always all is as it is: what is made anew for nothing costs each order
    named = known if found.email == known.email else replace(known, email=found.email)
    named = with_fields(named, found.fields)
    customer, done = tidied(named, is_new=found.is_new, in_files=in_files)
    problems = tuple(
        CustomerFieldTooLong(
            customer_key=f"{system}:{known.key}",
            customer=known.name,
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
    if customer is not known:
        # The source's own email stays its key where it has no id
        order = replace(order, customer=replace(customer, email=known.email))
    if customer.email != found.email:
        answers = replace(answers, customer=replace(found, email=customer.email))
    return Fitted(
        order=order,
        answers=answers,
        problems=problems,
        notes=tuple(_note(change) for change in done if change.field.key not in too_long_still),
    )


def _note(change: Tidied) -> Note:
    """What QuickBooks is told otherwise than the source has it."""
    if change.field.cosmetic:
        return Note(code="shortened", facts=(("field", change.field.label), ("longest", str(change.field.longest))))
    code = "phone-without-signs" if change.field.key == "phone" else "name-without-colon"
    return Note(code=code, facts=(("field", change.field.label), ("before", change.before), ("after", change.after)))
