"""What does QuickBooks say has changed for a CRM: new customers, and invoices of which nothing is left to pay?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from companies.models import Company
from sync.crm.changes import QuickBooksChanges, changes_since
from sync.models import Connection
from sync.quickbooks_online.changed_objects import MOST_OBJECTS
from sync.quickbooks_online.destination import open_destination
from sync.quickbooks_online.wire import mark
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def books(quickbooks: Books, studio: Company) -> Books:
    quickbooks.sign_in(quickbooks.running.ready()["access_token"])
    return quickbooks


def read(studio: Company, since: datetime) -> QuickBooksChanges:
    connection = Connection.objects.get(company=studio, kind="quickbooks-online")
    with open_destination(connection) as destination:
        found = changes_since(destination, since)
    assert isinstance(found, QuickBooksChanges), found
    return found


def test_new_customers_are_told_with_all_that_a_contact_needs(studio: Company, books: Books) -> None:
    began = datetime.now(UTC)
    parent = books.customer(
        "Brook Pottery",
        GivenName="Maya",
        FamilyName="Brook",
        CompanyName="Brook Pottery LLC",
        PrimaryEmailAddr={"Address": " Maya@Example.com "},
        PrimaryPhone={"FreeFormNumber": "(555) 010-7788"},
    )
    books.customer("Kiln 2", ParentRef={"value": parent["Id"]}, Job=True)
    books.customer("Ours", Notes=f"From the shop\n{mark('keap:1:customer')}")

    found = read(studio, began)

    by_name = {customer.name: customer for customer in found.customers}
    maya = by_name["Brook Pottery"]
    assert (maya.given_name, maya.family_name, maya.company_name) == ("Maya", "Brook", "Brook Pottery LLC")
    assert (maya.email, maya.phone, maya.active) == ("Maya@Example.com", "(555) 010-7788", True)
    assert abs(maya.created_at - began) < timedelta(minutes=1)
    flags = {name: (row.is_below, row.is_ours) for name, row in by_name.items()}
    assert (flags["Brook Pottery"], flags["Kiln 2"], flags["Ours"]) == ((False, False), (True, False), (False, True))
    assert abs(found.read_to - began) < timedelta(minutes=1)


def test_an_invoice_is_paid_once_nothing_is_left_to_pay_and_never_by_a_void(studio: Company, books: Books) -> None:
    began = datetime.now(UTC)
    part, full, void = (books.invoice("100.00") for _ in range(3))
    books.payment("40.00", (part, "40.00"))
    books.payment("100.00", (full, "100.00"))
    books.ask("POST", "invoice", body={"Id": void["Id"], "SyncToken": "0"}, params={"operation": "void"})

    found = {invoice.id: invoice for invoice in read(studio, began).paid_invoices}

    paid = found[full["Id"]]
    assert not {part["Id"], void["Id"]} & {*found}
    assert (paid.id, paid.customer_id, paid.total, paid.balance) == (full["Id"], "6", Decimal(100), Decimal(0))
    assert paid.updated_at >= paid.created_at


def test_more_changes_than_an_answer_holds_are_all_read(studio: Company, books: Books) -> None:
    began = datetime.now(UTC)
    for number in range(MOST_OBJECTS // 25 + 2):
        batch = [
            {"bId": str(row), "operation": "create", "Customer": {"DisplayName": f"Guest {number}-{row}"}}
            for row in range(25)
        ]
        books.ask("POST", "batch", body={"BatchItemRequest": batch}, params={"requestid": f"guests-{number}"})
    paid = books.invoice("100.00")
    books.payment("100.00", (paid, "100.00"))

    found = read(studio, began)

    assert len({customer.name for customer in found.customers if customer.name.startswith("Guest")}) == 1050
    assert paid["Id"] in {invoice.id for invoice in found.paid_invoices}


def test_a_moment_further_back_than_quickbooks_looks_is_read_by_queries(studio: Company, books: Books) -> None:
    books.customer("Newcomer")

    found = read(studio, datetime.now(UTC) - timedelta(days=60))

    assert "Newcomer" in {customer.name for customer in found.customers}
