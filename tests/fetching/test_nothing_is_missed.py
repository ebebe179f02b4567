"""Is what a source lists late, dates oddly or settles slowly read all the same?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from simulators.highlevel.server import RunningAgency
from simulators.keap.server import RunningKeap
from sync.fetching.fetch import fetch_source
from sync.models import Connection, LiveSource, Run, StagedOrder
from tests.factories import the_studio
from tests.fetching.highlevel_agency import agency, wheel
from tests.fetching.highlevel_agency import connected as connected_highlevel
from tests.fetching.live_keap import an_order, asked, connected, keap
from tests.fetching.meanwhile import meanwhile

__all__ = ["agency", "keap"]
pytestmark = pytest.mark.django_db(transaction=True)


def payments_of(number: str) -> list[tuple[Decimal, str]]:
    payments = StagedOrder.objects.get(number=number).current().read().payments
    return [(payment.amount, payment.status.value) for payment in payments]


def an_hour_later(source: Connection) -> None:
    """Nothing changed in an order for days, and payments were looked at more than an hour ago."""
    live = LiveSource.objects.get(pk=source.pk)
    modified, looked = (timezone.now() - timedelta(hours=hours) for hours in (2, 1.5))
    live.cursor = {**live.cursor, "modified": modified.isoformat(), "looked": looked.isoformat()}
    live.save(update_fields=["cursor"])


def a_day_later(source: Connection) -> None:
    LiveSource.objects.filter(pk=source.pk).update(compared_at=timezone.now() - timedelta(hours=25))


def told_in_history(source: Connection) -> list[str]:
    return [notice["what"] for notice in Run.objects.filter(company=source.company).latest("pk").notices]


def a_slow_payment(keap: RunningKeap, *, days: int = 6) -> tuple[str, str]:
    """An order of some days ago with a bank payment that is still pending: both ids."""
    ago = datetime.now(UTC) - timedelta(days=days)
    with keap.company.at(ago):
        number = an_order(keap)
        return number, keap.company.pay(number, method="Credit Card", pending=True, on=ago)


# Keap: payments ------------------------------------------------------------------------------------------------------


def test_a_payment_that_was_pending_for_a_week_is_found_when_it_arrives(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    number, payment = a_slow_payment(keap)
    fetch_source(source)
    pending = payments_of(number)
    keap.company.approve(payment)
    an_hour_later(source)

    fetch_source(source)

    assert (pending, payments_of(number)) == ([(Decimal("199.00"), "pending")], [(Decimal("199.00"), "received")])
    assert LiveSource.objects.get(pk=source.pk).cursor["pending"] == []


def test_a_payment_that_stays_pending_is_looked_at_each_hour_and_its_order_is_not_read_anew(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    _number, payment = a_slow_payment(keap)
    fetch_source(source)
    for _hour in range(3):
        an_hour_later(source)
        report = fetch_source(source)
        assert report.counts.changed == 0
        assert LiveSource.objects.get(pk=source.pk).cursor["pending"] == [int(payment)]


def test_pending_payments_that_were_read_before_they_were_remembered_are_found_too(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    number, payment = a_slow_payment(keap, days=20)
    fetch_source(source)
    live = LiveSource.objects.get(pk=source.pk)
    del live.cursor["pending"]
    live.save()
    an_hour_later(source)
    keap.company.approve(payment)

    fetch_source(source)

    assert payments_of(number) == [(Decimal("199.00"), "received")]


def test_a_payment_that_is_entered_while_its_order_is_being_read_is_not_taken_for_read(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    with keap.company.at(datetime.now(UTC) - timedelta(days=10)):
        number = an_order(keap)
    an_order(keap)

    def enters() -> None:
        keap.company.pay(number, "50.00", on=datetime.now(UTC).date() - timedelta(days=9))

    # The second request for payments is for those of the orders that were just read
    with meanwhile(keap, ("/crm/rest/v2/sales/payments", 2), enters):
        fetch_source(source)

    assert payments_of(number) == [(Decimal("50.00"), "received")]


def test_a_payment_of_two_orders_reaches_both_though_one_of_them_was_read_with_it_before(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    with keap.company.at(datetime.now(UTC) - timedelta(days=10)):
        first, second = an_order(keap), an_order(keap)
    fetch_source(source)
    an_hour_later(source)
    keap.company.pay_several({first: "199.00", second: "20.00"}, on=datetime.now(UTC).date() - timedelta(days=9))
    keap.company.edit_order(first, notes="Paid with the other one.")

    fetch_source(source)

    assert payments_of(first) == [(Decimal("199.00"), "received")]
    assert payments_of(second) == [(Decimal("20.00"), "received")]


# What is listed and never came in ------------------------------------------------------------------------------------


def test_an_order_that_was_entered_before_the_first_day_and_dated_after_it_comes_in(keap: RunningKeap) -> None:
    today = keap.company.today()
    with keap.company.at(datetime.now(UTC) - timedelta(days=40)):
        number = an_order(keap, on=today)
        an_order(keap)
    source = connected(the_studio(), keap, starts_on=today - timedelta(days=10))

    report = fetch_source(source)
    before = len(asked(keap))
    a_day_later(source)
    again = fetch_source(source)

    assert list(StagedOrder.objects.values_list("number", flat=True)) == [number]
    assert (report.counts.new, again.counts.staged) == (1, 0)
    assert "compared" in Run.objects.filter(kind="fetch").earliest("pk").notices[0]["what"]
    assert len(asked(keap)) - before < 10


def test_an_order_that_appears_with_an_old_date_of_change_comes_in_with_the_daily_comparison(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    an_order(keap)
    fetch_source(source)
    with keap.company.at(datetime.now(UTC) - timedelta(days=3)):
        late = an_order(keap)
    fetch_source(source)
    unseen = StagedOrder.objects.filter(number=late).exists()
    a_day_later(source)

    report = fetch_source(source)

    assert (unseen, report.counts.new) == (False, 1)
    assert "only when all of its orders were compared" in told_in_history(source)[0]
    assert LiveSource.objects.get(pk=source.pk).new_order_at is not None


def test_an_order_that_was_canceled_as_deleted_and_is_listed_again_comes_back(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    number = an_order(keap)
    fetch_source(source)
    order = keap.company.order(number)
    keap.company.delete_order(number)
    a_day_later(source)
    fetch_source(source)
    canceled = StagedOrder.objects.get().status
    with keap.company.writing():
        keap.company.store.put("orders", order)
    LiveSource.objects.update(cursor={**LiveSource.objects.get().cursor, "modified": "2036-11-20T00:00:00Z"})
    a_day_later(source)

    fetch_source(source)

    assert (canceled, StagedOrder.objects.get().status) == ("cancelled", "sale")


def test_an_order_that_cannot_be_read_is_not_taken_for_one_that_never_came_in(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    broken = an_order(keap)
    keap.company.distort("orders", broken, "order_items", None)
    fetch_source(source)
    a_day_later(source)

    assert told_in_history(source) == []
    assert fetch_source(source).unread == 1
    assert told_in_history(source) == []


def test_an_order_whose_change_is_dated_years_ahead_does_not_hide_all_that_comes_after(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    odd = an_order(keap)
    keap.company.distort("orders", odd, "modification_time", "2036-11-20T00:00:00.000Z")
    fetch_source(source)
    other = an_order(keap)

    fetch_source(source)

    assert set(StagedOrder.objects.values_list("number", flat=True)) == {odd, other}


# HighLevel -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("Europe/Bucharest", datetime(2026, 10, 31, 22, 30, tzinfo=UTC), [date(2026, 11, 1)]),
        ("Europe/Bucharest", datetime(2026, 10, 31, 21, 30, tzinfo=UTC), []),
        ("America/Denver", datetime(2026, 11, 1, 6, 30, tzinfo=UTC), [date(2026, 11, 1)]),
        ("America/Denver", datetime(2026, 11, 1, 5, 30, tzinfo=UTC), []),
    ],
    ids=["after midnight", "before midnight", "after midnight in Denver", "before midnight in Denver"],
)
def test_the_first_day_begins_at_the_companys_own_midnight(
    agency: RunningAgency, zone: str, moment: datetime, expected: list[date]
) -> None:
    company = the_studio()
    company.time_zone = zone
    company.save()
    contact = agency.company.new_contact(firstName="Maya", email="maya.brook@example.com")
    agency.company.sell_by_order_form(contact, [wheel()], at=moment)
    source = connected_highlevel(agency, company, starts_on=date(2026, 11, 1))

    fetch_source(source)
    a_day_later(source)
    fetch_source(source)

    assert list(StagedOrder.objects.values_list("placed_on", flat=True)) == expected


def test_a_payment_that_is_listed_late_comes_in_with_the_daily_comparison_and_old_invoices_never(
    agency: RunningAgency,
) -> None:
    crm = agency.company
    contact = crm.new_contact(firstName="Maya", email="maya.brook@example.com")
    old = crm.new_invoice(contact, [wheel()])
    crm.send_invoice(old)
    crm.record_payment(old)
    source = connected_highlevel(agency, the_studio())
    fetch_source(source)
    crm.sell_by_order_form(contact, [wheel()], at=datetime.now(UTC) - timedelta(days=3))
    fetch_source(source)
    unseen = StagedOrder.objects.count()
    a_day_later(source)

    fetch_source(source)

    assert (unseen, StagedOrder.objects.count()) == (0, 1)
