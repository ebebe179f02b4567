"""Documents in every form that QuickBooks has for them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from books.messages import Message
from books.movement import Movement, moved_by, moved_by_document
from books.posted_document import unlike
from companies.models import Company
from mapping.account_chart import chart_of
from mapping.models import DocumentForms, PostingAccounts
from sync.models import Document, Push
from sync.pushing.destination import ReadBack
from sync.readiness import destination_of
from tests.factories import prepared
from tests.simulators.driver import Books
from tests.sync.pushing import push

Amounts = Mapping[str, Decimal]


def choose(company: Company, *, accounts: Mapping[str, str] | None = None, **forms: Any) -> None:
    """Set posting accounts and the forms of documents."""
    PostingAccounts.objects.filter(company=company).update(**accounts or {})
    DocumentForms.objects.update_or_create(company=company, defaults=forms)


def post(company: Company, books: Books, text: str) -> tuple[list[str], Amounts]:
    """Post an order; the forms it took, and what moved in QuickBooks, which is just what its documents predict."""
    known = set(Document.objects.values_list("pk", flat=True))
    before = trial_balance(books), books.ledger()
    prepared(company, text)
    push(company)
    rows = list(Document.objects.exclude(pk__in=known).order_by("pk"))
    assert {row.state for row in rows} == {"posted"}, [(str(row), row.state) for row in rows]

    predicted: dict[str, Decimal] = {}
    postings = [posting for row in rows for posting in row.value().postings]
    for posting in postings:
        predicted[posting.account.path] = predicted.get(posting.account.path, Decimal(0)) + posting.amount
    predicted = {path: amount for path, amount in predicted.items() if amount}
    assert moved(before[1], books.ledger()) == predicted
    chart = chart_of(company)
    by_account = Movement.of(pair for row in rows for pair in moved_by_document(row.value()).amounts.items())
    assert {chart.name(account): amount for account, amount in by_account.amounts.items()} == predicted
    assert moved(before[0], trial_balance(books)) == predicted
    return [row.form for row in rows], predicted


def moved(before: Amounts, after: Amounts) -> Amounts:
    """By how much each account's balance changed; those that did not are left out."""
    changes = {path: after.get(path, Decimal(0)) - before.get(path, Decimal(0)) for path in {*before, *after}}
    return {path: amount for path, amount in changes.items() if amount}


def trial_balance(books: Books) -> Amounts:
    """Each account's balance by QuickBooks' own report, debit positive."""
    report = books.ask("GET", "reports/TrialBalance", params={"start_date": "2026-01-01", "end_date": "2026-12-31"})
    rows = [row["ColData"] for row in report["Rows"]["Row"] if "ColData" in row]
    return {row[0]["value"]: Decimal(row[1]["value"] or 0) - Decimal(row[2]["value"] or 0) for row in rows}


def stored(books: Books, row: Document, entity: str) -> Any:
    return books.read(entity, row.quickbooks_id)


def reads_as_posted(company: Company) -> None:
    """What QuickBooks shows of each document is, in all that is compared, what was posted, and moves what it says."""
    chart = chart_of(company)
    destination = destination_of(company)
    assert not isinstance(destination, Message)
    for row in Document.objects.filter(company=company, state="posted").exclude(kind="customer"):
        value = row.value()
        ids = dict(Document.objects.filter(key__in=value.needs).values_list("key", "quickbooks_id"))
        reading = destination.read(row.form, row.quickbooks_id)
        assert isinstance(reading, ReadBack), (str(row), reading)
        expected = destination.posted(value, ids=ids)
        assert unlike(expected, reading.holding) == (), str(row)
        for holding in (expected, reading.holding):
            assert moved_by(row.form, holding, chart) == moved_by_document(value), str(row)


def nothing_more_is_sent(company: Company) -> None:
    """Two more runs find nothing to do."""
    reads_as_posted(company)
    writes = Push.objects.count()
    for _ in range(2):
        prepared(company)
        assert dict(push(company).outcomes) == {}
    assert Push.objects.count() == writes
