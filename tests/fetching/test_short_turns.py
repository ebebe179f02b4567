"""Does a source come to its end too where a worker has only half a minute for it at a time?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from simulators.highlevel.server import RunningAgency
from simulators.keap.server import RunningKeap
from sync.fetching.fetch import fetch_source
from sync.models import Connection, LiveSource, OrderVersion, StagedOrder
from sync.turn import Turn
from tests.factories import the_studio
from tests.fetching.highlevel_agency import agency, wheel
from tests.fetching.highlevel_agency import connected as connected_highlevel
from tests.fetching.live_keap import an_order, connected, keap

__all__ = ["agency", "keap"]
pytestmark = pytest.mark.django_db(transaction=True)


def in_turns(source: Connection) -> int:
    """After how many turns, each of which ends with its first page, everything is read; at most ten."""
    for number in range(1, 11):
        if fetch_source(source, turn=Turn(until=timezone.now())).complete:
            return number
    raise AssertionError("it never comes to its end")


def test_the_first_reading_of_many_payments_goes_on_with_each_turn(agency: RunningAgency) -> None:
    contact = agency.company.new_contact(firstName="Maya", email="maya.brook@example.com")
    for number in range(60):
        agency.company.sell_by_order_form(contact, [wheel()], at=datetime.now(UTC) - timedelta(hours=number))
    source = connected_highlevel(agency, the_studio(), starts_on=datetime.now(UTC).date() - timedelta(days=4))

    in_turns(source)

    assert (StagedOrder.objects.count(), OrderVersion.objects.count()) == (60, 60)


def test_many_payments_that_changed_are_read_with_each_turn_where_the_last_one_ended(agency: RunningAgency) -> None:
    contact = agency.company.new_contact(firstName="Maya", email="maya.brook@example.com")
    source = connected_highlevel(agency, the_studio())
    fetch_source(source)
    for _number in range(60):
        agency.company.sell_by_order_form(contact, [wheel()])

    in_turns(source)

    assert StagedOrder.objects.count() == 60


def test_many_invoices_that_changed_are_read_with_each_turn_where_the_last_one_ended(agency: RunningAgency) -> None:
    contact = agency.company.new_contact(firstName="Maya", email="maya.brook@example.com")
    source = connected_highlevel(agency, the_studio())
    fetch_source(source)
    for _number in range(60):
        agency.company.send_invoice(agency.company.new_invoice(contact, [wheel()]))

    in_turns(source)

    assert StagedOrder.objects.count() == 60


def test_many_orders_that_changed_within_an_hour_are_read_with_each_turn_where_the_last_one_ended(
    keap: RunningKeap,
) -> None:
    source = connected(the_studio(), keap)
    with keap.company.at(datetime.now(UTC) - timedelta(days=2)):
        for _number in range(310):
            an_order(keap)

    in_turns(source)

    assert StagedOrder.objects.count() == 310


def test_the_lease_of_the_company_is_kept_while_one_page_takes_many_requests(agency: RunningAgency) -> None:
    contact = agency.company.new_contact(firstName="Maya", email="maya.brook@example.com")
    for _number in range(12):
        agency.company.sell_by_order_form(contact, [wheel()])
    source = connected_highlevel(agency, the_studio())
    kept: list[int] = []

    report = fetch_source(source, keep=lambda: kept.append(1))

    assert len(kept) > report.calls > 12


def test_numbers_are_compared_to_the_end_though_the_turn_is_over_meanwhile(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    number, _other = an_order(keap), an_order(keap)
    in_turns(source)
    keap.company.delete_order(number)
    LiveSource.objects.update(compared_at=None)

    in_turns(source)

    assert StagedOrder.objects.get(number=number).status == "cancelled"
