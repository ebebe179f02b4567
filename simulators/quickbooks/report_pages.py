"""How does a person see the reports? The same answers that the API gives, as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import NotFound

from ..common.http import Request
from .refusals import Refused
from .reports import REPORTS, report
from .reports.frame import COLUMNS

if TYPE_CHECKING:
    from .companies import App

TITLES = {
    "TrialBalance": "Trial balance",
    "ProfitAndLoss": "Profit and loss",
    "ProfitAndLossDetail": "Profit and loss detail",
    "BalanceSheet": "Balance sheet",
    "GeneralLedger": "General ledger",
    "TransactionList": "Transaction list",
    "CustomerBalance": "Customer balances",
    "CustomerBalanceDetail": "Customer balance detail",
    "AgedReceivables": "Aged receivables",
    "AgedReceivableDetail": "Aged receivables detail",
}
MOST_ROWS = 2000
ASKED = ("start_date", "end_date", "accounting_method", "summarize_column_by")


def report_values(app: App, request: Request, name: str = "ProfitAndLoss") -> dict[str, object]:
    """What the page of a report shows: the form to ask for another period, and the report or why there is none."""
    if name not in REPORTS:
        raise NotFound
    asked = {key: request.query.get(key, "") for key in ASKED}
    columns_by = [(unit, unit) for unit in COLUMNS.get(name, ())]
    page = {"report": name, "titles": TITLES, "columns_by": columns_by, "tab": "/reports", "problem": ""}
    try:
        told = report(app.company.books, name, {key: value for key, value in asked.items() if value})
    except Refused as refused:
        return {**page, "asked": asked, "problem": "; ".join(refusal.detail for refusal in refused.refusals)}
    header = told["Header"]
    period = f"{header['StartPeriod']} to {header['EndPeriod']}"
    heads = [("#" if _is_money(column) else "") + column["ColTitle"] for column in told["Columns"]["Column"]]
    return {
        **page,
        "asked": {
            "start_date": header["StartPeriod"],
            "end_date": header["EndPeriod"],
            "accounting_method": header["ReportBasis"],
            "summarize_column_by": header["SummarizeColumnsBy"],
        },
        "about": f"{TITLES[name]}, {period}, {header['ReportBasis'].lower()} basis",
        "heads": heads,
        "rows": list(_rows(told["Rows"], 0))[:MOST_ROWS],
    }


def _is_money(column: dict[str, object]) -> bool:
    return str(column["ColType"]).endswith(("Money", "_amount", "_bal"))


def _rows(told: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Every row with its depth, whether it is a title or a total, its cells, and how many the first of them spans."""
    for row in told.get("Row", []):
        if "Header" in row:
            yield _row(depth, row["Header"], strong=True)
        if "ColData" in row:
            yield _row(depth, row, strong=False)
        yield from _rows(row.get("Rows", {}), depth + 1)
        if "Summary" in row:
            yield _row(depth, row["Summary"], strong=True)


def _row(depth: int, told: Any, *, strong: bool) -> dict[str, Any]:
    cells = [cell["value"] for cell in told["ColData"]]
    span = next((at for at, cell in enumerate(cells) if at and cell), len(cells)) if strong else 1
    return {"depth": min(depth, 4), "strong": strong, "cells": cells, "span": span}
