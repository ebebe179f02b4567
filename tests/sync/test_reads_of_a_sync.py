"""How often does a sync read QuickBooks? Reads are metered, and most syncs need none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F

from companies.models import Company
from sync.lists.due import LISTS_LAST, OVERLAP, WHOLE_LASTS, KnownLists, are_due, asked_from, leaves_a_gap
from sync.models import Connection, ConnectionState
from sync.run import sync_company
from sync.sync_report import SyncReport
from tests.factories import document_of, prepared
from tests.simulators.driver import Books

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: Writes are not metered.
READS = ("query", "read", "cdc", "report")


def sold(number: int) -> str:
    """An order of a customer whom QuickBooks has."""
    return f"2026-08-20  order S{number}  #31 Priya Natarajan <priya.natarajan@example.com>\nKIT-CLAY  48.00"


def later(company: Company, passed: timedelta) -> None:
    """Let so much time pass since QuickBooks was read and answered."""
    names = ("lists_refreshed_at", "lists_whole_at", "proven_at")
    Connection.objects.filter(company=company).update(**{name: F(name) - passed for name in names})


def synced(company: Company, books: Books) -> tuple[SyncReport, list[str]]:
    """A sync, and what it read."""
    before = len(books.control("log", method="GET")["entries"])
    report = sync_company(company)
    entries = books.control("log", method="GET")["entries"][before:]
    return report, [entry["operation"] for entry in entries if entry["operation"] in READS]


@pytest.mark.django_db(transaction=True)
def test_in_steady_state_a_day_of_syncs_is_one_read(studio: Company, quickbooks: Books) -> None:
    synced(studio, quickbooks)
    later(studio, DAY)
    read = []
    for number in range(12):
        prepared(studio, sold(number))
        report, reads = synced(studio, quickbooks)
        assert report.counts["posted"] == 1
        read += reads
        later(studio, HOUR)

    assert read == ["cdc"]


@pytest.mark.django_db(transaction=True)
def test_a_sync_with_nothing_to_do_reads_nothing_for_a_week_and_then_everything(
    studio: Company, quickbooks: Books
) -> None:
    for passed in (timedelta(), HOUR, DAY):
        later(studio, passed)
        assert synced(studio, quickbooks)[1] == []
    later(studio, WHOLE_LASTS)

    assert "query" in synced(studio, quickbooks)[1]


@pytest.mark.django_db(transaction=True)
def test_something_to_send_begins_with_a_read_where_no_answer_proved_the_login(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, sold(1))
    assert synced(studio, quickbooks)[1] == ["query"]
    prepared(studio, sold(2))
    assert synced(studio, quickbooks)[1] == []
    later(studio, HOUR * 23)
    prepared(studio, sold(3))
    assert synced(studio, quickbooks)[1] == []
    later(studio, DAY)
    prepared(studio, sold(4))
    assert synced(studio, quickbooks)[1] == ["cdc"]


@pytest.mark.django_db(transaction=True)
def test_after_a_stop_nothing_is_taken_for_proven(studio: Company, quickbooks: Books) -> None:
    prepared(studio, sold(1))
    synced(studio, quickbooks)
    quickbooks.control("faults", {"kind": "429", "operation": "create"})
    prepared(studio, sold(2))
    assert synced(studio, quickbooks)[0].stopped
    Connection.objects.update(resting_until=None, state=ConnectionState.CONNECTED)

    assert "query" in synced(studio, quickbooks)[1]


@pytest.mark.django_db(transaction=True)
def test_a_customer_whom_someone_entered_meanwhile_is_not_created_again(studio: Company, quickbooks: Books) -> None:
    fields = {"DisplayName": "Zoë at the market", "PrimaryEmailAddr": {"Address": "zoe@example.com"}}
    quickbooks.control("create", {"entity": "Customer", "fields": fields})
    customers = _customers(quickbooks)
    later(studio, HOUR * 2)
    prepared(studio, "2026-08-20  order R02  #32 Zoë Søn <zoe@example.com>\nKIT-CLAY  48.00")

    report, reads = synced(studio, quickbooks)

    assert reads == ["query", "cdc"]
    assert report.counts["posted"] == 1
    assert _customers(quickbooks) == customers


@pytest.mark.django_db(transaction=True)
def test_what_was_put_right_in_quickbooks_goes_within_the_hour(studio: Company, quickbooks: Books) -> None:
    quickbooks.sign_in(quickbooks.running.ready()["access_token"])
    item = quickbooks.find("Item", "Sku = 'KIT-CLAY'")
    quickbooks.control("inactivate", {"entity": "Item", "id": item["Id"]})
    later(studio, DAY * 2)
    prepared(studio, sold(1))
    assert synced(studio, quickbooks)[1] == ["cdc"]
    assert document_of(studio, "S1").state == "blocked"
    quickbooks.control("activate", {"entity": "Item", "id": item["Id"]})
    quickbooks.control("rename", {"entity": "Item", "id": item["Id"], "name": item["Name"]})
    assert synced(studio, quickbooks)[1] == []
    later(studio, HOUR)

    report, reads = synced(studio, quickbooks)

    assert reads == ["cdc"]
    assert report.counts["posted"] == 1


def _customers(books: Books) -> int:
    books.sign_in(books.running.ready()["access_token"])
    return books.count("Customer")


# The rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "has_work", "something_waits", "due"),
    [
        (HOUR * 23, True, False, False),
        (HOUR * 25, True, False, True),
        (timedelta(minutes=59), True, True, False),
        (timedelta(minutes=61), True, True, True),
        (DAY * 6, False, False, False),
        (DAY * 8, False, False, True),
        (-DAY, False, False, True),
    ],
)
def test_when_lists_are_due(age: timedelta, has_work: bool, something_waits: bool, due: bool) -> None:
    assert are_due(NOW - age, has_work=has_work, something_waits=something_waits, now=NOW) is due


def test_lists_that_were_never_read_are_due() -> None:
    assert are_due(None, has_work=False, something_waits=False, now=NOW)


def test_changes_are_asked_for_from_before_the_last_answer() -> None:
    known = KnownLists(whole_at=NOW - LISTS_LAST, until=NOW - HOUR)

    assert asked_from(known, now=NOW) == NOW - HOUR - OVERLAP


@pytest.mark.parametrize(
    "known",
    [
        KnownLists(whole_at=None, until=NOW),
        KnownLists(whole_at=NOW, until=None),
        KnownLists(whole_at=NOW - WHOLE_LASTS - HOUR, until=NOW),
        KnownLists(whole_at=NOW + DAY, until=NOW),
        KnownLists(whole_at=NOW, until=NOW, is_doubted=True),
    ],
    ids=["never-whole", "never-told", "a-week", "a-wrong-clock", "doubted"],
)
def test_where_a_gap_is_possible_no_changes_are_asked_for(known: KnownLists) -> None:
    assert asked_from(known, now=NOW) is None


def test_an_answer_about_more_than_quickbooks_looks_back_leaves_a_gap() -> None:
    assert not leaves_a_gap(NOW - DAY * 28, answered=NOW)
    assert leaves_a_gap(NOW - DAY * 30, answered=NOW)
    assert leaves_a_gap(NOW + DAY, answered=NOW)
    assert leaves_a_gap(NOW, answered=None)
