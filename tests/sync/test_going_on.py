"""Does a sync go on after a wrong clock, a dead process, a login that is renewed twice, and a moment's rest?"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from books.outcomes import TryLater
from companies.models import Company
from simulators.quickbooks.server import Running
from sync.models import QUICKBOOKS_ONLINE, CompanyLease, Connection, Document, Push
from sync.pushing.lease import LEASE, is_known_dead, leased, new_holder
from sync.pushing.push import Pusher
from sync.pushing.ready import rest, rests
from sync.quickbooks_online.login import lease as login_lease
from sync.run import sync_company
from tests.databases import environment_of_a_child
from tests.factories import document_of, prepared, staged, the_studio
from tests.faults.killing import started
from tests.simulators.driver import Books
from tests.sync.commands import HEADER
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
    assert started("claimed", 2, child_environment, rehearsal).wait(timeout=60) == -signal.SIGKILL
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


# No database ---------------------------------------------------------------------------------------------------------


def test_a_database_that_is_away_is_said_in_words_and_in_json() -> None:
    ours = {"DJANGO_SETTINGS_MODULE": "config.settings", "TIEOUT_ENV_FILE": os.devnull}
    environment = {**os.environ, **ours, "DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"}
    command = [sys.executable, "manage.py", "sync"]

    words = subprocess.run(command, env=environment, capture_output=True, text=True)
    told = subprocess.run([*command, "--json"], env=environment, capture_output=True, text=True)

    assert (words.returncode, told.returncode) == (2, 2)
    assert "The database cannot be reached or written: unable to open database file." in words.stderr
    assert "Traceback" not in words.stderr
    assert json.loads(told.stdout)["cannot_run"].startswith("The database cannot be reached")


def on_its_own_database(file: Path, *, pages: int = 0) -> dict[str, str]:
    """The environment for a child with a SQLite database of its own, which cannot grow beyond so many pages."""
    options = {"transaction_mode": "IMMEDIATE"} | ({"init_command": f"PRAGMA max_page_count={pages}"} if pages else {})
    return environment_of_a_child({"ENGINE": "django.db.backends.sqlite3", "NAME": str(file), "OPTIONS": options})


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


STAGE_SOME_ORDERS = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.databases import environment_of_a_child
from tests.factories import staged
from tests.quickbooks_desktop.factories import SOLD, a_desktop_company
staged(a_desktop_company(), *(SOLD.replace("1042", str(number)) for number in range(1, 31)))
"""


def test_a_database_that_is_full_is_said_in_words_and_in_json_and_nothing_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "tieout.sqlite3"
    roomy = on_its_own_database(file)
    subprocess.run([sys.executable, "-c", STAGE_SOME_ORDERS], env=roomy, check=True)
    with closing(sqlite3.connect(file)) as database:
        (pages,) = database.execute("PRAGMA page_count").fetchone()
    full = on_its_own_database(file, pages=pages)
    orders = tmp_path / "orders.csv"
    rows = (f"N-{number},2026-08-14,Priya,Natarajan,priya@example.com,WT-101,Wheel,1,199.00" for number in range(300))
    orders.write_text("\n".join((HEADER, *rows)))
    importing = ("import_orders", str(orders), "--company", "desktop", "--layout", "orders-csv")

    words, told = manage(full, "sync"), manage(full, "sync", "--json")
    import_words, import_told = manage(full, *importing), manage(full, *importing, "--json")

    said = "The database cannot be reached or written: database or disk is full."
    for result in (words, import_words):
        assert (result.returncode, said in result.stderr) == (2, True), result.stderr
        assert "Traceback" not in result.stderr
    assert json.loads(told.stdout)["companies"][0]["cannot_run"].startswith(said)
    assert json.loads(import_told.stdout)["cannot_run"].startswith(said)

    (company,) = json.loads(manage(roomy, "sync", "--json").stdout)["companies"]
    assert (company["counts"]["prepared_orders"], company["counts"]["failed"]) == (30, 0)
    assert manage(roomy, *importing).returncode == 0
