"""Does the page of decisions tell what it would do, before anything is saved?"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client

from books.orders import Address
from companies.models import Company, Role
from mapping.models import (
    LineTypeDefault,
    PostingAccounts,
    Product,
    QuickBooksItem,
    SourceCustomerRules,
    SourceItemRules,
)
from sync.models import Document
from sync.preparing.what_if import effect_of
from tests.factories import a_book_customer, order_of, prepared, the_studio
from tests.reconciliation.factories import as_role, posted, signed_in
from tests.sample_orders import an_order

pytestmark = pytest.mark.django_db

ORDER = """
    2026-08-14  order 1042
    WT-101      199.00
    shipping    8.00
    paid 2026-08-20  Credit Card  100.00
"""


@pytest.fixture
def company() -> Company:
    company = the_studio()
    prepared(company, ORDER)
    return company


def words(response: object) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", text)


def line_types(company: Company, **changes: str) -> dict[str, str]:
    """The page as it is sent, with some fields typed over."""
    sent = {}
    for row in LineTypeDefault.objects.filter(company=company):
        sent[f"{row.section}-item_name_default"] = row.item_name_default
        sent[f"{row.section}-item_account_default"] = row.item_account_default
        sent[f"{row.section}-pass_item_description_as_the_name"] = "no"
    return sent | {"days": "365"} | changes


def getting_in(company: Company, role: str) -> Client:
    name = f"{role}-{company.slug}"
    known = get_user_model().objects.filter(username=name).first()
    return signed_in(known) if known else as_role(company, role)


def ask(company: Company, page: str, data: dict[str, str] | None = None, *, role: str = Role.ACCOUNTANT) -> object:
    client = getting_in(company, role)
    address = f"/{company.slug}/what-if/{page}/"
    with time_machine.travel("2026-09-01T12:00:00Z", tick=False):
        return client.post(address, data) if data is not None else client.get(address, {"days": "365"})


def test_what_was_typed_is_compared_with_what_stands_and_nothing_is_saved(company: Company) -> None:
    text = words(ask(company, "posting-accounts", {"payment_debit": "Checking", "days": "365"} | kept(company)))

    assert re.search(r"Payment Debit Account: Undeposited Funds → Checking", text)
    assert "1 order would post differently." in text
    assert re.search(r"Checking 0\.00 USD 0\.00 USD 100\.00 USD 0\.00 USD 100\.00 USD", text)
    assert re.search(r"Undeposited Funds 100\.00 USD 0\.00 USD 0\.00 USD 0\.00 USD -100\.00 USD", text)
    assert PostingAccounts.objects.get(company=company).payment_debit == "Undeposited Funds"


def kept(company: Company) -> dict[str, str]:
    row = PostingAccounts.objects.get(company=company)
    names = ("invoice_debit", "payment_credit", "credit_debit", "credit_credit", "refund_debit", "refund_credit")
    return {name: getattr(row, name) for name in names}


def test_an_order_that_would_be_blocked_says_why(company: Company) -> None:
    text = words(ask(company, "posting-accounts", {"payment_debit": "", "days": "365"} | kept(company)))

    assert "Orders with something blocked: 0 before, 1 after." in text
    assert "Payment Debit Account" in text


def test_a_mistake_on_the_page_is_told_and_nothing_is_compared(company: Company) -> None:
    response = ask(company, "posting-accounts", {"payment_debit": "Chequing", "days": "365"} | kept(company))

    assert response.status_code == 422  # type: ignore[attr-defined]
    assert "Chequing" in words(response)


def test_without_a_change_every_order_posts_as_it_does(company: Company) -> None:
    assert "Nothing is asked about." in words(ask(company, "line-types"))


def posted_before_the_mapping_changed(company: Company) -> None:
    """The order is posted; then its class is mapped to another account, which nobody asks about."""
    for document in Document.objects.filter(order=order_of(company, "1042")):
        posted(document)
    LineTypeDefault.objects.filter(company=company, section="shipping").update(item_name_default="Glaze Sampler")


def test_the_question_is_answered_without_what_changed_before_it_was_asked(company: Company) -> None:
    posted_before_the_mapping_changed(company)

    effect = effect_of(
        company,
        lambda: PostingAccounts.objects.filter(company=company).update(payment_debit="Checking"),
        since=date(2026, 1, 1),
    )

    moved = {row.path: row.change for row in effect.accounts if row.changed}
    assert moved == {"Checking": Decimal("100.00"), "Undeposited Funds": Decimal("-100.00")}
    assert [change.posted for change in effect.changed] == [True]


def test_what_was_posted_otherwise_before_stands_apart(company: Company) -> None:
    posted_before_the_mapping_changed(company)

    effect = effect_of(company, lambda: None, since=date(2026, 1, 1))
    text = words(ask(company, "posting-accounts", {"payment_debit": "Checking", "days": "365"} | kept(company)))

    assert not any(row.changed for row in effect.accounts)
    assert effect.changed_orders == 0
    assert [change.order.number for change in effect.already] == ["1042"]
    assert [(posting.account.path, posting.amount) for posting in effect.already[0].only_before] == [
        ("Shipping Income", Decimal("-8.00"))
    ]
    assert "1 order was posted differently before, whatever is asked here." in text
    assert "Already different since they were posted" in text


def test_a_product_can_be_asked_too_and_another_companys_cannot(company: Company) -> None:
    product = Product.objects.filter(company=company).first() or Product.objects.create(
        company=company, system="keap", source_key="1", name="Wheel Throwing 101"
    )
    other = the_studio("Other", "other")

    found = [ask(company, f"product/{product.pk}"), ask(other, f"product/{product.pk}"), ask(company, "nonsense")]

    assert [response.status_code for response in found] == [200, 404, 404]  # type: ignore[attr-defined]


def test_a_choice_of_forms_can_be_asked_too(company: Company) -> None:
    text = words(ask(company, "transaction-types", {"discounts_as": "items", "sales_tax_as": "line", "days": "365"}))

    assert "Every order would post as it does." in text


def test_only_those_who_may_map_may_ask(company: Company) -> None:
    assert ask(company, "line-types", role=Role.AUDITOR).status_code == 403  # type: ignore[attr-defined]


def test_the_pages_have_the_button(company: Company) -> None:
    client: Client = as_role(company, Role.ACCOUNTANT)

    for page in ("line-types", "posting-accounts", "transaction-types", "customer-rules", "item-rules"):
        text = client.get(f"/mapping/{company.slug}/{page}/").content.decode()
        assert f'formaction="/{company.slug}/what-if/{page}/"' in text


@pytest.mark.criterion("E26")
def test_a_change_of_the_customer_rules_is_compared_before_it_is_saved(company: Company) -> None:
    a_book_customer(company, "Walk-in", quickbooks_id="90")
    prepared(company, "2026-08-14  order 2001  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00")
    typed = {
        "keap-match_first": "email",
        "keap-name_format": "first-last",
        "keap-name_field": "display",
        "keap-not_found": "standard",
        "keap-standard_customer": "Walk-in",
    }

    text = words(ask(company, "customer-rules", {**typed, "days": "365"}))

    assert "If the customer is not found: Create a new customer → Use the standard customer" in text
    assert "1 order would post differently." in text
    assert "Nora Quist (new in QuickBooks) Walk-in Nora Quist <nora@example.com> is not in QuickBooks" in text
    assert not SourceCustomerRules.objects.exists()


def test_a_change_of_the_item_rules_shows_the_items_that_would_be_sold(company: Company) -> None:
    item = QuickBooksItem.objects.get(company=company, name="Wheel Throwing 101")
    item.pk, item.quickbooks_id, item.sku, item.sku_compared = None, "990", "", ""
    item.name = item.full_name = "Evening class"
    item.save()
    prepared(company, "2026-08-14  order 2001\nWT-101  48.00")
    Product.objects.filter(company=company, sku="WT-101").update(name="Evening class")
    typed = {"keap-match_first": "name", "keap-match_second": "sku"}

    text = words(ask(company, "item-rules", {**typed, "days": "365"}))

    assert "2 orders would post differently." in text
    assert "Wheel Throwing 101 Evening class" in text
    assert not SourceItemRules.objects.exists()


@pytest.mark.criterion("E14")
def test_switching_on_addresses_says_how_many_orders_would_bring_one(company: Company) -> None:
    order = an_order("2026-08-14  order 2001  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00")
    home = Address(line1="22 Kiln St", city="Boulder")
    prepared(company, replace(order, customer=replace(order.customer, billing=home)))
    typed = {"keap-match_first": "email", "keap-name_format": "first-last", "keap-name_field": "display"}
    asked = {**typed, "keap-not_found": "create", "keap-update_addresses": "on", "keap-address_rule": "both"}

    text = words(ask(company, "customer-rules", {**asked, "days": "365"}))

    assert "Update customer addresses from new orders: No → Yes" in text
    assert "1 of them has a complete billing address. 0 of them have a complete shipping address." in text
    assert not SourceCustomerRules.objects.exists()
