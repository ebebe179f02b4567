"""Does Status say who works, what waits, and which company is behind?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from books.messages import Message
from companies.models import Company
from sync.jobs.queue import enqueue, has_queue
from sync.jobs.schedule import MOST, note_broken, note_turn, waits
from sync.jobs.status import Condition, read_status
from sync.models import CompanySchedule, Connection, CountedKind, Document, count_requests
from sync.sync_report import SyncReport
from tests.factories import a_company, prepared, the_studio
from tests.mapping.people import client_of
from tests.reconciliation.factories import as_role
from tests.sync.commands import run, run_json

pytestmark = pytest.mark.django_db

SALE = "2026-08-14  order 3001\nWT-101  199.00"


@pytest.fixture
def company() -> Company:
    company = the_studio()
    Company.objects.filter(pk=company.pk).update(switched_on=True)
    return company


def condition() -> Condition:
    (row,) = read_status().companies
    return row.condition


def test_the_oldest_document_that_is_not_posted_is_named(company: Company) -> None:
    prepared(company, SALE, SALE.replace("3001", "3002"))
    Document.objects.filter(order__number="3001").update(created_at=timezone.now() - timedelta(hours=5))

    code, text = run("status")

    (row,) = read_status().companies
    assert (row.condition, row.to_post) == (Condition.WAITING, 2)
    assert "2 documents wait to be posted, the oldest for 5 h" in text
    assert code == 0


def test_a_company_that_cannot_be_served_is_said_with_its_reason_and_is_due_later_each_time(company: Company) -> None:
    began = timezone.now()
    for _ in range(2):
        note_turn(SyncReport(company=company, cannot_run=Message(sentence="The login has ended.")), began=began)

    code, told = run_json("status")

    assert code == 1
    assert told["companies"][0]["condition"] == "failing"
    assert told["companies"][0]["message"] == "The login has ended."
    schedule = CompanySchedule.objects.get()
    assert (schedule.failures, schedule.due_at) == (2, began + waits(2))
    assert waits(1) < waits(2) < waits(3)
    assert waits(50) == MOST


def test_a_turn_that_went_well_ends_the_waiting(company: Company) -> None:
    note_broken(company, began=timezone.now())
    assert condition() == Condition.FAILING

    note_turn(SyncReport(company=company), began=timezone.now())

    assert condition() == Condition.UP_TO_DATE
    assert CompanySchedule.objects.get().due_at <= timezone.now() + waits(0)


def test_a_company_that_quickbooks_wants_left_alone_is_due_when_that_is_over_and_has_not_failed(
    company: Company,
) -> None:
    until = timezone.now() + timedelta(seconds=40)
    Connection.objects.create(company=company, system="quickbooks-online", state="connected", resting_until=until)

    note_turn(SyncReport(company=company, stopped="QuickBooks asked to be left alone."), began=timezone.now())

    schedule = CompanySchedule.objects.get()
    assert (schedule.failures, schedule.due_at) == (0, until)
    assert condition() == Condition.RESTING


def test_what_does_not_fit_into_a_turn_is_due_at_once(company: Company) -> None:
    note_turn(SyncReport(company=company, more=True), began=timezone.now())

    assert CompanySchedule.objects.get().due_at <= timezone.now()


def test_who_runs_the_installation_sees_every_company_and_nobody_else_does(company: Company) -> None:
    prepared(company, SALE)
    note_broken(company, began=timezone.now())
    count_requests(company.pk, timezone.now().date().replace(day=1), CountedKind.READ, 2400)
    a_company("Lindqvist Pottery", "lindqvist")

    page = client_of(User.objects.create_superuser("root")).get("/sync/status/")

    said = page.content.decode()
    assert "Bramble" in said
    assert "Lindqvist" in said
    assert "Cannot be served" in said
    assert "2,400" in said
    assert as_role(company, "administrator").get("/sync/status/").status_code == 404


def test_the_menu_has_status_for_who_runs_the_installation(company: Company) -> None:
    assert "/sync/status/" in client_of(User.objects.create_superuser("root")).get("/studio/").content.decode()
    assert "/sync/status/" not in as_role(company, "administrator").get("/studio/").content.decode()


def test_on_sqlite_there_is_no_queue_and_no_worker(company: Company) -> None:
    status = read_status()

    assert (status.workers is None) == (not has_queue())
    assert status.queue == ()


@pytest.mark.postgres
def test_jobs_that_nobody_works_at_are_an_alarm(company: Company) -> None:
    enqueue("sync", company=company.pk)

    status = read_status()

    assert (status.abandoned, status.exit_code) == (True, 1)
    assert [(jobs.task, jobs.waiting, jobs.at_work) for jobs in status.queue] == [("sync", 1, 0)]
    assert status.queue[0].oldest is not None
