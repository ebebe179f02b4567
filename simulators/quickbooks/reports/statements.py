"""What do the statements say? Trial balance, profit and loss, balance sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from ..entities.account_types import BALANCE_SHEET, DEBIT_NATURED
from ..fields import Record
from ..ledger import NOTHING
from .basis import moved
from .columns import Slice, moved_in, slices
from .frame import FIRST_DAY, Asked, account_columns, cells, data, exact, money, section, summary

if TYPE_CHECKING:
    from ..books import Books

Amounts = list[Decimal]
"""One for each column."""
Accounts = list[tuple[Record, Amounts]]


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
TITLES = {"COGS": "Cost of Goods Sold"}
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
    """Income less expenses of a period, in one column or several with their total."""
    columns = slices(books, what)
    changes = moved_in(books, what, columns)
    adds_up = what.columns_by != "Total"
    nothing = [NOTHING] * (len(columns) + adds_up)
    totals: dict[str, Amounts] = {}
    sections: dict[str, Record] = {}
    for group, kind in SECTIONS.items():
        sign = -1 if kind in ("Income", "Other Income") else 1
        accounts = [record for record in books.all("Account") if record["AccountType"] == kind]
        rows = [(account, [sign * change.get(account["Id"], NOTHING) for change in changes]) for account in accounts]
        found = [(account, _with_total(amounts, adds_up)) for account, amounts in rows if any(amounts)]
        totals[group] = _sum((amounts for _, amounts in found), nothing)
        if found:
            sections[group] = _accounts(group, TITLES.get(group, _words(group)), found)
    gross = _less(totals["Income"], totals["COGS"])
    operating = _less(gross, totals["Expenses"])
    other = _less(totals["OtherIncome"], totals["OtherExpenses"])
    sums = {"GrossProfit": gross, "NetOperatingIncome": operating, "NetOtherIncome": other}
    sums["NetIncome"] = _sum([operating, other], nothing)
    every = {**{group: _summed(group, amounts) for group, amounts in sums.items()}, **sections}
    return statement_columns(columns, adds_up), [every[group] for group in ORDER if group in every]


def statement_columns(columns: list[Slice], adds_up: bool) -> Record:
    """The columns of a statement: accounts, then what was asked for, then their total."""
    if len(columns) == 1 and columns[0].title == "Total":
        return account_columns("Total")
    total = [{"ColTitle": "Total", "ColType": "Money", "MetaData": [{"Name": "ColKey", "Value": "total"}]}]
    first = {"ColTitle": "", "ColType": "Account", "MetaData": [{"Name": "ColKey", "Value": "account"}]}
    return {"Column": [first, *(column.shown() for column in columns), *(total if adds_up else [])]}


def _with_total(amounts: Amounts, adds_up: bool) -> Amounts:
    return [*amounts, sum(amounts, NOTHING)] if adds_up else amounts


def _sum(rows: Iterable[Amounts], nothing: Amounts) -> Amounts:
    return [sum(column, NOTHING) for column in zip(*rows, nothing, strict=True)]


def _less(first: Amounts, second: Amounts) -> Amounts:
    return [amount - other for amount, other in zip(first, second, strict=True)]


def _summed(group: str, amounts: Amounts) -> Record:
    return summary(group, _words(group), *map(exact, amounts))


def _words(group: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", group)


def _accounts(group: str, title: str, found: Accounts, *more: Record, plus: Amounts | None = None) -> Record:
    width = len(found[0][1]) if found else len(plus or [])
    total = _sum((amounts for _, amounts in found), plus or [NOTHING] * width)
    rows = [data((record["FullyQualifiedName"], record["Id"]), *map(money, amounts)) for record, amounts in found]
    return section(group, title, [*rows, *more], cells(f"Total {title}", *map(exact, total)), width=width)


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
    """What the company owns, owes, and is worth on the last day of each column."""
    columns = slices(books, what)
    nothing = [NOTHING] * len(columns)
    held: dict[str, dict[str, Amounts]] = {}
    income = list(nothing)
    for place, column in enumerate(columns):
        for identifier, amount in balances_at(books, column.last, what.basis).items():
            kind = books.named("Account", identifier)["AccountType"]
            if kind in BALANCE_SHEET:
                amounts = held.setdefault(kind, {}).setdefault(identifier, list(nothing))
                amounts[place] = amount if kind in DEBIT_NATURED else -amount
            else:
                income[place] -= amount
    sheet = Sheet(books=books, held=held, nothing=nothing)
    net = [data("Net Income", *map(money, income))] if any(income) else []
    own = sheet.accounts("Equity")
    equity = _accounts("Equity", "Equity", own, *net, plus=income) if own or net else None
    total = _sum([sheet.total(LIABILITIES), income, *(amounts for _, amounts in own)], nothing)
    assets, liabilities = sheet.part(ASSETS), sheet.part(LIABILITIES)
    both = section(
        "TotalLiabilitiesAndEquity",
        "LIABILITIES AND EQUITY",
        [part for part in (liabilities, equity) if part is not None],
        cells("TOTAL LIABILITIES AND EQUITY", *map(exact, total)),
        width=len(columns),
    )
    rows = [assets, both] if assets is not None else [both] if any(total) or equity else []
    return statement_columns(columns, adds_up=False), rows


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a balance sheet holds: by account type and account, an amount for each column."""

    books: Books
    held: dict[str, dict[str, Amounts]]
    nothing: Amounts

    def accounts(self, kind: str) -> Accounts:
        """The accounts of a type that hold something."""
        return [
            (self.books.named("Account", identifier), amounts)
            for identifier, amounts in self.held.get(kind, {}).items()
        ]

    def total(self, part: Part) -> Amounts:
        """What a part holds with all parts inside it."""
        own = (amounts for kind in part[2] for _, amounts in self.accounts(kind))
        return _sum([*own, *(self.total(inner) for inner in part[3])], self.nothing)

    def part(self, part: Part) -> Record | None:
        """A part as a section; None when it is empty."""
        group, title, kinds, inside = part
        if kinds:
            found = [account for kind in kinds for account in self.accounts(kind)]
            return _accounts(group, title, found) if found else None
        rows = [row for row in (self.part(inner) for inner in inside) if row is not None]
        called = "TOTAL ASSETS" if group == "TotalAssets" else f"Total {title}"
        total = cells(called, *map(exact, self.total(part)))
        return section(group, title, rows, total, width=len(self.nothing)) if rows else None
