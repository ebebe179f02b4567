"""Does the desk answer at once, however many customers, orders and documents there are?"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from companies.models import Company
from mapping.models import CustomerDecision, QuickBooksCustomer, SourceCustomer
from reconciliation.desk.settle import AT_ONCE
from reconciliation.models import Issue, IssueState
from sync.jobs.serve import work_at_resync
from sync.models import Document, DocumentState, OrderEvent, Run, RunKind, RunState
from sync.resync import finish_resyncs
from tests.factories import a_book_customer, prepared, the_studio
from tests.many_rows import copies
from tests.reconciliation.desk import answer, desk, hold_for_review, shown
from tests.reconciliation.factories import as_role

pytestmark = pytest.mark.django_db

ORDERS = 120


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    hold_for_review(company)
    a_book_customer(company, "Quist, Nora", quickbooks_id="50", email="office@quist.example")
    return company


def orders_of_nora(number: int) -> list[str]:
    line = "order 7{:03}  #9 Nora Quist <nora@quist.example>\nWT-101  199.00"
    return [f"2026-08-14  {line.format(place)}" for place in range(number)]


def queries(client: Client, company: Company) -> int:
    with CaptureQueriesContext(connection) as captured:
        desk(client, company)
    return len(captured)


@pytest.mark.criterion("D63")
def test_many_orders_are_prepared_in_the_background_and_no_one_is_asked_again_meanwhile(studio: Company) -> None:
    prepared(studio, *orders_of_nora(ORDERS), "2026-08-14  order 2002  #8 Olaf Berg <olaf@berg.example>\nWT-101  99.00")
    client = as_role(studio)

    text = answer(client, studio, choose="50")

    assert f"{ORDERS} orders are being prepared in the background." in text
    assert "Orders of customers that were decided are being prepared." in text
    assert shown(text) == "Olaf Berg"
    run = Run.objects.get(company=studio, kind=RunKind.PREPARE)
    assert (run.state, run.items.count()) == (RunState.RUNNING, ORDERS)
    nora = Issue.objects.get(company=studio, facts__customer="Nora Quist")
    assert nora.state == IssueState.OPEN
    assert "Preparing" in client.get(f"/studio/sync-history/{run.pk}/").content.decode()

    while work_at_resync(run.pk, stops=lambda: False) is not None:
        pass

    run.refresh_from_db()
    nora.refresh_from_db()
    assert (run.state, nora.state) == (RunState.FINISHED, IssueState.SOLVED)
    assert Document.objects.filter(company=studio, kind="invoice", state=DocumentState.READY).count() == ORDERS
    assert OrderEvent.objects.filter(step="fixed").count() == ORDERS
    assert not OrderEvent.objects.filter(step="resync").exists()


def test_what_is_left_behind_is_finished_by_the_next_sync(studio: Company) -> None:
    prepared(studio, *orders_of_nora(AT_ONCE + 1))
    answer(as_role(studio), studio, choose="50")

    finish_resyncs(studio)

    assert Run.objects.get(company=studio, kind=RunKind.PREPARE).state == RunState.FINISHED
    assert Document.objects.filter(company=studio, state=DocumentState.BLOCKED).count() == 0


def test_an_undo_of_many_orders_is_prepared_in_the_background_too(studio: Company) -> None:
    prepared(studio, *orders_of_nora(AT_ONCE + 1))
    client = as_role(studio)
    answer(client, studio, choose="50")
    finish_resyncs(studio)

    text = answer(client, studio, undo="1")
    finish_resyncs(studio)

    assert f"{AT_ONCE + 1} orders are being prepared in the background." in text
    assert shown(desk(client, studio)) == "Nora Quist"
    assert CustomerDecision.objects.get().undone_at


def test_a_record_takes_the_same_number_of_queries_at_a_hundred_and_at_a_hundred_thousand(studio: Company) -> None:
    prepared(studio, *orders_of_nora(2))
    client = as_role(studio)
    desk(client, studio)
    few = queries(client, studio)

    book = QuickBooksCustomer.objects.get(company=studio, quickbooks_id="50")
    copies(book, 100_000, quickbooks_id="'many' || n.i", name_compared="'other ' || n.i", email_compared="''")
    customer = SourceCustomer.objects.get(company=studio, source_key="9")
    copies(customer, 2_000, source_key="'many' || n.i", email="''", email_compared="''")
    issue = Issue.objects.get(company=studio)
    copies(issue, 2_000, cause="'many' || n.i", money="1")

    assert queries(client, studio) == few
