"""Does an order's page say where its money went, and which step of it is missing in the books?"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from books.money import ZERO
from books.orders import Order
from companies.models import Company
from reconciliation.money_path import PathRecord, PathStep, money_path
from sync.models import Document, DocumentState
from tests.factories import order_of, prepared, the_studio
from tests.reconciliation.factories import NEW_KIT, as_role, renamed
from tests.sample_orders import an_order

PAID = "2026-08-14  order 7  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00\npaid 2026-08-20  Card  48.00"


def a_record(kind: str, amount: str, state: str = DocumentState.POSTED, *, kept: bool = False) -> PathRecord:
    return PathRecord(pk=1, kind=kind, label=kind, amount=Decimal(amount), state=state, kept=kept)


def steps(order: Order, *records: PathRecord, explained: bool = False) -> dict[str, PathStep]:
    return {step.title: step for step in money_path(order, records, explained=explained)}


def test_an_order_without_records_has_no_path() -> None:
    assert money_path(an_order(PAID), [], explained=False) == []


def test_a_payment_that_no_record_is_about_is_missing() -> None:
    payments = steps(an_order(PAID), a_record("invoice", "48.00"))["Payments"]

    assert (payments.tone, payments.missing, payments.amount) == ("bad", Decimal("48.00"), Decimal("48.00"))


def test_what_a_note_explains_or_a_person_kept_is_not_missing() -> None:
    order = an_order(PAID)

    assert steps(order, a_record("invoice", "48.00"), explained=True)["Payments"].tone == "wait"
    kept = steps(order, a_record("invoice", "40.00", kept=True))["Invoice"]
    assert (kept.tone, kept.missing, kept.amount) == ("note", Decimal("8.00"), Decimal("40.00"))


@pytest.mark.parametrize(
    ("state", "tone"),
    [
        (DocumentState.BLOCKED, "bad"),
        (DocumentState.REFUSED, "bad"),
        (DocumentState.READY, "note"),
        (DocumentState.EXPORTED, "note"),
        (DocumentState.IGNORED, ""),
        (DocumentState.UNDONE, ""),
        (DocumentState.POSTED, "good"),
    ],
)
def test_a_step_says_how_far_its_record_has_come(state: str, tone: str) -> None:
    assert steps(an_order(PAID), a_record("invoice", "48.00", state))["Invoice"].tone == tone


def test_a_receipt_is_the_payment_too_and_a_return_gives_back() -> None:
    assert "Payments" not in steps(an_order(PAID), a_record("sales-receipt", "48.00"))
    order = an_order(PAID)
    returned = replace(order, payments=(), lines=tuple(replace(line, amount=-line.amount) for line in order.lines))
    assert steps(returned, a_record("return", "48.00"))["Return"].missing == ZERO


@pytest.fixture
def studio(db: None) -> Company:
    return the_studio()


def path_of(company: Company) -> str:
    page = as_role(company).get(f"/{company.slug}/orders/{order_of(company, '7').pk}/").text
    return " ".join(page.partition('id="path-title"')[2].partition("</section>")[0].split())


def test_the_page_shows_the_path_to_the_account_and_what_is_owed(studio: Company) -> None:
    prepared(studio, PAID + "\nrefund 2026-08-22  Cracked  10.00")
    Document.objects.filter(order__number="7").update(state=DocumentState.POSTED)

    path = path_of(studio)

    titles = ["Order", "Invoice", "Payments", "Refunds", "Undeposited Funds", "Customer owes"]
    places = [path.find(f'tie-path-title">{title}<') for title in titles]
    assert places == sorted(places)
    assert -1 not in places
    assert "waits for a bank deposit in QuickBooks" in path
    assert "tie-tone-bad" not in path


def test_the_page_shows_a_blocked_step_in_red(studio: Company) -> None:
    prepared(studio, renamed(PAID, "KIT-CLAY", **NEW_KIT))

    path = path_of(studio)

    assert "tie-path-step tie-tone-bad" in path
    assert "not in QuickBooks" in path
