"""Does the list of documents show, sort, filter, page and export what is there?"""

from __future__ import annotations

import csv
import html
import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.models import Company
from mapping.models import QuickBooksItem
from sync.models import Document, DocumentState, OrderEvent
from tests.factories import document_of, prepared, the_studio
from tests.many_rows import copies
from tests.reconciliation.factories import an_unmapped_product, as_role, many_documents, posted

pytestmark = pytest.mark.django_db

ORDERS = (
    "2026-08-14  order 1042\nWT-101  199.00\npaid 2026-08-20  Cash  50.00",
    "2026-08-15  order 1043  #7 Zoë O'Brien <zoe@example.com>\nWT-101  99.00",
    "2026-08-16  order 1044  #8 Ana Lund <ana@example.com>\nWT-101  9.00",
)


@pytest.fixture
def company() -> Company:
    company = the_studio()
    prepared(company, *ORDERS)
    an_unmapped_product(company, "2001")
    return company


@pytest.fixture
def ops(company: Company) -> Client:
    return as_role(company)


def shown(client: Client, query: str = "") -> list[str]:
    """The numbers in the list, from the top."""
    text = client.get(f"/studio/documents/{query}").content.decode()
    return re.findall(r'href="/studio/orders/\d+/#document-\d+">([^<]+)<', text)


def rows(text: str) -> list[str]:
    """The documents of a page by their number in the database."""
    return re.findall(r'#document-(\d+)">', text)


def link(text: str, relation: str) -> str:
    """Where the next or previous page is; empty where there is none."""
    found = re.search(rf'rel="{relation}" href="([^"]+)"', text)
    return html.unescape(found.group(1)) if found else ""


def page(client: Client, query: str = "") -> str:
    response = client.get(f"/studio/documents/{query}")
    assert response.status_code == 200
    return html.unescape(response.content.decode())


@pytest.mark.criterion("D64")
def test_created_and_not_created_documents_are_listed_with_their_state(company: Company, ops: Client) -> None:
    posted(document_of(company, "1042"), quickbooks_id="9001")

    text = page(ops)

    assert {"1042", "1043", "1044", "2001"} <= set(shown(ops))
    for words in ("Posted", "Ready", "Blocked", "9001"):
        assert words in text


@pytest.mark.criterion("D61", "D62", "D66")
def test_the_action_column_says_what_has_to_be_fixed_and_links_to_the_issue(company: Company, ops: Client) -> None:
    text = page(ops, "?state=blocked")

    assert re.search(r'href="/studio/issues/\d+/">Product not mapped: Item not found in QuickBooks</a>', text)
    assert "“Creme Brulee Mugs” (SKU MUGS-22)" in text
    assert ">Action<" in re.sub(r"\s+", "", text)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?kind=invoice", ["1044", "1043", "2001", "1042"]),
        ("?kind=invoice&sort=date", ["1042", "2001", "1043", "1044"]),
        ("?kind=invoice&sort=total", ["1044", "2001", "1043", "1042"]),
        ("?kind=invoice&sort=-total", ["1042", "1043", "2001", "1044"]),
        ("?kind=invoice&sort=customer", ["1044", "1042", "2001", "1043"]),
        ("?kind=invoice&sort=nonsense", ["1044", "1043", "2001", "1042"]),
    ],
)
def test_the_list_is_sorted_as_asked(ops: Client, query: str, numbers: list[str]) -> None:
    assert shown(ops, query) == numbers


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?state=blocked", {"2001"}),
        ("?state=stuck", {"2001"}),
        ("?state=posted", set()),
        ("?kind=payment", {"1042-1"}),
        ("?kind=customer", {"View"}),
        ("?cause=product-without-mapping", {"2001"}),
        ("?cause=customer-without-email", set()),
        ("?number=104", {"1042", "1042-1", "1043", "1044"}),
        ("?customer=lund", {"1044"}),
        ("?customer=%25", set()),
        ("?since=2026-08-16", {"1042-1", "1044"}),
        ("?until=2026-08-14", {"1042", "2001"}),
        ("?since=2026-08-15&until=2026-08-15", {"1043"}),
        ("?state=ready&kind=invoice&customer=zo", {"1043"}),
    ],
)
def test_filters_narrow_the_list_together(ops: Client, query: str, numbers: set[str]) -> None:
    assert set(shown(ops, query)) == numbers


@pytest.mark.parametrize(
    "query", ["?state=posted&customer=nobody", "?cause=no-customer", "?number=zzz", "?since=2030-01-01"]
)
def test_a_filter_without_a_hit_says_what_to_do(ops: Client, query: str) -> None:
    text = page(ops, query)

    assert "Nothing matches the filter." in text
    assert "Clear the filter" in text


