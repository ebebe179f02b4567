"""Which transactions does QuickBooks Desktop hold? Read from its own transaction report, exported as CSV.

Several of its reports will do: Transaction Detail, Transaction List by Date, Journal. Rows above the headings,
headings of groups and totals are passed over.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from books.outside.spoiled import Spoiled, spoiled
from sync.quickbooks_desktop.reading.findings import FewOfEach, Finding, errors_among, found, in_order
from sync.quickbooks_desktop.reading.read import DateOrder
from sync.quickbooks_desktop.reading.text import read_text, shown
from sync.quickbooks_desktop.reading.values import amount_of, day_of

_ZERO = Decimal(0)
#: A row with at least so many of the headings is the row of headings.
_ENOUGH = 3
#: What each column may be called, by the name that it has here.
_HEADINGS = {
    "Type": ("type", "transaction type", "trans type"),
    "Date": ("date", "trans date"),
    "Num": ("num", "no.", "no", "number", "ref no.", "doc num"),
    "Name": ("name", "source name", "customer", "customer:job"),
    "Memo": ("memo", "memo/description", "description"),
    "Account": ("account", "account name"),
    "Split": ("split",),
    "Debit": ("debit",),
    "Credit": ("credit",),
    "Amount": ("amount", "original amount", "paid amount"),
    "Trans #": ("trans #", "trans no", "trans no.", "transaction #"),
}
#: A memo may have a few lines; a quote that does not end swallows all rows after it.
_MOST_LINES_OF_A_ROW = 20
_NEEDED = ("Type", "Date", "Num", "Name", "Memo")
#: The names that reports have for what a file calls otherwise.
_TYPES = {
    "invoice": "INVOICE",
    "payment": "PAYMENT",
    "sales receipt": "CASH SALE",
    "credit memo": "CREDIT MEMO",
    "check": "CHECK",
    "general journal": "GENERAL JOURNAL",
    "journal": "GENERAL JOURNAL",
    "journal entry": "GENERAL JOURNAL",
}
_NOT_FOR_REPORTS = frozenset({"utf-8", "utf-8-bom", "windows-1252", "line-ends", "mixed-line-ends", "no-last-line-end"})
_MONEY = re.compile(r"\((?P<below>[\d.,]+)\)|(?P<plain>-?[\d.,]+)")


@dataclass(frozen=True, kw_only=True)
class ReportRow:
    """One row of the report."""

    line: int
    #: As the report has it, such as `Sales Receipt`.
    title: str
    dated: date
    number: str
    name: str
    memo: str
    account: str
    #: Debit positive; from a single column of amounts with the sign that the report gives it.
    amount: Decimal
    #: QuickBooks' own number of the transaction; empty where the report does not show it.
    transaction: str = ""

    @property
    def trnstype(self) -> str:
        """The kind as a file has it, such as `CASH SALE`; empty for one that no file of ours makes."""
        return _TYPES.get(self.title.casefold(), "")


@dataclass(frozen=True, kw_only=True)
class ReportedTransaction:
    """One transaction: its rows together."""

    rows: tuple[ReportRow, ...]

    @property
    def first(self) -> ReportRow:
        """The row with its type, date, number and name."""
        return self.rows[0]

    @property
    def memos(self) -> tuple[str, ...]:
        """Every memo on it, each once."""
        return tuple(dict.fromkeys(row.memo for row in self.rows if row.memo))

    @property
    def amount(self) -> Decimal:
        """What it comes to, never below zero: its debits, or its credits where the report shows only these."""
        debits = sum((max(row.amount, _ZERO) for row in self.rows), start=_ZERO)
        credits = sum((max(-row.amount, _ZERO) for row in self.rows), start=_ZERO)
        return max(debits, credits)


@dataclass(frozen=True, kw_only=True)
class TransactionReport:
    """What a report holds."""

    rows: tuple[ReportRow, ...]
    #: Warnings.
    findings: tuple[Finding, ...]

    @property
    def transactions(self) -> tuple[ReportedTransaction, ...]:
        """The rows put together: by QuickBooks' own number, else by type, date, number and name."""
        together: dict[tuple[object, ...], list[ReportRow]] = {}
        for row in self.rows:
            key = (row.transaction,) if row.transaction else (row.title, row.dated, row.number, row.name)
            together.setdefault(key, []).append(row)
        return tuple(ReportedTransaction(rows=tuple(rows)) for rows in together.values())


