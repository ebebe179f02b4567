"""An order that names nobody: for whom is it posted, and for how long does that hold?"""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from books.documents import Invoice, NewCustomer
from books.orders import Customer, Order
from companies.models import Company
from mapping.models import SourceCustomer
from reconciliation.issues import gather
from reconciliation.models import Issue, IssueState
from sync.models import Document, OrderEvent
from sync.preparing.prepare import prepare_new
from tests.factories import document_of, order_of, prepared, the_studio
from tests.reconciliation.factories import as_role
from tests.reconciliation.fixing import fix, offers, page
from tests.sample_orders import an_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def ops(studio: Company) -> Client:
    return as_role(studio)


KNOWN, NOBODY = "Priya Natarajan", Customer()


def nameless(number: str, *, note: str = "", customer: Customer = NOBODY) -> Order:
    return replace(an_order(f"2026-08-14  order {number}\nKIT-CLAY  48.00"), customer=customer, note=note)


def issue_of(company: Company, number: str) -> Issue:
    gather(company)
    return Issue.objects.get(company=company, code="no-customer", facts__order=number)


def customer_of(company: Company, number: str) -> str:
    invoice = document_of(company, number).frozen.read()
    assert isinstance(invoice, Invoice)
    return invoice.customer.name


def test_one_order_is_given_a_customer_and_the_others_still_ask(studio: Company, ops: Client) -> None:
    prepared(studio, nameless("5001"), nameless("5002"))

    said = fix(ops, issue_of(studio, "5001"), "choose-customer-of-order", chosen=KNOWN)

    assert f"Order 5001 is posted for the QuickBooks customer “{KNOWN}”." in said
    assert (document_of(studio, "5001").state, customer_of(studio, "5001")) == ("ready", KNOWN)
    assert document_of(studio, "5002").state == "blocked"
    assert offers(ops, issue_of(studio, "5002")) == [KNOWN], "what the first one was given"


def test_all_that_name_nobody_are_given_one_customer_at_once(studio: Company, ops: Client) -> None:
    prepared(studio, *map(nameless, ("5001", "5002", "5003")))
    issue = issue_of(studio, "5001")
    assert "Also the 2 other orders without a customer" in page(ops, issue)

    said = fix(ops, issue, "create-customer-of-order", new_name="Cash & carry", all_others="all")
    prepare_new(studio)

    assert "2 other orders are posted for the same customer, with the next sync." in said
    assert {customer_of(studio, number) for number in ("5001", "5002", "5003")} == {"Cash & carry"}
    created = Document.objects.get(company=studio, kind=NewCustomer.kind).frozen.read()
    assert isinstance(created, NewCustomer)
    assert (created.display_name, created.company_name, created.given_name) == ("Cash & carry", "", "")
    noted = OrderEvent.objects.filter(step="fixed").values_list("order__number", flat=True)
    assert sorted(noted) == ["5001", "5002", "5003"]
    assert SourceCustomer.objects.filter(company=studio, source_key__startswith="given:").count() == 1
    assert not Issue.objects.filter(company=studio, code="no-customer", state=IssueState.OPEN).exists()


def test_the_choice_holds_until_the_source_names_a_customer(studio: Company, ops: Client) -> None:
    prepared(studio, nameless("5001"))
    fix(ops, issue_of(studio, "5001"), "choose-customer-of-order", chosen="O'Malley & Daughters")

    prepared(studio, nameless("5001", note="Again"))
    assert customer_of(studio, "5001") == "O'Malley & Daughters"
    assert "given here; the source names no customer" in page_of(ops, studio, "5001")

    named = Customer(source_id="7", given_name="Priya", family_name="Natarajan", email="priya.natarajan@example.com")
    prepared(studio, nameless("5001", customer=named))
    assert customer_of(studio, "5001") == KNOWN
    assert order_of(studio, "5001").customer_given == ""


def page_of(client: Client, company: Company, number: str) -> str:
    address = reverse("reconciliation:order", args=[company.slug, order_of(company, number).pk])
    return client.get(address).content.decode()


@pytest.mark.parametrize(
    ("name", "fields", "error"),
    [
        ("choose-customer-of-order", {"chosen": "Nobody at all"}, "Nobody at all"),
        ("create-customer-of-order", {"new_name": KNOWN}, f"QuickBooks already has a customer named “{KNOWN}”."),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_saved(
    studio: Company, ops: Client, name: str, fields: dict[str, str], error: str
) -> None:
    prepared(studio, nameless("5001"))

    said = fix(ops, issue_of(studio, "5001"), name, **fields)

    assert error in said
    assert document_of(studio, "5001").state == "blocked"
    assert not SourceCustomer.objects.filter(source_key__startswith="given:").exists()
