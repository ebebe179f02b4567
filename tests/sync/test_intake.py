"""Is what a source says kept once, with every version of it?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from books.serialization import fingerprint
from companies.models import Company
from mapping.models import Product, SourceCustomer
from sync.models import OrderEvent, OrderVersion, StagedOrder
from sync.sources.ages import is_older
from sync.sources.base import OrderRead, Place
from sync.staging.intake import IntakeCounts, stage
from sync.staging.sources import connection_of
from tests.factories import SYSTEM, a_company, order_of, staged
from tests.sample_orders import AN_ORDER, an_order

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
    assert [str(version.read().total) for version in order.versions.order_by("version")] == ["260.17", "261.17"]


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


AUGUST, SEPTEMBER = datetime(2026, 8, 2, 9, tzinfo=UTC), datetime(2026, 9, 2, 9, tzinfo=UTC)


def arrived(company: Company, *versions: tuple[str, datetime | None]) -> list[IntakeCounts]:
    """What each arrival came to: an order's text, and when the source had changed it."""
    connection = connection_of(company, SYSTEM, name="Keap export")
    return [
        stage(connection, [OrderRead(order=an_order(text), payload={}, place=Place(order=1), modified_at=changed)])
        for text, changed in versions
    ]


def test_an_export_of_last_month_does_not_undo_this_months() -> None:
    company = a_company()

    _, counts = arrived(company, (CHANGED, SEPTEMBER), (AN_ORDER, AUGUST))

    order = order_of(company, "1042")
    assert (counts.older, counts.changed, order.version, str(order.current().read().total)) == (1, 0, 1, "261.17")
    assert sum(counts.notices.values()) == 1
    kept = order.versions.get(is_older=True)
    assert (kept.version, str(kept.read().total), kept.modified_at) == (2, "260.17", AUGUST)
    assert [event.step for event in order.events.all()][-1] == "older"


def test_an_older_version_is_kept_once_and_the_next_newer_one_has_a_number_of_its_own() -> None:
    company = a_company()
    third = (AN_ORDER.replace("8.00", "10.00"), SEPTEMBER + timedelta(days=1))

    arrived(company, (CHANGED, SEPTEMBER), (AN_ORDER, AUGUST), (AN_ORDER, AUGUST), third)

    order = order_of(company, "1042")
    assert list(order.versions.order_by("version").values_list("version", "is_older")) == [
        (1, False),
        (2, True),
        (3, False),
    ]
    assert (order.version, str(order.current().read().total)) == (3, "262.17")


@pytest.mark.parametrize("dates", [(None, None), (SEPTEMBER, None), (None, AUGUST), (SEPTEMBER, SEPTEMBER)])
def test_without_two_different_dates_what_arrives_last_counts(dates: tuple[datetime | None, datetime | None]) -> None:
    company = a_company()

    arrived(company, (CHANGED, dates[0]), (AN_ORDER, dates[1]))

    assert str(order_of(company, "1042").current().read().total) == "260.17"


def test_a_date_that_is_known_is_not_forgotten_when_a_version_without_one_arrives() -> None:
    company = a_company()
    third = AN_ORDER.replace("8.00", "10.00")

    *_, counts = arrived(company, (CHANGED, SEPTEMBER), (third, None), (AN_ORDER, AUGUST))

    assert counts.older == 1
    assert str(order_of(company, "1042").current().read().total) == "262.17"


def test_the_same_content_under_a_later_date_makes_what_lies_between_older() -> None:
    company = a_company()

    *_, counts = arrived(company, (CHANGED, AUGUST), (CHANGED, SEPTEMBER), (AN_ORDER, AUGUST + timedelta(days=3)))

    assert counts.older == 1


def test_an_older_version_does_not_rename_the_customer() -> None:
    company = a_company()
    now, before = "2026-08-14  order 1  #7 Sam Hill\nWT-101  1.00", "2026-08-14  order 1  #7 Sam Doe\nWT-101  1.00"

    arrived(company, (now, SEPTEMBER), (before, AUGUST))

    assert SourceCustomer.objects.get(company=company).name == "Sam Hill"


def test_how_the_lines_of_an_order_are_sorted_is_no_change() -> None:
    company = a_company()
    order = an_order(AN_ORDER)
    turned = replace(order, lines=tuple(replace(line, key=str(n)) for n, line in enumerate(order.lines[::-1], start=1)))
    staged(company, order)

    counts = staged(company, turned)

    assert (counts.unchanged, counts.changed) == (1, 0)


def test_a_fingerprint_of_an_earlier_release_still_says_that_nothing_changed() -> None:
    company = a_company()
    staged(company, AN_ORDER)
    row = order_of(company, "1042")
    StagedOrder.objects.update(fingerprint=fingerprint(row.current().body))

    assert staged(company, AN_ORDER).unchanged == 1


@pytest.mark.parametrize(
    ("found", "known", "older"),
    [
        ("2026-08-20T10:00", "2026-08-20T11:00", True),
        ("2026-08-20T00:00", "2026-08-20T11:00", False),
        ("2026-08-19T00:00", "2026-08-20T11:00", True),
        ("2026-08-20T11:00", "2026-08-20T00:00", False),
        ("2026-08-20T11:00", "2026-08-20T11:00", False),
    ],
)
def test_a_source_that_writes_days_is_compared_by_days(found: str, known: str, older: bool) -> None:
    zone = ZoneInfo("America/Denver")
    theirs, ours = (datetime.fromisoformat(text).replace(tzinfo=zone) for text in (found, known))

    assert is_older(theirs, ours, zone=zone) is older
