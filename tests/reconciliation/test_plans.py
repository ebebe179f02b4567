"""Do the filters and the search find little among much without reading much?"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.models import Company
from reconciliation.filters import DocumentFilter
from reconciliation.paging import chosen_sort, count_around, keyset_page
from reconciliation.search import find
from reconciliation.tables import DocumentTable
from sync.models import Document
from tests.factories import document_of, prepared, the_studio
from tests.many_rows import analyzed, copies, most_rows

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 20_000
FEW = 200


def with_many_documents() -> Company:
    """Twenty thousand invoices, and three records of another kind and form."""
    company = the_studio()
    prepared(company, "2026-08-14  order 1042\nWT-101  199.00")
    invoice = document_of(company, "1042")
    copies(invoice, MANY, key="'many:' || n.i", number="'9' || n.i")
    copies(invoice, 3, key="'few:' || n.i", number="'8' || n.i", kind="'refund'", form="'journal-entry'")
    analyzed(Document)
    return company


@pytest.mark.parametrize("query", [{"kind": "refund"}, {"form": "journal-entry"}, {"number": "81"}])
def test_a_filter_for_the_rare_reads_only_the_rare(query: dict[str, str]) -> None:
    company = with_many_documents()
    rows = DocumentFilter(query, company=company).qs
    sort = chosen_sort("", DocumentTable.sorts, default=DocumentTable.default_sort)

    with CaptureQueriesContext(connection) as queries:
        page = keyset_page(rows, sort, "")
        count_around(page, rows, along=None)

    assert page.rows
    assert {query["sql"]: read for query in queries if (read := most_rows(query["sql"])) > FEW} == {}


def test_a_whole_number_is_found_without_a_look_at_the_names_of_customers() -> None:
    company = the_studio()
    prepared(company, "2026-08-14  order 1042\nWT-101  199.00")

    with CaptureQueriesContext(connection) as queries:
        found = find(company, "1042")

    assert [order.number for order in found.orders] == ["1042"]
    assert not [query for query in queries if "mapping_sourcecustomer" in query["sql"]]


def test_the_beginning_of_a_number_may_be_a_name_too() -> None:
    company = the_studio()
    prepared(company, "2026-08-14  order 1042\nWT-101  199.00")
    prepared(company, "2026-08-14  order 77  #104 Kiln 104 Club <kiln@example.com>\nWT-101  199.00")

    assert {order.number for order in find(company, "104").orders} == {"1042", "77"}