def test_a_tab_without_a_document_is_no_filter_that_is_too_narrow(ops: Client) -> None:
    text = page(ops, "?state=exported")

    assert "There is nothing in this state." in text
    assert "Widen it" not in text


@pytest.mark.parametrize(
    "query",
    [
        "?state=rubbish",
        "?kind='; drop table",
        "?cause=%00",
        "?since=yesterday",
        "?until=2026-13-45",
        "?since=0000-00-00",
    ],
)
def test_a_filter_that_cannot_be_read_shows_nothing_and_says_why(ops: Client, query: str) -> None:
    text = page(ops, query)

    assert "The filter cannot be read, so nothing is shown." in text
    assert 'class="tie-error"' in text
    assert shown(ops, query) == []


@pytest.mark.parametrize("query", ["?place=rubbish", "?place=%00", "?place=W10", "?sort=%00&place=x", "?number=%00"])
def test_a_place_that_cannot_be_read_is_the_first_page(ops: Client, query: str) -> None:
    assert ops.get(f"/studio/documents/{query}").status_code == 200


def test_a_long_list_is_paged_forwards_and_back_and_shows_every_row_once(company: Company, ops: Client) -> None:
    many_documents(company, 120)
    pages = [ops.get("/studio/documents/?sort=total&kind=invoice").content.decode()]
    while following := link(pages[-1], "next"):
        pages.append(ops.get(f"/studio/documents/{following}").content.decode())
    seen = [number for text in pages for number in rows(text)]

    assert [len(rows(text)) for text in pages] == [50, 50, 25]
    assert len(set(seen)) == Document.objects.filter(company=company, kind="invoice").count()
    back = ops.get(f"/studio/documents/{link(pages[2], 'prev')}").content.decode()
    assert rows(back) == rows(pages[1])


def test_newest_documents_come_first_and_the_buttons_say_so(company: Company, ops: Client) -> None:
    many_documents(company, 60)

    text = page(ops)

    assert "Older" in text
    assert "Newer" not in text
    assert "Newer" in page(ops, link(text, "next"))


def test_more_than_ten_thousand_documents_are_not_counted_out(company: Company, ops: Client) -> None:
    many_documents(company, 10_001)

    assert "10,000+ documents" in page(ops)
    assert "Re-sync all 10,000+" in page(ops)


def exported(client: Client, query: str = "") -> list[list[str]]:
    response = client.get(f"/studio/documents/export/{query}")
    assert response.status_code == 200
    text = b"".join(response).decode("utf-8-sig")
    return list(csv.reader(text.splitlines(keepends=True)))


def test_the_export_has_every_page_of_the_same_filter_in_the_same_order(company: Company, ops: Client) -> None:
    many_documents(company, 120)

    rows = exported(ops, "?kind=invoice&sort=-total&place=ignored")

    assert rows[0][:9] == [
        "Kind",
        "Number",
        "Date",
        "Customer",
        "Total",
        "Currency",
        "State",
        "Action",
        "QuickBooks id",
    ]
    assert len(rows) - 1 == Document.objects.filter(company=company, kind="invoice").count()
    totals = [float(row[4]) for row in rows[1:]]
    assert totals == sorted(totals, reverse=True)


def test_the_export_says_what_has_to_be_done_in_words(ops: Client) -> None:
    (row,) = exported(ops, "?state=blocked")[1:]

    assert row[0:7] == ["Invoice", "2001", "2026-08-14", "Priya Natarajan", "36.00", "USD", "Blocked"]
    assert row[7].startswith("Product not mapped: Item not found in QuickBooks: “Creme Brulee Mugs”")


def test_a_line_of_the_export_says_of_each_document_what_its_page_says(company: Company, ops: Client) -> None:
    prepared(
        company, "2026-08-18  order 6001  #9 Ida Slip <ida@example.com>\nWT-101  9.00\npaid 2026-08-20  Cash  5.00"
    )
    posted(document_of(company, "6001", "payment"))
    Document.objects.filter(kind="payment").update(state="posted", posted_at=timezone.now(), quickbooks_id="77")

    rows = {(row[0], row[9]): row for row in exported(ops)[1:]}

    documents = list(Document.objects.exclude(kind="customer").select_related("order", "depends_on", "company"))
    assert {document.get_state_display() for document in documents} >= {"Posted", "Blocked", "Ready"}
    for document in documents:
        row = rows[document.get_kind_display(), document.order.number]
        assert row[1] == document.number
        assert row[4:7] == [f"{document.total:.2f}", "USD", document.get_state_display()]
        assert row[8:10] == [document.quickbooks_id, document.order.number]
        moment = document.posted_at
        assert row[10] == (moment.astimezone(company.zone).strftime("%Y-%m-%d %H:%M") if moment else "")
        assert row[11] == document.get_form_display()
    waiting = next(document for document in documents if document.order.number == "6001" and document.kind == "invoice")
    assert rows["Invoice", "6001"][7] == f"It waits for {waiting.depends_on}."


