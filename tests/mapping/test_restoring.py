"""Does an earlier state come back as a decision like any other: seen first, checked, and in the history itself?"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from companies.models import Company, Role
from companies.signals import decisions_changed
from mapping.models import LineTypeDefault, PostingAccounts, Product, QuickBooksItem
from tests.factories import the_studio
from tests.mapping.people import signed_in, text_of, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio)


def a_product(company: Company, *names: str) -> Product:
    """A product that was mapped to one name after the other."""
    product = Product.objects.create(company=company, system="keap", source_key="1", name="Wheel")
    for name in names:
        product.quickbooks_product_name = name
        product.save()
    return product


def entry(model: Any, position: int) -> int:
    """The number of an entry, counted from the first."""
    return int(model.history.order_by("history_id").values_list("history_id", flat=True)[position])


def address(kind: str, number: int) -> str:
    return f"/mapping/studio/history/{kind}/{number}/restore/"


def test_the_history_leads_to_each_earlier_state_and_not_to_the_present_one(studio: Company, client: Client) -> None:
    product = a_product(studio, "Wheel Throwing 101", "Wheel Throwing 201")

    page = client.get(f"/admin/mapping/product/{product.pk}/history/").content.decode()

    offered = [address("product", entry(Product, position)) in page for position in range(3)]
    assert offered == [True, True, False]


def test_a_state_is_seen_before_it_comes_back(studio: Company, client: Client) -> None:
    product = a_product(studio, "Wheel Throwing 101", "Wheel Throwing 201")
    place = address("product", entry(Product, 1))

    preview = text_of(client.get(place))
    assert "QuickBooks Product Name Wheel Throwing 201 Wheel Throwing 101" in preview
    product.refresh_from_db()
    assert product.quickbooks_product_name == "Wheel Throwing 201"
    done = client.post(place)

    product.refresh_from_db()
    assert product.quickbooks_product_name == "Wheel Throwing 101"
    assert told(done) == ["Restored: Product: Wheel."]


@pytest.mark.criterion("D27", "D30")
def test_an_entered_number_comes_back_unless_another_product_has_it_by_now(studio: Company, client: Client) -> None:
    product = a_product(studio, "Wheel Throwing 101")
    for sku in ("W-1", "W-2"):
        product.sku_given = sku
        product.save()
    first = address("product", Product.history.get(sku_given="W-1").history_id)
    other = Product.objects.create(company=studio, system=product.system, source_key="99", name="Other", sku="w-1")

    refused = text_of(client.post(first))
    other.delete()
    client.post(first)

    product.refresh_from_db()
    assert "“Other” has the SKU “W-1” already" in refused
    assert (product.sku_given, product.sku_compared) == ("W-1", "w-1")


def test_the_restoring_stands_in_the_history_with_who_and_from_when(studio: Company, client: Client) -> None:
    product = a_product(studio, "Wheel Throwing 101", "Wheel Throwing 201")

    client.post(address("product", entry(Product, 1)))

    newest = product.history.latest()
    assert newest.history_user.username == "accountant-of-studio"
    assert re.fullmatch(r"Restored as of \d\d/\d\d/20\d\d \d+:\d\d [AP]M", newest.history_change_reason)


def test_a_state_whose_names_quickbooks_has_lost_does_not_come_back_and_says_why(
    studio: Company, client: Client
) -> None:
    product = a_product(studio, "Wheel Throwing 101", "Wheel Throwing 201")
    QuickBooksItem.objects.filter(company=studio, name="Wheel Throwing 101").update(active=False)
    place = address("product", entry(Product, 1))

    page = client.post(place)

    product.refresh_from_db()
    assert product.quickbooks_product_name == "Wheel Throwing 201"
    assert "“Wheel Throwing 101” is inactive in QuickBooks." in text_of(page)
    assert f"/admin/mapping/product/{product.pk}/change/?quickbooks_product_name=" in page.content.decode()


def test_posting_accounts_and_line_types_come_back_too(studio: Company, client: Client) -> None:
    accounts = PostingAccounts.objects.get(company=studio)
    accounts.payment_debit, accounts.refund_credit = "Checking", ""
    accounts.save()
    tax = LineTypeDefault.objects.get(company=studio, section="tax")
    tax.save()
    tax.item_name_default, tax.pass_item_description_as_the_name = "", True
    tax.save()

    assert client.post(address("postingaccounts", entry(PostingAccounts, 0))).status_code == 302
    assert client.post(address("linetypedefault", entry(LineTypeDefault, 0))).status_code == 302

    accounts.refresh_from_db()
    tax.refresh_from_db()
    assert (accounts.payment_debit, accounts.refund_credit) == ("Undeposited Funds", "Accounts Receivable")
    assert (tax.item_name_default, tax.pass_item_description_as_the_name) == ("Sales Tax", False)


def test_a_deleted_product_comes_back_with_its_mapping(studio: Company, client: Client) -> None:
    a_product(studio, "Wheel Throwing 101").delete()

    page = client.get(address("product", entry(Product, 2)))
    client.post(address("product", entry(Product, 2)))

    assert "It was deleted since, and is added again." in text_of(page)
    product = Product.objects.get(company=studio, source_key="1")
    assert (product.name, product.quickbooks_product_name) == ("Wheel", "Wheel Throwing 101")


def test_a_restored_mapping_is_announced_so_that_orders_are_prepared_again(
    studio: Company, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[Company] = []

    def listen(**facts: Any) -> None:
        heard.append(facts["company"])

    a_product(studio, "Wheel Throwing 101", "Wheel Throwing 201")
    decisions_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            client.post(address("product", entry(Product, 1)))
    finally:
        decisions_changed.disconnect(listen)

    assert heard == [studio]


def test_nobody_restores_what_is_not_theirs_or_not_theirs_to_decide(studio: Company) -> None:
    a_product(studio, "Wheel Throwing 101", "Wheel Throwing 201")
    bakery = the_studio("Nightingale Bakery", "bakery")
    number = entry(Product, 1)

    assert signed_in(studio, Role.OPS).post(address("product", number)).status_code == 403
    assert signed_in(bakery).post(f"/mapping/bakery/history/product/{number}/restore/").status_code == 404
    assert signed_in(studio, login="bea").get(address("company", number)).status_code == 404
