"""Which accounts do the transactions move that Tieout itself never writes: deposits, expenses, bills, transfers?

They are read only to tell what others entered from what a run posted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from books.money import ZERO, total
from books.movement import UNKNOWN_ACCOUNT, AccountChart, Movement
from sync.quickbooks_online.wire import Unreadable, amount_of

Row = Mapping[str, Any]
Parts = Iterator[tuple[str, Decimal]]


def moved_by_bank_transaction(entity: str, row: Row, chart: AccountChart) -> Movement:
    """What a transaction moves, debit positive, in its own currency; it always sums to zero.

    What cannot be told, such as the expense account of an item, is on `UNKNOWN_ACCOUNT`.

    Args:
        entity: One of `BANK_ENTITIES`.
        row: As QuickBooks shows it.
        chart: Of the company.

    Raises:
        Unreadable: An amount is missing or is no number.
    """
    parts = list(BANK_ENTITIES[entity](row, chart))
    return Movement.of((*parts, (UNKNOWN_ACCOUNT, ZERO - total(amount for _, amount in parts))))


def _deposit(row: Row, chart: AccountChart) -> Parts:
    yield _id(row, "DepositToAccountRef"), amount_of(row, "TotalAmt")
    for line in row.get("Line") or []:
        # A line that takes a payment along takes it out of undeposited funds
        account = _id(line.get("DepositLineDetail") or {}, "AccountRef")
        yield account or (chart.undeposited if line.get("LinkedTxn") else UNKNOWN_ACCOUNT), -amount_of(line, "Amount")
    cash = row.get("CashBack")
    if isinstance(cash, dict) and cash.get("Amount") is not None:
        yield _id(cash, "AccountRef"), amount_of(cash, "Amount")


def _purchase(row: Row, chart: AccountChart) -> Parts:
    sign = -1 if row.get("Credit") is True else 1
    yield _id(row, "AccountRef"), -sign * amount_of(row, "TotalAmt")
    yield from _spent(row, sign)


def _bill(row: Row, chart: AccountChart) -> Parts:
    yield _id(row, "APAccountRef"), -amount_of(row, "TotalAmt")
    yield from _spent(row, 1)


def _vendor_credit(row: Row, chart: AccountChart) -> Parts:
    yield _id(row, "APAccountRef"), amount_of(row, "TotalAmt")
    yield from _spent(row, -1)


def _bill_payment(row: Row, chart: AccountChart) -> Parts:
    check, card = row.get("CheckPayment") or {}, row.get("CreditCardPayment") or {}
    yield _id(check, "BankAccountRef") or _id(card, "CCAccountRef"), -amount_of(row, "TotalAmt")
    yield _id(row, "APAccountRef"), amount_of(row, "TotalAmt")


def _transfer(row: Row, chart: AccountChart) -> Parts:
    yield _id(row, "FromAccountRef"), -amount_of(row, "Amount")
    yield _id(row, "ToAccountRef"), amount_of(row, "Amount")


#: By Intuit's name of it, how a transaction is read.
BANK_ENTITIES: Mapping[str, Callable[[Row, AccountChart], Parts]] = {
    "Deposit": _deposit,
    "Purchase": _purchase,
    "Bill": _bill,
    "VendorCredit": _vendor_credit,
    "BillPayment": _bill_payment,
    "Transfer": _transfer,
}


def _spent(row: Row, sign: int) -> Parts:
    for line in row.get("Line") or []:
        if line.get("Amount") is not None:
            yield _id(line.get("AccountBasedExpenseLineDetail") or {}, "AccountRef"), sign * amount_of(line, "Amount")


def _id(row: Row, name: str) -> str:
    """The id of an account that is named; `UNKNOWN_ACCOUNT` where none is."""
    named = row.get(name)
    if named is not None and not isinstance(named, Mapping):
        raise Unreadable
    return str(named.get("value") or "") if named else UNKNOWN_ACCOUNT
