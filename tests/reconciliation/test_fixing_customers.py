"""Does each fix of ops settle who the customer is, for this order and every later one?"""

from __future__ import annotations

import pytest
from django.test import Client

from companies.models import Company
from mapping.models import SourceCustomer
from reconciliation.models import IssueState
from sync.models import Document, DocumentState
from tests.factories import a_book_customer, document_of, order_of, prepared, the_studio
from tests.reconciliation.factories import a_stuck_order, as_role, refused
from tests.reconciliation.fixing import fix, offers, page, state_of

pytestmark = pytest.mark.django_db

NO_EMAIL = "2026-08-14  order 2001  #9 Nora Quist\nWT-101  199.00"
SHARED = "2026-08-14  order 2002  #8 Chidi Okafor <family.okafor@example.com>\nWT-101  199.00"
TAKEN = "2026-08-14  order 2003  #7 Priya Natarajan <priya.n@example.com>\nWT-101  199.00"


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def ops(studio: Company) -> Client:
    return as_role(studio)


def customer(company: Company, key: str) -> SourceCustomer:
    return SourceCustomer.objects.get(company=company, source_key=key)


@pytest.mark.criterion("D42", "D43")
def test_a_billing_email_is_entered_and_the_source_keeps_its_own(studio: Company, ops: Client) -> None:
    issue = a_stuck_order(studio, NO_EMAIL)

    said = fix(ops, issue, "give-email", email="nora@example.com")

    assert "Nora Quist is billed at nora@example.com." in said
    assert issue.state == IssueState.SOLVED
    assert (customer(studio, "9").email, customer(studio, "9").email_given) == ("", "nora@example.com")
    assert state_of(studio, "2001") == DocumentState.READY


@pytest.mark.parametrize("email", ["", "nora", "nora@", "a b@example.com", f"{'n' * 200}@example.com"])
def test_an_email_that_is_none_is_refused_beside_the_field(studio: Company, ops: Client, email: str) -> None:
    issue = a_stuck_order(studio, NO_EMAIL)

    assert 'class="tie-error"' in fix(ops, issue, "give-email", email=email)
    assert issue.state == IssueState.OPEN


def test_a_customer_is_chosen_and_remembered_with_who_chose(studio: Company, ops: Client) -> None:
    nora = a_book_customer(studio, "Nora Quist", quickbooks_id="50")
    issue = a_stuck_order(studio, NO_EMAIL)
    assert offers(ops, issue)[0] == "Nora Quist"

    fix(ops, issue, "choose-customer", chosen="Nora Quist")
    prepared(studio, NO_EMAIL.replace("2001", "2009"))

    linked = customer(studio, "9")
    assert linked.quickbooks_customer == nora
    assert linked.linked_by
    assert linked.linked_by.username == "ops-studio"
    assert linked.linked_at
    assert {state_of(studio, "2001"), state_of(studio, "2009")} == {DocumentState.READY}


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        ("", "This field is required."),
        ("Nobody", "QuickBooks has no active customer named “Nobody”."),
        ("Sleeper", "“Sleeper” is inactive in QuickBooks."),
        ("Foreigner", "QuickBooks has no active customer named “Foreigner”."),
    ],
)
def test_a_customer_that_cannot_be_chosen_is_refused_beside_the_field(
    studio: Company, ops: Client, chosen: str, error: str
) -> None:
    a_book_customer(studio, "Sleeper", quickbooks_id="51", active=False)
    a_book_customer(the_studio("Lindqvist Pottery", "lindqvist"), "Foreigner", quickbooks_id="52")
    issue = a_stuck_order(studio, NO_EMAIL)

    assert error in fix(ops, issue, "choose-customer", chosen=chosen)
    assert issue.state == IssueState.OPEN


@pytest.mark.criterion("D50", "D52")
def test_of_customers_who_share_an_email_the_one_that_is_meant_is_picked(studio: Company, ops: Client) -> None:
    issue = a_stuck_order(studio, SHARED)
    text = page(ops, issue)
    assert "Chidi Okafor<small>family.okafor@example.com, QuickBooks id 3</small>" in text
    assert "Ngozi Okafor" in text

    fix(ops, issue, "pick-customer", who="4")

    assert issue.state == IssueState.SOLVED
    assert document_of(studio, "2002").value().customer.name == "Ngozi Okafor"


def test_of_customers_who_share_an_email_none_may_be_meant_and_a_new_one_is_created(
    studio: Company, ops: Client
) -> None:
    issue = a_stuck_order(studio, SHARED)

    fix(ops, issue, "pick-customer", who="new", new_name="Chidi Okafor Junior")

    assert issue.state == IssueState.SOLVED
    made = document_of(studio, "2002", "customer")
    assert (made.state, made.customer_name) == (DocumentState.READY, "Chidi Okafor Junior")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "Choose one of them."),
        ({"who": "1"}, "Select a valid choice."),
        ({"who": "new"}, "Enter the name to create the customer under."),
        ({"who": "new", "new_name": "Ngozi Okafor"}, "already has a customer named “Ngozi Okafor”"),
        ({"who": "new", "new_name": "ngozi okafor"}, "already has a customer named"),
        ({"who": "new", "new_name": "A:B"}, "contains a colon"),
        ({"who": "new", "new_name": "The\tOkafors"}, "contains a tab"),
    ],
)
def test_a_pick_that_settles_nothing_is_refused(
    studio: Company, ops: Client, fields: dict[str, str], error: str
) -> None:
    issue = a_stuck_order(studio, SHARED)

    assert error in fix(ops, issue, "pick-customer", **fields)
    assert issue.state == IssueState.OPEN


