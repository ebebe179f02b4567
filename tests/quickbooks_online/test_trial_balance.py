"""Is a trial balance read for what it says, and does what others enter move the accounts that it names?"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from books.movement import UNKNOWN_ACCOUNT, AccountChart, Movement
from sync.quickbooks_online.bank_transactions import moved_by_bank_transaction
from sync.quickbooks_online.list_parsers import fiscal_year_begins
from sync.quickbooks_online.trial_balance import read_trial_balance
from sync.quickbooks_online.wire import Unreadable

CHART = AccountChart(undeposited="5")


def row(name: str, identifier: str, debit: str = "", credit: str = "") -> dict[str, Any]:
    return {"ColData": [{"value": name, "id": identifier}, {"value": debit}, {"value": credit}]}


def report(*rows: Any, **header: str) -> dict[str, Any]:
    told = {"ReportName": "TrialBalance", "ReportBasis": "Accrual", "Time": "2026-08-14T10:00:00-06:00", **header}
    return {"Header": told, "Rows": {"Row": list(rows)}}


def test_debits_are_positive_rows_inside_count_and_totals_do_not() -> None:
    inside = {"Rows": {"Row": [row("Sales:Kits", "8", credit="48.00")]}, "type": "Section"}
    total = {"Summary": row("TOTAL", "", "60.00", "60.00"), "type": "Section", "group": "GrandTotal"}

    told = read_trial_balance(report(row("Checking", "4", "60.00"), row("Opening", "", credit="12.00"), inside, total))

    assert told.balances == Movement.of([("4", Decimal(60)), ("Opening", Decimal(-12)), ("8", Decimal(-48))])
    assert told.names["8"] == "Sales:Kits"
    assert told.at == datetime(2026, 8, 14, 16, tzinfo=UTC)
    assert read_trial_balance(report(Time="today")).at is None


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        report(ReportName="BalanceSheet"),
        report(ReportBasis="Cash"),
        report(row("Checking", "4", "many")),
        report(row("Checking", "4", "NaN")),
        report({"ColData": [{"value": "Checking", "id": "4"}]}),
        {**report(), "Rows": {"Row": "none"}},
    ],
)
def test_what_is_no_trial_balance_is_not_taken_for_an_empty_one(answer: Any) -> None:
    with pytest.raises(Unreadable):
        read_trial_balance(answer)


def test_the_month_that_a_fiscal_year_begins_with_is_read_by_its_name() -> None:
    said = ("January", "July", "December", "Iulie", "")

    assert [fiscal_year_begins({"FiscalYearStartMonth": month}) for month in said] == [1, 7, 12, None, None]


def ref(name: str, identifier: str) -> dict[str, Any]:
    return {name: {"value": identifier}}


SPENT = [
    {"Amount": Decimal("7.00"), "AccountBasedExpenseLineDetail": ref("AccountRef", "60")},
    {"Amount": Decimal("3.00"), "ItemBasedExpenseLineDetail": ref("ItemRef", "1")},
]
TEN = {"TotalAmt": Decimal("10.00"), "Line": SPENT}


@pytest.mark.parametrize(
    ("entity", "fields", "moves"),
    [
        ("Purchase", {**TEN, **ref("AccountRef", "4")}, {"4": "-10", "60": "7", UNKNOWN_ACCOUNT: "3"}),
        ("Purchase", {**TEN, **ref("AccountRef", "4"), "Credit": True}, {"4": "10", "60": "-7", UNKNOWN_ACCOUNT: "-3"}),
        ("Bill", {**TEN, **ref("APAccountRef", "33")}, {"33": "-10", "60": "7", UNKNOWN_ACCOUNT: "3"}),
        ("VendorCredit", {**TEN, **ref("APAccountRef", "33")}, {"33": "10", "60": "-7", UNKNOWN_ACCOUNT: "-3"}),
        (
            "BillPayment",
            {"TotalAmt": 10, **ref("APAccountRef", "33"), "CheckPayment": ref("BankAccountRef", "4")},
            {"33": "10", "4": "-10"},
        ),
        (
            "BillPayment",
            {"TotalAmt": 10, "CreditCardPayment": ref("CCAccountRef", "9")},
            {UNKNOWN_ACCOUNT: "10", "9": "-10"},
        ),
        ("Transfer", {"Amount": 10, **ref("FromAccountRef", "4"), **ref("ToAccountRef", "6")}, {"4": "-10", "6": "10"}),
        (
            "Deposit",
            {
                "TotalAmt": 11,
                **ref("DepositToAccountRef", "4"),
                "Line": [
                    {"Amount": 8, "LinkedTxn": [{"TxnType": "Payment", "TxnId": "1"}]},
                    {"Amount": 5, "DepositLineDetail": ref("AccountRef", "40")},
                ],
                "CashBack": {"Amount": 2, **ref("AccountRef", "7")},
            },
            {"4": "11", "5": "-8", "40": "-5", "7": "2"},
        ),
    ],
)
def test_a_bank_transaction_moves_what_it_names_and_the_rest_is_unknown(
    entity: str, fields: dict[str, Any], moves: dict[str, str]
) -> None:
    moved = moved_by_bank_transaction(entity, fields, CHART)

    assert moved == Movement.of((account, Decimal(amount)) for account, amount in moves.items())
    assert moved.sum == 0


def test_a_bank_transaction_without_an_amount_is_not_taken_for_nothing() -> None:
    with pytest.raises(Unreadable):
        moved_by_bank_transaction("Transfer", ref("FromAccountRef", "4"), CHART)
    with pytest.raises(Unreadable):
        moved_by_bank_transaction("Bill", {**TEN, "APAccountRef": "33"}, CHART)
