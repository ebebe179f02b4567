"""What a process that is gone was doing: does it end in Sync history, and nothing that lives with it?"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from companies.models import Company
from sync.ending import close_what_died
from sync.models import Run, RunKind, RunState, WaitingFile
from tests.factories import the_studio
from tests.reconciliation.factories import as_role

pytestmark = pytest.mark.django_db(transaction=True)
_BEGINS = """
import django; django.setup()
from sync.models import Run
print(Run.objects.create(company_id={company}, kind="{kind}", message="{message}").pk)
"""
STOPPED = "It ended without a message: the computer or the program stopped."


@pytest.fixture
def studio() -> Company:
    return the_studio()


def begun_and_gone(company: Company, kind: str, environment: dict[str, str]) -> Run:
    """A run whose process ended without a word."""
    code = _BEGINS.format(company=company.pk, kind=kind, message="orders.csv" if kind == RunKind.IMPORT else "")
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return Run.objects.get(pk=int(told.stdout.split()[-1]))


def test_the_next_sync_ends_what_a_dead_process_did_also_of_a_company_that_is_switched_off(
    studio: Company, child_environment: dict[str, str]
) -> None:
    run = begun_and_gone(studio, RunKind.IMPORT, child_environment)
    Company.objects.update(switched_on=False)

    with contextlib.suppress(SystemExit):
        call_command("sync")

    run.refresh_from_db()
    assert (run.state, run.finished_at is not None) == (RunState.FAILED, True)
    told = as_role(studio).get(f"/studio/sync-history/{run.pk}/").content.decode()
    assert f"orders.csv: {STOPPED} Import the file again: nothing comes in twice." in told


@pytest.mark.parametrize("kind", [RunKind.SYNC, RunKind.REFRESH, RunKind.FETCH, RunKind.UNDO])
def test_it_says_so_of_whatever_it_was(studio: Company, child_environment: dict[str, str], kind: RunKind) -> None:
    run = begun_and_gone(studio, kind, child_environment)

    assert close_what_died() == 1

    run.refresh_from_db()
    assert (run.state, run.message) == (RunState.FAILED, STOPPED)


def test_what_goes_on_is_left_alone(studio: Company, child_environment: dict[str, str]) -> None:
    here = Run.objects.create(company=studio, kind=RunKind.REFRESH)
    elsewhere = Run.objects.create(company=studio, kind=RunKind.IMPORT, process="another-machine-1")
    waits = begun_and_gone(studio, RunKind.IMPORT, child_environment)  # its job takes it up
    WaitingFile.objects.create(run=waits, name="orders.csv", layout="orders-csv", data=b"")
    resync = begun_and_gone(studio, RunKind.RESYNC, child_environment)  # goes on with the next sync

    assert close_what_died() == 0

    states = Run.objects.filter(pk__in=[run.pk for run in (here, elsewhere, waits, resync)]).values_list("state")
    assert set(states) == {(RunState.RUNNING,)}


def test_an_import_on_a_machine_that_is_gone_ends_after_a_day_and_a_sync_does_not(studio: Company) -> None:
    runs = [
        Run.objects.create(company=studio, kind=kind, process="another-machine-1")
        for kind in (RunKind.IMPORT, RunKind.SYNC)
    ]
    Run.objects.update(started_at=timezone.now() - timedelta(days=2))

    assert close_what_died() == 1

    for run in runs:
        run.refresh_from_db()
    assert [run.state for run in runs] == [RunState.FAILED, RunState.RUNNING]


def test_a_sync_from_before_an_upgrade_of_which_no_process_is_known_ends_after_a_day(studio: Company) -> None:
    run = Run.objects.create(company=studio, kind=RunKind.SYNC, process="")
    assert close_what_died() == 0
    Run.objects.update(started_at=timezone.now() - timedelta(days=2))

    assert close_what_died() == 1

    run.refresh_from_db()
    assert (run.state, run.message) == (RunState.FAILED, STOPPED)
