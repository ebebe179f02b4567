"""Is what a source says kept once, with every version of it?"""

from __future__ import annotations

from decimal import Decimal

import pytest

from mapping.models import Product, SourceCustomer
from sync.models import OrderEvent, OrderVersion, StagedOrder
from tests.cast import AN_ORDER
from tests.scenes import a_company, order_of, staged

pytestmark = pytest.mark.django_db

CHANGED = AN_ORDER.replace("8.00", "9.00")


def test_the_same_order_twice_is_staged_once() -> None:
    company = a_company()
    first, second = staged(company, AN_ORDER), staged(company, AN_ORDER)

    assert (first.new, second.new, second.unchanged) == (1, 0, 1)
    assert OrderVersion.objects.count() == 1


def test_a_changed_order_becomes_a_new_version_and_the_old_one_stays() -> None:
    company = a_company()
    staged(company, AN_ORDER)

    counts = staged(company, CHANGED)

    order = order_of(company, "1042")
    assert (counts.changed, order.version) == (1, 2)
    assert [str(one.read().total) for one in order.versions.order_by("version")] == ["260.17", "261.17"]


def test_an_order_that_changes_back_is_a_third_version() -> None:
    company = a_company()
    for text in (AN_ORDER, CHANGED, AN_ORDER):
        staged(company, text)

    assert order_of(company, "1042").version == 3


def test_an_order_that_stands_twice_in_one_file_ends_at_what_was_said_last() -> None:
    company = a_company()

    counts = staged(company, AN_ORDER, CHANGED, CHANGED)

    assert (counts.new, counts.changed, counts.unchanged) == (1, 1, 1)
    assert order_of(company, "1042").total == Decimal("261.17")


def test_each_step_is_in_the_history() -> None:
    company = a_company()
    staged(company, AN_ORDER)
    staged(company, CHANGED)

    assert list(OrderEvent.objects.order_by("pk").values_list("step", flat=True)) == ["staged", "changed"]


@pytest.mark.criterion("A25", "A27")
def test_products_and_subscriptions_are_listed_from_the_first_order_that_sells_them() -> None:
    company = a_company()
    staged(company, "2026-08-14  order 1\nWT-101  199.00\nsubscription  MB-MONTH  45.00\nshipping  8.00")

    found = Product.objects.filter(company=company).order_by("name").values_list("name", "kind", "sku")

    assert list(found) == [
        ("Studio Membership", "subscription", "MB-MONTH"),
        ("Wheel Throwing 101", "product", "WT-101"),
    ]


def test_what_people_decided_about_a_customer_outlives_the_next_order() -> None:
    company = a_company()
    staged(company, "2026-08-14  order 1  #7 Sam Doe\nWT-101  1.00")
    customer = SourceCustomer.objects.get(company=company)
    customer.email_given = "Sam@Example.com"
    customer.save()

    staged(company, "2026-08-15  order 2  #7 Sam D. Doe\nWT-101  1.00")

    customer.refresh_from_db()
    assert (customer.name, customer.billing_email) == ("Sam D. Doe", "Sam@Example.com")
    assert customer.email_compared == "sam@example.com"


def test_one_company_never_sees_the_orders_of_another() -> None:
    mine, other = a_company(), a_company("Other", "other")
    staged(mine, AN_ORDER)
    staged(other, AN_ORDER)

    assert StagedOrder.objects.filter(company=mine).count() == 1
    assert order_of(mine, "1042").pk != order_of(other, "1042").pk