def test_the_export_asks_the_same_few_questions_for_each_five_hundred_lines(company: Company, ops: Client) -> None:
    copies(document_of(company, "1042"), 1_000, key="'many:' || n.i", number="'9' || n.i")

    with CaptureQueriesContext(connection) as queries:
        lines = len(exported(ops))

    assert lines > 1_000
    assert sum('"sync_documentproblem"' in query["sql"] for query in queries) == 3
    assert len(queries) < 25


def test_the_export_runs_nothing_that_a_customer_wrote_into_a_name(company: Company, ops: Client) -> None:
    Document.objects.filter(pk=document_of(company, "1042").pk).update(customer_name='=HYPERLINK("http://evil")')

    names = {row[3] for row in exported(ops)[1:]}

    assert """'=HYPERLINK("http://evil")""" in names


def test_an_export_that_cannot_be_read_is_empty_and_not_everything(ops: Client) -> None:
    assert len(exported(ops, "?since=rubbish")) == 1


def test_the_link_to_a_document_leads_to_its_place_on_the_orders_page(company: Company, ops: Client) -> None:
    invoice = document_of(company, "1042")

    response = ops.get(f"/studio/documents/{invoice.pk}/")

    assert response.headers["Location"] == f"/studio/orders/{invoice.order_id}/#document-{invoice.pk}"


def test_a_name_that_is_html_is_shown_and_not_run(company: Company, ops: Client) -> None:
    Document.objects.filter(company=company).update(customer_name="<script>alert(1)</script>")

    text = ops.get("/studio/documents/").content.decode()

    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_without_documents_the_page_says_what_comes_first() -> None:
    company = the_studio("Empty", "empty")

    text = as_role(company).get("/empty/documents/").content.decode()

    assert "There are no documents yet." in text
    assert "/empty/import-orders/" in text


def test_documents_of_another_company_are_neither_shown_nor_counted_nor_exported(company: Company, ops: Client) -> None:
    other = the_studio("Lindqvist Pottery", "lindqvist")
    prepared(other, "2026-08-14  order 9999\nWT-101  199.00")

    assert "9999" not in page(ops)
    assert "9999" not in {row[1] for row in exported(ops)}
    assert f"{Document.objects.filter(company=company).exclude(kind='customer').count()} documents" in page(ops)


def test_every_row_can_be_chosen_by_its_name(company: Company, ops: Client) -> None:
    text = page(ops)

    assert 'aria-label="Choose Invoice 1042"' in text
    assert text.count('name="document"') == len(shown(ops))


@pytest.mark.parametrize(
    ("currency", "style", "shown"),
    [
        ("USD", "", "08/14/2026"),
        ("EUR", "", "2026-08-14"),
        ("USD", "ymd", "2026-08-14"),
        ("EUR", "dmy", "14/08/2026"),
        ("EUR", "mdy", "08/14/2026"),
    ],
)
def test_dates_are_written_as_the_company_writes_them(
    company: Company, ops: Client, currency: str, style: str, shown: str
) -> None:
    Company.objects.filter(pk=company.pk).update(home_currency=currency, date_style=style)

    assert f">{shown}<" in page(ops)
    assert f"{shown}</dd>" in ops.get(f"/studio/orders/{document_of(company, '2001').order_id}/").text


def test_moments_are_in_the_time_zone_of_the_company_which_the_foot_of_the_page_names(
    company: Company, ops: Client
) -> None:
    at = datetime(2026, 8, 14, 2, 30, tzinfo=UTC)
    document = document_of(company, "2001")
    OrderEvent.objects.filter(order=document.order).update(at=at)
    QuickBooksItem.objects.filter(company=company).update(changed_at=at)

    history = ops.get(f"/studio/orders/{document.order_id}/?tab=history").text
    assert "08/13/2026 8:30:00 PM" in history
    assert "Times are in America/Denver" in history
    assert "08/13/2026 8:30 PM" in ops.get("/admin/mapping/quickbooksitem/").text


def test_a_document_in_another_state_is_refused_to_no_filter(company: Company, ops: Client) -> None:
    for state in DocumentState.values:
        assert ops.get(f"/studio/documents/?state={state}").status_code == 200
