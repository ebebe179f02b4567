"""Requests are counted by company, month and kind, in few statements."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from simulators.quickbooks.server import Running
from sync.jobs.status import FREE_READS, CompanyRequests, Counted, requests_in, summary_of
from sync.lists.refresh import refresh_lists
from sync.models import Connection, CountedKind, RequestCount
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.limits import BLOCK, RequestCounter
from tests.quickbooks_online.rehearsal import a_company, fault, log

READ, WRITE, BATCH = CountedKind.READ, CountedKind.WRITE, CountedKind.BATCH
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.mark.django_db
def test_every_request_that_was_sent_is_counted_as_what_intuit_meters(
    quickbooks: Running, connection: Connection, destination: QuickBooksOnline
) -> None:
    refresh_lists(connection.company)
    fault(quickbooks, "timeout_after", operation="create", seconds=0)
    destination.gateway.write("Customer", b'{"DisplayName":"One"}', request_id="one")
    destination.gateway.write("Customer", b'{"DisplayName":"Two"}', request_id="two")
    destination.gateway.make_request("POST", f"{destination.gateway.api_url_v3}/company/1/batch", b"{}", request_id="b")
    destination.gateway.close()

    counted = dict(RequestCount.objects.filter(company=connection.company).values_list("kind", "requests"))
    reads = [entry for entry in log(quickbooks) if entry["operation"] in ("query", "read", "cdc")]
    assert counted == {READ: len(reads), WRITE: 2, BATCH: 1}


@pytest.mark.django_db
def test_hundreds_of_requests_are_a_few_statements() -> None:
    counter = RequestCounter(a_company().pk)
    with CaptureQueriesContext(connection) as queries:
        for _ in range(BLOCK * 5):
            counter.add(WRITE)

    assert RequestCount.objects.get().requests == BLOCK * 5
    assert len(queries) < 12


@pytest.mark.django_db
def test_a_month_ends_in_universal_time() -> None:
    moments = [datetime(2026, 3, 31, 23, 59, tzinfo=UTC), datetime(2026, 4, 1, 0, 0, tzinfo=UTC)]
    counter = RequestCounter(a_company().pk, now=lambda: moments[0])
    counter.add(READ)
    moments.pop(0)
    counter.add(READ)
    counter.write_down()

    assert dict(RequestCount.objects.values_list("month", "requests")) == {MARCH: 1, APRIL: 1}


@pytest.mark.django_db(transaction=True)
def test_two_processes_and_their_threads_count_together() -> None:
    company = a_company()
    counters = [RequestCounter(company.pk) for _ in range(2)]

    def ask(counter: RequestCounter) -> None:
        for _ in range(BLOCK + 50):
            counter.add(READ)
        counter.write_down()

    threads = [threading.Thread(target=ask, args=(counter,)) for counter in counters * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert RequestCount.objects.get().requests == 4 * (BLOCK + 50)


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_written_is_kept_and_stops_nothing() -> None:
    company = a_company()
    counter = RequestCounter(company.pk)
    counter.add(READ)
    with connection.execute_wrapper(_away):
        counter.write_down()
    assert not RequestCount.objects.exists()
    counter.add(READ)
    counter.write_down()

    assert RequestCount.objects.get().requests == 2


def _away(*_: object) -> None:
    raise DatabaseError("the database is away")


@pytest.mark.django_db
def test_a_month_is_added_up_by_company() -> None:
    first, second = a_company(), a_company("Books of others", "others", is_rehearsal=False)
    for company, kind, requests in ((first, READ, 7), (second, READ, 5), (second, WRITE, 90), (second, BATCH, 3)):
        RequestCount.objects.create(company=company, month=MARCH, kind=kind, requests=requests)
    RequestCount.objects.create(company=second, month=APRIL, kind=READ, requests=1)

    month = requests_in(date(2026, 3, 17))

    assert month.month == MARCH
    assert [(row.company, row.reads, row.writes, row.batches) for row in month.companies] == [
        (first.name, 7, 0, 0),
        ("Books of others", 5, 90, 3),
    ]
    # Reads of a rehearsal company are not metered
    assert month.metered == 5


def test_the_share_is_that_of_all_companies_together() -> None:
    counts = [
        Counted(company=name, is_rehearsal=False, kind=READ, requests=FREE_READS // 4) for name in ("A", "B", "B")
    ]
    month = summary_of(MARCH, counts)

    assert month.share == 0.75
    assert month.companies[0] == CompanyRequests(
        company="B", is_rehearsal=False, reads=FREE_READS // 2, writes=0, batches=0
    )
