"""How fast a company is asked is kept for all processes of an installation."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from books.outcomes import TryLater
from simulators.quickbooks.server import Running
from sync.database_clock import DatabaseClock
from sync.models import RequestRow
from sync.quickbooks_online.connecting import connect_rehearsal
from sync.quickbooks_online.destination import open_destination
from sync.quickbooks_online.limits import Window
from sync.quickbooks_online.pacing import PACES, SYNC, RequestKind
from sync.quickbooks_online.shared_rows import SharedRows
from tests.quickbooks_online.rehearsal import QUICK, a_company, control

SINGLE, BATCH = RequestKind.SINGLE, RequestKind.BATCH
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


class Still(DatabaseClock):
    """Time that passes when someone says so."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def test_two_processes_never_get_the_same_place() -> None:
    clock = Still()
    first, second = SharedRows("9341", clock), SharedRows("9341", clock)
    moments: list[datetime] = []
    for rows in (first, second, second, first, first):
        moments += rows.reserve(SINGLE, count=2, ahead=SYNC.ahead).moments

    assert moments == [NOW + PACES[SINGLE] * number for number in range(8)]


def test_kinds_and_companies_have_rows_of_their_own() -> None:
    rows = SharedRows("9341", Still())
    other = SharedRows("9342", Still())

    for row, kind in ((rows, SINGLE), (rows, BATCH), (other, SINGLE)):
        assert row.reserve(kind, count=1, ahead=SYNC.ahead).moments == (NOW,)
    assert RequestRow.objects.count() == 3


def test_a_rest_holds_for_every_process_and_no_other_company() -> None:
    clock = Still()
    first, second = SharedRows("9341", clock), SharedRows("9341", clock)
    second.reserve(BATCH, count=1, ahead=SYNC.ahead)
    first.rest(BATCH, timedelta(seconds=60))

    assert second.reserve(BATCH, count=1, ahead=timedelta(seconds=90)).moments == (NOW + timedelta(seconds=60),)
    assert second.reserve(SINGLE, count=1, ahead=SYNC.ahead).moments == (NOW,)
    assert SharedRows("9342", clock).reserve(BATCH, count=1, ahead=SYNC.ahead).moments == (NOW,)


def test_threads_that_reserve_at_once_share_out_the_places() -> None:
    clock = Still()
    moments: list[datetime] = []
    windows = [SharedRows("9341", clock) for _ in range(4)]

    def take(rows: SharedRows) -> None:
        for _ in range(10):
            moments.extend(rows.reserve(SINGLE, count=1, ahead=timedelta(minutes=1)).moments)

    threads = [threading.Thread(target=take, args=(rows,)) for rows in windows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(moments) == [NOW + PACES[SINGLE] * number for number in range(40)]


def test_a_thread_leaves_no_connection_open() -> None:
    left: list[object] = []

    def take() -> None:
        SharedRows("9341", Still()).reserve(SINGLE, count=1, ahead=SYNC.ahead)
        left.append(connections["default"].connection)

    thread = threading.Thread(target=take)
    thread.start()
    thread.join(60)

    assert left == [None] or connection.vendor == "sqlite"


def test_places_are_not_taken_inside_a_transaction() -> None:
    rows = SharedRows("9341", Still())
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        rows.reserve(SINGLE, count=1, ahead=SYNC.ahead)


def test_a_process_that_asks_much_asks_the_database_seldom() -> None:
    clock = Still()
    window = Window(SharedRows("9341", clock), sleep=clock.sleep)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for _ in range(600):
            with window.admitted():
                pass
    updates = [query for query in queries if query["sql"].startswith("UPDATE")]

    assert clock.now - NOW < PACES[SINGLE] * 600
    # a few single ones until it is known that larger lots come in use, then 12 at a time
    assert len(updates) < 600 / 12 + 15


@pytest.mark.parametrize("rehearsed", [True, False])
def test_limits_can_be_rehearsed(quickbooks: Running, settings: Settings, rehearsed: bool) -> None:
    settings.TIEOUT_REHEARSAL_LIMITS = rehearsed
    control(quickbooks, "options", {"limits": True})
    connection = connect_rehearsal(a_company(), quickbooks.ready())
    with open_destination(connection, timeouts=QUICK) as destination:
        answers = [destination.reach() for _ in range(14)]

    refused = [answer for answer in answers if isinstance(answer, TryLater)]
    assert not (rehearsed and refused)
    assert RequestRow.objects.filter(realm=connection.external_id).exists() is rehearsed


def test_a_process_that_asks_seldom_takes_no_places_from_others() -> None:
    clock = Still()
    window = Window(SharedRows("9341", clock), sleep=clock.sleep)
    for _ in range(100):
        with window.admitted():
            clock.sleep(0.35)
    free_from = RequestRow.objects.get(realm="9341").free_from

    assert free_from < clock.now
