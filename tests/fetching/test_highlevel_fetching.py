"""Does everything that is sold in HighLevel come into QuickBooks by itself, and nothing of before the connection?"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from companies.models import Company
from simulators.highlevel.amounts import Discount, SoldLine
from simulators.highlevel.invoice_parts import Extras
from simulators.highlevel.server import RunningAgency
from sync.fetching.fetch import fetch_source
from sync.lists.refresh import refresh_lists
from sync.models import Connection, Document, DocumentState, LiveSource, StagedOrder
from tests.fetching.highlevel_agency import TAXES, agency, connected, read_on, wheel
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["agency", "quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def books(quickbooks: Books) -> Books:
    quickbooks.sign_in(quickbooks.running.ready()["access_token"])
    return quickbooks


def a_contact(agency: RunningAgency, name: str = "Maya Brook", email: str = "maya.brook@example.com") -> str:
    first, _blank, last = name.partition(" ")
    return agency.company.new_contact(firstName=first, lastName=last, email=email)


def sums(books: Books, entity: str) -> list[Decimal]:
    """What the documents of a kind come to that were made here."""
    documents = books.query(f"select * from {entity}").get(entity, [])
    return sorted(Decimal(document["TotalAmt"]) for document in documents if "tieout" in str(document).lower())


def of_highlevel(books: Books) -> list[dict[str, Any]]:
    """The invoices that came from there."""
    rows = books.query("select * from Invoice").get("Invoice", [])
    return [row for row in rows if str(row["DocNumber"]).startswith("HL-")]


def asked(agency: RunningAgency) -> list[str]:
    """The paths that HighLevel was asked, with everything that is no reading."""
    return [f"{entry['method']} {entry['path']}" for entry in agency.app.log.entries]


# Invoices -------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C38", "C39", "C40", "C43", "C44", "C47")
def test_an_invoice_is_followed_from_draft_to_paid(studio: Company, agency: RunningAgency, books: Books) -> None:
    source = connected(agency, studio)
    crm = agency.company
    invoice = crm.new_invoice(a_contact(agency), [wheel(taxes=TAXES)])
    read_on(source)
    assert sums(books, "Invoice") == []

    crm.send_invoice(invoice)
    read_on(source)
    assert sums(books, "Invoice") == [Decimal("212.45")]

    crm.change_invoice(invoice, discount=Discount(value=Decimal(10), percentage=True))
    crm.record_payment(invoice, Decimal(100), mode="cash")
    read_on(source)
    found = books.find("Invoice", "TotalAmt = '191.2'")
    assert Decimal(found["Balance"]) == Decimal("91.2")

    crm.record_payment(invoice)
    read_on(source)
    found = books.find("Invoice", "TotalAmt = '191.2'")
    assert Decimal(found["Balance"]) == 0
    assert (sums(books, "Payment"), sums(books, "SalesReceipt")) == ([Decimal("91.2"), Decimal(100)], [])


@pytest.mark.criterion("C40", "C43", "C44")
def test_a_tip_of_any_amount_that_was_paid_is_in_the_invoice_to_the_cent(
    studio: Company, agency: RunningAgency, books: Books
) -> None:
    source = connected(agency, studio)
    crm = agency.company
    invoice = crm.new_invoice(a_contact(agency), [wheel(taxes=TAXES)])
    crm.send_invoice(invoice)
    read_on(source)

    crm.change_invoice(invoice, extras=Extras(tip=Decimal("7.37")))
    crm.record_payment(invoice)
    read_on(source)

    found = books.find("Invoice", "TotalAmt = '219.82'")
    assert Decimal(found["Balance"]) == 0
    assert sums(books, "Payment") == [Decimal("219.82")]


@pytest.mark.criterion("C40", "C41", "C42", "C43", "C44", "C47")
def test_scheduled_payments_and_a_late_fee_are_in_the_invoice_to_the_cent(
    studio: Company, agency: RunningAgency, books: Books
) -> None:
    source = connected(agency, studio)
    crm = agency.company
    kits = SoldLine(name="Starter Clay Kit", amount=Decimal("24.35"), qty=Decimal(3))
    days = (
        (date(2026, 12, 1), Decimal(100)),
        (date(2026, 12, 15), Decimal("80.07")),
        (date(2027, 1, 1), Decimal("84.03")),
    )
    invoice = crm.new_invoice(
        a_contact(agency),
        [wheel(taxes=TAXES), kits],
        discount=Discount(value=Decimal("7.5"), percentage=True),
        schedule=days,
        due=date(2027, 1, 1),
    )
    crm.send_invoice(invoice)
    balances = []
    for amount in (None, days[0][1], days[1][1]):
        if amount:
            crm.record_payment(invoice, amount, mode="cash")
        read_on(source)
        (row,) = of_highlevel(books)
        balances.append((Decimal(row["TotalAmt"]), Decimal(row["Balance"])))
    theirs = Decimal(str(crm.required("invoices", invoice, "invoice")["total"]))

    crm.change_invoice(invoice, extras=Extras(late_fee=Decimal("12.35")))
    read_on(source)
    (late,) = of_highlevel(books)
    crm.record_payment(invoice)
    read_on(source)
    (settled,) = of_highlevel(books)

    # 272.05 less 7.5 % (20.40) is 251.65; 2.9 % and 3.86 % of what is left of the 199.00 (184.08) are 5.34 and 7.11
    assert theirs == Decimal("264.10")
    assert balances == [(theirs, theirs), (theirs, theirs - 100), (theirs, theirs - Decimal("180.07"))]
    assert Decimal(late["TotalAmt"]) == theirs + Decimal("12.35")
    assert (Decimal(settled["TotalAmt"]), Decimal(settled["Balance"])) == (theirs + Decimal("12.35"), Decimal(0))
    assert settled["DueDate"] == "2027-01-01"
    assert sums(books, "Payment") == sorted(
        [Decimal(100), Decimal("80.07"), theirs + Decimal("12.35") - Decimal("180.07")]
    )


@pytest.mark.criterion("C51", "C52", "C53")
def test_an_invoice_is_recorded_for_the_customer_of_its_email_or_for_a_new_one(
    studio: Company, agency: RunningAgency, books: Books
) -> None:
    books.customer("Brook, M.", PrimaryEmailAddr={"Address": "Maya.Brook@Example.com"})
    refresh_lists(studio)
    source = connected(agency, studio)
    for contact in (a_contact(agency), a_contact(agency, "Ines Roth", "ines.roth@example.com")):
        agency.company.send_invoice(agency.company.new_invoice(contact, [wheel()]))

    read_on(source)

    rows = books.query("select * from Invoice")["Invoice"]
    invoices = [row for row in rows if str(row["DocNumber"]).startswith("HL-")]
    assert sorted(invoice["CustomerRef"]["name"] for invoice in invoices) == ["Brook, M.", "Ines Roth"]


@pytest.mark.criterion("C45", "C55")
def test_a_voided_invoice_is_voided_and_a_deleted_one_too(studio: Company, agency: RunningAgency, books: Books) -> None:
    source = connected(agency, studio)
    crm, contact = agency.company, a_contact(agency)
    invoices = [crm.new_invoice(contact, [wheel(amount)]) for amount in ("199", "48")]
    for invoice in invoices:
        crm.send_invoice(invoice)
    read_on(source)
    assert sums(books, "Invoice") == [Decimal(48), Decimal(199)]

    crm.void_invoice(invoices[0])
    crm.delete_invoice(invoices[1])
    LiveSource.objects.filter(pk=source.pk).update(compared_at=None)
    report = read_on(source)

    assert report.gone == 1
    assert set(Document.objects.filter(company=studio, kind="invoice").values_list("state", flat=True)) == {
        DocumentState.VOIDED
    }


@pytest.mark.criterion("C49", "C50")
def test_an_invoice_from_before_the_connection_is_never_read_also_when_it_is_sent_and_paid_later(
    studio: Company, agency: RunningAgency, books: Books
) -> None:
    crm, contact = agency.company, a_contact(agency)
    earlier = datetime.now(UTC) - timedelta(hours=1)
    old = crm.new_invoice(contact, [wheel()], at=earlier)
    source = connected(agency, studio)
    crm.send_invoice(old)
    crm.change_invoice(old, discount=Discount(value=Decimal(5)))
    crm.record_payment(old)
    report = read_on(source)
    again = read_on(source, since=date(2026, 1, 1))

    assert not StagedOrder.objects.filter(connection=source).exists()
    assert [sums(books, entity) for entity in ("Invoice", "Payment", "SalesReceipt")] == [[], [], []]
    assert (report.complete, again.complete) == (True, True)


def test_a_payment_leads_to_its_invoice_also_when_that_was_issued_long_ago(
    studio: Company, agency: RunningAgency, books: Books
) -> None:
    source = connected(agency, studio)
    crm = agency.company
    invoice = crm.new_invoice(a_contact(agency), [wheel()], issued=datetime.now(UTC).date() - timedelta(days=120))
    crm.send_invoice(invoice)
    LiveSource.objects.filter(pk=source.pk).update(compared_at=datetime.now(UTC))
    read_on(source)
    assert sums(books, "Invoice") == []  # it is not among those of the last weeks

    crm.record_payment(invoice)
    read_on(source)
    assert (sums(books, "Invoice"), sums(books, "Payment")) == ([Decimal(199)], [Decimal(199)])


def test_an_invoice_that_was_dated_long_ago_is_found_when_all_are_looked_through(
    studio: Company, agency: RunningAgency, books: Books
) -> None:
    source = connected(agency, studio)
    crm = agency.company
    issued = datetime.now(UTC).date() - timedelta(days=120)
    crm.send_invoice(crm.new_invoice(a_contact(agency), [wheel()], issued=issued))
    read_on(source)
    live = LiveSource.objects.get(pk=source.pk)
    live.cursor["looked_through"] = (datetime.now(UTC) - timedelta(hours=7)).isoformat()
    live.save()
    read_on(source)

    assert sums(books, "Invoice") == [Decimal(199)]


# Payments without an invoice ------------------------------------------------------------------------------------------


@pytest.mark.criterion("C26", "C27", "C28", "C29", "C30", "C31")
def test_everything_that_is_paid_without_an_invoice_is_a_receipt(
    studio: Company, agency: RunningAgency, books: Books
) -> None:
    source = connected(agency, studio)
    crm, contact = agency.company, a_contact(agency)
    crm.sell_by_order_form(contact, [wheel("199", taxes=TAXES)])
    member = crm.sell_subscription(contact, [wheel("29", recurring=True)])
    crm.sell_membership(contact, [wheel("35")])
    crm.sell_calendar(contact, [wheel("60")])
    crm.sell_by_order_form(contact, [wheel("1")], status="failed")
    crm.sell_by_order_form(contact, [wheel("2")], status="pending")
    crm.sell_by_order_form(contact, [wheel("3")], live=False)
    read_on(source)
    assert sums(books, "SalesReceipt") == [Decimal(29), Decimal(35), Decimal(60), Decimal("212.45")]

    crm.take_renewal(member.subscription)
    read_on(source)
    assert sums(books, "SalesReceipt")[:2] == [Decimal(29), Decimal(29)]
    assert (sums(books, "Invoice"), sums(books, "Payment")) == ([], [])


def test_refunds_come_part_by_part(studio: Company, agency: RunningAgency, books: Books) -> None:
    source = connected(agency, studio)
    crm = agency.company
    sale = crm.sell_by_order_form(a_contact(agency), [wheel()])
    read_on(source)
    for amount in ("50", "30"):
        crm.refund(sale.transaction, Decimal(amount))
        read_on(source)

    refunds = Document.objects.filter(company=studio, kind="refund").order_by("pk")
    assert [(refund.total, refund.state) for refund in refunds] == [
        (Decimal(50), DocumentState.POSTED),
        (Decimal(30), DocumentState.POSTED),
    ]


def test_what_highlevels_own_integration_posted_is_left_out_and_said(
    studio: Company, agency: RunningAgency, books: Books
) -> None:
    source = connected(agency, studio)
    sale = agency.company.sell_by_order_form(a_contact(agency), [wheel()])
    agency.company.mark_synced_by_own_quickbooks(sale.transaction)
    report = read_on(source)

    assert sums(books, "SalesReceipt") == []
    assert any("Two bridges are running" in notice for notice in report.counts.notices)


# How it is read -------------------------------------------------------------------------------------------------------


def test_a_second_fetch_brings_nothing_new_and_only_reads(studio: Company, agency: RunningAgency, books: Books) -> None:
    source = connected(agency, studio)
    crm, contact = agency.company, a_contact(agency)
    crm.send_invoice(crm.new_invoice(contact, [wheel()]))
    crm.sell_by_order_form(contact, [wheel()])
    first = read_on(source)
    second = read_on(source)

    assert (first.counts.new, second.counts.new, second.counts.changed) == (2, 0, 0)
    assert {entry.split(" ")[0] for entry in asked(agency)} == {"GET"}


@pytest.mark.parametrize("step", range(1, 9))
def test_a_fetch_that_dies_anywhere_ends_in_the_same_books(
    studio: Company, agency: RunningAgency, books: Books, step: int
) -> None:
    source = connected(agency, studio)
    crm, contact = agency.company, a_contact(agency)
    invoice = crm.new_invoice(contact, [wheel()])
    crm.send_invoice(invoice)
    crm.record_payment(invoice, Decimal(50))
    crm.sell_by_order_form(contact, [wheel("60")])
    calls = 0

    def dies() -> None:
        nonlocal calls
        calls += 1
        if calls == step:
            raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        read_on(source, keep=dies)
    read_on(source)

    assert (sums(books, "Invoice"), sums(books, "Payment")) == ([Decimal(199)], [Decimal(50)])
    assert sums(books, "SalesReceipt") == [Decimal(60)]


def test_nothing_before_its_first_day_is_read(studio: Company, agency: RunningAgency, books: Books) -> None:
    crm, contact = agency.company, a_contact(agency)
    crm.sell_by_order_form(contact, [wheel("10")], at=datetime.now(UTC) - timedelta(days=20))
    crm.sell_by_order_form(contact, [wheel("20")], at=datetime.now(UTC) - timedelta(days=2))
    source = connected(agency, studio, starts_on=datetime.now(UTC).date() - timedelta(days=10))
    read_on(source)

    assert sums(books, "SalesReceipt") == [Decimal(20)]


def test_more_than_a_page_is_read_whole(studio: Company, agency: RunningAgency, books: Books) -> None:
    source = connected(agency, studio)
    contact = a_contact(agency)
    for number in range(130):
        agency.company.sell_by_order_form(contact, [wheel(str(number + 1))])
    report = fetch_source(source)

    assert (report.counts.new, report.complete) == (130, True)
    assert Connection.objects.get(pk=source.pk).proven_at is not None
