"""Does the history tell who changed what and when, before and after, to those of the company and to nobody else?"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from companies.activation import GO_LIVE, INTRODUCTION, mark
from companies.history import history_page
from companies.models import Company, Role, SetupMark
from companies.source_names import source_name
from mapping.models import LineTypeDefault, PostingAccounts, Product
from sync.sources.files import LAYOUTS
from tests.factories import a_company, the_studio
from tests.mapping.people import a_person, signed_in, text_of

pytestmark = pytest.mark.django_db
PAGE = "/mapping/studio/history/"


@pytest.fixture
def studio() -> Company:
    return a_company()


def a_product(company: Company, name: str = "Glazing", *, times: int = 1) -> Product:
    product = Product.objects.create(company=company, system="keap", source_key=name, name=name)
    for number in range(1, times):
        product.quickbooks_product_name = f"Name {number}"
        product.save()
    return product


def test_each_change_has_its_field_before_and_after(studio: Company) -> None:
    product = a_product(studio, times=3)

    entries = history_page(studio, model=Product, pk=product.pk).entries

    assert [(entry.kind, entry.name) for entry in entries] == [("Changed", "Glazing")] * 2 + [("Added", "Glazing")]
    assert [(change.field, change.before, change.after) for change in entries[0].changes] == [
        ("QuickBooks Product Name", "Name 1", "Name 2")
    ]


def test_choices_and_switches_read_as_words(studio: Company) -> None:
    row = LineTypeDefault.objects.create(company=studio, section="tax")
    row.pass_item_description_as_the_name = True
    row.save()
    studio.kind = "desktop"
    studio.save()

    changes = [change for entry in history_page(studio).entries for change in entry.changes]

    assert ("Pass Item Description as the Name", "No", "Yes") in [
        (change.field, change.before, change.after) for change in changes
    ]
    assert ("QuickBooks", "QuickBooks Online", "QuickBooks Desktop") in [
        (change.field, change.before, change.after) for change in changes
    ]


@pytest.mark.parametrize(("price", "told"), [("48", "48.00"), ("1234.5", "1,234.50"), ("0.0125", "0.0125")])
def test_a_price_reads_as_money_with_no_more_places_than_it_has(studio: Company, price: str, told: str) -> None:
    product = Product.objects.create(company=studio, system="keap", source_key="1", name="Clay", price=Decimal(price))

    (entry,) = history_page(studio, model=Product, pk=product.pk).entries

    assert [change.after for change in entry.changes if change.field == "Price"] == [told]


def test_older_entries_follow_page_by_page_without_a_gap_or_a_repeat(studio: Company) -> None:
    for number in range(7):
        a_product(studio, f"Product {number}", times=2)
    PostingAccounts.objects.create(company=studio, invoice_debit="A/R")

    place, seen = "", []
    for _page in range(10):
        page = history_page(studio, place=place, size=4)
        seen += [(entry.what, entry.name, entry.kind) for entry in page.entries]
        place = page.older
        if not place:
            break

    assert len(seen) == len(set(seen)) == 22
    assert seen[-1] == ("Company", "Bramble & Birch Studio", "Added")


def test_a_page_takes_a_fixed_number_of_queries(studio: Company) -> None:
    a_product(studio, times=2)
    LineTypeDefault.objects.create(company=studio, section="tax")
    with CaptureQueriesContext(connection) as for_few:
        history_page(studio)
    for number in range(60):
        a_product(studio, f"Product {number}", times=2)

    with CaptureQueriesContext(connection) as for_many:
        assert len(history_page(studio).entries) == 50

    assert len(for_many) <= len(for_few)


@pytest.mark.parametrize("role", Role.values)
def test_every_role_reads_it_and_nobody_can_change_it(studio: Company, role: str) -> None:
    product = a_product(studio, times=2)
    client = signed_in(studio, role)
    record = Product.history.latest("history_id")

    for page in (PAGE, reverse("admin:mapping_product_history", args=[product.pk])):
        assert "Name 1" in text_of(client.get(page))
    client.post(f"/admin/mapping/product/{product.pk}/history/{record.pk}/", {"quickbooks_product_name": "Taken over"})
    client.post(reverse("admin:mapping_product_history", args=[product.pk]), {"quickbooks_product_name": "Taken over"})

    product.refresh_from_db()
    assert product.quickbooks_product_name == "Name 1"
    assert Product.history.filter(quickbooks_product_name="Taken over").count() == 0


def test_another_companys_history_does_not_exist(studio: Company) -> None:
    bakery = the_studio("Nightingale Bakery", "bakery")
    theirs, gone = a_product(bakery, "Sourdough"), a_product(bakery, "Rye")
    number = gone.pk
    gone.delete()
    client = signed_in(studio)

    assert "Sourdough" not in text_of(client.get(PAGE))
    assert "Bakery" not in text_of(client.get(PAGE))
    for pk in (theirs.pk, number, 999_999):
        assert client.get(reverse("admin:mapping_product_history", args=[pk])).status_code == 404
    assert client.get("/mapping/bakery/history/").status_code == 404


def test_nonsense_in_the_address_shows_the_first_page(studio: Company) -> None:
    client: Client = signed_in(studio)

    for place in ("x", "product", "product99999999999999999999", "%00", "nothing1product2"):
        assert client.get(PAGE, {"before": place}).status_code == 200


def test_a_deleted_row_keeps_its_history(studio: Company) -> None:
    product = a_product(studio, times=2)
    number = product.pk
    product.delete()

    text = text_of(signed_in(studio).get(reverse("admin:mapping_product_history", args=[number])))

    assert "Deleted: Product" in text
    assert "Name 1" in text


def test_the_history_speaks_as_the_screens_do(studio: Company) -> None:
    person = a_person("ann")
    mark(studio, INTRODUCTION, by=person)
    mark(studio, GO_LIVE, by=person)
    SetupMark.history.update(history_user=None)
    Product.objects.create(company=studio, system="files", source_key="9", name="Mug")
    SetupMark.objects.filter(step=GO_LIVE).update(marked_at=datetime(2026, 8, 1, 21, 5, tzinfo=UTC))
    for row in SetupMark.objects.filter(step=GO_LIVE):
        row.save()

    page = text_of(signed_in(studio, Role.AUDITOR).get("/mapping/studio/history/"))

    assert "System Added: Setup step Introduction" in page
    assert "Changed: Setup step Go live" in page
    assert "→ 08/01/2026 3:05 PM" in page
    assert "Source Orders (CSV or Excel)" in page
    assert "+00:00" not in page


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_source_has_one_name_on_every_screen(name: str) -> None:
    assert source_name(LAYOUTS[name].system) == LAYOUTS[name].label
