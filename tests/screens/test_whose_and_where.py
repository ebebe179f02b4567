"""Does a screen name whose record it is, how much the source says, and where in QuickBooks it is?"""

from __future__ import annotations

import re

import pytest
from pytest_django import Settings

from companies.activation import SetupStep
from companies.models import Company, Role
from mapping.models import Product, QuickBooksCustomer, QuickBooksTerm
from setup.steps import MissingSetting, SetupFacts, steps_of
from sync.quickbooks_online.addresses import link_into_quickbooks
from tests.factories import document_of, map_product, order_of, prepared, the_studio
from tests.reconciliation.factories import as_role, posted, refused
from tests.screens.page_words import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> Company:
    return the_studio()


def test_a_rejection_is_listed_with_its_document_and_its_customer(studio: Company) -> None:
    prepared(studio, "2026-08-14  order 3001\nWT-101  199.00")
    refused(document_of(studio, "3001"))

    client = as_role(studio)

    assert "Invoice 3001, Priya Natarajan" in words(client, "/studio/issues/")
    assert "Invoice 3001, Priya Natarajan" in words(client, "/studio/")


@pytest.mark.parametrize("typed", ["96.40", "$96.40", "96.40 USD"])
def test_a_document_is_found_by_its_amount(studio: Company, typed: str) -> None:
    prepared(studio, "2026-08-14  order 3001\nWT-101  96.40", "2026-08-14  order 3002\nWT-101  96.00")

    answer = as_role(studio).get("/studio/search/", {"q": typed})

    assert answer.headers["Location"] == f"/studio/orders/{order_of(studio, '3001').pk}/"


def test_the_list_of_orders_shows_the_total_that_the_source_states(studio: Company) -> None:
    prepared(studio, "2026-08-14  order 3009\nWT-101  48.00\ntotal  50.00")

    assert "3009 08/14/2026 Priya Natarajan Keap export 50.00 USD" in words(as_role(studio), "/studio/orders/")


def test_an_invoice_shows_its_due_date_terms_and_email(studio: Company) -> None:
    terms = QuickBooksTerm.objects.get(company=studio).quickbooks_id
    QuickBooksCustomer.objects.filter(display_name="Priya Natarajan").update(terms_id=terms)
    prepared(studio, "2026-08-14  order 3001\nWT-101  199.00")

    text = words(as_role(studio), f"/studio/orders/{order_of(studio, '3001').pk}/")

    assert "Due 08/29/2026 Terms Net 15 Email priya.natarajan@example.com" in text


@pytest.mark.parametrize(
    ("form", "rehearsal", "environment", "address"),
    [
        ("invoice", False, "production", "https://app.qbo.intuit.com/app/invoice?txnId=77"),
        ("payment", False, "production", "https://app.qbo.intuit.com/app/recvpayment?txnId=77"),
        ("journal-entry", False, "sandbox", "https://app.sandbox.qbo.intuit.com/app/journal?txnId=77"),
        ("customer", False, "production", "https://app.qbo.intuit.com/app/customerdetail?nameId=77"),
        ("invoice", True, "production", "http://127.0.0.1:8765/companies/934/transactions/invoice/77"),
        ("refund-receipt", True, "production", "http://127.0.0.1:8765/companies/934/transactions/refundreceipt/77"),
        ("customer", True, "production", "http://127.0.0.1:8765/companies/934/customers/77"),
        ("credit-application", False, "production", ""),
    ],
)
def test_each_form_has_its_page_in_quickbooks(
    settings: Settings, form: str, rehearsal: bool, environment: str, address: str
) -> None:
    settings.TIEOUT_QUICKBOOKS_ENVIRONMENT = environment
    settings.TIEOUT_REHEARSAL_URL = "http://127.0.0.1:8765"

    assert link_into_quickbooks(Company(is_rehearsal=rehearsal), form, "77", realm="934") == address
    assert link_into_quickbooks(Company(is_rehearsal=rehearsal), form, "", realm="934") == ""


def test_the_card_of_a_posted_document_leads_into_quickbooks(studio: Company) -> None:
    prepared(studio, "2026-08-14  order 3001\nWT-101  199.00")
    posted(document_of(studio, "3001"))

    page = as_role(studio).get(f"/studio/orders/{order_of(studio, '3001').pk}/").text

    assert re.search(r'href="http://127\.0\.0\.1:\d+/companies/\d*/transactions/invoice/77" target="_blank"', page)


def test_a_product_that_an_order_named_cannot_be_deleted(studio: Company) -> None:
    prepared(studio, "2026-08-14  order 3001\nWT-101  199.00")
    product = Product.objects.filter(company=studio).latest("pk")
    map_product(studio, product.name, item="WT-101")
    accountant = as_role(studio, Role.ACCOUNTANT)

    assert "/delete/" not in accountant.get(f"/admin/mapping/product/{product.pk}/change/").text
    assert accountant.post(f"/admin/mapping/product/{product.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Product.objects.filter(pk=product.pk).exists()


def test_a_step_that_a_person_went_on_from_is_not_green() -> None:
    gap = MissingSetting(name="Special", waiting=27)
    gone_on = SetupFacts(live=True, missing_line_types=(gap,), confirmed=frozenset({SetupStep.LINE_TYPES}))

    with_gap, whole = (
        next(step for step in steps_of(facts) if step.name is SetupStep.LINE_TYPES)
        for facts in (gone_on, SetupFacts(live=True))
    )

    assert (with_gap.is_done, with_gap.has_gaps) == (True, True)
    assert (whole.is_done, whole.has_gaps) == (True, False)


def test_a_sample_company_says_so_on_every_page(studio: Company) -> None:
    Company.objects.filter(pk=studio.pk).update(is_rehearsal=False, is_sample=True)

    assert "Sample company. Its orders and its books are invented." in words(as_role(studio), "/studio/orders/")
