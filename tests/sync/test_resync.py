"""Does Re-sync prepare again and push at once, and can it be pressed twice without harm?"""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from companies.models import Company
from mapping.models import Product, SourceCustomer
from reconciliation.sync_history import did_nothing
from sync.models import Document, Push, Run, RunState
from sync.preparing.prepare import prepare_unsent
from sync.resync import advance, carry_on, is_at_work, start
from sync.run import sync_company
from tests.factories import a_company, document_of, order_of, prepared
from tests.simulators.driver import Books
from tests.sync.pushing import NEW, in_quickbooks
from tests.sync.resyncing import finished

pytestmark = pytest.mark.django_db(transaction=True)

UNMAPPED = "2026-08-14  order 3005\nWT-101  10.00\npaid 2026-08-15  Cash  10.00"


def blocked_order(company: Company) -> int:
    """An order whose product is mapped to an item that QuickBooks does not have."""
    prepared(company, UNMAPPED)
    Product.objects.filter(company=company).update(quickbooks_product_name="Wheel Trowing")
    prepare_unsent(company)
    assert document_of(company, "3005").state == "blocked"
    return order_of(company, "3005").pk


@pytest.mark.criterion("D32", "D63")
def test_resync_reads_the_lists_prepares_again_and_pushes_at_once(studio: Company, quickbooks: Books) -> None:
    order = blocked_order(studio)
    item = quickbooks.find("Item", "Name = 'Wheel Throwing 101'")
    quickbooks.change("Item", item, Name="Wheel Trowing")

    run = finished(start(studio, [order], by=None))

    assert run.state == RunState.FINISHED
    assert (run.counts["total"], run.counts["done"], run.counts["posted"]) == (1, 1, 2)
    assert quickbooks.find("Invoice", "DocNumber = '3005'")["Balance"] == 0


@pytest.mark.criterion("D37", "D49")
def test_after_the_name_was_freed_in_quickbooks_resync_posts_the_refused_customer(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, NEW.replace("Zoë O'Brien & Søn", "Harbor Print Co"))
    finished(start(studio, [order_of(studio, "3001").pk], by=None))
    assert document_of(studio, "3001", "customer").state == "refused"
    vendor = quickbooks.find("Vendor", "DisplayName = 'Harbor Print Co'")
    quickbooks.change("Vendor", vendor, DisplayName="Harbor Print Company")

    run = finished(start(studio, [order_of(studio, "3001").pk], by=None))

    assert (run.counts["posted"], run.counts["new_customers"]) == (2, 1)
    assert set(Document.objects.values_list("state", flat=True)) == {"posted"}


def test_what_is_still_blocked_stays_blocked_and_the_run_ends(studio: Company, quickbooks: Books) -> None:
    order = blocked_order(studio)

    run = finished(start(studio, [order], by=None))

    assert (run.state, run.counts["blocked"]) == (RunState.FINISHED, 2)
    assert not Push.objects.exists()


def test_pressing_twice_joins_the_run_that_is_under_way(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    order = order_of(studio, "3001").pk

    first, second = start(studio, [order], by=None), start(studio, [order], by=None)
    finished(first)

    assert first.pk == second.pk
    assert advance(second).state == RunState.FINISHED
    assert in_quickbooks(quickbooks) == (1, 1, 1)


def test_pressing_again_afterwards_posts_nothing_twice(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    order = order_of(studio, "3001").pk
    finished(start(studio, [order], by=None))

    finished(start(studio, [order], by=None))

    assert in_quickbooks(quickbooks) == (1, 1, 1)
    assert Push.objects.count() == 3


def test_two_browsers_can_advance_one_run_at_the_same_time(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW, *(NEW.replace("3001", str(number)) for number in range(3002, 3008)))
    run = start(studio, [order.pk for order in studio.orders.all()], by=None)
    failures: list[BaseException] = []

    def browser() -> None:
        try:
            finished(Run.objects.get(pk=run.pk))
        except BaseException as fault:
            failures.append(fault)
        finally:
            connections.close_all()

    browsers = [threading.Thread(target=browser) for _ in range(2)]
    for thread in browsers:
        thread.start()
    for thread in browsers:
        thread.join(timeout=60)

    assert not failures
    assert quickbooks.query("select count(*) from Invoice where DocNumber >= '3001'")["totalCount"] == 7


def test_the_work_goes_on_where_it_stopped_when_time_is_up(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    run = start(studio, [order_of(studio, "3001").pk], by=None)

    run = advance(run, seconds=0)
    assert (run.state, run.counts["posted"]) == (RunState.RUNNING, 0)
    counts = finished(run).counts
    assert (counts["posted"], counts["new_customers"]) == (2, 1)


def test_orders_of_another_company_are_left_out(studio: Company, quickbooks: Books) -> None:
    other = a_company("Other", "other")
    prepared(other, NEW)

    run = start(studio, [order_of(other, "3001").pk], by=None)

    assert run.counts["total"] == 0
    assert not SourceCustomer.objects.filter(company=studio).exists()


def test_a_company_without_a_login_ends_the_run_with_the_reason(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    studio.connections.filter(system="quickbooks-online").update(state="disconnected")

    run = advance(start(studio, [order_of(studio, "3001").pk], by=None))

    assert run.state == RunState.FAILED
    assert "not connected" in run.message


def test_a_resync_of_what_is_posted_says_that_nothing_was_to_do(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    order = order_of(studio, "3001").pk
    finished(start(studio, [order], by=None))
    sent = Push.objects.count()

    run = finished(start(studio, [order], by=None))

    assert Push.objects.count() == sent
    assert {name: run.counts[name] for name in ("posted", "new_customers", "adopted", "updated", "voided")} == {
        "posted": 0,
        "new_customers": 0,
        "adopted": 0,
        "updated": 0,
        "voided": 0,
    }
    assert run.counts["before"] == Document.objects.exclude(kind="customer").count()
    assert did_nothing(run)


def test_a_sync_that_finishes_a_resync_reports_what_it_posted(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    run = start(studio, [order_of(studio, "3001").pk], by=None)

    report = sync_company(studio)

    run.refresh_from_db()
    assert run.state == RunState.FINISHED
    assert report.counts["posted"] == run.counts["posted"] == Push.objects.count() - 1 > 0
    assert report.counts["new_customers"] == run.counts["new_customers"] == 1


def test_a_resync_goes_on_when_nobody_looks(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    run = start(studio, [order_of(studio, "3001").pk], by=None)

    carry_on(run)
    for thread in threading.enumerate():
        if thread.name == f"resync-{run.pk}":
            thread.join(60)

    run.refresh_from_db()
    assert (run.state, is_at_work(run)) == (RunState.FINISHED, False)
    assert document_of(studio, "3001").state == "posted"
