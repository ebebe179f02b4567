"""What is said of work that a person asked for, when the database goes away each time it is begun?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app

from companies.models import Company, Role
from reconciliation.models import TieOut, TieOutState
from simulators.quickbooks.server import Running
from sync.jobs.begin import begin_import_again
from sync.jobs.rescue import rescue
from sync.models import CompanySchedule, OrderVersion, Run, RunKind, RunState, WaitingFile
from tests.reconciliation.factories import as_role
from tests.workers.working import jobs, wait_for, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

HEADER = "Order Number,Order Date,Email,SKU,Line Item Name,Quantity,Price\n"


def large_file(orders: int) -> SimpleUploadedFile:
    """A spreadsheet that is too large to be imported while a person looks at a blank page."""
    filler = "Wheel Throwing 101 " + "a " * 600
    rows = (f"M-{place},2026-08-14,priya.natarajan@example.com,WT-101,{filler},1,199.00\n" for place in range(orders))
    return SimpleUploadedFile("august.csv", (HEADER + "".join(rows)).encode())


def ops_of(company: Company) -> Client:
    Company.objects.filter(pk=company.pk).update(posts_automatically=False)
    return as_role(company)


def later(seconds: int = 20) -> None:
    """What happened to jobs was so much longer ago."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = at - %s * interval '1 second'", [seconds])


@contextmanager
def held(company: Company) -> Iterator[None]:
    """Whatever stages orders of the company waits."""
    holder = connection.copy()
    holder.set_autocommit(False)
    try:
        with holder.cursor() as cursor:
            cursor.execute("SELECT id FROM sync_connection WHERE company_id = %s FOR UPDATE", [company.pk])
            yield
    finally:
        holder.close()


def broken() -> bool:
    """End the connection that waits for what is held, as a database does that goes away; whether there was one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%%sync_connection%%'"
        )
        return bool(cursor.fetchall())


def failed() -> bool:
    return [state for _task, state, _arguments in jobs()] == ["failed"]


def test_an_import_over_which_the_database_went_away_three_times_says_so_and_is_started_again(
    studio: Company, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    page = ops_of(studio)
    CompanySchedule.objects.update_or_create(company=studio, defaults={"due_at": timezone.now() + timedelta(hours=1)})
    page.post("/studio/import-orders/", {"file": SimpleUploadedFile("small.csv", large_file(3).read())})
    with_worker_seen()
    page.post("/studio/import-orders/", {"file": large_file(1200)})
    run = Run.objects.latest("pk")
    OrderVersion.objects.update(run=run)  # as after a first part of the file
    address = f"/studio/sync-history/{run.pk}/"

    with worker(child_environment, rehearsal):
        with held(studio):
            for times in range(3):
                assert "Start again" not in page.get(address).text
                wait_for(broken, what=f"the beginning number {times + 1}")
                wait_for(failed)
                later()
                rescue(app)
        shown = page.get(address)
        assert not Run.objects.filter(state=RunState.RUNNING).exists()
        page.post(f"{address}again/")
        wait_for(lambda: not Run.objects.filter(pk=run.pk, state=RunState.RUNNING).exists())
        wait_for(lambda: not jobs())

    told = " ".join(shown.text.split())
    assert "august.csv was not read to its end. It was begun three times, and broke off each time, the last" in told
    assert "time with this: The database cannot be reached. What it had brought until then is kept" in told
    assert "3 new orders" in told
    assert "Start again" in told
    run.refresh_from_db()
    assert (run.state, run.message, run.counts["new"], run.counts["unchanged"]) == ("finished", "august.csv", 1197, 3)
    assert studio.orders.count() == 1200
    assert not WaitingFile.objects.exists()


def test_what_its_workers_did_not_survive_three_times_has_ended_with_what_is_to_be_done(studio: Company) -> None:
    page = as_role(studio, Role.ACCOUNTANT)
    with_worker_seen()
    period = {"first": "2026-08-01", "last": "2026-08-31"}
    address = page.post("/studio/tie-out/", period).headers["Location"]
    search = page.post("/studio/adoptions/", period).headers["Location"]
    report = page.post("/studio/cleanups/", {**period, "days": "14"}).headers["Location"]
    page.post("/studio/import-orders/", {"file": large_file(1200)})
    run = Run.objects.get(kind=RunKind.IMPORT)

    for times in range(3):
        assert [state for _task, state, _arguments in jobs()] == ["todo"] * 4, times
        assert state_of(run) == RunState.RUNNING
        with_dead_worker()
        rescue(app)

    assert jobs() == []
    for place in (address, search, report, f"/studio/sync-history/{run.pk}/"):
        shown = page.get(place).text
        assert "It was begun three times, and broke off each time." in shown, place
        assert "its log says which" in shown, place
        assert ("It had brought nothing by then" in shown) == ("sync-history" in place)
    assert TieOut.objects.get().state == TieOutState.FAILED


def test_a_failed_job_does_not_end_again_what_a_person_started_again(studio: Company) -> None:
    page = ops_of(studio)
    with_worker_seen()
    page.post("/studio/import-orders/", {"file": large_file(1200)})
    run = Run.objects.get(kind=RunKind.IMPORT)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = 4 WHERE task_name = 'import'")
        cursor.execute(
            "SELECT procrastinate_finish_job_v1(id, 'failed', false) FROM procrastinate_jobs WHERE status = 'doing'"
        )

    rescue(app)
    before = state_of(run)
    page.post(f"/studio/sync-history/{run.pk}/again/")
    rescue(app)

    assert (before, state_of(run)) == (RunState.FAILED, RunState.RUNNING)
    assert jobs() == [("import", "todo", {"company": studio.pk, "run": run.pk})]
    assert not begin_import_again(run)


def with_worker_seen() -> None:
    """A worker was heard of just now."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def with_dead_worker() -> None:
    """A worker that began every job was killed."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL WHERE status = 'todo'")


def state_of(run: Run) -> str:
    return str(Run.objects.values_list("state", flat=True).get(pk=run.pk))
