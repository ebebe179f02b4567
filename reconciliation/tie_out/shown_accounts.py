"""How are the accounts of a tie-out shown?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from books.money import ZERO
from books.movement import UNKNOWN_ACCOUNT
from reconciliation.tie_out.accounts import TiedAccount
from reconciliation.tie_out.comparing import SETTLED, Reason, Row
from reconciliation.tie_out.words import AFTER, ColumnSum, ReasonColumn

#: In an address, the name of amounts whose account is not known.
UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class ShownAccount:
    """An account in one currency, from what should be in QuickBooks to what is; debit positive."""

    #: As an address has it.
    account: str
    title: str
    currency: str
    should: Decimal
    after: tuple[ColumnSum, ...]
    there: Decimal
    unexplained: Decimal

    @property
    def query(self) -> str:
        """What an address says of it."""
        return urlencode({"account": self.account, "currency": self.currency})

    @classmethod
    def of(cls, row: TiedAccount) -> ShownAccount:
        """The figures of an account."""
        return cls(
            account=row.account or UNKNOWN,
            title=account_words(row.account, row.name),
            currency=row.currency,
            should=row.should,
            after=tuple(_account_figure(row, column) for column in AFTER),
            there=row.read,
            unexplained=row.unexplained,
        )


def account_words(account: str, name: str) -> str:
    """An account in words, also one that cannot be told."""
    return name if account != UNKNOWN_ACCOUNT else _("Account not known")


def _account_figure(row: TiedAccount, column: ReasonColumn) -> ColumnSum:
    parts = [row.sums[reason] for reason in reasons_by_account(column) if reason in row.sums]
    amount = sum((part.difference for part in parts), ZERO)
    return ColumnSum(column=column, amount=amount, records=sum(part.records for part in parts))


def reasons_by_account(column: ReasonColumn) -> tuple[Reason, ...]:
    """The reasons of a column by account: what was settled and is on another account since was changed there too."""
    return (*column.reasons, *SETTLED) if Reason.OTHER_ACCOUNT in column.reasons else column.reasons


def account_of(address: str) -> str:
    """The id of an account that an address names."""
    return UNKNOWN_ACCOUNT if address == UNKNOWN else address


@dataclass(frozen=True, kw_only=True)
class WithoutAccounts:
    """Blocked records of one currency together: they have no accounts before what blocks them is decided."""

    currency: str
    records: int
    amount: Decimal


def without_accounts(rows: Iterable[Row]) -> list[WithoutAccounts]:
    """What is blocked in a period, currency by currency."""
    found: dict[str, WithoutAccounts] = {}
    for row in rows:
        part = row.sums.get(Reason.BLOCKED)
        if part:
            before = found.get(row.currency, WithoutAccounts(currency=row.currency, records=0, amount=ZERO))
            records, amount = before.records + part.records, before.amount + part.source
            found[row.currency] = WithoutAccounts(currency=row.currency, records=records, amount=amount)
    return [found[currency] for currency in sorted(found)]
