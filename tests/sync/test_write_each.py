"""Does each row get its own value in one statement, on either database?"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mapping.models import QuickBooksCustomer, SourceCustomer
from sync.many_rows import write_each
from sync.models import Document
from tests.factories import prepared, the_studio
from tests.sync.sales import SOLD, of_order

pytestmark = pytest.mark.django_db


def test_each_row_gets_its_own_text_in_one_statement() -> None:
    company = the_studio()
    prepared(company, *(of_order(number, SOLD) for number in range(1, 4)))
    wanted = {row.pk: f"id-{row.number}'%s" for row in Document.objects.exclude(number="2")}

    with CaptureQueriesContext(connection) as asked:
        write_each(Document, "quickbooks_id", wanted)

    assert len(asked) == 1
    assert dict(Document.objects.values_list("number", "quickbooks_id")) == {"1": "id-1'%s", "2": "", "3": "id-3'%s"}


def test_each_row_gets_its_own_link() -> None:
    company = the_studio()
    linked = list(QuickBooksCustomer.objects.filter(company=company)[:2])
    rows = [SourceCustomer.objects.create(company=company, system="keap", source_key=str(key)) for key in range(2)]

    write_each(SourceCustomer, "quickbooks_customer", {row.pk: to.pk for row, to in zip(rows, linked, strict=True)})

    assert [row.quickbooks_customer for row in SourceCustomer.objects.order_by("pk")] == linked


def test_nothing_is_written_for_no_row() -> None:
    with CaptureQueriesContext(connection) as asked:
        write_each(Document, "quickbooks_id", {})

    assert len(asked) == 0
