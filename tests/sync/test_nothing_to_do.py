"""What does a sync cost that finds nothing to do? The same, however much was done before."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.models import Company
from sync.models import Document, DocumentState, OrderVersion, Push, PushState, StagedOrder
from sync.preparing.prepare import prepare_new, prepare_unsent
from sync.run import count_states
from sync.sync_report import SyncReport
from tests.factories import document_of, order_of, prepared, the_studio
from tests.many_rows import analyzed, copies, most_rows
from tests.reconciliation.factories import posted
from tests.sync.fake_destination import FakeDestination, push_to

pytestmark = pytest.mark.django_db(transaction=True)

HISTORY = 20_000
#: More rows than this are read by no step of a plan: a few are there to be read.
FEW = 50


def with_a_long_history() -> Company:
    """Everything was posted: one order, one document and one push for each of many sales."""
    company = the_studio()
    prepared(company, "2026-08-14  order 1042\nWT-101  199.00")
    order, document = order_of(company, "1042"), document_of(company, "1042")
    Document.objects.filter(pk=document.pk).update(state=DocumentState.POSTED)
    settled = posted(document)
    of_pattern = f"(SELECT max(id) FROM {{}}) - {HISTORY} + n.i"
    copies(order, HISTORY, source_id="'many-' || n.i", number="'9' || n.i")
    copies(
        document,
        HISTORY,
        key="'many:' || n.i",
        number="'9' || n.i",
        order_id=of_pattern.format("sync_stagedorder"),
        state="'posted'",
    )
    copies(
        settled,
        HISTORY,
        request_id="'many-' || n.i",
        document_id=of_pattern.format("sync_document"),
        state="'accepted'",
    )
    analyzed(StagedOrder, OrderVersion, Document, Push)
    assert Push.objects.filter(company=company).exclude(state=PushState.OPEN).count() == HISTORY + 1
    return company


def nothing_is_done(company: Company) -> list[str]:
    """The statements of a round that finds nothing to do."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert prepare_new(company).orders == 0
        assert prepare_unsent(company).orders == 0
        assert not push_to(company, FakeDestination()).outcomes
        report = SyncReport(company=company)
        count_states(company, report)
    assert not any(report.counts.values())
    return [query["sql"] for query in queries if re.match(r"SELECT|UPDATE", query["sql"])]


def test_no_step_of_a_sync_without_work_reads_what_was_done_before() -> None:
    company = with_a_long_history()

    statements = nothing_is_done(company)

    assert {statement: rows for statement in statements if (rows := most_rows(statement)) > FEW} == {}


def test_it_asks_the_same_questions_however_much_was_done_before() -> None:
    company = the_studio()
    prepared(company, "2026-08-14  order 1042\nWT-101  199.00")
    posted(document_of(company, "1042"))
    Document.objects.update(state=DocumentState.POSTED)
    before = len(nothing_is_done(company))
    copies(order_of(company, "1042"), 500, source_id="'many-' || n.i")
    copies(document_of(company, "1042"), 500, key="'many:' || n.i")

    assert len(nothing_is_done(company)) == before
