"""Is what is kept of a long list of QuickBooks what the list says now?"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.models import Company
from mapping.company_lists import CompanyLists
from mapping.models import QuickBooksAccount, QuickBooksItem
from tests.factories import the_studio
from tests.mapping.items import an_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> Company:
    return the_studio()


def items_now(company: Company) -> list[tuple[str, str, str, str, bool]]:
    rows = QuickBooksItem.objects.filter(company=company).order_by("full_name", "pk")
    return list(rows.values_list("full_name", "name", "sku", "item_type", "active"))


def items_kept(company: Company) -> list[tuple[str, str, str, str, bool]]:
    rows = CompanyLists(company).items
    return [(row.full_name, row.name, row.sku, row.item_type, row.active) for row in rows]


def test_an_item_that_changes_in_any_way_is_listed_as_it_is_now(studio: Company) -> None:
    an_item(studio, "Mug", sku="M-1")
    an_item(studio, "Cup", sku="C-1")
    mug = QuickBooksItem.objects.filter(company=studio, full_name="Mug")
    assert items_kept(studio) == items_now(studio)

    for change in (
        {"sku": "M-2"},
        {"name": "M", "sku": "ug"},
        {"item_type": "Inventory"},
        {"active": False},
        {"active": True},
        {"full_name": "Pots:Mug"},
    ):
        QuickBooksItem.objects.filter(pk__in=mug.values("pk")).update(**change)
        assert items_kept(studio) == items_now(studio)
        mug = QuickBooksItem.objects.filter(company=studio, full_name__endswith="Mug")

    mug.delete()
    assert items_kept(studio) == items_now(studio)


def test_two_items_that_exchange_their_names_are_told_apart(studio: Company) -> None:
    an_item(studio, "Mug", sku="M-1")
    an_item(studio, "Cup", sku="C-1")
    before = items_kept(studio)
    first, second = QuickBooksItem.objects.filter(company=studio, full_name__in=("Mug", "Cup")).order_by("pk")

    for item, sku in ((first, second.sku), (second, first.sku)):
        QuickBooksItem.objects.filter(pk=item.pk).update(sku=sku)

    assert items_kept(studio) == items_now(studio) != before


def test_an_account_that_is_made_inactive_is_no_longer_said_to_be_active(studio: Company) -> None:
    account = QuickBooksAccount.objects.filter(company=studio, active=True).earliest("pk")
    assert CompanyLists(studio).accounts_by_path[account.full_name].active

    QuickBooksAccount.objects.filter(pk=account.pk).update(active=False)

    assert not CompanyLists(studio).accounts_by_path[account.full_name].active


def test_a_list_that_is_the_same_is_asked_about_with_one_query(studio: Company) -> None:
    items_kept(studio)

    with CaptureQueriesContext(connection) as queries:
        items_kept(studio)

    assert len(queries) == 1
