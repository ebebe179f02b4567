"""Is it a change when a source lists the lines, payments or taxes of an order in another order? It never is."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest

from books.orders import Order
from books.serialization import fingerprint
from companies.models import Company
from mapping.models import Product, QuickBooksItem
from sync.models import Document, DocumentChange, Push, StagedOrder
from sync.preparing.builders.invoice import invoice_part
from sync.preparing.prepare import prepare_new
from sync.sources.base import ReadOptions
from sync.sources.files import LAYOUTS
from sync.staging.import_file import import_file, prepare_imported
from tests.factories import order_of, prepared, staged
from tests.quickbooks_desktop.factories import a_desktop_company
from tests.sample_orders import an_order
from tests.simulators.driver import Books
from tests.sources.keap_orders import line, paid, version_1
from tests.sync.every_form import choose, nothing_more_is_sent
from tests.sync.pushing import push

HEADER = (
    "Order Number,Order Date,First Name,Last Name,Email,Line Type,SKU,Quantity,Price,"
    "Payment Date,Payment Amount,Payment Method"
)
WHO = "71,2026-08-20,Priya,Natarajan,priya.natarajan@example.com"
LINES = (",KIT-CLAY,2,24.50", ",WT-101,1,199.00", "Tax,,1,4.00", "Tax,,1,2.00", "Order Discount,,1,-5.00")
MONEY = ("2026-08-21,100.00,Cash", "2026-08-21,50.00,Check", "2026-08-22,20.00,Cash", ",,", ",,")


def a_file(lines: Sequence[str], money: Sequence[str]) -> bytes:
    """A spreadsheet with one order."""
    rows = [f"{WHO},{sold},{received}" for sold, received in zip(lines, money, strict=True)]
    return "\n".join((HEADER, *rows)).encode()


def keap(lines: Sequence[dict[str, Any]], payments: Sequence[dict[str, Any]]) -> bytes:
    """An export of Keap with one order."""
    contact = {
        "id": 7, "given_name": "Priya", "first_name": "Priya", "last_name": "Natarajan",
        "email": "priya.natarajan@example.com",
    }  # fmt: skip
    order = version_1(
        id=71, contact=contact, order_items=list(lines), payments=list(payments), total=249.0, total_paid=170.0,
        total_due=79.0, status="SENT",
    )  # fmt: skip
    return json.dumps({"orders": [order]}).encode()


KEAP_LINES = (
    line(24.5, id=11, name="Starter Clay Kit", quantity=2, product={"id": 17, "name": "Kit", "sku": "KIT-CLAY"}),
    line(199.0, id=12, name="Wheel Throwing 101", product={"id": 11, "name": "Wheel", "sku": "WT-101"}),
    line(4.0, id=13, name="", type="TAX", description="State"),
    line(2.0, id=14, name="", type="TAX", description="City"),
    line(-5.0, id=15, name="", type="SPECIAL_ORDER_TOTAL"),
)
KEAP_MONEY = (
    paid(100.0, id=1), paid(50.0, id=2, type="Check", pay_date="2026-09-01"), paid(20.0, id=3, pay_date="2026-09-02"),
)  # fmt: skip


def imported(company: Company, layout: str, content: bytes) -> tuple[int, int, int]:
    """Import a file and push; how many orders were new, changed and unchanged."""
    options = ReadOptions(currency="USD", time_zone="America/Denver")
    report = import_file(company, LAYOUTS[layout], BytesIO(content), name="orders", options=options)
    assert report.counts.errors == []
    prepare_imported(company)
    prepare_new(company)
    push(company)
    return report.counts.new, report.counts.changed, report.counts.unchanged


#: Each layout with what makes a file of it, and the lines and payments to sort.
FILES: dict[str, tuple[Callable[[Any, Any], bytes], Any, Any]] = {
    "orders-csv": (a_file, LINES, MONEY),
    "keap-orders-json": (keap, KEAP_LINES, KEAP_MONEY),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("layout", FILES)
@pytest.mark.parametrize("discounts", ["items", "line"])
def test_a_posted_order_that_is_listed_otherwise_is_no_change(
    studio: Company, quickbooks: Books, layout: str, discounts: str
) -> None:
    choose(studio, discounts_as=discounts)
    made, lines, money = FILES[layout]
    assert imported(studio, layout, made(lines, money)) == (1, 0, 0)
    assert set(Document.objects.values_list("state", flat=True)) == {"posted"}
    pushes = Push.objects.count()

    assert imported(studio, layout, made(lines[::-1], money)) == (0, 0, 1)
    assert imported(studio, layout, made(lines, money[::-1])) == (0, 0, 1)
    assert imported(studio, layout, made((*lines[2:], *lines[:2]), (*money[1:], money[0]))) == (0, 0, 1)

    assert (Push.objects.count(), StagedOrder.objects.get().version) == (pushes, 1)
    nothing_more_is_sent(studio)


def turned(order: Order, *more: str) -> Order:
    """The order with its lines listed the other way round, numbered by their new places."""
    again = an_order("\n".join(more)) if more else order
    lines = tuple(replace(sold, key=str(place)) for place, sold in enumerate(order.lines[::-1], start=1))
    return replace(order, lines=lines, payments=again.payments)


SOLD = "2026-08-14  order 72\nWT-101  199.00\nKIT-CLAY  48.00\ntax  State  1.42\ntax  City  2.90\nshipping  8.00"
PAID = SOLD + "\npaid 2026-08-15  Cash  50.00"


@pytest.mark.django_db(transaction=True)
def test_a_payment_that_comes_with_another_sorting_sends_the_payment_alone_by_whatever_the_mapping_is_now(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, an_order(SOLD))
    push(studio)
    # Decided since: it would count if the order itself had changed
    Product.objects.filter(sku="KIT-CLAY").update(quickbooks_product_name="Glaze Sampler")
    assert QuickBooksItem.objects.filter(name="Glaze Sampler").exists()

    prepared(studio, turned(an_order(SOLD), PAID))
    assert dict(push(studio).outcomes) == {"posted": 1}

    assert [sent.document.kind for sent in Push.objects.order_by("pk")] == ["invoice", "payment"]
    assert not DocumentChange.objects.exists()
    nothing_more_is_sent(studio)


@pytest.mark.django_db
def test_in_quickbooks_desktop_another_sorting_is_no_change_that_a_person_has_to_make() -> None:
    company = a_desktop_company()
    prepared(company, an_order(SOLD))
    Document.objects.filter(kind="invoice").update(state="exported")

    staged(company, turned(an_order(SOLD), PAID))
    prepare_new(company)

    invoice = Document.objects.get(kind="invoice")
    assert (order_of(company, "72").version, invoice.problems.count()) == (2, 0)
    staged(company, PAID.replace("48.00", "49.00"))
    prepare_new(company)
    assert [problem.code for problem in invoice.problems.all()] == ["changed-after-posting"]


@pytest.mark.django_db(transaction=True)
def test_what_an_earlier_release_posted_is_known_by_its_own_fingerprint(studio: Company, quickbooks: Books) -> None:
    prepared(studio, an_order(SOLD))
    push(studio)
    Document.objects.filter(kind="invoice").update(source_hash=fingerprint(invoice_part(an_order(SOLD))))
    Product.objects.filter(sku="KIT-CLAY").update(quickbooks_product_name="Glaze Sampler")

    prepared(studio, an_order(PAID))

    assert dict(push(studio).outcomes) == {"posted": 1}
