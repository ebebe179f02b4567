"""Is a source that brings no orders any more told, by its own usual pauses, until a person says that it is right?"""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from companies.models import Company, Role
from simulators.keap.server import RunningKeap
from simulators.quickbooks.server import Running
from sync.fetching.silence import silent_since
from sync.models import LiveSource
from sync.run import sync_company
from tests.fetching.live_keap import an_order, connected, keap
from tests.mapping.people import signed_in, told
from tests.rehearsal import rehearsal, studio

__all__ = ["keap", "rehearsal", "studio"]

TODAY = date(2026, 11, 29)


def days_ago(*numbers: int) -> list[date]:
    return [TODAY - timedelta(days=number) for number in numbers]


@pytest.mark.parametrize(
    ("placed", "quiet_until", "silent"),
    [
        (days_ago(3, 4, 5, 6, 7), None, True),
        (days_ago(2, 3, 4, 5, 6), None, False),
        (days_ago(7, 10, 11, 12, 13, 14), None, True),
        (days_ago(6, 9, 10, 11, 12, 13), None, False),
        (days_ago(15, 22, 29, 36, 43), None, True),
        (days_ago(14, 21, 28, 35, 42), None, False),
        (days_ago(60, 61, 62, 63), None, False),
        ([], None, False),
        (days_ago(9, 9, 9, 9, 9), None, True),
        (days_ago(-30, 9, 9, 9, 9), None, False),
        (days_ago(60, 61, 62, 63, 64), date(2026, 11, 30), False),
        (days_ago(60, 61, 62, 63, 64), date(2026, 11, 27), False),
        (days_ago(60, 61, 62, 63, 64), date(2026, 11, 26), True),
    ],
)
def test_it_is_silent_after_twice_its_longest_pause_and_two_days_at_least(
    placed: list[date], quiet_until: date | None, silent: bool
) -> None:
    found = silent_since(placed, today=TODAY, quiet_until=quiet_until)

    assert found == (max(placed) if silent else None)


@pytest.mark.django_db(transaction=True)
def test_home_the_source_and_the_sync_tell_of_it_until_a_person_says_that_none_are_expected(
    keap: RunningKeap, rehearsal: Running, studio: Company
) -> None:
    source = connected(studio, keap)
    today = timezone.localdate(timezone=studio.zone)
    for number in range(20, 14, -1):
        an_order(keap, on=today - timedelta(days=number))
    client = signed_in(studio, Role.OPS)
    home, card, page = (f"/{studio.slug}/{path}" for path in ("", "integrations/", f"integrations/{source.system}/"))

    report = sync_company(studio)
    words = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("sync", "--company", studio.slug, stdout=words)
    shown = [client.get(path).content.decode() for path in (home, card, page)]
    answer = client.post(f"{page}quiet/", {"until": (today + timedelta(days=30)).isoformat()})
    quiet = [client.get(path).content.decode() for path in (home, card, page)]
    again = sync_company(studio)
    client.post(f"{page}quiet/", {"until": ""})
    loud = client.get(home).content.decode()
    an_order(keap, on=today)
    last = sync_company(studio)

    assert report.fetched[0].silent_since == today - timedelta(days=15)
    assert (report.exit_code, ended.value.code) == (1, 1)
    assert f"its last one is of {today - timedelta(days=15)}" in words.getvalue()
    assert ["its last one is of" in text for text in (shown[0], shown[2])] == [True, True]
    assert "Its last order is of" in shown[1]
    assert "No orders are expected before that day." in " ".join(told(answer))
    assert not any("last one is of" in text or "Its last order is of" in text for text in quiet)
    assert again.fetched[0].silent_since is None
    assert "its last one is of" in loud
    assert (last.fetched[0].silent_since, LiveSource.objects.get().silent_since) == (None, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("day", ["2020-01-01", "2041-01-01", "spring"])
def test_a_day_that_makes_no_sense_is_said(keap: RunningKeap, rehearsal: Running, studio: Company, day: str) -> None:
    source = connected(studio, keap)

    answer = signed_in(studio, Role.OPS).post(f"/{studio.slug}/integrations/{source.system}/quiet/", {"until": day})

    assert "day ahead" in " ".join(told(answer)) or "valid date" in " ".join(told(answer))
    assert LiveSource.objects.get().quiet_until is None


@pytest.mark.parametrize(("zone", "comes"), [("Pacific/Kiritimati", "2026-08-16"), ("America/Denver", "2026-08-15")])
@pytest.mark.django_db(transaction=True)
def test_the_day_that_counts_is_the_one_where_the_company_is(
    keap: RunningKeap, rehearsal: Running, studio: Company, zone: str, comes: str
) -> None:
    source = connected(studio, keap)
    Company.objects.filter(pk=studio.pk).update(time_zone=zone)
    page = signed_in(studio, Role.OPS)

    with time_machine.travel(datetime(2026, 8, 14, 15, 0, tzinfo=UTC), tick=False):
        page.post(f"/{studio.slug}/integrations/{source.system}/quiet/", {"until": comes})
        first = LiveSource.objects.get().quiet_until
        page.post(f"/{studio.slug}/integrations/{source.system}/quiet/", {"until": ""})
        day_before = date.fromisoformat(comes) - timedelta(days=1)
        page.post(f"/{studio.slug}/integrations/{source.system}/quiet/", {"until": day_before.isoformat()})

    assert (first, LiveSource.objects.get().quiet_until) == (date.fromisoformat(comes), None)