@dataclass(frozen=True, kw_only=True)
class UnreadableReport:
    """A report that cannot be used, with everything that is wrong with it."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Cells:
    """One row of the file by the names of its columns."""

    line: int
    values: Mapping[str, str]
    #: The text that comes first in the row, also under no heading.
    first: str

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")

    @property
    def is_first(self) -> bool:
        """Whether it begins a transaction; where there is no blank column, the word TOTAL is under Type."""
        return bool(self["Type"] and self["Date"])


def read_report(data: bytes, *, date_order: DateOrder = "mdy") -> TransactionReport | UnreadableReport:
    """Read a transaction report that was exported as CSV. Never raises for a bad file.

    Args:
        data: The file as it is stored.
        date_order: How the company's Windows writes dates.
    """
    text = read_text(data)
    findings = FewOfEach(finding for finding in text.findings if finding.code not in _NOT_FOR_REPORTS)
    table = _table([line.text for line in text.lines], findings)
    if not errors_among(findings):
        findings += _heading_faults(table)
    if errors_among(findings):
        return UnreadableReport(findings=in_order(findings))
    rows = tuple(_rows(table, findings, day_first=date_order == "dmy"))
    if not rows and not errors_among(findings):
        findings.append(found("no-transactions"))
    if errors_among(findings):
        return UnreadableReport(findings=in_order(findings))
    return TransactionReport(rows=rows, findings=in_order(findings))


def _table(lines: Sequence[str], findings: FewOfEach) -> list[tuple[int, list[str]]]:
    """The rows from the headings on, each with its line; none where there are no headings."""
    delimiter = max(",\t;", key=lambda mark: sum(line.count(mark) for line in lines))
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for row in reader:
            if reader.line_num - before > _MOST_LINES_OF_A_ROW or (
                reader.line_num == len(lines) and _is_open(lines[before:])
            ):
                findings.append(found("broken-quotes", before + 1))
                break
            before = reader.line_num
            rows.append((reader.line_num, [cell.strip() for cell in row]))
    except csv.Error:  # a cell longer than any
        findings.append(found("broken-quotes", before + 1))
    for index, (_, cells) in enumerate(rows):
        if len(_columns(cells)) >= _ENOUGH:
            return rows[index:]
    return []


def _is_open(lines: Sequence[str]) -> bool:
    """Whether a quote begins in these lines and does not end."""
    return sum(line.count('"') for line in lines) % 2 == 1


def _columns(cells: Sequence[str]) -> dict[str, int]:
    """The place of each known column, by its name here."""
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        for name, spellings in _HEADINGS.items():
            if cell.casefold() in spellings:
                places.setdefault(name, place)
    return places


def _heading_faults(table: Sequence[tuple[int, list[str]]]) -> Iterator[Finding]:
    if not table:
        yield found("no-table")
        return
    line, cells = table[0]
    columns = _columns(cells)
    missing = [name for name in _NEEDED if name not in columns]
    if "Amount" not in columns and not {"Debit", "Credit"} <= columns.keys():
        missing.append("Amount (or Debit and Credit)")
    if missing:
        yield found("missing-headings", line, columns=", ".join(missing), found=", ".join(filter(None, cells)))


def _rows(table: Sequence[tuple[int, list[str]]], findings: FewOfEach, *, day_first: bool) -> Iterator[ReportRow]:
    columns = _columns(table[0][1])
    before: ReportRow | None = None
    width = len(table[0][1])
    for line, cells in table[1:]:
        if beyond := next(filter(None, cells[width:]), ""):
            counts = {"fields": len(cells), "columns": width, "header": table[0][0]}
            findings.append(found("long-row", line, **counts, text=shown(beyond)))
            continue
        values = {name: cells[place] for name, place in columns.items() if place < len(cells)}
        row = _Cells(line, values, next(filter(None, cells), ""))
        amount = _amount(row, findings)
        if amount is None or _is_total(row):
            continue
        if row.is_first:
            before = _row(row, amount, findings, day_first=day_first)
        elif before and row["Account"] and not row["Type"]:
            before = _row_below(row, amount, before)
        else:
            findings.append(found("row-without-type", line))
            continue
        if before:
            yield before


def _row(row: _Cells, amount: Decimal, findings: FewOfEach, *, day_first: bool) -> ReportRow | None:
    dated = day_of(row["Date"], day_first=day_first)
    if not dated:
        pattern = "DD/MM/YYYY" if day_first else "MM/DD/YYYY"
        findings.append(found("not-a-date", row.line, value=shown(row["Date"]), column="Date", pattern=pattern))
        return None
    if row["Num"] and spoiled(row["Num"], identifies=True) is Spoiled.SHORTENED:
        # Its document would be said to be missing, and exported once more
        findings.append(found("shortened-number", row.line, value=shown(row["Num"]), column="Num"))
        return None
    return ReportRow(
        line=row.line,
        title=row["Type"],
        dated=dated,
        number=row["Num"],
        name=row["Name"],
        memo=row["Memo"],
        account=row["Account"],
        amount=amount,
        transaction=row["Trans #"],
    )


def _row_below(row: _Cells, amount: Decimal, before: ReportRow) -> ReportRow:
    # A journal report says type, date and number on the first row of a transaction only
    return ReportRow(
        line=row.line,
        title=before.title,
        dated=before.dated,
        number=before.number,
        name=before.name,
        memo=row["Memo"],
        account=row["Account"],
        amount=amount,
        transaction=before.transaction,
    )


def _is_total(row: _Cells) -> bool:
    of_both = bool(row["Debit"] and row["Credit"])
    return not row.is_first and (row.first.casefold().startswith("total") or (of_both and not row["Account"]))


def _amount(row: _Cells, findings: FewOfEach) -> Decimal | None:
    """The amount of a row; None for a row without any, such as the heading of a group."""
    cells = {name: row[name] for name in ("Debit", "Credit", "Amount") if row[name]}
    amounts = {name: _money(text) for name, text in cells.items()}
    for name, amount in amounts.items():
        if amount is None:
            findings.append(found("not-an-amount", row.line, value=shown(cells[name]), column=name))
    stated = {name: amount for name, amount in amounts.items() if amount is not None}
    if not stated:
        return None
    if "Debit" in stated or "Credit" in stated:
        if stated.get("Debit") and stated.get("Credit") and row.is_first:
            findings.append(found("two-amounts", row.line))
        return stated.get("Debit", _ZERO) - stated.get("Credit", _ZERO)
    return stated["Amount"]


def _money(text: str) -> Decimal | None:
    parts = _MONEY.fullmatch(text.replace("$", "").replace(" ", ""))
    if not parts:
        return None
    amount = amount_of(parts["below"] or parts["plain"])
    return -amount if amount is not None and parts["below"] else amount
