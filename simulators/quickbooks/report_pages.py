"""How does a person see the reports? The same answers that the API gives, as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..common.http import Request
from .markup import Html, form, link, panel, report_table, text
from .refusals import Refused
from .reports import REPORTS, report
from .reports.frame import COLUMNS

if TYPE_CHECKING:
    from .app import App

TITLES = {
    "TrialBalance": "Trial balance",
    "ProfitAndLoss": "Profit and loss",
    "BalanceSheet": "Balance sheet",
    "GeneralLedger": "General ledger",
    "TransactionList": "Transaction list",
    "CustomerBalance": "Customer balances",
    "AgedReceivables": "Aged receivables",
}
MOST_ROWS = 2000
ASKED = ("start_date", "end_date", "accounting_method", "summarize_column_by")


def report_page(app: App, rest: tuple[str, ...], request: Request) -> list[Html] | None:
    """A report with the form to ask for another period; None when there is no such report."""
    name = rest[0] if rest else "ProfitAndLoss"
    if name not in REPORTS:
        return None
    wanted = {key: request.query.get(key, "") for key in ASKED}
    try:
        told = report(app.company.books, name, {key: value for key, value in wanted.items() if value})
    except Refused as refused:
        return [
            _tabs(name),
            _asking(name, wanted),
            panel(TITLES[name], text("; ".join(r.detail for r in refused.refusals))),
        ]
    header = told["Header"]
    asked = {"start_date": header["StartPeriod"], "end_date": header["EndPeriod"]}
    about = f"{TITLES[name]}, {header['StartPeriod']} to {header['EndPeriod']}, {header['ReportBasis'].lower()} basis"
    heads = [("#" if _is_money(column) else "") + column["ColTitle"] for column in told["Columns"]["Column"]]
    rows = list(_rows(told["Rows"], 0))[:MOST_ROWS]
    asked["accounting_method"] = header["ReportBasis"]
    asked["summarize_column_by"] = header["SummarizeColumnsBy"]
    return [_tabs(name), _asking(name, asked), report_table(about, heads, rows)]


def _tabs(here: str) -> Html:
    shown = (link(f"/reports/{name}", title) if name != here else text(title) for name, title in TITLES.items())
    return Html(f'<p class="tabs">{" ".join(f"<span>{each}</span>" for each in shown)}</p>')


def _asking(name: str, asked: dict[str, str]) -> Html:
    bases = [("Accrual", "Accrual"), ("Cash", "Cash")]
    fields: list[Any] = [
        ("start_date", "From", "date", asked["start_date"]),
        ("end_date", "To", "date", asked["end_date"]),
        ("accounting_method", "Basis", bases, asked["accounting_method"]),
    ]
    if name in COLUMNS:
        units = [(each, each) for each in COLUMNS[name]]
        fields.append(("summarize_column_by", "Columns", units, asked["summarize_column_by"]))
    return panel("", form(f"/reports/{name}", {}, fields, "Show", method="get"))


def _is_money(column: dict[str, Any]) -> bool:
    return str(column["ColType"]) == "Money" or str(column["ColType"]).endswith("_amount")


def _rows(told: Any, depth: int) -> Iterator[tuple[int, bool, list[str]]]:
    """Every row as (depth, whether it is a title or a total, cells)."""
    for row in told.get("Row", []):
        if "Header" in row:
            yield depth, True, [cell["value"] for cell in row["Header"]["ColData"]]
        if "ColData" in row:
            yield depth, False, [cell["value"] for cell in row["ColData"]]
        yield from _rows(row.get("Rows", {}), depth + 1)
        if "Summary" in row:
            yield depth, True, [cell["value"] for cell in row["Summary"]["ColData"]]
