"""Is a record over which Tieout itself breaks an issue with its money, and does it come back?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from pytest_django import Settings

from books.documents import Document as DocumentValue
from companies.models import Company
from reconciliation.issues import gather
from reconciliation.models import Issue, IssueState
from sync.models import Document, DocumentProblem, OrderVersion, StagedOrder
from sync.preparing.failed_records import PREPARING, SENDING, release, try_again_after_upgrade
from sync.preparing.prepare import prepare_new, prepare_orders
from sync.pushing.destination import Alteration
from tests.factories import document_of, order_of, prepared, staged, the_studio
from tests.simulators.driver import Books
from tests.sync.fake_destination import FakeDestination, push_to
from tests.sync.pushing import NEW, in_quickbooks, minutes_later, push
from tests.sync.sales import SOLD, of_order

pytestmark = pytest.mark.django_db(transaction=True)

PAID = f"{SOLD}\npaid 2026-08-20  Card  199.00"


def damaged(company: Company, number: str) -> None:
    """Nobody can read what was staged of this order."""
    OrderVersion.objects.filter(order=order_of(company, number)).update(body={"number": number})


def issue(company: Company) -> Issue:
    gather(company)
    return Issue.objects.get(company=company, code="could-not-process", state=IssueState.OPEN)


class Breaks(FakeDestination):
    """Cannot render what belongs to some orders, as if a needed id were missing."""

    def __init__(self, *numbers: str) -> None:
        super().__init__()
        self.numbers = numbers

    def render(self, document: DocumentValue, *, ids: Mapping[str, str]) -> bytes:
        if document.number in self.numbers:
            raise KeyError(document.number)
        return super().render(document, ids=ids)

    def render_change(self, change: Alteration, *, ids: Mapping[str, str]) -> bytes:
        raise ZeroDivisionError


# Preparing -----------------------------------------------------------------------------------------------------------


def test_an_order_that_cannot_be_prepared_is_an_issue_with_its_money_and_goes_when_it_can() -> None:
    company = the_studio()
    staged(company, SOLD, of_order(2, SOLD))
    body = OrderVersion.objects.get(order=order_of(company, "1")).body
    damaged(company, "1")
    prepare_new(company)

    found = issue(company)
    assert (found.records, str(found.money), found.facts["step"]) == (1, "199.0000", PREPARING)
    assert document_of(company, "1").state == "blocked"

    OrderVersion.objects.filter(order=order_of(company, "1")).update(body=body)
    prepare_new(company)
    gather(company)
    assert (document_of(company, "1").state, document_of(company, "1").version) == ("ready", 1)
    assert not Issue.objects.filter(state=IssueState.OPEN).exists()


def test_what_stood_in_for_a_sale_goes_when_the_order_turns_out_to_be_something_else() -> None:
    company = the_studio()
    staged(company, SOLD)
    body = OrderVersion.objects.get().body
    damaged(company, "1")
    prepare_new(company)
    OrderVersion.objects.update(body={**body, "status": "cancelled"})
    StagedOrder.objects.update(status="cancelled")

    prepare_new(company)

    assert not Document.objects.exists()


def test_a_posted_order_whose_new_version_cannot_be_prepared_is_an_issue_and_stays_posted() -> None:
    company = the_studio()
    prepared(company, SOLD)
    push_to(company, FakeDestination())
    staged(company, SOLD.replace("199.00", "250.00"))
    OrderVersion.objects.filter(version=2).update(body={})

    prepare_new(company)

    assert str(issue(company).money) == "199.0000"
    assert document_of(company, "1").state == "posted"


# Sending -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def stuck() -> Company:
    """An invoice that cannot be rendered, with a payment that follows it, beside another order."""
    company = the_studio()
    prepared(company, PAID, of_order(2, SOLD))
    push_to(company, Breaks("1"))
    return company


def test_a_document_that_cannot_be_rendered_leaves_ready_and_is_an_issue(stuck: Company) -> None:
    found = issue(stuck)

    assert (found.records, str(found.money), found.facts["step"]) == (1, "199.0000", SENDING)
    assert found.facts["error"].startswith("KeyError in test_could_not_process, render")
    assert {row.number: row.state for row in Document.objects.filter(kind="invoice")} == {"1": "blocked", "2": "posted"}
    assert Document.objects.get(kind="payment").state == "blocked"


def test_it_is_not_tried_again_in_each_round(stuck: Company) -> None:
    assert dict(push_to(stuck, Breaks("1")).outcomes) == {}
    prepare_new(stuck)
    assert document_of(stuck, "1").state == "blocked"


def test_it_comes_back_by_re_sync(stuck: Company) -> None:
    prepare_orders(stuck, [order_of(stuck, "1")], again=True)

    push_to(stuck, FakeDestination())

    assert set(Document.objects.values_list("state", flat=True)) == {"posted"}
    assert not DocumentProblem.objects.exists()


@pytest.mark.parametrize("room", ["books", "companies", "mapping", "sync"])
def test_a_release_is_another_one_when_a_rule_changes_in_any_room_that_decides(
    room: str, tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / room / "rules").mkdir(parents=True)
    rule = tmp_path / room / "rules" / "rule.py"
    rule.write_text("LIMIT = 30\n", encoding="utf-8")
    settings.BASE_DIR = tmp_path
    before = release.__wrapped__()
    assert release.__wrapped__() == before

    rule.write_text("LIMIT = 31\n", encoding="utf-8")

    assert release.__wrapped__() != before


def test_it_comes_back_after_an_upgrade(stuck: Company) -> None:
    assert try_again_after_upgrade(stuck) == 0
    for problem in DocumentProblem.objects.all():
        problem.facts = {**problem.facts, "release": "an earlier one"}
        problem.save()

    assert try_again_after_upgrade(stuck) == 1
    prepare_new(stuck)
    push_to(stuck, FakeDestination())

    assert set(Document.objects.values_list("state", flat=True)) == {"posted"}


def test_a_change_that_cannot_be_rendered_is_held_and_comes_back_by_re_sync() -> None:
    company = the_studio()
    prepared(company, SOLD)
    destination = Breaks()
    push_to(company, destination)
    prepared(company, SOLD.replace("199.00", "250.00"))

    push_to(company, destination)
    prepare_new(company)

    invoice = document_of(company, "1")
    assert (invoice.state, invoice.pending, invoice.problems.get().code) == ("posted", "held", "could-not-process")
    prepare_orders(company, [order_of(company, "1")], again=True)
    assert document_of(company, "1").pending == "update"


def test_an_answer_that_cannot_be_recorded_leaves_the_document_to_be_looked_up(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, NEW)

    def breaks(step: str, document: Document) -> None:
        if (step, document.kind) == ("answered", "payment"):
            raise ValueError("no such thing")

    push(studio, observe=breaks)
    payment = Document.objects.get(kind="payment")
    assert (payment.state, payment.problems.get().code) == ("unknown", "could-not-process")
    minutes_later(studio)
    push(studio)

    assert in_quickbooks(quickbooks) == (1, 1, 1)
    payment.refresh_from_db()
    assert (payment.state, payment.problems.count()) == ("posted", 0)
