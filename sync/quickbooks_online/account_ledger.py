"""What moved one account in QuickBooks, and what do its deposits bring to the bank? Its ledger and deposits as values.

Source:
    https://developer.intuit.com/app/developer/qbo/docs/api/accounting/report-entities/generalledger
    https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/deposit
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from books.money import ZERO
from books.outcomes import Refused, TryLater, Unknown
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.faults import UNREADABLE, InTheWay, verdict_on
from sync.quickbooks_online.session import Reply
from sync.quickbooks_online.transactions import NotReadError
from sync.quickbooks_online.wire import PAGE, Unreadable, literal

_LEDGER = "GeneralLedger"
#: What the report calls a transaction, where that is not its name in links without the blanks.
_NAMES = {"Refund": "RefundReceipt"}
_COLUMNS = ("tx_date", "txn_type", "doc_num", "name", "subt_nat_amount", "rbal_nat_amount")


@dataclass(frozen=True, kw_only=True)
class LedgerEntry:
    """What one transaction moves on the account."""

    #: As links name it, such as `Payment 12`.
    transaction: str
    dated: date
    number: str
    name: str
    #: By how much it changes the account's own balance, in the home currency.
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class AccountLedger:
    """One account over a period, in the home currency."""

    #: Its balance before the first day.
    opening: Decimal = ZERO
    #: In the order of the report; a transaction is once in it.
    entries: tuple[LedgerEntry, ...] = ()


def account_ledger(destination: QuickBooksOnline, account: str, first: date, last: date) -> AccountLedger:
    """Everything that moved an account from one day to another, both included; one request.

    Args:
        destination: Of the company.
        account: QuickBooks' id.
        first: The first day.
        last: The last day.

    Raises:
        NotReadError: It could not be read, or does not add up to the balance that QuickBooks says.
    """
    asked = {
        "account": account,
        "start_date": first.isoformat(),
        "end_date": last.isoformat(),
        "accounting_method": "Accrual",
        "sort_by": "tx_date",
    }
    answer = _reported(destination, asked)
    try:
        return read_account_ledger(answer.json, account)
    except Unreadable:
        raise NotReadError(Unknown(reason=UNREADABLE, exchange=answer.exchange)) from None


def _reported(destination: QuickBooksOnline, asked: Mapping[str, str]) -> Reply:
    stopped = destination.login.stopped(reading=True)
    if stopped:
        raise NotReadError(stopped)
    answer = destination.gateway.report(_LEDGER, asked)
    if not isinstance(answer, Reply):
        raise NotReadError(destination.noted(answer))
    verdict = verdict_on(answer)
    if verdict:
        raise NotReadError(destination.noted(verdict.refused if isinstance(verdict, InTheWay) else verdict))
    return answer


def read_account_ledger(answer: Any, account: str) -> AccountLedger:
    """The ledger of one account, from QuickBooks' answer; nothing moved where the report has no such account.

    Raises:
        Unreadable: It is no general ledger, or its amounts do not add up to its own balance.
    """
    header = answer.get("Header") if isinstance(answer, dict) else None
    if not isinstance(header, dict) or header.get("ReportName") != _LEDGER:
        raise Unreadable
    places = _places(answer)
    opening, balance, entries = ZERO, ZERO, dict[str, LedgerEntry]()
    for cells in _rows(answer.get("Rows"), account):
        told = {name: _cell(cells, place) for name, place in places.items()}
        said = told["rbal_nat_amount"]["value"]
        balance = _amount(said) if said else balance
        entry = _entry(told)
        if entry is None:
            opening = balance
            continue
        before = entries.get(entry.transaction)
        entries[entry.transaction] = replace(entry, amount=entry.amount + before.amount) if before else entry
    if opening + sum((entry.amount for entry in entries.values()), ZERO) != balance:
        raise Unreadable
    return AccountLedger(opening=opening, entries=tuple(entries.values()))


def _places(answer: Mapping[str, Any]) -> dict[str, int]:
    """Where each column is."""
    columns = (answer.get("Columns") or {}).get("Column") or []
    keys = [
        next((str(data.get("Value")) for data in column.get("MetaData") or [] if data.get("Name") == "ColKey"), "")
        for column in columns
    ]
    if any(name not in keys for name in _COLUMNS):
        raise Unreadable
    return {name: keys.index(name) for name in _COLUMNS}


def _rows(inside: Any, account: str) -> Iterator[list[Any]]:
    """The rows of the account's own section."""
    for section in (inside or {}).get("Row") or []:
        head = (section.get("Header") or {}).get("ColData") or [{}]
        if str(head[0].get("id") or "") == account:
            for row in (section.get("Rows") or {}).get("Row") or []:
                if "ColData" in row:
                    yield row["ColData"]
        else:  # the account below the one it is a part of
            yield from _rows(section.get("Rows"), account)


def _cell(cells: list[Any], place: int) -> dict[str, str]:
    cell = cells[place] if place < len(cells) and isinstance(cells[place], dict) else {}
    return {"value": str(cell.get("value") or ""), "id": str(cell.get("id") or "")}


def _entry(told: Mapping[str, Mapping[str, str]]) -> LedgerEntry | None:
    """What a row says; None for the balance at the beginning."""
    label, identifier = told["txn_type"]["value"], told["txn_type"]["id"]
    if not identifier:
        if told["subt_nat_amount"]["value"]:
            raise Unreadable
        return None
    try:
        dated = date.fromisoformat(told["tx_date"]["value"])
    except ValueError:
        raise Unreadable from None
    return LedgerEntry(
        transaction=f"{_NAMES.get(label, label.replace(' ', ''))} {identifier}",
        dated=dated,
        number=told["doc_num"]["value"],
        name=told["name"]["value"],
        amount=_amount(told["subt_nat_amount"]["value"]),
    )


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text) if text else ZERO
    except InvalidOperation:
        raise Unreadable from None
    if not amount.is_finite():
        raise Unreadable
    return amount


def deposited(destination: QuickBooksOnline, first: date, last: date) -> Iterator[dict[str, str]]:
    """By transaction, the deposit that brings it to the bank, such as `Payment 12` by `Deposit 7`; page by page.

    Args:
        destination: Of the company.
        first: The first day of the deposits.
        last: The last day.

    Raises:
        NotReadError: A page could not be read.
    """
    days = f"TxnDate >= {literal(first.isoformat())} AND TxnDate <= {literal(last.isoformat())}"
    start = 1
    while True:
        answer = destination.ask(
            "Deposit", f"SELECT * FROM Deposit WHERE {days} ORDERBY Id STARTPOSITION {start} MAXRESULTS {PAGE}"
        )
        if isinstance(answer, Refused | TryLater | Unknown):
            raise NotReadError(answer)
        rows, _ = answer
        yield {transaction: f"Deposit {row.get('Id')}" for row in rows for transaction in _brought(row)}
        if len(rows) < PAGE:
            return
        start += PAGE


def _brought(deposit: Mapping[str, Any]) -> Iterator[str]:
    for line in deposit.get("Line") or []:
        for link in line.get("LinkedTxn") or []:
            yield f"{link.get('TxnType')} {link.get('TxnId')}"
