"""What do the statements say? Trial balance, profit and loss, balance sheet."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from ..entities.account_types import BALANCE_SHEET, DEBIT_NATURED
from ..fields import Record
from ..ledger import NOTHING
from .basis import moved
from .frame import FIRST_DAY, Asked, account_columns, cells, data, exact, money, section, summary

if TYPE_CHECKING:
    from ..books import Books

Accounts = list[tuple[Record, Decimal]]


def balances_at(books: Books, last: str, basis: str = "Accrual") -> dict[str, Decimal]:
    """Each account on a trial balance: earlier years' profit has moved to retained earnings; debit positive."""
    year = f"{last[:4]}-01-01"
    whole = moved(books, basis, FIRST_DAY, last)
    this_year = moved(books, basis, year, last)
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


def trial_balance(books: Books, what: Asked) -> tuple[Record, list[Record]]:
    """Every account with its debit or credit, and both totals."""
    rows: list[Record] = []
    debits = credits = NOTHING
    for identifier, amount in balances_at(books, what.last, what.basis).items():
        debit, credit = max(amount, NOTHING), max(-amount, NOTHING)
        debits, credits = debits + debit, credits + credit
        name = books.named("Account", identifier)["FullyQualifiedName"]
        rows.append(cells((name, identifier), money(debit), money(credit)))
    if rows:
        rows.append(summary("GrandTotal", "TOTAL", exact(debits), exact(credits)))
    return account_columns("Debit", "Credit"), rows


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


def profit_and_loss(books: Books, what: Asked) -> tuple[Record, list[Record]]:
    """Income less expenses of a period."""
    changes = moved(books, what.basis, what.first, what.last)
    totals: dict[str, Decimal] = {}
    sections: dict[str, Record] = {}
    for group, kind in SECTIONS.items():
        sign = -1 if kind in ("Income", "Other Income") else 1
        accounts = [record for record in books.all("Account") if record["AccountType"] == kind]
        found = [(record, sign * changes[record["Id"]]) for record in accounts if changes.get(record["Id"])]
        totals[group] = sum((amount for _, amount in found), NOTHING)
        if found:
            sections[group] = _accounts(group, group, found)
    gross = totals["Income"] - totals["COGS"]
    operating = gross - totals["Expenses"]
    other = totals["OtherIncome"] - totals["OtherExpenses"]
    sums = {"GrossProfit": gross, "NetOperatingIncome": operating, "NetOtherIncome": other}
    sums["NetIncome"] = operating + other
    every = {**{group: summary(group, _words(group), exact(amount)) for group, amount in sums.items()}, **sections}
    return account_columns("Total"), [every[group] for group in ORDER if group in every]


def _words(group: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", group)


def _accounts(group: str, title: str, found: Accounts, *more: Record, plus: Decimal = NOTHING) -> Record:
    total = sum((amount for _, amount in found), plus)
    rows = [data((record["FullyQualifiedName"], record["Id"]), money(amount)) for record, amount in found]
    return section(group, title, [*rows, *more], cells(f"Total {title}", exact(total)))


# Balance sheet: (group, title, account types, groups inside)

Part = tuple[str, str, tuple[str, ...], tuple["Part", ...]]
ASSETS: Part = (
    "TotalAssets",
    "ASSETS",
    (),
    (
        (
            "CurrentAssets",
            "Current Assets",
            (),
            (
                ("BankAccounts", "Bank Accounts", ("Bank",), ()),
                ("AR", "Accounts Receivable", ("Accounts Receivable",), ()),
                ("OtherCurrentAssets", "Other Current Assets", ("Other Current Asset",), ()),
            ),
        ),
        ("FixedAssets", "Fixed Assets", ("Fixed Asset",), ()),
        ("OtherAssets", "Other Assets", ("Other Asset",), ()),
    ),
)
LIABILITIES: Part = (
    "Liabilities",
    "Liabilities",
    (),
    (
        (
            "CurrentLiabilities",
            "Current Liabilities",
            (),
            (
                ("AP", "Accounts Payable", ("Accounts Payable",), ()),
                ("CreditCards", "Credit Cards", ("Credit Card",), ()),
                ("OtherCurrentLiabilities", "Other Current Liabilities", ("Other Current Liability",), ()),
            ),
        ),
        ("LongTermLiabilities", "Long-Term Liabilities", ("Long Term Liability",), ()),
    ),
)


def balance_sheet(books: Books, what: Asked) -> tuple[Record, list[Record]]:
    """What the company owns, owes, and is worth on the last day."""
    held: dict[str, Accounts] = {}
    income = NOTHING
    for identifier, amount in balances_at(books, what.last, what.basis).items():
        record = books.named("Account", identifier)
        kind = record["AccountType"]
        if kind in BALANCE_SHEET:
            held.setdefault(kind, []).append((record, amount if kind in DEBIT_NATURED else -amount))
        else:
            income -= amount
    assets, liabilities = _part(held, ASSETS), _part(held, LIABILITIES)
    net = [data("Net Income", money(income))] if income else []
    own = held.get("Equity", [])
    equity = _accounts("Equity", "Equity", own, *net, plus=income) if own or net else None
    total = _total(held, LIABILITIES) + income + sum((amount for _, amount in own), NOTHING)
    both = section(
        "TotalLiabilitiesAndEquity",
        "LIABILITIES AND EQUITY",
        [each for each in (liabilities, equity) if each is not None],
        cells("TOTAL LIABILITIES AND EQUITY", exact(total)),
    )
    return account_columns("Total"), [assets, both] if assets is not None else [both] if total or equity else []


def _total(held: dict[str, Accounts], part: Part) -> Decimal:
    own = sum((amount for kind in part[2] for _, amount in held.get(kind, [])), NOTHING)
    return sum((_total(held, each) for each in part[3]), own)


def _part(held: dict[str, Accounts], part: Part) -> Record | None:
    group, title, kinds, inside = part
    if kinds:
        found = [each for kind in kinds for each in held.get(kind, [])]
        return _accounts(group, title, found) if found else None
    rows = [row for row in (_part(held, each) for each in inside) if row is not None]
    called = "TOTAL ASSETS" if group == "TotalAssets" else f"Total {title}"
    return section(group, title, rows, cells(called, exact(_total(held, part)))) if rows else None
