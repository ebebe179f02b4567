"""Can several products be mapped side by side, together or not at all?"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from companies.models import Company
from mapping.models import Product
from tests.factories import the_studio
from tests.mapping.people import READERS, field_value, offers_of, signed_in, text_of, told

pytestmark = [pytest.mark.django_db, pytest.mark.criterion("A26")]
PAGE = "/mapping/studio/products/table/"


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio)


def products_of(company: Company, *names: str) -> list[Product]:
    return [Product.objects.create(company=company, system="keap", source_key=name, name=name) for name in names]


def address(products: list[Product]) -> str:
    return f"{PAGE}?{'&'.join(f'id={product.pk}' for product in products)}"


def filled(products: list[Product], *pairs: tuple[str, str]) -> dict[str, str]:
    data = {}
    for product, (item, account) in zip(products, pairs, strict=True):
        data[f"p{product.pk}-quickbooks_product_name"] = item
        data[f"p{product.pk}-quickbooks_account_name"] = account
    return data


def mapped(products: list[Product]) -> list[tuple[str, str]]:
    return [
        (row.quickbooks_product_name, row.quickbooks_account_name)
        for row in Product.objects.filter(pk__in=[product.pk for product in products]).order_by("name")
    ]


def test_every_row_is_saved_together(client: Client, studio: Company) -> None:
    products = products_of(studio, "A", "B")

    answer = client.post(
        address(products), filled(products, ("Raku Weekend", ""), ("GL-150", "Services : Training:Classes"))
    )

    assert mapped(products) == [("Raku Weekend", ""), ("GL-150", "Services:Training:Classes")]
    assert answer.headers["Location"] == "/admin/mapping/product/"
    assert any("was corrected to “Services:Training:Classes”" in message for message in told(answer))


def test_with_an_error_in_one_row_no_row_is_saved_and_near_names_are_offered(client: Client, studio: Company) -> None:
    products = products_of(studio, "A", "B")

    answer = client.post(address(products), filled(products, ("Raku Weekend", ""), ("raku weekend", "")))

    assert mapped(products) == [("", ""), ("", "")]
    assert "QuickBooks writes this “Raku Weekend”." in text_of(answer)
    assert "Raku Weekend" in offers_of(answer)


def test_one_name_is_filled_in_for_all_rows_and_saved_only_afterwards(client: Client, studio: Company) -> None:
    products = products_of(studio, "A", "B")
    typed = filled(products, ("Raku Weekend", "Memberships"), ("", ""))

    shown = client.post(address(products), {**typed, "all-quickbooks_account_name": "Sales:Kits", "fill": "1"})

    assert [field_value(shown, f"p{product.pk}-quickbooks_account_name") for product in products] == ["Sales:Kits"] * 2
    assert field_value(shown, f"p{products[0].pk}-quickbooks_product_name") == "Raku Weekend"
    assert mapped(products) == [("", ""), ("", "")]


def test_without_a_choice_the_list_is_shown_again(client: Client) -> None:
    answer = client.get(PAGE)

    assert answer.headers["Location"] == "/admin/mapping/product/"
    assert told(answer) == ["Choose the products in the list first."]


def test_the_action_takes_at_most_a_hundred(client: Client, studio: Company) -> None:
    products = products_of(studio, *(f"P{number:03}" for number in range(101)))
    chosen: dict[str, Any] = {"action": "edit_in_a_table", "_selected_action": [product.pk for product in products]}

    answer = client.post("/admin/mapping/product/", {**chosen, "select_across": "1"})

    assert told(answer) == ["Choose at most 100 products; a spreadsheet takes any number."]


@pytest.mark.parametrize("role", READERS)
def test_who_may_only_read_cannot_open_the_table(studio: Company, role: str) -> None:
    products = products_of(studio, "A")
    client = signed_in(studio, role)

    assert client.get(address(products)).status_code == 403
    assert client.post(address(products), filled(products, ("Raku Weekend", ""))).status_code == 403
    assert mapped(products) == [("", "")]


def test_products_of_another_company_are_not_in_the_table(client: Client, studio: Company) -> None:
    mine, theirs = products_of(studio, "A"), products_of(the_studio("Nightingale Bakery", "bakery"), "Sourdough")

    page = client.get(address([*mine, *theirs]))
    client.post(address([*mine, *theirs]), filled([*mine, *theirs], ("Raku Weekend", ""), ("Raku Weekend", "")))

    assert "Sourdough" not in text_of(page)
    assert mapped(mine) == [("Raku Weekend", "")]
    assert mapped(theirs) == [("", "")]


def test_a_stranger_to_the_company_finds_no_such_page(studio: Company) -> None:
    stranger = signed_in(the_studio("Nightingale Bakery", "bakery"))

    assert stranger.get(address(products_of(studio, "A"))).status_code == 404
