"""What do the reports say? TrialBalance and ProfitAndLoss from the ledger, in Intuit's JSON shape, on accrual basis."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import refusals
from .entities.account_types import BALANCE_SHEET
from .fields import Record
from .ledger import NOTHING

if TYPE_CHECKING:
    from .books import Books

FIRST_DAY = "0000-00-00"


def report(books: Books, name: str, query: Mapping[str, str]) -> Record:
    """A report over a period; without dates, the fiscal year to date.

    Raises:
        Refused: There is no such report, or a date makes no sense.
    """
    make = REPORTS.get(name.lower())
    if make is None:
        raise refusals.unsupported(f"report {name}")
    last = _day(query, "end_date", books.today.isoformat())
    first = _day(query, "start_date", f"{last[:4]}-01-01")
    if query.get("accounting_method", "Accrual").lower() != "accrual":
        raise refusals.coded(5030, "Feature Not Supported Error", "Reports are kept on accrual basis only here.")
    title, columns, rows = make(books, first, last)
    return {"Header": _header(books, title, first, last, empty=not rows), "Columns": columns, "Rows": {"Row": rows}}


def _day(query: Mapping[str, str], name: str, default: str) -> str:
    value = query.get(name) or default
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise refusals.invalid_date(name, value)
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise refusals.invalid_date(name, value) from None


def _header(books: Books, title: str, first: str, last: str, *, empty: bool) -> Record:
    return {
        "Time": books.clock.stamp(),
        "ReportName": title,
        "ReportBasis": "Accrual",
        "StartPeriod": first,
        "EndPeriod": last,
        "SummarizeColumnsBy": "Total",
        "Currency": books.home_currency,
        "Option": [{"Name": "NoReportData", "Value": str(empty).lower()}],
    }


def _columns(*money: str) -> Record:
    first = {"ColTitle": "", "ColType": "Account"}
    return {"Column": [first, *({"ColTitle": title, "ColType": "Money"} for title in money)]}


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}" if amount else ""


def balances_at(books: Books, last: str) -> dict[str, Decimal]:
    """Each account on a trial balance: earlier years' profit has moved to retained earnings; debit positive."""
    year = f"{last[:4]}-01-01"
    whole = books.store.ledger.balances_between(FIRST_DAY, last)
    this_year = books.store.ledger.balances_between(year, last)
    found: dict[str, Decimal] = {}
    earlier = NOTHING
    for record in books.all("Account"):
        identifier = record["Id"]
        total = whole.get(identifier, NOTHING)
        if record["AccountType"] in BALANCE_SHEET:
            found[identifier] = found.get(identifier, NOTHING) + total
        else:
            found[identifier] = this_year.get(identifier, NOTHING)
            earlier += total - found[identifier]
    if earlier:
        retained = books.account_of_sub_type("RetainedEarnings")["Id"]
        found[retained] = found.get(retained, NOTHING) + earlier
    return {identifier: amount for identifier, amount in found.items() if amount}


def _trial_balance(books: Books, first: str, last: str) -> tuple[str, Record, list[Record]]:
    rows: list[Record] = []
    debits = credits = NOTHING
    for identifier, amount in balances_at(books, last).items():
        debit, credit = max(amount, NOTHING), max(-amount, NOTHING)
        debits, credits = debits + debit, credits + credit
        name = books.named("Account", identifier)["FullyQualifiedName"]
        rows.append(
            {"ColData": [{"value": name, "id": identifier}, {"value": _money(debit)}, {"value": _money(credit)}]}
        )
    if rows:
        total = [{"value": "TOTAL"}, {"value": f"{debits:.2f}"}, {"value": f"{credits:.2f}"}]
        rows.append({"Summary": {"ColData": total}, "type": "Section", "group": "GrandTotal"})
    return "TrialBalance", _columns("Debit", "Credit"), rows


SECTIONS = {
    "Income": "Income",
    "COGS": "Cost of Goods Sold",
    "Expenses": "Expense",
    "OtherIncome": "Other Income",
    "OtherExpenses": "Other Expense",
}
ORDER = (
    "Income",
    "COGS",
    "GrossProfit",
    "Expenses",
    "NetOperatingIncome",
    "OtherIncome",
    "OtherExpenses",
    "NetOtherIncome",
    "NetIncome",
)


def _profit_and_loss(books: Books, first: str, last: str) -> tuple[str, Record, list[Record]]:
    moved = books.store.ledger.balances_between(first, last)
    totals: dict[str, Decimal] = {}
    sections: dict[str, Record] = {}
    for group, kind in SECTIONS.items():
        sign = -1 if kind in ("Income", "Other Income") else 1
        accounts = [record for record in books.all("Account") if record["AccountType"] == kind]
        found = [(record, sign * moved[record["Id"]]) for record in accounts if moved.get(record["Id"])]
        totals[group] = sum((amount for _, amount in found), NOTHING)
        if found:
            sections[group] = _section(group, found, totals[group])
    gross = totals["Income"] - totals["COGS"]
    operating = gross - totals["Expenses"]
    other = totals["OtherIncome"] - totals["OtherExpenses"]
    sums = {"GrossProfit": gross, "NetOperatingIncome": operating, "NetOtherIncome": other}
    sums["NetIncome"] = operating + other
    every = {**{group: _sum(group, amount) for group, amount in sums.items()}, **sections}
    rows = [every[group] for group in ORDER if group in every]
    return "ProfitAndLoss", _columns("Total"), rows


def _section(group: str, found: list[tuple[Record, Decimal]], total: Decimal) -> Record:
    data = [
        {
            "ColData": [{"value": record["FullyQualifiedName"], "id": record["Id"]}, {"value": _money(amount)}],
            "type": "Data",
        }
        for record, amount in found
    ]
    return {
        "Header": {"ColData": [{"value": group}, {"value": ""}]},
        "Rows": {"Row": data},
        "Summary": {"ColData": [{"value": f"Total {group}"}, {"value": f"{total:.2f}"}]},
        "type": "Section",
        "group": group,
    }


def _sum(group: str, amount: Decimal) -> Record:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", group)
    return {"Summary": {"ColData": [{"value": words}, {"value": f"{amount:.2f}"}]}, "type": "Section", "group": group}


Maker = Callable[["Books", str, str], tuple[str, Any, list[Any]]]
REPORTS: dict[str, Maker] = {"trialbalance": _trial_balance, "profitandloss": _profit_and_loss}
