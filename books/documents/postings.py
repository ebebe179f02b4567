"""Which accounts does a document move? Signed amounts that balance, or no document at all."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from books.answers import AccountRef
from books.money import ZERO, is_whole, total


class DoesNotBalance(ValueError):
    """A document was about to be built whose debits and credits differ."""


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One account moved by one document; debit positive, credit negative, in the document's currency."""

    account: AccountRef
    amount: Decimal
    memo: str = ""

    @property
    def debit(self) -> Decimal:
        """The amount on the debit side; zero for a credit."""
        return max(self.amount, ZERO)

    @property
    def credit(self) -> Decimal:
        """The amount on the credit side, positive; zero for a debit."""
        return max(-self.amount, ZERO)


def balanced(postings: tuple[Posting, ...], *, currency: str, what: str) -> tuple[Posting, ...]:
    """Return the postings, provided that they balance in whole smallest units.

    Raises:
        DoesNotBalance: Debits and credits differ, or an amount has a fraction of a cent; both sums are named.
    """
    for posting in postings:
        if not is_whole(posting.amount, currency):
            raise DoesNotBalance(f"{what}: {posting.amount} {currency} on {posting.account.path} is not a whole amount")
    if total(posting.amount for posting in postings):
        debits, credits = (total(getattr(posting, side) for posting in postings) for side in ("debit", "credit"))
        raise DoesNotBalance(f"{what}: debits are {debits} {currency} and credits {credits} {currency}")
    return postings
