"""Is what a source has for sale known before an order names it, with its SKU, and does no order wait for that?"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from companies.models import Company, Role
from mapping.models import Product, SourceItemRules
from simulators.highlevel.server import RunningAgency
from simulators.keap.server import RunningKeap
from sync.fetching.fetch import fetch_source
from sync.models import Connection, LiveSource, Run, RunKind, StagedOrder
from tests.factories import the_studio
from tests.fetching.highlevel_agency import agency
from tests.fetching.highlevel_agency import connected as highlevel_connected
from tests.fetching.live_keap import an_order, asked, connected, keap
from tests.mapping.people import signed_in

__all__ = ["agency", "keap"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def studio() -> Company:
    return the_studio()


def next_day(source: Connection) -> Any:
    LiveSource.objects.filter(pk=source.pk).update(products_read_at=timezone.now() - timedelta(days=1, minutes=1))
    return fetch_source(source)


def test_keap_products_are_known_before_an_order_names_them(keap: RunningKeap, studio: Company) -> None:
    keap.company.new_product("Glazing", "45.50", sku="GL-1")
    source = connected(studio, keap)

    fetch_source(source)

    found = {product.name: (product.sku, product.price) for product in Product.objects.filter(system=source.system)}
    assert found == {"Wheel Throwing 101": ("WT-101", Decimal("199.00")), "Glazing": ("GL-1", Decimal("45.50"))}
    shown = signed_in(studio, Role.OPS).get(f"/studio/integrations/{source.system}/items/").content.decode()
    assert "GL-1" in shown


@pytest.mark.criterion("A27")
def test_what_is_sold_by_subscription_is_mapped_like_any_product(keap: RunningKeap, studio: Company) -> None:
    keap.company.new_product("Monthly membership", "45.00", sku="MB", plan_cycle="MONTH")
    source = connected(studio, keap)

    fetch_source(source)

    subscription = Product.objects.get(sku="MB")
    client = signed_in(studio, Role.ACCOUNTANT)
    shown = client.get(f"/admin/mapping/product/{subscription.pk}/change/").content.decode()
    assert subscription.kind == "subscription"
    assert 'name="quickbooks_product_name"' in shown
    assert 'name="quickbooks_account_name"' in shown


def test_an_order_of_such_a_product_names_the_same_product(keap: RunningKeap, studio: Company) -> None:
    source = connected(studio, keap)
    fetch_source(source)

    an_order(keap)
    fetch_source(source)

    product = Product.objects.get(system=source.system)
    assert StagedOrder.objects.get().current().read().lines[0].product_key == product.source_key


def test_the_list_is_read_once_a_day_and_what_changed_there_follows(keap: RunningKeap, studio: Company) -> None:
    source = connected(studio, keap)
    fetch_source(source)
    keap.company.edit_product("WT-101", name="Wheel Throwing I", sku="WT-1")

    fetch_source(source)
    same_day = Product.objects.get().name
    next_day(source)

    lists = [path for _method, path in asked(keap) if path.endswith("/products")]
    assert (same_day, Product.objects.get().name, Product.objects.get().sku) == (
        "Wheel Throwing 101", "Wheel Throwing I", "WT-1",
    )  # fmt: skip
    assert len(lists) == 2
    run = Run.objects.filter(kind=RunKind.CATALOGUE).latest("pk")
    assert (run.counts["new"], run.counts["changed"]) == (0, 1)


def test_what_a_person_decided_stays(keap: RunningKeap, studio: Company) -> None:
    source = connected(studio, keap)
    fetch_source(source)
    Product.objects.update(quickbooks_product_name="Courses", sku_given="OURS")
    keap.company.edit_product("WT-101", name="Wheel Throwing I")

    next_day(source)

    product = Product.objects.get()
    assert (product.name, product.quickbooks_product_name, product.known_sku) == ("Wheel Throwing I", "Courses", "OURS")


def test_two_products_with_one_sku_are_said_and_hold_no_order_up(keap: RunningKeap, studio: Company) -> None:
    keap.company.new_product("Twin", "10.00", sku="wt-101")
    source = connected(studio, keap)
    an_order(keap)

    report = fetch_source(source)

    run = Run.objects.get(kind=RunKind.CATALOGUE)
    assert (report.counts.new, report.exit_code) == (1, 0)
    assert run.counts["errors"] == 2
    assert {error["where"] for error in run.errors} == {"product Twin", "product Wheel Throwing 101"}
    assert "also that of “Twin”" in " ".join(str(error["what"]) for error in run.errors)


def test_a_list_that_cannot_be_read_holds_no_order_up_and_is_read_with_the_next_sync(
    keap: RunningKeap, studio: Company
) -> None:
    source = connected(studio, keap)
    an_order(keap)
    keap.faults.order({"kind": "500", "entity": "products"})

    first = fetch_source(source)
    LiveSource.objects.update(rests_until=None)
    second = fetch_source(source)

    assert (first.counts.new, first.complete) == (1, True)
    assert "cannot answer" in first.stopped
    assert (second.stopped, Product.objects.count()) == ("", 1)


def test_where_new_items_are_created_only_what_came_since_then_is_added(keap: RunningKeap, studio: Company) -> None:
    keap.company.new_product("Old and never sold", "10.00", sku="OLD")
    source = connected(studio, keap)
    SourceItemRules.objects.create(company=studio, system=source.system, create_items=True)
    keap.company.clock.advance(3600)
    keap.company.new_product("New", "12.00", sku="NEW")

    fetch_source(source)

    assert list(Product.objects.values_list("sku", flat=True)) == ["NEW"]


def test_highlevel_prices_are_known_with_their_skus(agency: RunningAgency, studio: Company) -> None:
    crm = agency.company
    mug, course = crm.new_product("Mug"), crm.new_product("Wheel Throwing 101")
    small = crm.new_price(mug, "Small", Decimal(12), sku="MUG-S")
    crm.new_price(mug, "Large", Decimal(18), sku="MUG-L")
    crm.new_price(course, "Wheel Throwing 101", Decimal(199), sku="WT-101")
    agency.agency.options.untracked_prices = "left_out"
    crm.new_price(crm.new_product("Voucher"), "Voucher", Decimal(50))
    source = highlevel_connected(agency, studio)

    fetch_source(source)

    named = {product.name: product.price for product in Product.objects.all()}
    assert named == {"Mug - Small": 12, "Mug - Large": 18, "Wheel Throwing 101": 199, "Voucher": 50}
    assert Product.objects.get(name="Mug - Small").source_key == small
    agency.agency.options.untracked_prices = "listed"
    next_day(source)
    assert dict(Product.objects.values_list("name", "sku")) == {
        "Mug - Small": "MUG-S", "Mug - Large": "MUG-L", "Wheel Throwing 101": "WT-101", "Voucher": "",
    }  # fmt: skip
