"""Is a customer found by each of their addresses, wherever several are in one field?"""

from __future__ import annotations

import pytest

from books.notes import note_text
from companies.models import Company
from mapping.models import QuickBooksCustomer, QuickBooksCustomerEmail, SourceCustomerEmail
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.models import Document
from sync.run import sync_company
from tests.factories import document_of, order_of, prepared
from tests.simulators.driver import Books

pytestmark = pytest.mark.django_db(transaction=True)

FIRST, SECOND = "first.last@example.net", "accounts@last.example.net"
BOTH = f"{FIRST}, {SECOND}"


@pytest.fixture
def first_last(studio: Company, quickbooks: Books) -> str:
    """The id of a QuickBooks customer with two addresses, after our copy has them."""
    fields = {"DisplayName": "First Last", "PrimaryEmailAddr": {"Address": BOTH}}
    made = quickbooks.control("create", {"entity": "Customer", "fields": fields})["Customer"]
    refresh_and_prepare(studio)
    return str(made["Id"])


def an_order(number: str, who: str, email: str) -> str:
    return f"2026-08-20  order {number}  {who} <{email}>\nKIT-CLAY  48.00"


def test_orders_by_either_address_and_by_the_accounts_department_are_one_customers(
    studio: Company, first_last: str, quickbooks: Books
) -> None:
    orders = (
        an_order("1", "First Last", FIRST),
        an_order("2", "First Last", SECOND.upper()),
        an_order("3", "Accounts Dept", SECOND),
        an_order("4", "First Last", f"{SECOND}; {FIRST}"),
    )
    before = quickbooks_customers(quickbooks)

    prepared(studio, *orders)
    sync_company(studio)

    posted = [document_of(studio, number) for number in "1234"]
    assert [(document.state, document.value().customer.quickbooks_id) for document in posted] == [
        ("posted", first_last)
    ] * 4
    assert quickbooks_customers(quickbooks) == before
    assert [note_text(note) for note in order_of(studio, "3").not_posted] == [
        "The order calls the customer Accounts Dept; by the email accounts@last.example.net it is the QuickBooks "
        "customer “First Last”."
    ]
    assert order_of(studio, "1").not_posted == []


def quickbooks_customers(books: Books) -> int:
    books.sign_in(books.running.ready()["access_token"])
    return books.count("Customer")


def test_a_new_customer_with_two_addresses_is_created_once_with_both(studio: Company, quickbooks: Books) -> None:
    prepared(studio, an_order("1", "Zoë Søn", "zoe@example.com; bills@example.com"))
    sync_company(studio)
    prepared(studio, an_order("2", "Zoë Søn", "bills@example.com"), an_order("3", "Zoë Søn", "zoe@example.com"))
    sync_company(studio)

    assert Document.objects.filter(kind="customer").count() == 1
    assert {document_of(studio, number).state for number in "123"} == {"posted"}
    quickbooks.sign_in(quickbooks.running.ready()["access_token"])
    created = quickbooks.find("Customer", "DisplayName = 'Zoë Søn'")
    assert created["PrimaryEmailAddr"]["Address"] == "zoe@example.com, bills@example.com"
    assert SourceCustomerEmail.objects.get().address == "bills@example.com"


def test_what_quickbooks_takes_from_the_field_is_forgotten_here(
    studio: Company, first_last: str, quickbooks: Books
) -> None:
    assert QuickBooksCustomerEmail.objects.get().address == SECOND
    quickbooks.control(
        "edit", {"entity": "Customer", "id": first_last, "fields": {"PrimaryEmailAddr": {"Address": FIRST}}}
    )

    refresh_and_prepare(studio)

    assert QuickBooksCustomer.objects.get(quickbooks_id=first_last).email_compared == FIRST
    assert not QuickBooksCustomerEmail.objects.exists()


def test_an_address_that_two_quickbooks_customers_have_somewhere_in_their_fields_is_ambiguous(
    studio: Company, first_last: str, quickbooks: Books
) -> None:
    fields = {"DisplayName": "Last & Co", "PrimaryEmailAddr": {"Address": f"other@example.net,{SECOND}"}}
    quickbooks.control("create", {"entity": "Customer", "fields": fields})
    refresh_and_prepare(studio)

    prepared(studio, an_order("1", "First Last", SECOND))

    problem = document_of(studio, "1").problems.get().read()
    assert (problem.code, set(problem.facts()["candidates"])) == ("customers-share-email", {"First Last", "Last & Co"})


def test_the_practice_quickbooks_finds_a_list_by_its_whole_text_or_by_a_part(
    first_last: str, quickbooks: Books
) -> None:
    quickbooks.sign_in(quickbooks.running.ready()["access_token"])
    for where, matches in ((f"= '{BOTH}'", True), (f"= '{FIRST}'", False), (f"LIKE '%{SECOND}%'", True)):
        rows = quickbooks.query(f"select * from Customer where PrimaryEmailAddr {where}").get("Customer", [])
        assert [row["Id"] for row in rows] == ([first_last] if matches else []), where


def test_what_is_no_email_is_said_with_the_value(studio: Company) -> None:
    prepared(studio, "2026-08-20  order 1  #9 Zoë Søn <n/a>\nKIT-CLAY  48.00")

    problem = document_of(studio, "1").problems.get().read()

    assert problem.explain() == "Zoë Søn has “n/a” as the billing email, which is not an email address."
