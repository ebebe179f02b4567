"""Does a sync go on after a wrong clock, a dead process, a login that is renewed twice, and a moment's rest?"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from books.outcomes import TryLater
from companies.models import Company
from simulators.quickbooks.server import Running
from sync.login_lease import lease as login_lease
from sync.models import QUICKBOOKS_ONLINE, CompanyLease, Connection, Document, Push
from sync.processes import is_known_dead
from sync.pushing.claims import rest, rests
from sync.pushing.lease import LEASE, leased, new_holder
from sync.pushing.push import Pusher
from sync.run import PUSHING, sync_company
from sync.turn import Turn
from tests.factories import document_of, prepared, staged, the_studio
from tests.faults.killing import started
from tests.simulators.driver import Books
from tests.sync.fake_destination import FakeDestination
from tests.sync.pushing import NEW, in_quickbooks, minutes_later, push
from tests.sync.sales import SOLD

pytestmark = pytest.mark.django_db(transaction=True)

NEXT_YEAR = timedelta(days=365)


# Moments that a wrong clock wrote ------------------------------------------------------------------------------------


def test_a_rest_until_next_year_is_not_kept(studio: Company) -> None:
    rest(studio, 60)
    assert rests(studio)

    Connection.objects.update(resting_until=timezone.now() + NEXT_YEAR)

    assert not rests(studio)


def test_a_renewal_that_lasts_until_next_year_keeps_nobody_out(studio: Company) -> None:
    row = Connection.objects.get(company=studio, system=QUICKBOOKS_ONLINE)
    Connection.objects.update(refreshing_by="somebody", refreshing_until=timezone.now() + NEXT_YEAR)

    with login_lease(row.pk) as held:  # raises LoginBusy where it waits for its turn
        assert held.pk == row.pk


def test_lists_that_were_read_next_year_are_read_again(studio: Company, quickbooks: Books) -> None:
    Connection.objects.update(lists_refreshed_at=timezone.now() + NEXT_YEAR)

    sync_company(studio)

    read_at = Connection.objects.get(company=studio, system=QUICKBOOKS_ONLINE).lists_refreshed_at
    assert read_at is not None
    assert read_at <= timezone.now()


def test_a_lease_until_next_year_is_no_lease(studio: Company) -> None:
    CompanyLease.objects.create(company=studio, holder="somebody", until=timezone.now() + NEXT_YEAR)

    with leased(studio) as lease:
        assert lease is not None


@pytest.mark.postgres
@pytest.mark.parametrize("apart", [timedelta(minutes=10), timedelta(minutes=-10)])
def test_a_machine_whose_clock_is_minutes_off_takes_no_company_out_of_another_ones_hands(apart: timedelta) -> None:
    company = the_studio()
    CompanyLease.objects.create(company=company, holder="another machine", until=timezone.now() + LEASE)

    with time_machine.travel(timezone.now() + apart), leased(company) as lease:
        assert lease is None


# Who holds it --------------------------------------------------------------------------------------------------------


def test_a_process_is_known_to_be_dead_only_on_its_own_machine() -> None:
    code = "import django; django.setup(); from sync.pushing.lease import new_holder; print(new_holder())"
    dead = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()

    assert len(dead) <= 64
    assert is_known_dead(dead)
    assert not is_known_dead(new_holder())
    assert not is_known_dead(f"elsewhere{dead}")
    assert not any(map(is_known_dead, ("", "somebody", "-1-2-3", "a-b-c-d")))


def test_after_a_crash_the_company_is_free_at_once(
    studio: Company, quickbooks: Books, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    prepared(studio, NEW)
    assert started("claimed", 2, child_environment, rehearsal).wait() == -signal.SIGKILL
    assert CompanyLease.objects.get(company=studio).holder
    with leased(studio) as lease:
        assert lease is not None

    report = sync_company(studio)

    assert (report.exit_code, report.cannot_run) == (0, None)
    assert in_quickbooks(quickbooks) == (1, 1, 1)


def test_a_sync_beside_another_one_harms_nobody_and_is_no_failure(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    CompanyLease.objects.create(company=studio, holder="another machine", until=timezone.now() + LEASE)

    report = sync_company(studio)

    assert (report.exit_code, report.overlaps) == (0, True)
    assert "Another sync" in report.plain()["cannot_run"]
    assert in_quickbooks(quickbooks) == (0, 0, 0)


# QuickBooks asks for patience ----------------------------------------------------------------------------------------


def test_two_refused_tokens_in_a_row_do_not_stop_a_company_whose_login_was_renewed(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, NEW)
    quickbooks.control("faults", {"kind": "stale_login", "entity": "Invoice", "operation": "write", "times": 2})

    push(studio)
    assert Connection.objects.get(company=studio, system=QUICKBOOKS_ONLINE).state == "connected"
    minutes_later(studio)
    push(studio)

    assert in_quickbooks(quickbooks) == (1, 1, 1)


def test_a_short_rest_is_waited_out_inside_the_round(company: Company) -> None:
    destination = FakeDestination()
    answers = iter([TryLater(reason="Slow down.", wait=1)])
    destination.answer = lambda _: next(answers, None)
    begun = time.monotonic()
    with leased(company) as lease:
        assert lease is not None
        counts = Pusher(company=company, destination=destination, lease=lease, may_wait=5).push()

    assert (dict(counts.outcomes), counts.stopped) == ({"later": 1, "posted": 1}, "")
    assert time.monotonic() - begun >= 1


def test_a_rest_that_is_longer_than_the_round_may_wait_ends_it(company: Company) -> None:
    destination = FakeDestination(lambda _: TryLater(reason="Slow down.", wait=60))
    with leased(company) as lease:
        assert lease is not None
        counts = Pusher(company=company, destination=destination, lease=lease, may_wait=5).push()

    assert (counts.stopped, Document.objects.get().state) == ("Slow down.", "sending")


@pytest.fixture
def company() -> Company:
    """The studio on destination, with one invoice."""
    company = the_studio()
    prepared(company, SOLD)
    return company


# A sync begins with a read -------------------------------------------------------------------------------------------


def test_a_login_that_has_ended_needs_attention_before_anything_is_claimed(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    row = Connection.objects.get(company=studio, system=QUICKBOOKS_ONLINE)
    quickbooks.control("revoke", {})

    report = sync_company(studio)

    row.refresh_from_db()
    assert (report.exit_code, row.state) == (2, "needs-attention")
    assert "QB Connect" in report.plain()["cannot_run"]
    assert not Push.objects.exists()
    assert document_of(studio, "3001").state == "ready"


@pytest.mark.parametrize("kind", ["500", "lost_answer"])
def test_a_quickbooks_that_does_not_answer_a_read_is_sent_nothing(
    studio: Company, quickbooks: Books, kind: str
) -> None:
    staged(studio, NEW)
    quickbooks.control("faults", {"kind": kind, "operation": "query"})

    report = sync_company(studio)

    assert (report.exit_code, report.cannot_run, report.stopped != "") == (1, None, True)
    assert report.counts["prepared_orders"] == 1
    assert not Push.objects.exists()
    sync_company(studio)
    assert in_quickbooks(quickbooks) == (1, 1, 1)


def test_what_was_prepared_up_to_the_end_of_a_turn_goes_with_the_next_one_at_once(
    studio: Company, quickbooks: Books
) -> None:
    staged(studio, SOLD)
    until = timezone.now() + timedelta(seconds=1)

    def say(doing: str) -> None:
        if doing == PUSHING:
            time.sleep(max(0, (until - timezone.now()).total_seconds()))

    first = sync_company(studio, say=say, turn=Turn(until=until))
    second = sync_company(studio, turn=Turn(until=timezone.now()))

    assert (first.counts["prepared_orders"], first.counts["posted"], first.more) == (1, 0, True)
    assert not second.more  # nothing was done in it
