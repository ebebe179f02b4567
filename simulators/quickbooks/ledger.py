"""What do the books say? A double-entry ledger that cannot hold an entry out of balance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

NOTHING = Decimal("0.00")


class OutOfBalance(Exception):
    """An entry's debits and credits differ. A defect of this program, never of a request."""


class Posting(NamedTuple):
    """One side of an entry: debit positive, credit negative, `amount` in home currency."""

    account: str
    amount: Decimal
    name: str | None = None  # id of the customer, vendor or employee
    note: str = ""
    foreign: Decimal | None = None  # the amount in the account's own currency, where that is not the home currency

    @property
    def own(self) -> Decimal:
        """The amount in the account's own currency."""
        return self.amount if self.foreign is None else self.foreign


class Entry(NamedTuple):
    """What one transaction posts on one day."""

    kind: str
    id: str
    day: str
    number: str
    postings: tuple[Posting, ...]


class Ledger:
    """All entries, with the balance of every account and of every name on it kept up to date."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], Entry] = {}
        self.balances: dict[str, Decimal] = defaultdict(lambda: NOTHING)
        self.own_balances: dict[str, Decimal] = defaultdict(lambda: NOTHING)  # in each account's own currency
        self.name_balances: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)  # likewise

    def replace(self, kind: str, identifier: str, entry: Entry | None) -> Entry | None:
        """Put a transaction's entry in the place of its former one, or take it out.

        Returns:
            The former entry, so that the change can be undone.

        Raises:
            OutOfBalance: The postings do not sum to zero; nothing has changed.
        """
        if entry is not None and sum((posting.amount for posting in entry.postings), NOTHING) != 0:
            raise OutOfBalance(f"{kind} {identifier}: {entry.postings}")
        former = self.entries.pop((kind, identifier), None)
        if former is not None:
            self._add(former.postings, -1)
        if entry is not None:
            self.entries[kind, identifier] = entry
            self._add(entry.postings, 1)
        return former

    def _add(self, postings: Iterable[Posting], sign: int) -> None:
        for posting in postings:
            own = posting.own * sign
            self.balances[posting.account] += posting.amount * sign
            self.own_balances[posting.account] += own
            if posting.name is not None:
                self.name_balances[posting.account, posting.name] += own

    def on_account(self, account: str) -> Iterator[tuple[Entry, Posting]]:
        """The register of an account, oldest first."""
        found = [
            (entry, posting)
            for entry in self.entries.values()
            for posting in entry.postings
            if posting.account == account
        ]
        return iter(sorted(found, key=lambda pair: (pair[0].day, int(pair[0].id))))
