"""Does a sync see what others did to posted documents in QuickBooks, in the one read that it makes anyway?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import F

from companies.models import Company
from reconciliation.tie_out.comparing import Period
from reconciliation.tie_out.run import begin, carry_out
from sync.lists.due import MOST_POSTED
from sync.lists.refresh import refresh_lists
from sync.models import Connection, Document, DocumentChange, DocumentProblem, Run
from sync.pushing.decisions import overwrite
from sync.run import sync_company
from tests.factories import prepared
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

READS = ("query", "read", "cdc", "report")
DAY = timedelta(days=1)
Edit = Callable[[Books, Any, Any], object]


def order(number: int) -> str:
    """One that is paid, of a customer whom QuickBooks has."""
    head = f"2026-08-14  order {number}  #31 Priya Natarajan <priya.natarajan@example.com>"
    return f"{head}\nKIT-CLAY  48.00\npaid 2026-08-20  Card  48.00"


def later(company: Company, passed: timedelta = DAY) -> None:
    """Let so much time pass since QuickBooks was read."""
    names = ("lists_refreshed_at", "lists_whole_at", "proven_at")
    Connection.objects.filter(company=company).update(**{name: F(name) - passed for name in names})


def reads(company: Company, books: Books) -> list[str]:
    """What a sync read."""
    before = len(books.control("log", method="GET")["entries"])
    report = sync_company(company)
    assert (report.stopped, report.cannot_run) == ("", None)
    entries = books.control("log", method="GET")["entries"][before:]
    return [entry["operation"] for entry in entries if entry["operation"] in READS]


def waiting(company: Company) -> list[tuple[Any, ...]]:
    """What a person is asked about, to the last word."""
    changes = DocumentChange.objects.filter(document__company=company, document__pending="held")
    seen = dict(changes.values_list("document", "seen"))
    problems = DocumentProblem.objects.filter(company=company).order_by("document", "code")
    rows = problems.values_list("document", "code", "cause", "facts")
    return [(*row, seen.get(row[0])) for row in rows]


def reprice(books: Books, invoice: Any, payment: Any) -> None:
    lines = [
        {**line, "Amount": 40, "SalesItemLineDetail": {**line["SalesItemLineDetail"], "UnitPrice": 40, "Qty": 1}}
        for line in invoice["Line"]
        if line["DetailType"] == "SalesItemLineDetail"
    ]
    books.change("Invoice", invoice, Line=lines)


#: What is done to an order's invoice or payment, and of what of it a person is asked.
EDITS: tuple[tuple[Edit, set[str]], ...] = (
    (lambda books, invoice, _: books.change("Invoice", invoice, PrivateNote="Thank you"), set()),
    (lambda books, invoice, _: books.change("Invoice", invoice, TxnDate="2026-09-02"), {"invoice changed"}),
    (lambda books, _, payment: books.change("Payment", payment, Line=[]), {"payment changed"}),
    # What pays less of it, or nothing any more, is another payment than was posted
    (reprice, {"invoice changed", "payment changed"}),
    (lambda books, invoice, _: books.delete("Invoice", invoice), {"invoice deleted", "payment changed"}),
    (
        lambda books, invoice, _: books.control("void", {"entity": "Invoice", "id": invoice["Id"]}),
        {"invoice changed", "payment changed"},
    ),
)


def test_a_sync_asks_about_what_others_did_as_a_tie_out_would_and_in_one_read(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, *(order(number) for number in range(len(EDITS))))
    push(studio)
    for number, (edit, _) in enumerate(EDITS):
        ours = Document.objects.filter(order__number=str(number))
        entities = ("Invoice", "Payment")
        edit(quickbooks, *(quickbooks.read(name, ours.get(kind=name.lower()).quickbooks_id) for name in entities))
    later(studio)

    assert reads(studio, quickbooks) == ["cdc"]

    found = waiting(studio)
    told: dict[str, set[str]] = {str(number): set() for number in range(len(EDITS))}
    for document, code, *_ in found:
        row = Document.objects.select_related("order").get(pk=document)
        told[row.order.number].add(f"{row.kind} {code.removesuffix('-in-quickbooks')}")
    assert [*told.values()] == [expected for _, expected in EDITS]
    DocumentProblem.objects.all().delete()
    DocumentChange.objects.all().delete()
    Document.objects.update(pending="")
    carry_out(begin(studio, Period(first=date(2026, 8, 1), last=date(2026, 8, 31)), by=None))
    assert waiting(studio) == found


def test_what_was_put_right_there_or_put_back_by_us_is_asked_about_no_longer(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, order(1), order(2))
    push(studio)
    for number in ("1", "2"):
        quickbooks.change("Invoice", quickbooks.find("Invoice", f"DocNumber = '{number}'"), TxnDate="2026-09-02")
    assert refresh_lists(studio, whole=False).drifted == 2
    assert Run.objects.filter(kind="refresh", counts__drifted=2).count() == 1
    quickbooks.change("Invoice", quickbooks.find("Invoice", "DocNumber = '1'"), TxnDate="2026-08-14")
    assert overwrite(Document.objects.get(number="2", kind="invoice"), reason="A slip", by=None)
    assert refresh_lists(studio, whole=False).drifted == 0
    assert waiting(studio) == []
    assert Document.objects.get(number="2", kind="invoice").pending == "update"
    push(studio)

    counts = refresh_lists(studio, whole=False)

    assert (counts.drifted, counts.failed, waiting(studio)) == (0, "", [])
    assert quickbooks.find("Invoice", "DocNumber = '2'")["TxnDate"] == "2026-08-14"


def test_books_that_were_left_alone_are_read_once_a_day(studio: Company, quickbooks: Books) -> None:
    assert reads(studio, quickbooks) == []
    prepared(studio, order(1))
    push(studio)

    assert reads(studio, quickbooks) == []
    later(studio)
    assert reads(studio, quickbooks) == ["cdc"]
    assert reads(studio, quickbooks) == []


def copies(company: Company, number: int, first: int = 0) -> None:
    """So many more documents that were posted just now, of which QuickBooks need not know."""
    pattern = Document.objects.filter(company=company, kind="invoice").first()
    assert pattern
    values = {field.attname: getattr(pattern, field.attname) for field in Document._meta.concrete_fields}
    del values["id"]
    Document.objects.bulk_create(
        Document(**values | {"key": f"copy-{copy}", "quickbooks_id": f"copy-{copy}"})
        for copy in range(first, first + number)
    )


def test_after_many_were_posted_changes_are_asked_for_before_an_answer_is_too_small(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, order(1))
    push(studio)
    copies(studio, MOST_POSTED - 3)
    assert reads(studio, quickbooks) == []
    copies(studio, 1, first=MOST_POSTED)

    assert reads(studio, quickbooks) == ["cdc"]


def test_where_one_answer_is_too_small_pages_are_read_and_what_may_be_missing_is_said(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, order(1), order(2))
    push(studio)
    quickbooks.change("Invoice", quickbooks.find("Invoice", "DocNumber = '1'"), TxnDate="2026-09-02")
    quickbooks.delete("Invoice", quickbooks.find("Invoice", "DocNumber = '2'"))
    copies(studio, 1000)

    counts = refresh_lists(studio, whole=False)

    assert counts.failed == ""
    assert {code for _, code, *_ in waiting(studio)} == {"changed-in-quickbooks", "deleted-in-quickbooks"}
    assert counts.warnings[0].worded().startswith("QuickBooks reports 1,000 changes at most")


def test_after_more_than_quickbooks_remembers_that_is_said_and_the_rest_found(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, order(1))
    push(studio)
    quickbooks.change("Invoice", quickbooks.find("Invoice", "DocNumber = '1'"), TxnDate="2026-09-02")
    Connection.objects.update(documents_known_until=F("documents_known_until") - 31 * DAY)

    counts = refresh_lists(studio)

    assert counts.drifted == 1
    assert counts.warnings[0].worded().startswith("QuickBooks remembers changes for 30 days")
    assert refresh_lists(studio).warnings == []
