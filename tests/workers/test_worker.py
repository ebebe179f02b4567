"""Does a worker post what waits, once, whatever happens to it?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from procrastinate.contrib.django import app

from companies.models import Company
from simulators.quickbooks.server import Running
from sync.jobs.queue import enqueue, is_worked_at
from sync.jobs.rescue import rescue
from sync.jobs.schedule import note_broken
from sync.models import CompanyLease, CompanySchedule, Document, Push
from tests.held_answers import answers_held
from tests.simulators.driver import Books
from tests.sync.pushing import minutes_later
from tests.workers.working import grow_old, jobs, sold, wait_for, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def posted() -> int:
    return Document.objects.filter(state="posted").exclude(kind="customer").count()


def test_a_worker_serves_every_company_that_is_due_without_being_told(
    studio: Company, quickbooks: Books, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    sold(studio, 5)

    with worker(child_environment, rehearsal) as worker_at_work:
        wait_for(lambda: posted() == 5)
        wait_for(lambda: not jobs())
        worker_at_work.process.ask_to_stop()
        worker_at_work.ends_well()

    schedule = CompanySchedule.objects.get(company=studio)
    assert (schedule.failures, schedule.message) == (0, "")
    assert schedule.served_at
    assert schedule.due_at > schedule.served_at
    assert quickbooks.query("select count(*) from Invoice where DocNumber >= '3001'")["totalCount"] == 5


def test_a_second_wish_to_sync_a_company_is_not_put_into_the_queue(studio: Company) -> None:
    assert enqueue("sync", company=studio.pk)
    assert not enqueue("sync", company=studio.pk)

    assert jobs() == [("sync", "todo", {"company": studio.pk})]


def test_a_worker_that_is_asked_to_stop_finishes_the_document_in_hand(
    studio: Company, quickbooks: Books, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    sold(studio, 300)

    with worker(child_environment, rehearsal) as worker_at_work, answers_held(rehearsal) as answers:
        answers.wait_until_one_is_held()
        worker_at_work.ask_to_stop()
        answers.let_go()
        worker_at_work.ends_well()

    assert 1 <= posted() < 300  # what was under way, and nothing that was begun afterwards
    assert not Push.objects.filter(state="open").exists()
    assert CompanyLease.objects.get(company=studio).holder == ""
    assert jobs() == [("sync", "todo", {"company": studio.pk})]  # what is left waits for the next worker


def test_what_a_killed_worker_left_is_done_by_another_and_nothing_twice(
    studio: Company, quickbooks: Books, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    sold(studio, 150)

    with worker(child_environment, rehearsal) as worker_at_work, answers_held(rehearsal, after=1) as answers:
        wait_for(lambda: posted() >= 1)
        answers.wait_until_one_is_held()
        worker_at_work.kill()
    assert jobs() == [("sync", "doing", {"company": studio.pk})]
    grow_old()
    # What was under way is looked for when QuickBooks must have given up on it
    minutes_later(studio)
    with worker(child_environment, rehearsal):
        wait_for(lambda: posted() == 150)

    assert quickbooks.query("select count(*) from Invoice where DocNumber >= '3001'")["totalCount"] == 150


def test_a_worker_whose_connections_broke_ends_as_one_that_failed_and_says_why(
    rehearsal: Running, child_environment: dict[str, str]
) -> None:
    with worker(child_environment, rehearsal) as worker_at_work:
        wait_for(is_worked_at)
        with nobody_else_connects():
            # Either its sign of life fails, of which it says so, or it ends while it looks for a job
            wait_for(
                lambda: "Side task" in worker_at_work.log.read_text() or not worker_at_work.process.is_alive(),
                what="the worker's word of it",
            )
        code, said = worker_at_work.process.wait(), worker_at_work.log.read_text()

    assert code == 2, said
    last = said.splitlines()[-1]
    assert last.startswith("The database cannot be reached or written: "), said
    assert "See that it runs, and that DATABASE_URL names it. Nothing is lost" in last


def test_a_worker_that_is_to_do_what_is_due_and_end_stops_when_it_is_asked_to(
    studio: Company, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    sold(studio, 300)

    with (
        worker(child_environment, rehearsal, "--once", "--turn=1") as worker_at_work,
        answers_held(rehearsal) as answers,
    ):
        answers.wait_until_one_is_held()
        worker_at_work.process.ask_to_stop()
        time.sleep(2)  # a busy machine hands the signal over late, and nothing goes on while the answer is held
        answers.let_go()
        worker_at_work.ends_well()

    assert 1 <= posted() < 300


@contextmanager
def nobody_else_connects() -> Iterator[None]:
    """Every other connection to the database breaks, and none is made, as while PostgreSQL starts again."""
    name = connection.settings_dict["NAME"]

    def allow(allowed: bool) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {allowed}')

    allow(False)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        yield
    finally:
        allow(True)


def test_a_job_that_failed_is_begun_again_twice_and_a_turn_comes_again_by_itself(studio: Company) -> None:
    enqueue("sync", company=studio.pk)
    enqueue("resync", company=studio.pk, run=7)
    failed = [("sync", "failed", {"company": studio.pk}), ("resync", "failed", {"company": studio.pk, "run": 7})]

    for _ in range(2):
        fail_all(studio)
        assert rescue(app) == 0  # it failed this moment
        fail_all(studio, seconds=20)
        assert rescue(app) == 1
        assert jobs() == [failed[0], ("resync", "todo", {"company": studio.pk, "run": 7})]
    fail_all(studio, seconds=20)
    assert rescue(app) == 0
    assert jobs() == failed


def fail_all(company: Company, *, seconds: int = 0) -> None:
    """Every job that waits is begun, and fails, as it does while the database is away; all of that so long ago."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', lock = NULL WHERE status = 'todo'")
        cursor.execute(
            "SELECT procrastinate_finish_job_v1(id, 'failed', false) FROM procrastinate_jobs WHERE status = 'doing'"
        )
        cursor.execute("UPDATE procrastinate_events SET at = at - %s * interval '1 second'", [seconds])


def test_a_turn_that_broke_off_says_whether_the_database_was_away(studio: Company) -> None:
    note_broken(studio, began=timezone.now(), fault=OperationalError("server closed the connection"))
    away = CompanySchedule.objects.get(company=studio).message
    note_broken(studio, began=timezone.now(), fault=KeyError("x"))
    broken = CompanySchedule.objects.get(company=studio).message

    assert "The database cannot be reached." in away
    assert "defect" in broken
