"""What HighLevel invoiced and took money for: is it in QuickBooks as it is there, and does it stay so?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from books.json_types import Json
from books.orders import Order
from companies.models import Company
from mapping.models import DocumentForms
from sync.lists.refresh import refresh_lists
from sync.models import Document, DocumentState, OrderVersion, StagedOrder
from sync.preparing.prepare import prepare_new
from sync.sources.base import OrderRead, RowError
from sync.staging.intake import IntakeCounts, stage
from sync.staging.sources import connection_of
from tests.factories import switch_on
from tests.simulators.driver import Books
from tests.sources.highlevel_payloads import (
    WHEEL,
    good,
    invoice,
    item,
    of_invoice,
    order,
    reading,
    receipt_reading,
    sold,
    tax,
    transaction,
)
from tests.sync.pushing import push

pytestmark = pytest.mark.django_db(transaction=True)
#: When the invoice was changed, one after the other.
NINE, TEN, ELEVEN = (f"2026-09-0{day}T15:00:00.000Z" for day in (2, 3, 4))
MEMBERSHIP = sold("Studio Membership", "29", price="price-member", recurring=True)
BOUGHT = sold("Wheel Throwing 101", "199", price="price-wheel")


def came(company: Company, *readings: OrderRead | tuple[RowError, ...]) -> IntakeCounts:
    """Readings arrive from HighLevel, are prepared, and whatever is ready is posted."""
    source = connection_of(company, "highlevel")
    switch_on(source)
    counts = stage(source, [good(read) for read in readings])
    prepare_new(company)
    push(company)
    return counts


def known(company: Company, source_id: str) -> Order:
    """An order as it was read last."""
    row = StagedOrder.objects.get(company=company, source_id=source_id)
    return OrderVersion.objects.get(order=row, version=row.version).read()


def state_of(company: Company, kind: str) -> list[str]:
    """The states of the documents of a kind."""
    return list(Document.objects.filter(company=company, kind=kind).order_by("pk").values_list("state", flat=True))


def new(books: Books, entity: str) -> list[Any]:
    """The documents of a kind that the sample books did not have."""
    documents = books.query(f"select * from {entity}").get(entity, [])
    return [document for document in documents if "tieout" in str(document).lower()]


def sums(books: Books, entity: str) -> list[Decimal]:
    """What each of them comes to."""
    return sorted(Decimal(document["TotalAmt"]) for document in new(books, entity))


@pytest.fixture
def books(quickbooks: Books) -> Books:
    """The rehearsal company, signed in."""
    quickbooks.sign_in(quickbooks.running.ready()["access_token"])
    return quickbooks


# Invoices -------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C38", "C39")
def test_a_draft_creates_nothing_and_the_invoice_is_there_once_it_is_sent(studio: Company, books: Books) -> None:
    came(studio, reading(invoice(status="draft", updatedAt=NINE)))
    assert sums(books, "Invoice") == []

    came(studio, reading(invoice(updatedAt=TEN)))
    found = books.find("Invoice", "DocNumber = 'INV-1019'")
    assert (Decimal(found["TotalAmt"]), found["TxnDate"], found["DueDate"]) == (
        Decimal(248),
        "2026-09-01",
        "2026-09-15",
    )
    assert found["CustomerRef"]["name"] == "Maya Brook"


@pytest.mark.criterion("C40", "C41", "C42")
def test_taxes_and_a_discount_are_on_the_invoice_to_the_cent(studio: Company, books: Books) -> None:
    taxed = {**WHEEL, "taxes": [tax("State", "2.9"), tax("City", "3.86")]}
    inclusive = item("Starter Clay Kit", "24.5", "3", priceId="price-kit", taxes=[tax("VAT", "20")], taxInclusive=True)
    data = invoice(taxed, inclusive, discount={"type": "percentage", "value": 15}, total="243.06", totalSummary={})
    read = good(reading(data))
    assert read.order.total == Decimal("243.06")

    came(studio, read)

    found = books.find("Invoice", "DocNumber = 'INV-1019'")
    assert Decimal(found["TotalAmt"]) == Decimal("243.06")
    lines = [Decimal(line["Amount"]) for line in found["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    assert sorted(lines) == sorted(line.amount for line in read.order.lines)


@pytest.mark.criterion("C43", "C46")
def test_a_further_discount_is_carried_to_the_invoice_that_is_posted(studio: Company, books: Books) -> None:
    came(studio, reading(invoice(updatedAt=NINE)))
    came(studio, reading(invoice(updatedAt=TEN, discount={"type": "fixed", "value": 48}, total="200", totalSummary={})))

    found = books.find("Invoice", "DocNumber = 'INV-1019'")
    assert Decimal(found["TotalAmt"]) == Decimal(200)
    assert sums(books, "Invoice") == [Decimal(200)]
    assert any(Decimal(line["Amount"]) == Decimal(-48) for line in found["Line"])


@pytest.mark.criterion("C36", "C44", "C47")
def test_a_part_payment_and_the_rest_are_payments_of_the_invoice_and_no_receipts(studio: Company, books: Books) -> None:
    DocumentForms.objects.create(company=studio, sales_receipts=True)
    part, rest = of_invoice("100", "a" * 24), of_invoice("148", "b" * 24, createdAt=ELEVEN, fulfilledAt=ELEVEN)
    came(studio, reading(invoice(status="partially_paid", amountPaid=100, updatedAt=TEN), part))
    assert Decimal(books.find("Invoice", "DocNumber = 'INV-1019'")["Balance"]) == Decimal(148)

    came(studio, reading(invoice(status="paid", amountPaid=248, updatedAt=ELEVEN), part, rest))
    assert Decimal(books.find("Invoice", "DocNumber = 'INV-1019'")["Balance"]) == 0
    assert (sums(books, "Payment"), sums(books, "SalesReceipt")) == ([Decimal(100), Decimal(148)], [])


def test_an_invoice_that_is_paid_on_its_day_stays_an_invoice(studio: Company, books: Books) -> None:
    DocumentForms.objects.create(company=studio, sales_receipts=True)
    at_once = of_invoice("248", createdAt="2026-09-01T18:00:00Z", fulfilledAt="2026-09-01T18:00:00Z")
    came(studio, reading(invoice(status="paid", amountPaid=248), at_once))

    assert (sums(books, "Invoice"), sums(books, "Payment")) == ([Decimal(248)], [Decimal(248)])
    assert sums(books, "SalesReceipt") == []


@pytest.mark.criterion("C45", "C55")
@pytest.mark.parametrize("gone", [{"status": "void"}, {"deleted": True}])
def test_an_invoice_that_is_voided_or_deleted_is_voided_in_quickbooks(
    studio: Company, books: Books, gone: Json
) -> None:
    came(studio, reading(invoice(updatedAt=NINE)))
    came(studio, reading(invoice(updatedAt=TEN, **gone)))

    found = books.find("Invoice", "DocNumber = 'INV-1019'")
    assert (Decimal(found["TotalAmt"]), Decimal(found["Balance"])) == (Decimal(0), Decimal(0))
    assert state_of(studio, "invoice") == [DocumentState.VOIDED]


@pytest.mark.criterion("C54")
def test_events_out_of_order_end_in_the_same_books(studio: Company, books: Books) -> None:
    paid = reading(invoice(status="paid", amountPaid=248, updatedAt=TEN), of_invoice("248", updatedAt=TEN))
    came(studio, paid)
    counts = came(studio, reading(invoice(updatedAt=NINE)))

    assert counts.older == 1
    assert Decimal(books.find("Invoice", "DocNumber = 'INV-1019'")["Balance"]) == 0
    assert (sums(books, "Invoice"), sums(books, "Payment")) == ([Decimal(248)], [Decimal(248)])


def test_a_total_that_does_not_add_up_is_blocked_and_nothing_is_posted(studio: Company, books: Books) -> None:
    came(studio, reading(invoice(total="251", totalSummary={})))

    assert sums(books, "Invoice") == []
    assert Document.objects.get(company=studio, kind="invoice").problems.get().code == "totals-differ"


def test_an_invoice_in_test_mode_posts_nothing(studio: Company, books: Books) -> None:
    counts = came(studio, reading(invoice(liveMode=False)))

    assert (sums(books, "Invoice"), counts.left_out) == ([], 1)
    assert any("test mode" in notice for notice in counts.notices)


# Payments without an invoice ------------------------------------------------------------------------------------------


@pytest.mark.criterion("C26", "C27", "C28", "C29", "C31")
@pytest.mark.parametrize("chosen", [True, False])
def test_each_kind_of_payment_is_a_sales_receipt_whatever_the_company_chose(
    studio: Company, books: Books, chosen: bool
) -> None:
    DocumentForms.objects.create(company=studio, sales_receipts=chosen)
    sale, member = order(BOUGHT, amount="199"), order(MEMBERSHIP, amount="29")
    came(
        studio,
        receipt_reading(transaction("199", "1" * 24), sale),
        receipt_reading(transaction("29", "2" * 24, subscriptionId="sub_1"), member),
        receipt_reading(transaction("29", "3" * 24, entitySourceType="membership"), member),
        receipt_reading(transaction("199", "4" * 24, entitySourceType="calendar"), sale),
    )

    assert sums(books, "SalesReceipt") == [Decimal(29), Decimal(29), Decimal(199), Decimal(199)]
    assert (sums(books, "Invoice"), sums(books, "Payment")) == ([], [])


@pytest.mark.criterion("C30")
def test_a_renewal_is_a_receipt_of_its_own(studio: Company, books: Books) -> None:
    member = order(MEMBERSHIP, amount="29")
    came(studio, receipt_reading(transaction("29", "1" * 24, subscriptionId="sub_1"), member))
    renewal = transaction("29", "2" * 24, subscriptionId="sub_1", fulfilledAt="2026-10-03T16:00:00Z")
    came(studio, receipt_reading(renewal, member))

    receipts = new(books, "SalesReceipt")
    assert sorted(receipt["TxnDate"] for receipt in receipts) == ["2026-09-03", "2026-10-03"]


@pytest.mark.criterion("C35")
def test_the_same_payment_delivered_twice_changes_nothing(studio: Company, books: Books) -> None:
    read = receipt_reading(transaction("199"), order(BOUGHT, amount="199"))
    came(studio, read)
    counts = came(studio, read)

    assert (counts.unchanged, sums(books, "SalesReceipt")) == (1, [Decimal(199)])


@pytest.mark.criterion("C32", "C33", "C34")
def test_the_receipt_is_recorded_for_the_customer_of_the_email_or_for_a_new_one(studio: Company, books: Books) -> None:
    books.customer("Brook, M.", PrimaryEmailAddr={"Address": "maya.brook@example.com"})
    refresh_lists(studio)
    sale = order(BOUGHT, amount="199")
    known_one = transaction("199", "1" * 24, contactEmail=" Maya.Brook@Example.com ")
    new_one = transaction("199", "2" * 24, contactId="c2", contactName="Ines Roth", contactEmail="ines@example.com")
    came(studio, receipt_reading(known_one, sale), receipt_reading(new_one, {**sale, "contactSnapshot": {}}))

    receipts = new(books, "SalesReceipt")
    assert sorted(receipt["CustomerRef"]["name"] for receipt in receipts) == ["Brook, M.", "Ines Roth"]


@pytest.mark.criterion("C37")
@pytest.mark.parametrize(
    "changes",
    [
        {"status": "failed"},
        {"status": "pending"},
        {"status": "processing"},
        {"liveMode": False},
        {"qboSynced": True},
        {"status": "disputed"},
        {"amount": 0},
    ],
)
def test_what_is_no_money_posts_nothing(studio: Company, books: Books, changes: Json) -> None:
    came(studio, receipt_reading({**transaction("199"), **changes}, order(BOUGHT, amount="199")))

    assert [sums(books, entity) for entity in ("SalesReceipt", "Invoice", "Payment")] == [[], [], []]


def test_a_payment_that_succeeds_later_is_a_receipt_then(studio: Company, books: Books) -> None:
    sale = order(BOUGHT, amount="199")
    came(studio, receipt_reading(transaction("199", status="pending", updatedAt=NINE), sale))
    came(studio, receipt_reading(transaction("199", updatedAt=TEN), sale))

    assert sums(books, "SalesReceipt") == [Decimal(199)]


def test_what_went_back_is_in_the_books_part_by_part(studio: Company, books: Books) -> None:
    sale = order(BOUGHT, amount="199")
    came(studio, receipt_reading(transaction("199"), sale))
    came(studio, receipt_reading(transaction("199", amountRefunded=50, updatedAt="2026-09-05T12:00:00Z"), sale))
    before = known(studio, "transaction-61dd0feac077f72010f78804")
    more = transaction("199", amountRefunded=80, updatedAt="2026-09-09T12:00:00Z")
    came(studio, receipt_reading(more, sale, before=before))

    refunds = Document.objects.filter(company=studio, kind="refund").order_by("dated")
    assert [(str(refund.dated), refund.total, refund.state) for refund in refunds] == [
        ("2026-09-05", Decimal(50), DocumentState.POSTED),
        ("2026-09-09", Decimal(30), DocumentState.POSTED),
    ]
    assert sums(books, "SalesReceipt") == [Decimal(199)]
