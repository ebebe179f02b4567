"""Is a long reading counted before it starts, and can a person see how far it is, stop it, and have it again?"""

from __future__ import annotations

import io
import json
import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from companies.models import Company, Role
from simulators.highlevel.server import RunningAgency
from simulators.keap.server import RunningKeap
from sync.fetching.base import AccountLimits, ReadingSize
from sync.fetching.fetch import fetch_source
from sync.fetching.planning import counted, estimate
from sync.models import Connection, LiveSource, OrderVersion, PlannedReading, StagedOrder
from sync.run import sync_company
from sync.staging.intake import stage
from tests.factories import the_studio
from tests.fetching.highlevel_agency import agency, wheel
from tests.fetching.highlevel_agency import connected as highlevel_connected
from tests.fetching.live_keap import an_order, asked, keap
from tests.mapping.people import signed_in, told

__all__ = ["agency", "keap"]

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 520


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio, Role.ADMINISTRATOR)


@pytest.fixture
def full(keap: RunningKeap) -> RunningKeap:
    """An account with more orders than are read without asking, ten a day."""
    for number in range(MANY):
        keap.company.clock.advance(60)
        an_order(keap, on=date(2026, 3, 1) + timedelta(days=number // 10))
    keap.company.options.old_order_count = "all"
    return keap


def page(*parts: str) -> str:
    return "/".join(["", "studio", "integrations", *parts, ""])


def connect(client: Client, keap: RunningKeap, day: str = "2026-01-01") -> Connection:
    given = {"starts_on": day, "name": "", "number_prefix": "", "key": keap.ready()["api_key"]}
    client.post(page("connect", "keap"), given)
    read_to_the_end()
    return Connection.objects.get(kind="keap")


def read_to_the_end() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("fetch-"):
            thread.join(60)


def shown(client: Client) -> str:
    return " ".join(client.get(page("keap")).content.decode().split())


def pressed(client: Client, button: str, **given: str) -> Any:
    answer = client.post(page("keap", button), given)
    read_to_the_end()
    return answer


def test_a_few_orders_are_read_without_asking(client: Client, keap: RunningKeap) -> None:
    an_order(keap)

    connect(client, keap)

    assert StagedOrder.objects.count() == 1
    words = shown(client)
    assert "Start reading" not in words
    assert "1 order, " in words


def test_many_wait_for_a_person_who_sees_how_many_there_are_and_how_long_they_take(
    client: Client, full: RunningKeap, studio: Company
) -> None:
    connect(client, full)
    before = len(asked(full))

    report = sync_company(studio)
    words = shown(client)

    assert len(asked(full)) == before, "something was read"
    assert not StagedOrder.objects.exists()
    assert (report.fetched[0].waits, report.more, report.exit_code) == (True, False, report.exit_code)
    assert "Waiting to be started" in client.get("/studio/integrations/").content.decode()
    assert "Nothing has been read yet" in words
    assert "about 520 orders and payments" in words
    assert "about 29 requests and about 1 minute." in words
    assert "240 a minute" in words
    assert "Read now" not in words

    pressed(client, "start")

    assert StagedOrder.objects.count() == MANY
    plan = PlannedReading.objects.get()
    assert (plan.read, plan.finished_at is not None, plan.started_by is not None) == (MANY, True, True)
    assert "520 orders and payments" in shown(client)
    assert "Start reading" not in shown(client)


def test_where_keap_counts_only_the_page_the_numbers_say_how_many_there_are_at_most(
    client: Client, full: RunningKeap
) -> None:
    full.company.options.old_order_count = "page"

    connect(client, full)

    plan = PlannedReading.objects.get()
    assert plan.at_most
    assert plan.expected is not None
    assert MANY <= plan.expected <= 3 * MANY
    assert "There may be fewer" in shown(client)


def test_a_source_that_does_not_say_how_many_is_not_read_without_asking(client: Client, keap: RunningKeap) -> None:
    an_order(keap)
    keap.faults.order({"kind": "500", "entity": "orders"})

    connect(client, keap)

    assert not StagedOrder.objects.exists()
    assert "did not say how many orders there are" in shown(client)
    pressed(client, "start")
    assert StagedOrder.objects.count() == 1


def test_it_can_begin_with_a_later_day_instead(client: Client, full: RunningKeap) -> None:
    source = connect(client, full)

    pressed(client, "again", day="2026-04-01")

    first_days = StagedOrder.objects.order_by("placed_on").values_list("placed_on", flat=True)
    assert LiveSource.objects.get(pk=source.pk).starts_on == date(2026, 4, 1)
    assert (first_days[0], len(first_days)) == (date(2026, 4, 1), 210)


def test_the_command_says_what_it_takes_and_reads_nothing(client: Client, full: RunningKeap) -> None:
    connect(client, full)
    words, facts = io.StringIO(), io.StringIO()

    call_command("fetch", "--connection", "keap", "--plan", stdout=words)
    call_command("fetch", "--connection", "keap", "--plan", "--json", "--since", "2026-04-01", stdout=facts)

    assert "about 520 orders and payments since 2026-01-01" in words.getvalue()
    assert "29 requests and about 1 minute" in words.getvalue()
    told_facts = json.loads(facts.getvalue())
    assert (told_facts["records"], told_facts["days"]) == (210, 1)
    assert not StagedOrder.objects.exists()


def test_the_command_starts_what_waits(client: Client, full: RunningKeap) -> None:
    connect(client, full)

    call_command("fetch", "--connection", "keap", stdout=io.StringIO())

    assert StagedOrder.objects.count() == MANY
    assert PlannedReading.objects.get().finished_at is not None


def test_when_the_day_has_no_more_requests_it_goes_on_the_next_day_where_it_was(
    client: Client, full: RunningKeap, studio: Company
) -> None:
    full.company.options.day_limit = 118
    connect(client, full)
    waiting = shown(client)

    pressed(client, "start")
    read, words = StagedOrder.objects.count(), shown(client)
    sync_company(studio)
    still = StagedOrder.objects.count()
    full.company.options.day_limit = 0
    LiveSource.objects.update(rests_until=None)
    sync_company(studio)

    assert "on 2 days, because no more is allowed on one" in waiting
    assert 100 <= read == still < MANY
    assert f"Read {read} of about 520 orders and payments" in words
    assert "Reading goes on by itself from" in words
    assert StagedOrder.objects.count() == OrderVersion.objects.count() == MANY
    assert PlannedReading.objects.get().finished_at is not None


def test_pause_stops_it_after_the_page_in_hand_and_go_on_reads_the_rest(client: Client, full: RunningKeap) -> None:
    source = connect(client, full)
    call_command("fetch", "--connection", "keap", "--plan", stdout=io.StringIO())
    PlannedReading.objects.update(started_at="2026-11-29T00:00:00Z")

    def pauses(_words: str) -> None:
        LiveSource.objects.update(paused=True)

    fetch_source(source, say=pauses)
    read, words = StagedOrder.objects.count(), shown(client)
    pressed(client, "read")

    assert read == 100
    assert "It is paused, and goes on where it was." in words
    assert "Read 100 of about 520" in words
    assert StagedOrder.objects.count() == MANY


def test_all_is_read_again_from_a_day_on_and_what_is_the_same_stays_as_it_is(
    client: Client, full: RunningKeap, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = connect(client, full)
    pressed(client, "start")
    calls: list[int] = []

    pressed(client, "again", day="2026-01-01")
    planned = shown(client)
    fetch_source(source)  # goes on meanwhile as ever
    waiting = PlannedReading.objects.get(finished_at=None)

    def dies_at_the_third(*args: object, **kwargs: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return stage(*args, **kwargs)  # type: ignore[arg-type]

    PlannedReading.objects.filter(pk=waiting.pk).update(started_at="2026-11-29T00:00:00Z")
    monkeypatch.setattr("sync.fetching.fetch.stage", dies_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        fetch_source(source)
    monkeypatch.undo()
    report = fetch_source(source)

    assert "Waiting to be read again" in planned
    assert "Do not read again" in planned
    assert waiting.calls == 0
    assert report.counts.unchanged < MANY, "it did not go on where it was"
    plan = PlannedReading.objects.get(pk=waiting.pk)
    assert (plan.read >= MANY, plan.finished_at is not None) == (True, True)
    assert OrderVersion.objects.count() == MANY


def test_a_plan_to_read_again_can_be_let_go_of(client: Client, full: RunningKeap) -> None:
    connect(client, full)
    pressed(client, "start")
    pressed(client, "again", day="2026-01-01")

    pressed(client, "leave")

    assert PlannedReading.objects.filter(finished_at=None).count() == 0
    assert "Waiting to be read again" not in shown(client)


@pytest.mark.parametrize(
    ("day", "words"),
    [("2025-12-31", "begins with 2026-01-01"), ("2041-01-01", "not come yet"), ("soon", "valid date")],
)
def test_a_day_from_which_nothing_can_be_read_again_is_said(
    client: Client, keap: RunningKeap, day: str, words: str
) -> None:
    connect(client, keap)

    assert words in " ".join(told(pressed(client, "again", day=day)))


def test_who_may_only_look_starts_nothing(full: RunningKeap, client: Client, studio: Company) -> None:
    connect(client, full)
    auditor = signed_in(studio, Role.AUDITOR, "auditor")

    assert [auditor.post(page("keap", button)).status_code for button in ("start", "again", "leave")] == [403] * 3
    assert "Start reading" not in shown(auditor)
    assert not StagedOrder.objects.exists()


def test_highlevel_says_how_many_payments_there_are(agency: RunningAgency, studio: Company) -> None:
    agency.agency.options.limits = True
    contact = agency.company.new_contact(firstName="Amara", email="amara.lindqvist@example.org")
    for _ in range(3):
        agency.company.sell_by_order_form(contact, [wheel()])

    highlevel_connected(agency, studio)

    plan = PlannedReading.objects.get()
    assert (plan.expected, plan.at_most, plan.a_minute) == (3, False, 600)
    assert plan.left_today is not None
    assert 199_000 < plan.left_today < 200_000


@pytest.mark.parametrize(
    ("requests", "left", "minutes", "days"),
    [(480, 30_000, 4, 1), (480, None, 4, 1), (35_000, 30_000, 292, 2), (90_000, 30_000, 750, 4), (1, 0, 1, 2)],
)
def test_how_long_it_takes_follows_from_the_limits(requests: int, left: int | None, minutes: int, days: int) -> None:
    limits = AccountLimits(today=left, a_day=29_000, a_minute=None if left is None else 240)
    size = ReadingSize(records=1, requests=requests, limits=limits)

    takes = estimate(counted(Connection(), size, begins_on=date(2026, 1, 1)))

    assert takes is not None
    assert (takes.minutes, takes.days) == (minutes, days)
