"""Do issues that only follow what was touched say the same as issues that are counted from nothing?"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from books.documents import Document as Value
from books.outcomes import Accepted, Outcome, Refused, TryLater, Unknown
from books.posted_document import Holding, unlike
from books.problems import ChangedAfterPosting, RefusedByQuickBooks
from companies.models import Company
from companies.signals import decisions_changed
from mapping.models import Product, QuickBooksItem
from reconciliation.issues import follow, gather
from reconciliation.models import Issue, IssueState
from sync.lists.list_sync import LISTS, keep_page
from sync.models import (
    Document,
    DocumentProblem,
    DocumentState,
    Operation,
    PendingChange,
    Push,
    StagedOrder,
    TouchedCause,
)
from sync.preparing.prepare import prepare_orders, prepare_unsent
from sync.pushing import decisions
from sync.pushing.destination import Alteration
from sync.pushing.updates import hold_changed
from sync.quickbooks_online.list_parsers import ItemRow
from tests.factories import document_of, prepared, the_studio
from tests.many_rows import copies
from tests.reconciliation.factories import NEW_KIT, an_unmapped_product, renamed
from tests.sync.fake_destination import FakeDestination, push_to

pytestmark = pytest.mark.django_db

ITEM_LIST = next(kind for kind in LISTS if kind.model is QuickBooksItem)
STEPS = 30


class Books(FakeDestination):
    """Books that answer by chance, and void whatever they are asked to."""

    def __init__(self, chance: Random) -> None:
        super().__init__(self._answered)
        self.chance = chance

    def _answered(self, document: Value) -> Outcome | None:
        match self.chance.random():
            case luck if luck < 0.15:
                fault = self.chance.choice(["6000", "6240"])
                return Refused(problems=(RefusedByQuickBooks(fault=fault, message="No", detail=document.key[-1]),))
            case luck if luck < 0.2:
                return TryLater(reason="busy", wait=0)
            case luck if luck < 0.27:
                return Unknown(reason="silence")
            case luck if luck < 0.35:
                return Accepted(
                    quickbooks_id=document.key, sync_token="0", number="", customer_id="", total=Decimal(1), currency=""
                )
        return None

    def render_change(self, change: Alteration, *, ids: Any) -> bytes:
        return b"{}" if change.after is None else super().render_change(change, ids=ids)

    def send(self, kind: str, body: bytes, *, request_id: str, operation: Operation = Operation.CREATE) -> Outcome:
        if operation == Operation.VOID:
            return Accepted(
                quickbooks_id=request_id, sync_token="1", number="", customer_id="", total=Decimal(0), currency=""
            )
        return super().send(kind, body, request_id=request_id, operation=operation)


class Week:
    """What happens to a company in a week, by chance."""

    def __init__(self, company: Company, seed: int) -> None:
        self.company, self.chance = company, Random(seed)
        self.books = Books(self.chance)
        self.sold: dict[str, str] = {}

    def anything(self) -> str:
        """Let one thing happen, and say which."""
        happens: Callable[[], None] = self.chance.choice(
            [
                *(self.sell, self.sell, self.change, self.take_away, self.push, self.push, self.decide, self.rename),
                *(self.ignore, self.restore, self.settle, self.change_in_quickbooks, self.keep_theirs, self.overwrite),
                *(self.post_again, self.re_sync, self.confirm_void, self.move_home),
            ]
        )
        happens()
        return happens.__name__

    def sell(self) -> None:
        number = str(self.chance.randint(3000, 3012))
        customer = self.chance.choice(["", "  #7 Zoe Birch <zoe@example.com>", f"  #{number} Nora Kiln"])
        currency = self.chance.choice(["", "", "\norigin  CAD"])
        product = self.chance.choice(["WT-101", "KIT-MUG", "KIT-CLAY"])
        paid = self.chance.choice(["", "\npaid 2026-08-20  Cash  10.00"])
        self.sold[number] = f"2026-08-14  order {number}{customer}\n{product}  {self.chance.randint(20, 90)}.00{paid}"
        self._stage(number, currency)

    def _stage(self, number: str, currency: str = "") -> None:
        order = renamed(self.sold[number], "KIT-MUG", **NEW_KIT)
        prepared(self.company, replace(order, currency="CAD") if currency else order)

    def change(self) -> None:
        if self.sold:
            number = self.chance.choice(list(self.sold))
            self.sold[number] += f"\nKIT-CLAY  {self.chance.randint(1, 9)}.00"
            self._stage(number)

    def take_away(self) -> None:
        if self.sold:
            number = self.chance.choice(list(self.sold))
            prepared(self.company, f"{self.sold[number]}\nstatus  cancelled")

    def push(self) -> None:
        push_to(self.company, self.books)

    def decide(self) -> None:
        rows = list(Product.objects.filter(company=self.company))
        if rows:
            item = self.chance.choice(["", "Kiln Shelf", "Nowhere", "Mug Kit"])
            Product.objects.filter(pk=self.chance.choice(rows).pk).update(quickbooks_product_name=item)
            decisions_changed.send(sender=Company, company=self.company, by=None)

    def rename(self) -> None:
        row = self.chance.choice(list(QuickBooksItem.objects.filter(company=self.company).order_by("pk")))
        told = ItemRow(
            quickbooks_id=row.quickbooks_id,
            sync_token="1",
            active=self.chance.random() < 0.7,
            name=self.chance.choice([row.name, "Mug Kit", f"{row.name} 2"]),
            full_name=self.chance.choice([row.full_name, "Mug Kit", f"{row.name} 2"]),
            sku=row.sku,
            item_type=row.item_type,
            income_account_id=row.income_account_id,
        )
        keep_page(self.company, ITEM_LIST, [told], now=timezone.now())
        prepare_unsent(self.company)

    def move_home(self) -> None:
        self.company.home_currency = self.chance.choice(["USD", "CAD"])
        self.company.save()
        decisions_changed.send(sender=Company, company=self.company, by=None)

    def ignore(self) -> None:
        for row in self._some(state__in=decisions.IGNORABLE):
            decisions.ignore(row, reason="because", by=None)

    def restore(self) -> None:
        for row in self._some(state=DocumentState.IGNORED):
            decisions.restore(row, by=None)

    def settle(self) -> None:
        for row in self._some(state=DocumentState.POSTED, problems__code="changed-after-posting"):
            decisions.settle(row, reason="by hand", by=None)

    def change_in_quickbooks(self) -> None:
        for row in self._some(state=DocumentState.POSTED, kind="invoice", pending=PendingChange.UPDATE):
            ours = self.books.posted(row.value(), ids={})
            theirs: Holding = replace(ours, total=Decimal(self.chance.randint(1, 9)))
            hold_changed(row, theirs, unlike(ours, theirs))
            follow(self.company)

    def keep_theirs(self) -> None:
        for row in self._some(problems__code="changed-in-quickbooks"):
            decisions.keep_theirs(row, reason="theirs", by=None)

    def overwrite(self) -> None:
        for row in self._some(problems__code="changed-in-quickbooks"):
            decisions.overwrite(row, reason="ours", by=None)

    def confirm_void(self) -> None:
        for row in self._some(pending=PendingChange.HELD):
            decisions.confirm_void(row, reason="yes", by=None)

    def post_again(self) -> None:
        self.books.holds = lambda kind, quickbooks_id: False  # type: ignore[method-assign]
        for row in self._some(state=DocumentState.POSTED, kind="invoice"):
            decisions.post_again(row, destination=self.books, by=None)

    def re_sync(self) -> None:
        orders = list(StagedOrder.objects.filter(company=self.company).order_by("pk"))
        some = self.chance.sample(orders, min(3, len(orders)))
        prepare_orders(self.company, some, again=True)
        push_to(self.company, self.books)

    def _some(self, **which: Any) -> list[Document]:
        rows = Document.objects.filter(company=self.company, **which).order_by("pk").distinct()
        return self.chance.sample(list(rows), min(1, len(rows)))


def told(company: Company) -> dict[str, Any]:
    """Every issue as a person sees it."""
    company.refresh_from_db()
    return {
        issue.cause: (issue.state, issue.records, issue.money, json.dumps(issue.foreign, sort_keys=True), issue.facts)
        for issue in Issue.objects.filter(company=company)
    }


def counted_from_nothing(company: Company) -> dict[str, Any]:
    """What a full count says; nothing of it stays, so that the next step follows from what was followed."""
    with transaction.atomic():
        gather(company)
        counted = told(company)
        transaction.set_rollback(True)
    return counted


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_what_was_followed_is_what_a_full_count_says(seed: int) -> None:
    company = the_studio()
    week = Week(company, seed)
    for _ in range(5):
        week.sell()
    done = []

    for _ in range(STEPS):
        done.append(week.anything())

        assert told(company) == counted_from_nothing(company), done

    assert Issue.objects.filter(company=company).exists()


def test_what_is_touched_while_others_count_is_counted_the_next_time() -> None:
    company = the_studio()
    an_unmapped_product(company)
    document_of(company, "2001").problems.touch()
    assert TouchedCause.objects.filter(company=company).exists()

    follow(company)

    assert not TouchedCause.objects.filter(company=company).exists()


def test_one_order_counts_its_own_causes_among_thousands() -> None:
    company = the_studio()
    issue = an_unmapped_product(company)
    problem = document_of(company, "2001").problems.get()
    copies(problem, 2_000, cause="'product-without-mapping|many-' || n.i")
    copies(issue, 2_000, cause="'product-without-mapping|many-' || n.i")
    follow(company)

    with CaptureQueriesContext(connection) as queries:
        DocumentProblem.objects.filter(pk=problem.pk).touch()
        follow(company)

    read = [query["sql"] for query in queries if '"reconciliation_issue"' in query["sql"]]
    assert read
    assert all('"cause" IN (' in statement for statement in read if statement.startswith("SELECT"))
    assert Issue.objects.filter(company=company, state=IssueState.OPEN).count() == 2_001
    assert len(queries) < 12


def test_a_question_about_a_document_under_way_is_an_issue_once_its_answer_is_lost() -> None:
    """Its problem came while it was being sent, when it blocked nothing; the push alone knows that it does now."""
    company = the_studio()
    prepared(company, "2026-08-14  order 3001\nWT-101  199.00")
    document = document_of(company, "3001")

    def killed(_: Value) -> Outcome | None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        push_to(company, FakeDestination(killed))
    Push.objects.update(last_sent_at=timezone.now() - timedelta(hours=1))
    problem = ChangedAfterPosting(document="Invoice", document_key=document.key, posted="199.00 USD", now="9.00 USD")
    DocumentProblem.objects.create(
        company=company, document=document, code=problem.code, cause=problem.cause, facts=problem.facts()
    )
    follow(company)
    assert not Issue.objects.filter(company=company, records__gt=0).exists()

    push_to(company, FakeDestination(lambda _: Unknown(reason="silence")))

    assert document_of(company, "3001").state == DocumentState.UNKNOWN
    issue = Issue.objects.get(company=company, code=problem.code)
    assert (issue.state, issue.records, issue.money) == (IssueState.OPEN, 1, Decimal(199))
