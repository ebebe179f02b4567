"""Which accounts do the lines of a tie-out move, account by account: as it should be in QuickBooks, and as it is?

Pure: lines of `comparing` in, a row for each account and currency out. Debit positive. What no line accounts for on an
account is worked out apart, from what QuickBooks' transactions move.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from books.money import ZERO
from books.movement import UNKNOWN_ACCOUNT, Movement
from reconciliation.tie_out.comparing import Compared, Reason


@dataclass(kw_only=True)
class AccountSum:
    """What lines of one reason move on one account."""

    #: How many of them QuickBooks has otherwise on this account.
    records: int = 0
    should: Decimal = ZERO
    there: Decimal = ZERO

    @property
    def difference(self) -> Decimal:
        """How much more QuickBooks moves than it should."""
        return self.there - self.should

    def add(self, should: Decimal, there: Decimal) -> None:
        """Count a line in."""
        self.records += should != there
        self.should += should
        self.there += there


@dataclass(frozen=True, kw_only=True)
class TiedAccount:
    """One account in one currency: how what should be in QuickBooks becomes what is."""

    #: QuickBooks' id; `UNKNOWN_ACCOUNT` for amounts whose account is not known.
    account: str
    name: str
    currency: str
    sums: Mapping[Reason, AccountSum] = field(default_factory=dict)
    #: What QuickBooks' transactions of the period move, counted apart from the lines.
    read: Decimal = ZERO

    @property
    def should(self) -> Decimal:
        """What should be moved in QuickBooks."""
        return sum((part.should for part in self.sums.values()), ZERO)

    @property
    def explained(self) -> dict[Reason, Decimal]:
        """By reason, how much more is moved than should be; only reasons that move the account."""
        return {reason: part.difference for reason, part in self.sums.items() if part.records}

    @property
    def unexplained(self) -> Decimal:
        """What no line accounts for; must be zero."""
        return self.read - self.should - sum((part.difference for part in self.sums.values()), ZERO)


@dataclass(kw_only=True)
class AccountTotals:
    """What the lines so far move; as large as the list of accounts, however many lines there are."""

    sums: dict[tuple[str, str, Reason], AccountSum] = field(default_factory=dict)
    read: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def add(self, currency: str, line: Compared) -> None:
        """Count a line in."""
        should, there = line.should_moves, line.there_moves
        for account in {**should.amounts, **there.amounts}:
            self.sums.setdefault((account, currency, line.reason), AccountSum()).add(should[account], there[account])

    def add_read(self, currency: str, moves: Movement) -> None:
        """Count in what a transaction of the period moves, whatever becomes of it in the lines."""
        for account, amount in moves.amounts.items():
            self.read[account, currency] = self.read.get((account, currency), ZERO) + amount

    def rows(self, names: Mapping[str, str]) -> list[TiedAccount]:
        """A row for each account and currency, by name; amounts whose account is not known come last.

        Args:
            names: Paths by account id.
        """
        sums: dict[tuple[str, str], dict[Reason, AccountSum]] = {}
        for (account, currency, reason), part in self.sums.items():
            sums.setdefault((account, currency), {})[reason] = part
        rows = [
            TiedAccount(
                account=account,
                name=names.get(account) or account,
                currency=currency,
                sums=sums.get((account, currency), {}),
                read=self.read.get((account, currency), ZERO),
            )
            for account, currency in {**sums, **self.read}
        ]
        return sorted(rows, key=lambda row: (row.account == UNKNOWN_ACCOUNT, row.name.casefold(), row.currency))
