"""Does what changes in one order, or of one customer, reach the other records that wait for it?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from books.orders import Order
from companies.models import Company
from sync.models import Document, DocumentState
from sync.preparing.prepare import prepare_new
from tests.factories import document_of, prepared, staged, the_studio
from tests.sample_orders import an_order

pytestmark = pytest.mark.django_db


def of_customer(number: str, who: str) -> str:
    return f"2026-08-14  order {number}  {who}\nWT-101  199.00"


def state_of(company: Company, number: str) -> str:
    return Document.objects.get(company=company, order__number=number, kind="invoice").state


def test_an_email_that_the_next_import_corrects_frees_the_other_customer_too() -> None:
    company = the_studio()
    prepared(
        company, of_customer("1", "#1 Ann Lee <lee@example.com>"), of_customer("2", "#2 Sam Lee <lee@example.com>")
    )
    assert {state_of(company, number) for number in "12"} == {DocumentState.BLOCKED}

    staged(company, of_customer("2", "#2 Sam Lee <sam.lee@example.com>"))
    prepare_new(company)

    assert {state_of(company, number) for number in "12"} == {DocumentState.READY}


def test_a_second_customer_with_the_email_holds_the_first_one_back_before_it_is_sent() -> None:
    company = the_studio()
    prepared(company, of_customer("1", "#1 Ann Lee <lee@example.com>"))
    assert state_of(company, "1") == DocumentState.READY

    staged(company, of_customer("2", "#2 Sam Lee <x@example.com; lee@example.com>"))
    prepare_new(company)

    assert {state_of(company, number) for number in "12"} == {DocumentState.BLOCKED}
    assert "Sam Lee" in document_of(company, "1").problems.get().read().explain()


def known_as(source_id: str, text: str) -> Order:
    return replace(an_order(text), source_id=source_id)


@pytest.mark.parametrize("change", [("order 7", "order 8"), ("199.00", "199.00\nstatus  cancelled")])
def test_a_number_that_an_import_gives_up_frees_the_order_that_waits_for_it(change: tuple[str, str]) -> None:
    company = the_studio()
    first = "2026-08-14  order 7  #1 Ann Lee <ann@example.com>\nWT-101  199.00"
    other = "2026-08-15  order 7  #2 Sam Lee <sam@example.com>\nWT-101  99.00"
    prepared(company, known_as("a", first), known_as("b", other))
    blocked = Document.objects.get(order__source_id="b", kind="invoice")
    assert (blocked.state, blocked.problems.get().code) == ("blocked", "number-used-twice")

    staged(company, known_as("a", first.replace(*change)))
    prepare_new(company)

    blocked.refresh_from_db()
    assert blocked.state == DocumentState.READY
