"""Does each row get its own value in one statement, on either database?"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.bulk_sql import write_all, write_each
from mapping.models import QuickBooksCustomer, SourceCustomer
from sync.models import Document, DocumentState
from tests.factories import prepared, the_studio
from tests.sync.sales import SOLD, of_order

pytestmark = pytest.mark.django_db


def test_each_row_gets_its_own_text_in_one_statement() -> None:
    company = the_studio()
    prepared(company, *(of_order(number, SOLD) for number in range(1, 4)))
    wanted = {row.pk: (f"id-{row.number}'%s", row.number) for row in Document.objects.exclude(number="2")}
    posted = timezone.now()

    with CaptureQueriesContext(connection) as asked:
        write_each(Document, ("quickbooks_id", "sync_token"), wanted, posted_at=posted)

    assert len(asked) == 1
    assert list(Document.objects.order_by("pk").values_list("quickbooks_id", "sync_token", "posted_at")) == [
        ("id-1'%s", "1", posted),
        ("", "", None),
        ("id-3'%s", "3", posted),
    ]


def test_each_row_gets_its_own_link() -> None:
    company = the_studio()
    linked = list(QuickBooksCustomer.objects.filter(company=company)[:2])
    rows = [SourceCustomer.objects.create(company=company, system="keap", source_key=str(key)) for key in range(2)]

    links = {row.pk: (to.pk,) for row, to in zip(rows, linked, strict=True)}
    write_each(SourceCustomer, ("quickbooks_customer",), links)

    assert [row.quickbooks_customer for row in SourceCustomer.objects.order_by("pk")] == linked


def test_some_rows_get_the_same_values() -> None:
    company = the_studio()
    prepared(company, *(of_order(number, SOLD) for number in range(1, 4)))
    chosen = list(Document.objects.exclude(number="2").values_list("pk", flat=True))
    posted = timezone.now()

    with CaptureQueriesContext(connection) as asked:
        write_all(Document, chosen, state=DocumentState.POSTED, posted_at=posted)

    assert len(asked) == 1
    assert list(Document.objects.order_by("pk").values_list("state", "posted_at")) == [
        ("posted", posted),
        ("ready", None),
        ("posted", posted),
    ]


def test_nothing_is_written_for_no_row() -> None:
    with CaptureQueriesContext(connection) as asked:
        write_each(Document, ("quickbooks_id",), {})
        write_all(Document, [], quickbooks_id="1")

    assert len(asked) == 0
