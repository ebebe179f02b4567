"""Is a company that was told of something served soon, once for many events, and without losing any?"""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from companies.models import Company
from simulators.keap.server import RunningKeap
from simulators.quickbooks.server import Running
from sync.fetching.keap.hooks import digest_of
from sync.jobs.begin import begin_reading
from sync.jobs.queue import is_worked_at
from sync.jobs.schedule import note_begun, note_turn, wakes_at
from sync.models import CompanySchedule, Connection, Fetch, LiveSource, Run, RunKind, StagedOrder, WebhookEvent
from sync.sync_report import SyncReport
from tests.fetching.live_keap import an_order, connected, keap
from tests.workers.working import jobs, wait_for, worker

__all__ = ["keap"]
pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "a-token-that-nobody-guesses"
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
_numbers = count(1)


@pytest.fixture
def source(studio: Company, keap: RunningKeap) -> Connection:
    """A source of a company that posts; Keap tells of changes at its address."""
    found = connected(studio, keap)
    LiveSource.objects.filter(pk=found.pk).update(hook_digest=digest_of(TOKEN))
    return found


def told(source: Connection, *, number: int = 0) -> int:
    """Keap tells of an order; the status of the answer."""
    objects = [{"id": number or next(_numbers), "timestamp": "2026-11-29T20:00:00Z"}]
    body = json.dumps({"event_key": "order.edit", "object_keys": objects})
    return Client().post(f"/sync/webhooks/keap/{TOKEN}/", body, content_type="application/json").status_code


def due(company: Company) -> datetime:
    return CompanySchedule.objects.get(company=company).due_at


def served(company: Company, *, ago: int, due_in: int = 300, **facts: Any) -> None:
    """The company had a turn so many seconds ago, and has its next one in so many."""
    now = timezone.now()
    moments = {"served_at": now - timedelta(seconds=ago), "due_at": now + timedelta(seconds=due_in)}
    CompanySchedule.objects.update_or_create(company=company, defaults=moments | facts)


def woken() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("fetch-woken-")]


def fetches() -> int:
    return Fetch.objects.count()


# When -----------------------------------------------------------------------------------------------------------------


@pytest.mark.same_on_either
@pytest.mark.parametrize(
    ("served_seconds_ago", "wakes_in"),
    [
        (None, 2), (3600, 2), (60, 2), (58, 2), (50, 10), (1, 59), (0, 60),
        # A clock that ran ahead by an hour
        (-3600, 2),
    ],
)  # fmt: skip
def test_the_turn_comes_soon_and_a_minute_after_the_one_before(served_seconds_ago: int | None, wakes_in: int) -> None:
    at = None if served_seconds_ago is None else NOW - timedelta(seconds=served_seconds_ago)

    assert wakes_at(at, now=NOW) - NOW == timedelta(seconds=wakes_in)


def test_many_events_move_the_turn_once(source: Connection) -> None:
    served(source.company, ago=0)
    assert told(source) == 200
    first = due(source.company)

    assert {told(source) for _ in range(50)} == {200}
    assert due(source.company) == first
    assert first < timezone.now() + timedelta(seconds=61)


def test_an_event_that_comes_again_wakes_nobody(source: Connection) -> None:
    assert told(source, number=7) == 200
    served(source.company, ago=0)
    later = due(source.company)

    assert told(source, number=7) == 200
    assert due(source.company) == later


def test_a_company_that_is_switched_off_or_cannot_be_reached_is_not_woken(source: Connection) -> None:
    served(source.company, ago=0, failures=3)
    later = due(source.company)
    assert told(source) == 200
    assert due(source.company) == later

    served(source.company, ago=0, failures=0)
    later = due(source.company)
    Company.objects.filter(pk=source.company_id).update(switched_on=False)
    assert told(source) == 200
    assert (due(source.company), woken(), WebhookEvent.objects.count()) == (later, [], 2)


def test_what_is_told_of_during_a_turn_makes_another_one(source: Connection) -> None:
    began = timezone.now()
    note_begun(source.company, began=began)
    WebhookEvent.objects.create(connection=source, webhook_id="meanwhile", event="order.add", told_at=began)

    note_turn(SyncReport(company=source.company), began=began)
    assert due(source.company) <= timezone.now() + timedelta(seconds=60)


def test_what_was_told_of_before_a_turn_makes_no_other_one(source: Connection) -> None:
    WebhookEvent.objects.create(connection=source, webhook_id="before", event="order.add", told_at=timezone.now())
    began = timezone.now()
    note_begun(source.company, began=began)

    note_turn(SyncReport(company=source.company), began=began)
    assert due(source.company) > timezone.now() + timedelta(seconds=200)


def test_old_events_of_the_company_go_when_it_is_woken(source: Connection) -> None:
    WebhookEvent.objects.create(connection=source, webhook_id="old", event="order.add", told_at=timezone.now())
    WebhookEvent.objects.update(received_at=timezone.now() - timedelta(days=8))
    served(source.company, ago=0)

    assert told(source) == 200
    assert "old" not in WebhookEvent.objects.values_list("webhook_id", flat=True)


# Who serves it --------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C31")
def test_where_no_worker_is_alive_a_thread_reads_once_for_a_burst(source: Connection, keap: RunningKeap) -> None:
    number = an_order(keap)

    assert {told(source) for _ in range(200)} == {200}
    assert len(woken()) == 1
    wait_for(lambda: StagedOrder.objects.filter(number=number).exists(), what="the order that was told of")
    wait_for(lambda: CompanySchedule.objects.filter(company=source.company, took__gt=0).exists(), what="the turn's end")

    assert fetches() == 1


@pytest.mark.postgres
def test_a_worker_serves_a_burst_with_one_turn(
    source: Connection, keap: RunningKeap, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    served(source.company, ago=3600, due_in=3600)
    number = an_order(keap)
    LiveSource.objects.filter(pk=source.pk).update(address=keap.ready()["api_url"])
    with worker(child_environment, rehearsal):
        wait_for(is_worked_at)
        assert {told(source) for _ in range(200)} == {200}
        assert woken() == []
        wait_for(lambda: StagedOrder.objects.filter(number=number).exists(), what="the order that was told of")
        wait_for(lambda: not jobs())

    assert fetches() == 1


@pytest.mark.postgres
def test_read_now_is_a_job_where_a_worker_is_alive(
    source: Connection, keap: RunningKeap, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    served(source.company, ago=0, due_in=3600)
    LiveSource.objects.filter(pk=source.pk).update(address=keap.ready()["api_url"])
    number = an_order(keap)
    with worker(child_environment, rehearsal):
        wait_for(is_worked_at)
        assert begin_reading(source, by=None)
        assert [thread for thread in threading.enumerate() if thread.name.startswith("fetch-")] == []
        wait_for(lambda: StagedOrder.objects.filter(number=number, prepared_version=1).exists(), what="the order")

    assert fetches() == 1


@pytest.mark.postgres
def test_read_now_waits_once_however_often_it_is_pressed(source: Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")

    assert [begin_reading(source, by=None) for _ in range(3)] == [True, True, True]
    assert [name for name, _, _ in jobs()] == ["read-source"]
    assert not Run.objects.filter(kind=RunKind.FETCH).exists()
