"""Do names that look the same become one customer in QuickBooks, also in books of an earlier release?"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import pytest
from django.apps import apps

from books.orders import Customer, Order
from books.serialization import order_body, order_mark
from companies.models import Company
from mapping.models import QuickBooksCustomer, SourceCustomer, SourceCustomerRules
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.models import CustomerName, Document, DocumentState, OrderVersion, StagedOrder, names_with
from sync.preparing.builders.invoice import invoice_part
from sync.preparing.prepare import prepare_orders
from sync.run import sync_company
from tests.factories import SYSTEM, a_book_customer, document_of, order_of, prepared
from tests.sample_orders import an_order
from tests.simulators.driver import Books

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NOW = "jo  ann\u00a0lindqvist", "jo ann lindqvist"


@pytest.fixture
def by_name(studio: Company) -> Company:
    """A company that knows the customers of its source by their names."""
    SourceCustomerRules.objects.create(company=studio, system=SYSTEM, match_first="name")
    return studio


def sold(number: str, name: str, email: str = "") -> Order:
    order = an_order(f"2026-08-14  order {number}\nKIT-CLAY  48.00")
    return replace(order, customer=Customer(company_name=name, email=email))


def customers_in(books: Books, name: str) -> list[str]:
    books.sign_in(books.running.ready()["access_token"])
    return [
        row["DisplayName"]
        for row in books.query(f"select * from Customer where DisplayName like '{name}%'")["Customer"]
    ]


def test_one_name_written_in_seven_ways_is_one_customer(by_name: Company, quickbooks: Books) -> None:
    ways = ("Jo Ann Lind", "JO  ANN LIND", " Jo Ann Lind", "Jo\u00a0Ann Lind", "Jo Ann Lind\u200b", "Jo\ufeff Ann Lind")

    prepared(by_name, *(sold(str(number), name) for number, name in enumerate(ways)))
    sync_company(by_name)

    assert {document_of(by_name, str(number)).state for number in range(len(ways))} == {DocumentState.POSTED}
    assert len(customers_in(quickbooks, "Jo Ann")) == 1
    assert Document.objects.filter(kind="customer").count() == 1


def test_an_accent_typed_as_a_character_of_its_own_finds_the_customer(by_name: Company, quickbooks: Books) -> None:
    quickbooks.control("create", {"entity": "Customer", "fields": {"DisplayName": "José  Alder"}})
    refresh_and_prepare(by_name)

    prepared(by_name, sold("1", "Jose\u0301 Alder"), sold("2", "JOSÉ ALDER"))
    sync_company(by_name)

    assert {document_of(by_name, number).state for number in "12"} == {DocumentState.POSTED}
    assert customers_in(quickbooks, "Jos") == ["José  Alder"]


def test_two_customers_that_quickbooks_itself_tells_apart_are_asked_about(by_name: Company) -> None:
    a_book_customer(by_name, "Jo Ann Lind", quickbooks_id="901")
    a_book_customer(by_name, "Jo  Ann Lind", quickbooks_id="902")

    prepared(by_name, sold("1", "Jo Ann Lind"))

    document = document_of(by_name, "1")
    assert document.state == DocumentState.BLOCKED
    assert [problem.code for problem in document.problems.all()] == ["several-customers-fit"]


def test_an_address_that_ends_with_a_mark_nobody_sees_finds_the_customer(studio: Company, quickbooks: Books) -> None:
    first, second = sold("1", "Zoë Søn", "zoe@example.com\u200b"), sold("2", "Zoë Søn", "zoe@example.com")

    prepared(studio, first, second)
    sync_company(studio)

    assert {document_of(studio, number).state for number in "12"} == {DocumentState.POSTED}
    assert len(customers_in(quickbooks, "Zo")) == 1
    quickbooks.sign_in(quickbooks.running.ready()["access_token"])
    assert quickbooks.find("Customer", "DisplayName = 'Zoë Søn'")["PrimaryEmailAddr"]["Address"] == "zoe@example.com"


def test_the_standard_customer_is_the_one_that_is_written_so(by_name: Company) -> None:
    a_book_customer(by_name, "Walk  In", quickbooks_id="901")
    a_book_customer(by_name, "Walk In", quickbooks_id="902")
    SourceCustomerRules.objects.update(not_found="standard", standard_customer="Walk In")

    prepared(by_name, sold("1", "Nobody Known"))

    assert document_of(by_name, "1").value().customer.quickbooks_id == "902"


# Books of an earlier release ------------------------------------------------------------------------------------------


def of_an_earlier_release(company: Company) -> StagedOrder:
    """An order, and what was listed for it, as they were found by until now."""
    prepared(company, sold("1042", "Jo Ann Lindqvist"))
    row = order_of(company, "1042")
    OrderVersion.objects.filter(order=row).update(body=order_body(sold("1042", "Jo  Ann\u00a0Lindqvist")))
    StagedOrder.objects.filter(pk=row.pk).update(customer_key=OLD, customer_name="Jo  Ann\u00a0Lindqvist")
    SourceCustomer.objects.update(source_key=OLD, name="Jo  Ann\u00a0Lindqvist", name_compared=OLD)
    CustomerName.objects.update(name="Jo  Ann\u00a0Lindqvist", compared=OLD)
    return row


def migrate() -> None:
    """Do what the migration does with the rows of earlier releases."""
    import_module("sync.migrations.0053_names_as_they_are_compared").compare_anew(apps, None)


def test_what_was_decided_under_another_spelling_holds_for_every_spelling(by_name: Company) -> None:
    row = of_an_earlier_release(by_name)
    theirs = a_book_customer(by_name, "Lindqvist Pottery", quickbooks_id="77")
    SourceCustomer.objects.update(quickbooks_customer=theirs)

    migrate()
    prepare_orders(by_name, StagedOrder.objects.filter(pk=row.pk))
    prepared(by_name, sold("1043", "JO ANN LINDQVIST"))

    row.refresh_from_db()
    assert row.customer_key == NOW
    assert list(SourceCustomer.objects.values_list("source_key", "quickbooks_customer")) == [(NOW, theirs.pk)]
    found = [document_of(by_name, number).value().customer.quickbooks_id for number in ("1042", "1043")]
    assert found == ["77", "77"]
    assert sorted(names_with(by_name, "jo ann ")) == ["JO ANN LINDQVIST", "Jo  Ann\u00a0Lindqvist"]


def test_what_was_posted_for_another_spelling_stays_with_its_customer(by_name: Company, quickbooks: Books) -> None:
    """An earlier release made two customers of one, and their invoices stay where they are; the payment follows."""
    first, second = (
        quickbooks.control("create", {"entity": "Customer", "fields": {"DisplayName": name}})["Customer"]["Id"]
        for name in ("Jo Ann Lindqvist", "Jo  Ann Lindqvist")
    )
    refresh_and_prepare(by_name)
    row = of_an_earlier_release(by_name)
    SourceCustomer.objects.update(quickbooks_customer=QuickBooksCustomer.objects.get(quickbooks_id=second))
    SourceCustomer.objects.update(source_key=NOW)
    prepare_orders(by_name, StagedOrder.objects.filter(pk=row.pk))
    sync_company(by_name)
    marked = order_mark({**invoice_part(sold("1042", "Jo  Ann\u00a0Lindqvist")), "customer": OLD})
    Document.objects.filter(kind="invoice").update(source_hash=marked)
    SourceCustomer.objects.update(source_key=OLD)
    SourceCustomer.objects.create(
        company=by_name,
        system=SYSTEM,
        source_key=NOW,
        name="Jo Ann Lindqvist",
        quickbooks_customer=QuickBooksCustomer.objects.get(quickbooks_id=first),
    )

    migrate()
    paid = an_order("2026-08-14  order 1042\nKIT-CLAY  48.00\npaid 2026-08-20  Card  48.00")
    prepared(by_name, replace(paid, customer=Customer(company_name="Jo  Ann\u00a0Lindqvist")))
    sync_company(by_name)

    documents = [document_of(by_name, "1042", kind) for kind in ("invoice", "payment")]
    assert [document.value().customer.quickbooks_id for document in documents] == [second, second]
    assert [(document.state, document.pending) for document in documents] == [(DocumentState.POSTED, "")] * 2


def test_a_customer_who_was_listed_twice_is_one_with_what_was_decided_about_either(by_name: Company) -> None:
    of_an_earlier_release(by_name)
    theirs = a_book_customer(by_name, "Lindqvist Pottery", quickbooks_id="77")
    SourceCustomer.objects.update(quickbooks_customer=theirs)
    prepared(by_name, sold("1043", "Jo Ann Lindqvist"))
    assert SourceCustomer.objects.count() == 2

    migrate()

    row = SourceCustomer.objects.get()
    assert (row.source_key, row.quickbooks_customer) == (NOW, theirs)
    assert row.history.latest().history_change_reason == "Was listed twice, under two ways to write one name"
    assert set(StagedOrder.objects.values_list("customer_key", flat=True)) == {NOW}


def test_where_people_decided_about_both_spellings_nothing_is_lost(by_name: Company) -> None:
    of_an_earlier_release(by_name)
    SourceCustomer.objects.update(email_given="one@example.com")
    prepared(by_name, sold("1043", "Jo Ann Lindqvist"))
    SourceCustomer.objects.filter(source_key=NOW).update(email_given="two@example.com")

    migrate()

    assert dict(SourceCustomer.objects.values_list("source_key", "email_given")) == {
        OLD: "one@example.com",
        NOW: "two@example.com",
    }


def test_quickbooks_customers_are_found_by_the_new_form_and_ids_stay_as_they_are(by_name: Company) -> None:
    a_book_customer(by_name, "Jose\u0301  Alder", email="jose@example.com\u200b, Two@example.com", quickbooks_id="901")
    QuickBooksCustomer.objects.filter(quickbooks_id="901").update(
        name_compared="jose\u0301  alder", email_compared="jose@example.com\u200b"
    )
    row = QuickBooksCustomer.objects.get(quickbooks_id="901")
    row.further_emails.all().delete()
    known_by_id = SourceCustomer.objects.create(
        company=by_name, system=SYSTEM, source_key="A  7", name="José  Alder", email="jose@example.com\u200b"
    )

    migrate()

    row.refresh_from_db()
    known_by_id.refresh_from_db()
    assert (row.name_compared, row.email_compared) == ("josé alder", "jose@example.com")
    assert [str(further) for further in row.further_emails.all()] == ["two@example.com"]
    assert (known_by_id.source_key, known_by_id.email_compared) == ("A  7", "jose@example.com")
