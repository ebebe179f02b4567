"""Does each list cost the same number of queries, however long it is?

The numbers are kept in `query_counts.json`. One that rises is a list that has begun to ask row by row; change the
file only for a reason that you can say.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from companies.models import Company
from sync.sources.files.file_columns import ITEM_FILE
from sync.staging.columns import save_columns
from tests.factories import SYSTEM, document_of, order_of, prepared, the_studio
from tests.reconciliation.factories import (
    NEW_KIT,
    a_person,
    a_run,
    a_stuck_order,
    an_unmapped_product,
    as_role,
    many_documents,
    posted,
    renamed,
)

pytestmark = pytest.mark.django_db

KEPT = Path(__file__).with_name("query_counts.json")
ORDER = "2026-08-14  order 1042\nWT-101  199.00\npaid 2026-08-20  Cash  50.00"


def a_short_list() -> Company:
    company = the_studio()
    prepared(company, ORDER)
    posted(document_of(company, "1042"))
    an_unmapped_product(company, "2001")
    a_run(company)
    saved_columns(company, 1)
    return company


def saved_columns(company: Company, number: int) -> None:
    """So many files with headings of their own, each explained by another person."""
    for place in range(number):
        name = f"Warehouse {number}-{place}"
        meanings = [(name, "Name"), ("Artikelnr.", "SKU"), ("Lager", "")]
        save_columns(company, SYSTEM, ITEM_FILE, name=name, meanings=meanings, by=a_person(company, name=name))


def longer(company: Company) -> None:
    """The same, with thousands of documents, hundreds of orders, and dozens of issues, runs and saved columns."""
    many_documents(company, 5_000)
    prepared(company, *(f"2026-08-1{n % 9}  order 6{n:03}\nWT-101  {n}.00" for n in range(100, 300)))
    an_unmapped_product(company, *(f"7{n:03}" for n in range(60)))
    for number in range(8000, 8030):
        a_stuck_order(company, f"2026-08-14  order {number}  #{number} Nora {number}\nWT-101  199.00")
    for _ in range(60):
        a_run(company)
    saved_columns(company, 24)
    # On the first page of every sort are a blocked invoice and a payment that waits for it
    prepared(
        company, renamed("2026-08-19  order 9000\nKIT-MUG  9999.00\npaid 2026-08-19  9998.00", "KIT-MUG", **NEW_KIT)
    )


def counts(client: Client, company: Company) -> dict[str, int]:
    """How many queries each screen takes, once the person is known and the products are looked at."""
    order = order_of(company, "1042").pk
    issue = company.issues.get(code="product-without-mapping").pk
    screens = {
        "home": "",
        "documents": "documents/",
        "documents, filtered": "documents/?state=stuck&cause=product-without-mapping&customer=priya",
        "documents, sorted": "documents/?sort=-total",
        "orders": "orders/",
        "order, lines and documents": f"orders/{order}/",
        "order, pushes": f"orders/{order}/?tab=pushes",
        "order, source": f"orders/{order}/?tab=source",
        "order, history": f"orders/{order}/?tab=history",
        "issues": "issues/",
        "issue": f"issues/{issue}/",
        "sync history": "sync-history/",
        "search": "search/?q=Priya",
        "source, columns": f"integrations/{SYSTEM}/columns/",
    }
    client.get(f"/{company.slug}/")
    client.get(f"/{company.slug}/match-items/")  # products that were changed are looked at once
    return {name: _queries(client, f"/{company.slug}/{path}") for name, path in screens.items()}


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len([query for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def test_five_thousand_documents_take_the_number_of_queries_that_is_kept_in_git() -> None:
    company = a_short_list()
    longer(company)

    found = counts(as_role(company), company)

    assert found == json.loads(KEPT.read_text()), json.dumps(found, indent=4)


def test_a_short_list_takes_no_more_queries_than_a_long_one() -> None:
    company = a_short_list()
    kept = json.loads(KEPT.read_text())

    more = {name: number for name, number in counts(as_role(company), company).items() if number > kept[name]}

    assert more == {}


def test_documents_that_bear_the_number_of_their_order_take_one_query_for_all_orders() -> None:
    company = the_studio()
    prepared(company, ORDER)
    client = as_role(company)
    client.get(f"/{company.slug}/")
    before = _queries(client, f"/{company.slug}/documents/?kind=payment")

    prepared(company, *(f"2026-08-1{n}  order 200{n}\nWT-101  199.00\npaid 2026-08-20  Cash  {n}.00" for n in range(9)))

    assert _queries(client, f"/{company.slug}/documents/?kind=payment") == before
