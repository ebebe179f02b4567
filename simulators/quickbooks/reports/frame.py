"""What was asked of a report, and what surrounds its rows? Period, basis, header, columns, cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from .. import refusals
from ..fields import Record

if TYPE_CHECKING:
    from ..books import Books

FIRST_DAY, LAST_DAY = "0000-00-00", "9999-12-31"
BASES = {"accrual": "Accrual", "cash": "Cash"}
RECEIVABLES = ("CustomerBalance", "CustomerBalanceDetail", "AgedReceivables", "AgedReceivableDetail")
ONE_BASIS = ("TransactionList", *RECEIVABLES)
"""Reports of documents and what is open on them, which know no cash basis."""
COLUMNS = {
    "ProfitAndLoss": ("Total", "Days", "Week", "Month", "Quarter", "Year", "Customers"),
    "BalanceSheet": ("Total", "Days", "Week", "Month", "Quarter", "Year"),
}
"""By what a report's columns can be told; every other report has its own columns only."""
COLUMNS_OF_INTUIT = (*COLUMNS["ProfitAndLoss"], "Vendors", "Employees", "Departments", "Classes", "ProductsAndServices")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a report is asked for."""

    name: str
    first: str
    last: str
    basis: str  # Accrual or Cash
    columns_by: str  # Total, Month, Customers and so on
    macro: str
    customers: frozenset[str]
    accounts: frozenset[str]
    aging_days: int


def asked(books: Books, name: str, query: Mapping[str, str]) -> Asked:
    """The parameters of a report, read.

    Raises:
        Refused: A date, the basis or a number makes no sense.
    """
    first, last, macro = _period(books, name, query)
    basis = (query.get("accounting_method") or books.preferences["ReportPrefs"].get("ReportBasis", "Accrual")).lower()
    if basis not in BASES:
        raise refusals.invalid_enumeration(query.get("accounting_method"), "accounting_method")
    days = query.get("aging_period") or "30"
    if not (days.isascii() and days.isdecimal() and 0 < int(days) < 1000):
        raise refusals.invalid_number("aging_period", days)
    return Asked(
        name=name,
        first=first,
        last=last,
        basis="Accrual" if name in ONE_BASIS else BASES[basis],
        columns_by=_columns_by(name, query.get("summarize_column_by") or "Total"),
        macro=macro,
        customers=_ids(query.get("customer", "")),
        accounts=_ids(query.get("account", "")),
        aging_days=int(days),
    )


def _columns_by(name: str, given: str) -> str:
    known = {column.lower(): column for column in COLUMNS_OF_INTUIT}.get(given.lower())
    if known is None:
        raise refusals.invalid_enumeration(given, "summarize_column_by")
    if known not in COLUMNS.get(name, ("Total",)):
        raise refusals.coded(
            5030, "Feature Not Supported Error", f"{name} has no columns by {known} here.", "summarize_column_by"
        )
    return known


def _ids(listed: str) -> frozenset[str]:
    return frozenset(part.strip() for part in listed.split(",") if part.strip())


def _period(books: Books, name: str, query: Mapping[str, str]) -> tuple[str, str, str]:
    macro = query.get("date_macro", "")
    if macro:
        return (*_macro(books.today, macro), macro)
    as_of = query.get("report_date", "") if name in RECEIVABLES else ""
    last = _day("end_date", as_of or query.get("end_date") or books.today.isoformat())
    first = _day("start_date", query.get("start_date") or f"{last[:4]}-01-01")
    if first > last:
        raise refusals.coded(2190, "Invalid date range", f"start_date {first} is after end_date {last}.", "start_date")
    return first, last, ""


def _day(name: str, value: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise refusals.invalid_date(name, value)
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise refusals.invalid_date(name, value) from None


def _macro(today: date, macro: str) -> tuple[str, str]:
    month = today.replace(day=1)
    year = month.replace(month=1)
    last_month = month - timedelta(days=1)
    last_year = year - timedelta(days=1)
    next_month = (month + timedelta(days=32)).replace(day=1)
    year_end = year.replace(month=12, day=31)
    days = {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "this month": (month, next_month - timedelta(days=1)),
        "this month-to-date": (month, today),
        "last month": (last_month.replace(day=1), last_month),
        "this fiscal year": (year, year_end),
        "this fiscal year-to-date": (year, today),
        "last fiscal year": (last_year.replace(month=1, day=1), last_year),
        "this calendar year": (year, year_end),
        "this calendar year-to-date": (year, today),
        "last calendar year": (last_year.replace(month=1, day=1), last_year),
    }
    if macro.lower() == "all":
        return FIRST_DAY, LAST_DAY
    if macro.lower() not in days:
        raise refusals.invalid_enumeration(macro, "date_macro")
    first, last = days[macro.lower()]
    return first.isoformat(), last.isoformat()


def framed(books: Books, what: Asked, columns: Record, rows: list[Record]) -> Record:
    """The whole report around its rows."""
    header = {
        "Time": books.clock.stamp(),
        "ReportName": what.name,
        **({"DateMacro": what.macro} if what.macro else {}),
        "ReportBasis": what.basis,
        "StartPeriod": what.first,
        "EndPeriod": what.last,
        "SummarizeColumnsBy": what.columns_by,
        "Currency": books.home_currency,
        "Option": [{"Name": "NoReportData", "Value": str(not rows).lower()}],
    }
    return {"Header": header, "Columns": columns, "Rows": {"Row": rows}}


def account_columns(*money: str) -> Record:
    """The columns of a statement: a name and amounts."""
    first = {"ColTitle": "", "ColType": "Account"}
    return {"Column": [first, *({"ColTitle": title, "ColType": "Money"} for title in money)]}


def keyed_columns(columns: Mapping[str, str]) -> Record:
    """The columns of a listing, by their keys."""
    return {
        "Column": [
            {"ColTitle": title, "ColType": key, "MetaData": [{"Name": "ColKey", "Value": key}]}
            for key, title in columns.items()
        ]
    }


def money(amount: Decimal) -> str:
    """An amount as a cell shows it; nothing for zero."""
    return f"{amount:.2f}" if amount else ""


def exact(amount: Decimal) -> str:
    """An amount of a total: zero is told too."""
    return f"{amount:.2f}"


def cells(*values: str | tuple[str, str]) -> Record:
    """The cells of a row; a pair is a text with the id of what it names."""
    return {
        "ColData": [
            {"value": value} if isinstance(value, str) else {"value": value[0], "id": value[1]} for value in values
        ]
    }


def data(*values: str | tuple[str, str]) -> Record:
    """A row of data."""
    return {**cells(*values), "type": "Data"}


def section(group: str, title: str, rows: Iterable[Record], total: Record, *, width: int = 1) -> Record:
    """Rows under a title with a total below."""
    return {
        "Header": cells(title, *[""] * width),
        "Rows": {"Row": list(rows)},
        "Summary": total,
        "type": "Section",
        **({"group": group} if group else {}),
    }


def summary(group: str, *values: str) -> Record:
    """A total of its own."""
    return {"Summary": cells(*values), "type": "Section", "group": group}
