"""What do the reports say? Statements, lists and receivables from the ledger, in Intuit's JSON shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .. import refusals
from ..fields import Record
from . import listings, receivables, statements
from .frame import Asked, asked, framed
from .statements import balances_at

if TYPE_CHECKING:
    from ..books import Books

__all__ = ["REPORTS", "balances_at", "report"]

Maker = Callable[["Books", Asked], tuple[Record, list[Record]]]
REPORTS: dict[str, Maker] = {
    "TrialBalance": statements.trial_balance,
    "ProfitAndLoss": statements.profit_and_loss,
    "ProfitAndLossDetail": listings.profit_and_loss_detail,
    "BalanceSheet": statements.balance_sheet,
    "GeneralLedger": listings.general_ledger,
    "TransactionList": listings.transaction_list,
    "CustomerBalance": receivables.customer_balance,
    "CustomerBalanceDetail": receivables.customer_balance_detail,
    "AgedReceivables": receivables.aged_receivables,
    "AgedReceivableDetail": receivables.aged_receivable_detail,
}
BY_NAME = {name.lower(): name for name in REPORTS}


def report(books: Books, name: str, query: Mapping[str, str]) -> Record:
    """A report over a period; without dates, the fiscal year to date.

    Raises:
        Refused: There is no such report, or a parameter makes no sense.
    """
    known = BY_NAME.get(name.lower())
    if known is None:
        raise refusals.unsupported(f"report {name}")
    what = asked(books, known, query)
    columns, rows = REPORTS[known](books, what)
    return framed(books, what, columns, rows)