def test_a_bad_name_does_not_matter_when_an_existing_customer_is_picked(studio: Company, ops: Client) -> None:
    issue = a_stuck_order(studio, SHARED)

    fix(ops, issue, "pick-customer", who="3", new_name="Ngozi Okafor")

    assert issue.state == IssueState.SOLVED


def test_a_name_that_is_taken_is_the_same_customer(studio: Company, ops: Client) -> None:
    issue = a_stuck_order(studio, TAKEN)
    assert issue.code == "customer-name-taken"
    assert offers(ops, issue)[0] == "Priya Natarajan"

    fix(ops, issue, "choose-customer", pick="Priya Natarajan")

    assert issue.state == IssueState.SOLVED
    assert state_of(studio, "2003") == DocumentState.READY


def test_a_name_that_is_taken_is_another_customer_under_another_name(studio: Company, ops: Client) -> None:
    issue = a_stuck_order(studio, TAKEN)
    assert "already has a customer" in fix(ops, issue, "create-customer", new_name="Priya Natarajan")

    fix(ops, issue, "create-customer", new_name="Priya Natarajan (Boulder)")

    assert issue.state == IssueState.SOLVED
    assert document_of(studio, "2003", "customer").customer_name == "Priya Natarajan (Boulder)"


def test_a_name_that_quickbooks_rejected_is_not_offered_again_and_a_free_one_is(studio: Company, ops: Client) -> None:
    prepared(studio, "2026-08-14  order 2008  #8 Clay Depot <depot@example.com>\nWT-101  199.00")
    issue = refused(document_of(studio, "2008", "customer"))
    assert 'name="new_name" value="Clay Depot (customer)"' in page(ops, issue)
    assert "Customer Clay Depot: QuickBooks rejected it with code 6240" in page(ops, issue)

    said = fix(ops, issue, "create-customer", new_name="clay depot")
    assert "“clay depot” is the name of a vendor, an employee or another one in QuickBooks." in said
    assert issue.state == IssueState.OPEN
    fix(ops, issue, "create-customer", new_name="Clay Depot (customer)")

    assert issue.state == IssueState.SOLVED
    assert document_of(studio, "2008", "customer").customer_name == "Clay Depot (customer)"
    assert {row.state for row in Document.objects.filter(order=order_of(studio, "2008"))} == {DocumentState.READY}


def test_a_chosen_customer_that_vanished_is_replaced(studio: Company, ops: Client) -> None:
    nora = a_book_customer(studio, "Nora Quist", quickbooks_id="50")
    issue = a_stuck_order(studio, NO_EMAIL)
    fix(ops, issue, "choose-customer", chosen="Nora Quist")
    nora.active = False
    nora.save()
    a_book_customer(studio, "Nora Quist-Lund", quickbooks_id="51")

    gone = a_stuck_order(studio, NO_EMAIL.replace("2001", "2004"))
    assert gone.code == "linked-customer-gone"
    fix(ops, gone, "choose-customer", chosen="Nora Quist-Lund")

    assert gone.state == IssueState.SOLVED


def test_a_name_that_cannot_be_a_customers_is_given_anew(studio: Company, ops: Client) -> None:
    issue = a_stuck_order(studio, '2026-08-14  order 2005  #6 Baker: Tom "Kiln" <tom@example.com>\nWT-101  199.00')
    assert issue.code == "name-breaks-rule"
    assert issue.facts["corrected"] == 'Baker - Tom "Kiln"'
    assert 'value="Baker - Tom "Kiln""' in page(ops, issue)

    fix(ops, issue, "create-customer", new_name='Baker - Tom "Kiln"')

    assert issue.state == IssueState.SOLVED
    assert document_of(studio, "2005", "customer").customer_name == 'Baker - Tom "Kiln"'


def test_a_customer_that_quickbooks_refused_by_name_is_chosen_and_the_refused_one_is_let_go(
    studio: Company, ops: Client
) -> None:
    prepared(studio, NO_EMAIL.replace("Nora Quist", "Nora Quist <nora@example.com>"))
    issue = refused(document_of(studio, "2001", "customer"))
    a_book_customer(studio, "Nora Quist", quickbooks_id="50")

    fix(ops, issue, "choose-customer", chosen="Nora Quist")

    assert issue.state == IssueState.SOLVED
    assert state_of(studio, "2001") == DocumentState.READY
    assert not Document.objects.filter(company=studio, kind="customer", state=DocumentState.REFUSED).exists()
    assert order_of(studio, "2001").events.filter(step="not-needed").exists()


def test_a_customer_that_quickbooks_refused_by_name_gets_another_name(studio: Company, ops: Client) -> None:
    prepared(studio, NO_EMAIL.replace("Nora Quist", "Nora Quist <nora@example.com>"))
    issue = refused(document_of(studio, "2001", "customer"))

    fix(ops, issue, "create-customer", new_name="Nora Quist 2")

    assert issue.state == IssueState.SOLVED
    assert document_of(studio, "2001", "customer").state == DocumentState.READY


def test_a_refusal_about_something_else_offers_no_customer(studio: Company, ops: Client) -> None:
    prepared(studio, NO_EMAIL.replace("Nora Quist", "Nora Quist <nora@example.com>"))
    issue = refused(document_of(studio, "2001"), fault="6140", detail="Duplicate number.")

    text = page(ops, issue)

    assert "choose-customer" not in text
    assert "/fix/ignore/" in text
