"""Does one company wait for another? For its turn, and no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from companies.models import Company
from simulators.quickbooks.server import Running
from sync.jobs.schedule import due_companies
from sync.models import CompanySchedule, Document
from tests.workers.working import another_company, due_now, sold, wait_for, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

#: What may be in flight when a turn ends is finished: up to 300 documents.
BACKLOG = 3000


def posted(company: Company) -> int:
    return Document.objects.filter(company=company, state="posted").exclude(kind="customer").count()


def test_a_company_with_a_backlog_gives_way_after_its_turn(
    studio: Company, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    small = another_company(rehearsal, "small")
    # More than ten turns of it: however little the small company gets done in one, it is through before
    sold(studio, BACKLOG)
    sold(small, 2)
    rehearsal.app.company.options.latency_ms = 200
    rehearsal.app.company.options.batch_item_ms = 50

    with worker(child_environment, rehearsal, "--concurrency", "1", "--turn", "1"):
        wait_for(lambda: posted(small) == 2, seconds=150)
        behind = posted(studio)
        # and comes again without waiting for its next five minutes
        wait_for(lambda: posted(studio) > behind, seconds=150)

    assert behind < BACKLOG


def test_a_company_that_hangs_and_one_that_is_refused_delay_no_other(
    studio: Company, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    hasty, healthy = another_company(rehearsal, "hasty"), another_company(rehearsal, "healthy")
    for company in (studio, hasty, healthy):
        sold(company, 3)
    goes_wrong(rehearsal, studio, kind="timeout_before", method="POST", times=50, seconds=60)
    goes_wrong(rehearsal, hasty, kind="429", times=50)

    with worker(child_environment, rehearsal, "--concurrency", "2"):
        wait_for(lambda: posted(healthy) == 3)
        sold(healthy, 3, first=4001)
        due_now(healthy)
        wait_for(lambda: posted(healthy) == 6)
        wait_for(lambda: CompanySchedule.objects.filter(company=hasty).exclude(message="").exists())

    assert posted(studio) == posted(hasty) == 0
    assert CompanySchedule.objects.get(company=hasty).due_at < timezone.now() + timedelta(minutes=4)


def goes_wrong(running: Running, company: Company, **fault: object) -> None:
    app = running.companies.known(company.connections.get(system="quickbooks-online").external_id)
    assert app is not None
    app.faults.order(fault)


def test_the_company_that_waited_longest_comes_first(studio: Company, rehearsal: Running) -> None:
    now = timezone.now()
    never, lately, long_ago, later = (another_company(rehearsal, slug) for slug in ("a", "b", "c", "d"))
    for company, minutes, due in ((studio, 5, 0), (lately, 2, 0), (long_ago, 9, 0), (later, 60, 1)):
        CompanySchedule.objects.create(
            company=company, served_at=now - timedelta(minutes=minutes), due_at=now + timedelta(minutes=due)
        )

    assert due_companies(now) == [never.pk, long_ago.pk, studio.pk, lately.pk]
