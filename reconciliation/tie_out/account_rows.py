"""The accounts of a tie-out, kept with it and read again."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from books.money import rounded
from books.movement import AccountChart
from reconciliation.models import TieOut, TieOutAccountSum
from reconciliation.tie_out.accounts import AccountSum, AccountTotals, TiedAccount
from reconciliation.tie_out.comparing import Reason, Row


def keep_accounts(tie_out: TieOut, totals: AccountTotals, chart: AccountChart) -> None:
    """Write what the lines of a tie-out move; the tie-out itself is left to be saved by who calls."""
    tie_out.read_by_account = {
        f"{account} {currency}": str(amount) for (account, currency), amount in totals.read.items()
    }
    TieOutAccountSum.objects.bulk_create(
        TieOutAccountSum(
            tie_out=tie_out,
            account=account,
            name=chart.name(account),
            currency=currency,
            reason=reason.value,
            records=part.records,
            should=part.should,
            there=part.there,
        )
        for (account, currency, reason), part in totals.sums.items()
    )


def account_rows_of(tie_out: TieOut) -> list[TiedAccount]:
    """The accounts of a finished tie-out under the names they had then; none where accounts were not kept yet."""
    names, totals = {}, AccountTotals()
    for row in tie_out.account_sums.order_by("pk"):
        names[row.account] = row.name
        totals.sums[row.account, row.currency, Reason(row.reason)] = AccountSum(
            records=row.records, should=row.should, there=row.there
        )
    for key, text in (tie_out.read_by_account or {}).items():
        account, _, currency = key.rpartition(" ")
        totals.read[account, currency] = Decimal(text)
    return totals.rows(names)


def is_explained(rows: Iterable[Row], accounts: Iterable[TiedAccount]) -> bool:
    """Whether no cent is left over, by kind and by account."""
    return not any(row.unexplained for row in rows) and not any(row.unexplained for row in accounts)


def plain_accounts(accounts: Iterable[TiedAccount]) -> list[dict[str, object]]:
    """The accounts as JSON says them; amounts as texts, so that no program rounds them."""
    return [
        {
            "account": row.account,
            "name": row.name,
            "currency": row.currency,
            "should": str(rounded(row.should, row.currency)),
            "in_quickbooks": str(rounded(row.read, row.currency)),
            "unexplained": str(rounded(row.unexplained, row.currency)),
            "reasons": [
                {
                    "reason": reason.value,
                    "records": row.sums[reason].records,
                    "difference": str(rounded(difference, row.currency)),
                }
                for reason, difference in row.explained.items()
            ],
        }
        for row in accounts
    ]
