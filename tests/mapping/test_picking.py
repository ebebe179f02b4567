"""Does a picker offer the company's own names, what each of them is, and only what fits there?"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from companies.models import Company, Role
from mapping.models import QuickBooksCustomer, QuickBooksItem
from tests.factories import a_book_customer, the_studio
from tests.mapping.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio)


def picked(client: Client, what: str, text: str = "", **more: str) -> list[tuple[str, str]]:
    answer = client.get(f"/mapping/studio/pick/{what}/", {"q": text, **more}).json()
    return [(choice["value"], choice["detail"]) for choice in answer["choices"]]


def test_items_are_found_by_name_and_number_with_their_number_and_type(client: Client) -> None:
    assert picked(client, "items", "wheel") == [
        ("Wheel Throwing 101", "WT-101 · Service"),
        ("Wheel Throwing 201", "WT-201 · Service"),
    ]
    assert picked(client, "items", "kit-mug")[0] == ("Crème Brûlée Mug Kit", "KIT-MUG · Service")


@pytest.mark.criterion("A15")
def test_accounts_are_shown_with_path_and_type_and_only_those_that_fit(client: Client) -> None:
    assert picked(client, "accounts", "training", use="product") == [
        ("Services:Training", "Income"),
        ("Services:Training:Classes", "Income"),
        ("Services:Training:Workshops", "Income"),
    ]
    everything = dict(picked(client, "accounts", use="product"))
    assert set(everything.values()) <= {"Income", "Other Income", "Cost of Goods Sold", "Expense", "Other Expense"}
    assert "Checking" not in everything
    assert ("Checking", "Bank") in picked(client, "accounts", use="payment-debit")


def test_names_that_begin_with_the_text_come_first_then_levels_that_do(client: Client) -> None:
    names = [name for name, _detail in picked(client, "accounts", "s", use="product")]

    assert names[0].startswith("S")
    assert names.index("Sales") < names.index("Office Expenses:Stationery & Supplies")


@pytest.mark.criterion("A22")
def test_near_names_are_offered_where_few_contain_the_text(client: Client) -> None:
    assert picked(client, "items", "creme brulee mug") == [("Crème Brûlée Mug Kit", "KIT-MUG · Service")]
    assert picked(client, "accounts", "Clases", use="product")[0] == ("Services:Training:Classes", "Income")


def test_customers_and_terms_are_picked_too(client: Client) -> None:
    assert picked(client, "customers", "okafor") == [
        ("Chidi Okafor", "family.okafor@example.com"),
        ("Ngozi Okafor", "family.okafor@example.com"),
    ]
    assert picked(client, "customers", "orders@omalley")[0][0] == "O'Malley & Daughters"
    assert picked(client, "terms") == [("Net 15", "15 days")]


def test_a_long_list_is_cut_and_says_so(client: Client, studio: Company) -> None:
    for number in range(30):
        a_book_customer(studio, f"Ann {number:02}", quickbooks_id=f"a{number}")

    answer = client.get("/mapping/studio/pick/customers/", {"q": "ann"}).json()

    assert len(answer["choices"]) == 20
    assert answer["note"] == "There are more; type further to narrow them down."


def test_nothing_inactive_and_no_category_is_offered(client: Client, studio: Company) -> None:
    QuickBooksItem.objects.create(
        company=studio,
        quickbooks_id="cat",
        name="Wheels",
        full_name="Wheels",
        item_type="Category",
        changed_at=timezone.now(),
    )
    QuickBooksItem.objects.filter(sku="WT-201").update(active=False)
    QuickBooksCustomer.objects.filter(display_name="Chidi Okafor").update(active=False)

    assert [name for name, _detail in picked(client, "items", "wheel")] == ["Wheel Throwing 101"]
    assert [name for name, _detail in picked(client, "customers", "okafor")] == ["Ngozi Okafor"]


def test_nothing_found_is_said(client: Client) -> None:
    answer = client.get("/mapping/studio/pick/items/", {"q": "zzzz"}).json()

    assert answer == {"choices": [], "note": "QuickBooks has nothing like “zzzz” that fits here."}


@pytest.mark.parametrize("role", Role.values)
def test_every_role_may_look(studio: Company, role: str) -> None:
    assert picked(signed_in(studio, role), "items", "wheel")


@pytest.mark.parametrize("what", ["items", "accounts", "customers", "terms"])
def test_another_companys_lists_are_never_shown(studio: Company, what: str) -> None:
    bakery = the_studio("Nightingale Bakery", "bakery")
    a_book_customer(bakery, "Sourdough Sam", quickbooks_id="sam")
    stranger = signed_in(bakery)

    assert stranger.get(f"/mapping/studio/pick/{what}/", {"use": "product"}).status_code == 404
    assert picked(signed_in(studio), "customers", "sourdough") == []


@pytest.mark.parametrize("address", ["pick/accounts/", "pick/accounts/?use=nothing", "pick/secrets/"])
def test_what_is_no_list_is_not_found(client: Client, address: str) -> None:
    assert client.get(f"/mapping/studio/{address}").status_code == 404


def test_nobody_picks_without_signing_in(studio: Company) -> None:
    answer: Any = Client().get("/mapping/studio/pick/items/")

    assert answer.status_code == 302
    assert "/login/" in answer.headers["Location"]
