"""Can the check of the demo fail? It must find one cent on one account, and a movement that no document makes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pytest
import requests

from companies.models import Company
from demo.check import Figure, balances, predicted
from simulators.quickbooks.server import Running
from sync.models import Document, DocumentState
from tests.factories import prepared, the_studio
from tests.rehearsal import rehearsal

__all__ = ["rehearsal"]

ORDER = """
    2026-08-14  order 1042
    WT-101      199.00
    paid 2026-08-14  Cash  150.00
    credit 2026-08-20  Comp  49.00
"""
BEFORE = {"Accounts Receivable": Decimal("10.00"), "Opening Balance Equity": Decimal("-10.00")}
AFTER = {
    "Accounts Receivable": Decimal("10.00"),
    "Opening Balance Equity": Decimal("-10.00"),
    "Undeposited Funds": Decimal("150.00"),
    "Refunds & Allowances": Decimal("49.00"),
    "Services:Training:Classes": Decimal("-199.00"),
}


@pytest.fixture
def company() -> Company:
    company = the_studio()
    prepared(company, ORDER)
    Document.objects.update(state=DocumentState.POSTED)
    return company


def wrong(figures: Iterable[Figure]) -> list[str]:
    return [figure.what for figure in figures if not figure.agrees]


@pytest.mark.django_db
def test_the_postings_of_what_was_posted_predict_the_trial_balance(company: Company) -> None:
    assert wrong(predicted(company, BEFORE, AFTER)) == []


@pytest.mark.django_db
def test_a_cent_on_one_account_is_found(company: Company) -> None:
    after = {**AFTER, "Undeposited Funds": Decimal("150.01")}

    assert wrong(predicted(company, BEFORE, after)) == [
        "Trial balance, Undeposited Funds",
        "Trial balance, debits less credits",
    ]


@pytest.mark.django_db
def test_a_movement_that_no_document_makes_is_found(company: Company) -> None:
    after = {**AFTER, "Checking": Decimal("-5.00"), "Advertising": Decimal("5.00")}

    assert wrong(predicted(company, BEFORE, after)) == ["Trial balance, Advertising", "Trial balance, Checking"]


@pytest.mark.django_db
def test_a_document_that_did_not_arrive_is_found(company: Company) -> None:
    assert "Trial balance, Refunds & Allowances" in wrong(
        predicted(
            company, BEFORE, {**AFTER, "Refunds & Allowances": Decimal(0), "Accounts Receivable": Decimal("59.00")}
        )
    )


def test_the_trial_balance_that_is_read_is_the_ledger_of_the_rehearsal_company(rehearsal: Running) -> None:
    ready = rehearsal.ready()
    ledger = requests.get(f"{ready['control_url']}/ledger", timeout=10).json()["accounts"]

    found = balances(ready)

    assert found == {row["account"]: Decimal(row["balance"]) for row in ledger if Decimal(row["balance"])}
    assert sum(found.values()) == 0
