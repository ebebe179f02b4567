"""Does an order under another customer say whom it is from, and does a new one have the name where it was decided?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from books.answers import Answers, CustomerAnswer, CustomerRef, Rule
from books.customer_fields import CustomerNameField
from books.documents import NewCustomer
from books.orders import Customer, Order
from mapping.answering import answer
from sync.preparing.builders.customer import customer_notes, memo_of_sale, plan_customer
from tests.docs.worked_examples import studio
from tests.sample_orders import an_order

ORDER = replace(
    an_order("2026-08-14  order 1\nKIT-CLAY  48.00"),
    customer=Customer(
        source_id="9", given_name="Nora", family_name="Quist", company_name="Quist Ltd", email="n@q.example"
    ),
)
NOBODY = replace(ORDER, customer=Customer())
WALK_IN = CustomerRef(name="Walk-in", quickbooks_id="90")
NEW = CustomerRef(name="Quist, Nora", created_by="keap:customer:9")


def answered(order: Order = ORDER, **facts: Any) -> Answers:
    return answer(order, known=studio(settings=""), customer=CustomerAnswer(**facts), home="USD")


@pytest.mark.criterion("E36")
def test_under_a_standard_customer_the_note_and_the_memo_say_who_it_was() -> None:
    answers = answered(customer=WALK_IN, rule=Rule.STANDARD_CUSTOMER)

    (note,) = customer_notes(ORDER, answers)

    assert (note.code, dict(note.facts)) == (
        "under-another",
        {"customer": "Nora Quist <n@q.example>, Quist Ltd", "name": "Walk-in"},
    )
    assert memo_of_sale(ORDER, answers) == "Customer: Nora Quist <n@q.example>, Quist Ltd"


def test_an_order_that_names_no_one_says_so_and_adds_nothing_to_the_memo() -> None:
    answers = answered(NOBODY, customer=WALK_IN, rule=Rule.DEFAULT_CUSTOMER)

    assert [note.code for note in customer_notes(NOBODY, answers)] == ["under-default"]
    assert memo_of_sale(NOBODY, answers) == ""


@pytest.mark.criterion("E11")
@pytest.mark.parametrize(
    ("field", "company", "check"),
    [
        (CustomerNameField.DISPLAY, "Quist Ltd", ""),
        (CustomerNameField.PERSON, "Quist Ltd", ""),
        (CustomerNameField.COMPANY, "Quist, Nora", ""),
        (CustomerNameField.CHECK, "Quist Ltd", "Quist, Nora"),
    ],
)
def test_a_new_customer_has_the_name_in_the_field_that_was_chosen(
    field: CustomerNameField, company: str, check: str
) -> None:
    planned = plan_customer(ORDER, answered(customer=NEW, rule=Rule.CREATED, name_field=field))

    assert planned is not None
    assert isinstance(planned.document, NewCustomer)
    made = planned.document
    assert (made.display_name, made.company_name, made.check_name) == ("Quist, Nora", company, check)
    assert (made.given_name, made.family_name) == ("Nora", "Quist")
