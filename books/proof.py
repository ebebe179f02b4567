"""Did each account move by what a run posted, to the cent? Debit positive, in the home currency.

The trial balance before and after says what moved. What the run wrote, and what others entered meanwhile, say what
should have moved. Whatever is left is unexplained.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from books.money import ZERO
from books.movement import UNKNOWN_ACCOUNT, Movement

NOTHING_MOVED = Movement()


# What a trial balance says of a day -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ReportDay:
    """The day as of which a trial balance is read, and what it does with the income and expenses of earlier years."""

    last: date
    #: The first day of the fiscal year of that day.
    year_begins: date
    #: The id of the account that earlier years' profit is shown on.
    retained_earnings: str = UNKNOWN_ACCOUNT
    #: The ids of income and expense accounts, which begin each fiscal year at zero.
    profit_and_loss: Collection[str] = frozenset()

    def shows(self, movement: Movement, dated: date) -> Movement:
        """What the trial balance shows of a movement of a day."""
        if dated > self.last:
            return NOTHING_MOVED
        if dated >= self.year_begins:
            return movement
        return Movement.of(
            (self.retained_earnings if account in self.profit_and_loss else account, amount)
            for account, amount in movement.amounts.items()
        )


def fiscal_year_of(day: date, first_month: int) -> tuple[date, date]:
    """The first and the last day of the fiscal year that a day is in.

    Args:
        day: Any.
        first_month: The month that fiscal years begin with, 1 to 12.
    """
    begins = date(day.year if day.month >= first_month else day.year - 1, first_month, 1)
    next_year = begins.year + 1
    ends = date(next_year, first_month, 1) - timedelta(days=1) if next_year <= date.max.year else date.max
    return begins, ends


# The proof ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ProofRow:
    """One account. What it should have moved by, and what it moved by."""

    #: Its id in QuickBooks.
    account: str
    #: By what the run posted, changed and took out.
    predicted: Decimal = ZERO
    #: By what others entered, changed and deleted meanwhile.
    others: Decimal = ZERO
    #: By what QuickBooks posts of itself for inventory that was sold.
    inventory: Decimal = ZERO
    #: By the trial balance, after less before.
    observed: Decimal = ZERO

    @property
    def unexplained(self) -> Decimal:
        """What is left."""
        return self.observed - self.predicted - self.others - self.inventory


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Every account that moved, or should have."""

    rows: tuple[ProofRow, ...] = ()

    @property
    def unexplained(self) -> Movement:
        """What is left, by account."""
        return Movement.of((row.account, row.unexplained) for row in self.rows)

    @property
    def is_proven(self) -> bool:
        """Whether nothing is left on any account."""
        return not self.unexplained


def prove(
    predicted: Movement,
    observed: Movement,
    others: Movement = NOTHING_MOVED,
    *,
    inventory: Collection[str] = (),
) -> Proof:
    """Compare what should have moved with what moved, account by account.

    Args:
        predicted: By what the run wrote.
        observed: The trial balance after, less the one before.
        others: By what others did meanwhile.
        inventory: The accounts for cost of goods and for stock, where inventory was sold; empty where none was. What is
            left on them is QuickBooks' own posting if it cancels out among them, and is unexplained if it does not.
    """
    left = observed - predicted - others
    own = Movement.of((account, left[account]) for account in inventory)
    by_quickbooks = NOTHING_MOVED if own.sum else own
    accounts = {
        account: None for part in (predicted, others, observed, by_quickbooks) for account in sorted(part.amounts)
    }
    return Proof(
        rows=tuple(
            ProofRow(
                account=account,
                predicted=predicted[account],
                others=others[account],
                inventory=by_quickbooks[account],
                observed=observed[account],
            )
            for account in accounts
        )
    )


# What others did ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OtherChange:
    """One transaction that another person or program entered, changed or deleted in QuickBooks meanwhile."""

    #: As a person knows it again.
    words: str
    #: What it moved by that; nothing where that cannot be told.
    movement: Movement = field(default_factory=Movement)
    #: It bears the very second of a reading, so that it may be on either side of it.
    at_the_edge: bool = False
    #: What it was before is not known.
    cannot_be_told: bool = False
    #: Where that is so: the accounts that it moves now; empty where not even those are known, and it may be any.
    accounts: frozenset[str] = frozenset()


def prove_with_others(
    predicted: Movement,
    observed: Movement,
    changes: Sequence[OtherChange],
    *,
    inventory: Collection[str] = (),
) -> Proof:
    """The proof with what others did; those at the edge of a reading are in it or out of it, all of them alike.

    Where neither leaves nothing, the one that leaves less is told.
    """
    inside = [change for change in changes if not change.at_the_edge]
    tries = [prove(predicted, observed, _sum(part), inventory=inventory) for part in (changes, inside)]
    return min(tries, key=unexplained_size)


def unexplained_size(proof: Proof) -> Decimal:
    """How much is left, in either direction: of several ways to read the same facts the smallest counts."""
    return sum((abs(amount) for amount in proof.unexplained.amounts.values()), ZERO)


def excused_by(proof: Proof, changes: Iterable[OtherChange]) -> tuple[OtherChange, ...]:
    """The changes that what is left may come from; none where an account is left that none of them moves."""
    unclear = tuple(change for change in changes if change.cannot_be_told)
    if any(not change.accounts for change in unclear):
        return unclear
    touched = {account for change in unclear for account in change.accounts}
    return unclear if set(proof.unexplained.amounts) <= touched else ()


def _sum(changes: Iterable[OtherChange]) -> Movement:
    return Movement.of(pair for change in changes for pair in change.movement.amounts.items())
