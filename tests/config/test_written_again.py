"""Is what a test's beginning finds written again what its steps write, and are they taken where they might differ?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from sync.models import Document
from tests import written_again
from tests.factories import document_of, prepared, the_studio
from tests.reconciliation.factories import posted

pytestmark = pytest.mark.django_db

ORDER = "2026-08-14  order 1042\nWT-101  199.00\npaid 2026-08-20  Cash  50.00"
is_sqlite = connection.vendor == "sqlite"
needs_sqlite = pytest.mark.skipif(not is_sqlite, reason="nothing is written again on PostgreSQL")


def a_beginning() -> tuple[Any, Document]:
    company = the_studio()
    counts = prepared(company, ORDER)
    invoice = document_of(company, "1042")
    push = posted(invoice)
    assert push.document is invoice
    assert not is_sqlite or written_again.steps_so_far() == 3, "they were taken, not written again"
    return counts, invoice


def a_beginning_by_its_steps() -> tuple[Any, Document]:
    company = the_studio.__wrapped__()  # type: ignore[attr-defined]
    counts = prepared.__wrapped__(company, ORDER)  # type: ignore[attr-defined]
    invoice = document_of(company, "1042")
    posted.__wrapped__(invoice)  # type: ignore[attr-defined]
    return counts, invoice


def left_by(begin: Callable[[], tuple[Any, Document]]) -> tuple[Any, dict[str, Any], dict[str, list[Any]]]:
    """What it gave back, the invoice, and every row; moments aside. The tables are empty again after."""
    with transaction.atomic():
        counts, invoice = begin()
        rows = {
            model._meta.label: [untimed(row) for row in model._base_manager.values()] for model in apps.get_models()
        }
        transaction.set_rollback(True)
    written_again.begin()
    return counts, untimed({name: getattr(invoice, name) for name in ("pk", "state", "quickbooks_id")}), rows


def untimed(row: dict[str, Any]) -> dict[str, Any]:
    return {name: "moment" if isinstance(value, datetime) else value for name, value in row.items()}


@needs_sqlite
def test_what_is_written_again_is_what_the_steps_write() -> None:
    written_again.begin()
    by_steps = left_by(a_beginning_by_its_steps)
    assert by_steps[-1]["sync.Document"]

    for _time in range(2):
        assert left_by(a_beginning) == by_steps


@needs_sqlite
def test_moments_are_those_of_the_test() -> None:
    seen = []
    for _time in range(3):
        written_again.begin()
        with transaction.atomic():
            _, invoice = a_beginning()
            assert Document.objects.get(pk=invoice.pk).posted_at == invoice.posted_at
            assert invoice.posted_at
            seen.append(invoice.posted_at)
            transaction.set_rollback(True)

    assert seen == sorted(set(seen))


def test_where_it_might_come_out_otherwise_the_steps_themselves_are_taken(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_studio()
    with CaptureQueriesContext(connection) as counted:
        the_studio("Lindqvist Pottery", "lindqvist")
    assert len(counted) > 10

    written_again.begin()
    settings.TIEOUT_REHEARSAL_URL = "http://localhost:1"
    assert not written_again.is_as_ever()
    del settings.TIEOUT_REHEARSAL_URL
    monkeypatch.setenv("TIEOUT_NOTHING", "1")
    assert not written_again.is_as_ever()
