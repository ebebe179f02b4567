"""Does a correction that arrives by import free what it blocked by itself, without a person who presses Re-sync?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from books.orders import Order
from companies.models import Company
from mapping.models import SourceCustomer
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.models import Document
from sync.pushing.decisions import leave_deleted
from sync.run import sync_company
from tests.factories import staged
from tests.sample_orders import an_order
from tests.simulators.driver import Books

pytestmark = pytest.mark.django_db(transaction=True)


def order(source_id: str, text: str) -> Order:
    """An order as its source knows it, whatever number it has."""
    return replace(an_order(text), source_id=source_id)


def arrives(company: Company, *orders: Order) -> None:
    """The orders are imported, and the next sync runs; nobody does anything else."""
    staged(company, *orders)
    sync_company(company)


def stands(source_id: str, kind: str = "invoice") -> tuple[str, list[str]]:
    """The state of an order's document, and what keeps it."""
    row = Document.objects.get(order__source_id=source_id, kind=kind)
    return row.state, [problem.code for problem in row.problems.all()]


SEVEN = "2026-08-14  order 7  #1 Ann Lee <ann@example.com>\nWT-101  199.00"
OTHER = "2026-08-15  order 7  #2 Sam Lee <sam@example.com>\nKIT-CLAY  48.00"


def one_number_twice(company: Company, books: Books) -> None:
    """The first order is in QuickBooks as 7, and the other one waits for the number."""
    arrives(company, order("a", SEVEN))
    arrives(company, order("b", OTHER))
    assert stands("a") == ("posted", [])
    assert stands("b") == ("blocked", ["number-used-twice"])


def numbers_in(books: Books) -> dict[str, str]:
    """By number, the total of each invoice of the two customers."""
    books.sign_in(books.running.ready()["access_token"])
    rows = books.query("select * from Invoice where DocNumber in ('7', '8')").get("Invoice", [])
    return {row["DocNumber"]: str(row["TotalAmt"]) for row in rows}


def test_a_posted_order_that_takes_another_number_frees_its_own(studio: Company, quickbooks: Books) -> None:
    one_number_twice(studio, quickbooks)

    arrives(studio, order("a", SEVEN.replace("order 7", "order 8")))
    sync_company(studio)

    assert (stands("a"), stands("b")) == (("posted", []), ("posted", []))
    assert numbers_in(quickbooks) == {"8": "199.00", "7": "48.00"}


def test_a_posted_order_that_is_deleted_in_quickbooks_and_left_so_frees_its_number(
    studio: Company, quickbooks: Books
) -> None:
    one_number_twice(studio, quickbooks)
    quickbooks.delete("Invoice", quickbooks.find("Invoice", "DocNumber = '7'"))
    arrives(studio, order("a", SEVEN.replace("199.00", "190.00")))
    assert stands("a") == ("posted", ["deleted-in-quickbooks"])

    assert leave_deleted(Document.objects.get(order__source_id="a", kind="invoice"), reason="Entered twice", by=None)
    sync_company(studio)

    assert stands("b") == ("posted", [])
    assert numbers_in(quickbooks) == {"7": "48.00"}


def test_a_posted_order_that_is_canceled_lets_the_other_one_go_on(studio: Company, quickbooks: Books) -> None:
    one_number_twice(studio, quickbooks)

    arrives(studio, order("a", SEVEN + "\nstatus  cancelled"))
    sync_company(studio)

    assert stands("a")[0] == "voided"
    assert "number-used-twice" not in stands("b")[1]


def test_an_email_that_a_later_order_brings_frees_the_earlier_one(studio: Company, quickbooks: Books) -> None:
    arrives(studio, order("a", "2026-08-14  order 1  #5 Gus Pemberton\nWT-101  199.00"))
    assert stands("a") == ("blocked", ["customer-without-email"])

    arrives(studio, order("b", "2026-08-15  order 2  #5 Gus Pemberton <gus@example.com>\nKIT-CLAY  48.00"))

    assert (stands("a"), stands("b")) == (("posted", []), ("posted", []))
    assert SourceCustomer.objects.get(source_key="5").quickbooks_customer is not None


def test_a_line_that_the_source_corrects_frees_its_order_and_only_that(studio: Company, quickbooks: Books) -> None:
    unknown = order("a", "2026-08-14  order 1  #1 Ann Lee <ann@example.com>\nKIT-CLAY  48.00")
    wrong = replace(unknown.lines[0], sku="KIT-CLYA", name="Starter Kit", product_name="Starter Kit", product_id="x")
    arrives(studio, replace(unknown, lines=(wrong,)))
    assert stands("a") == ("blocked", ["product-without-mapping"])

    arrives(studio, unknown)

    assert stands("a") == ("posted", [])


def test_an_item_that_was_added_in_quickbooks_frees_what_the_next_refresh_finds(
    studio: Company, quickbooks: Books
) -> None:
    apron = order("a", "2026-08-14  order 1  #1 Ann Lee <ann@example.com>\nKIT-CLAY  48.00")
    line = replace(apron.lines[0], sku="APRON", name="Apron", product_name="Apron", product_id="apron")
    arrives(studio, replace(apron, lines=(line,)))
    assert stands("a") == ("blocked", ["product-without-mapping"])

    income = quickbooks.find("Account", "FullyQualifiedName = 'Sales:Kits'")
    fields = {"Name": "Apron", "Sku": "APRON", "Type": "Service", "IncomeAccountRef": {"value": income["Id"]}}
    quickbooks.write("Item", fields)
    assert not refresh_and_prepare(studio).failed
    sync_company(studio)

    assert stands("a") == ("posted", [])


def test_a_number_that_a_draft_gives_up_is_free(studio: Company, quickbooks: Books) -> None:
    arrives(studio, order("a", SEVEN), order("b", OTHER))
    waiting = "b" if stands("b")[0] == "blocked" else "a"
    first, text = ("a", SEVEN) if waiting == "b" else ("b", OTHER)

    arrives(studio, order(first, text + "\nstatus  draft"))
    sync_company(studio)

    assert stands(first)[0] == "voided"
    assert "number-used-twice" not in stands(waiting)[1]


def test_an_amount_that_did_not_add_up_is_posted_once_the_source_corrected_it(
    studio: Company, quickbooks: Books
) -> None:
    arrives(studio, order("a", SEVEN + "\ntotal  190.00"))
    assert stands("a")[0] == "blocked"

    arrives(studio, order("a", SEVEN + "\ntotal  199.00"))

    assert stands("a") == ("posted", [])
