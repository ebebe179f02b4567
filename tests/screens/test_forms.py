"""Do the screens show every kind of document in its form, why it is a journal entry, and what it settles?"""

from __future__ import annotations

import csv
import html
import re

import pytest
from django.core.management import call_command
from django.test import Client

from companies.models import Company
from mapping.models import DiscountsAs, DocumentForms, PostingAccounts, Product, QuickBooksItem
from tests.factories import document_of, order_of, prepared, the_studio
from tests.reconciliation.factories import as_role
from tests.sample_books import ACCOUNTS

pytestmark = pytest.mark.django_db

CREDITED = """
    2026-08-14  order 1042
    WT-101                        199.00
    order-discount  Welcome back  -20.00
    paid 2026-08-14  Credit Card  150.00
    credit 2026-08-20  Comp       29.00
    refund 2026-08-25  Refund     50.00
"""
RETURNED = """
    2026-08-28  order 1043
    KIT-CLAY                      -2 x 24.50
    tax         Larimer           -2.13
"""


@pytest.fixture
def company() -> Company:
    company = the_studio()
    item = QuickBooksItem.objects.get(company=company, sku="MISC")
    item.income_account_id = ACCOUNTS["Refunds & Allowances"].quickbooks_id
    item.save()
    PostingAccounts.objects.filter(company=company).update(refund_credit="Checking")
    DocumentForms.objects.create(company=company, credit_item=item.full_name)
    prepared(company, CREDITED, RETURNED)
    return company


@pytest.fixture
def ops(company: Company) -> Client:
    return as_role(company)


def words(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    text = html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", text)


def page(client: Client, company: Company, number: str) -> str:
    return words(client, f"/{company.slug}/orders/{order_of(company, number).pk}/")


@pytest.mark.criterion("A42", "B38", "B39")
def test_a_credit_is_shown_in_its_form_with_its_postings_and_what_it_settles(company: Company, ops: Client) -> None:
    text = page(ops, company, "1042")

    assert "Credit CR-1042-2 Ready 29.00 USD Date 08/20/2026 In QuickBooks Credit memo" in text
    assert "Refunds & Allowances Comp 29.00 USD Accounts Receivable Priya Natarajan 29.00 USD" in text
    assert "Credit used: Credit CR-1042-2 . Applied 29.00 USD to Invoice 1042 ." in text
    assert "Applied 150.00 USD to Invoice 1042 ." in text


@pytest.mark.criterion("A43", "A49", "A51")
def test_a_refund_that_is_a_journal_entry_says_why(company: Company, ops: Client) -> None:
    text = page(ops, company, "1042")

    assert "Refund RF-1042-3 Ready 50.00 USD Date 08/25/2026 In QuickBooks Journal entry" in text
    assert "A journal entry: QuickBooks' own refund receipt debits the income account of an item" in text
    assert "Refunds & Allowances Refund 50.00 USD Checking Refund 50.00 USD" in text


@pytest.mark.criterion("A71", "A74")
def test_a_return_is_shown_with_its_lines_turned_and_the_rule_of_each(company: Company, ops: Client) -> None:
    text = page(ops, company, "1043")

    assert "Return 1043 Ready 51.13 USD Date 08/28/2026 In QuickBooks Credit memo" in text
    assert "Starter Clay Kit the product's SKU is the item's SKU in QuickBooks Sales:Kits" in text
    assert "the item's own income account 2 24.50 USD 49.00 USD" in text
    assert "Total 51.13 USD" in text


@pytest.mark.criterion("A47")
def test_an_invoice_on_another_receivable_account_is_shown_as_a_journal_entry(company: Company, ops: Client) -> None:
    PostingAccounts.objects.filter(company=company).update(
        invoice_debit="Wholesale Receivables", payment_credit="Wholesale Receivables"
    )
    prepared(company, "2026-08-30  order 1044\nWT-101  199.00\npaid 2026-08-31  Cash  199.00")

    text = page(ops, company, "1044")

    assert "Invoice 1044 Ready 199.00 USD Date 08/30/2026 In QuickBooks Journal entry" in text
    assert "the Invoice Debit Account is another" in text
    assert "Wholesale Receivables Priya Natarajan 199.00 USD" in text
    assert document_of(company, "1044", "payment").form == "payment"


@pytest.mark.criterion("A71")
def test_a_discount_line_stands_among_the_lines_with_its_account(company: Company, ops: Client) -> None:
    DocumentForms.objects.update(discounts_as=DiscountsAs.LINE)
    prepared(company, CREDITED.replace("1042", "1045"))

    text = page(ops, company, "1045")

    assert "Welcome back QuickBooks' discount line — Discounts Given 1 -20.00 USD -20.00 USD" in text
    assert "Total 179.00 USD" in text


def test_the_list_shows_and_filters_kind_and_form(company: Company, ops: Client) -> None:
    everything = words(ops, "/studio/documents/")
    entries = ops.get("/studio/documents/?form=journal-entry").content.decode()
    returns = ops.get("/studio/documents/?kind=return").content.decode()

    for shown in ("Refund Journal entry RF-1042-3", "Credit Credit memo CR-1042-2", "Return Credit memo 1043"):
        assert shown in everything
    assert "Credit applied CR-1042-2 08/20/2026 Priya Natarajan — Ready" in everything
    assert re.findall(r"#document-\d+\">([^<]+)<", entries) == ["RF-1042-3"]
    assert re.findall(r"#document-\d+\">([^<]+)<", returns) == ["1043"]


def test_the_export_says_the_form(ops: Client) -> None:
    response = ops.get("/studio/documents/export/?kind=refund")
    header, row = csv.reader(b"".join(response).decode("utf-8-sig").splitlines())

    assert dict(zip(header, row, strict=True))["Form in QuickBooks"] == "Journal entry"


@pytest.mark.criterion("B27")
def test_a_dry_run_names_the_form_and_says_why(company: Company, capsys: pytest.CaptureFixture[str]) -> None:
    Product.objects.update(quickbooks_product_name="WT-101")

    call_command("sync", "--company", company.slug, "--dry-run")

    told = capsys.readouterr().out
    assert "Refund RF-1042-3 as a journal entry  2026-08-25" in told
    assert "Credit CR-1042-2 as a credit memo  2026-08-20" in told
    assert "no item is chosen for refunds" in " ".join(told.split())
