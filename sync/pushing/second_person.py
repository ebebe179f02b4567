"""Which of what waits would go together, how much money is that, and does it take a second person?

Pure: amounts in, an answer out.

Source:
    docs/decisions/0085-a-second-person.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from books.documents import CreditApplication, NewCustomer
from books.money import ZERO, total

Key = TypeVar("Key", int, str)
#: Kinds that move no money.
WITHOUT_MONEY = (NewCustomer.kind, CreditApplication.kind)


@dataclass(frozen=True, kw_only=True)
class WaitingAmount:
    """What one document that waits counts in a batch."""

    number: int
    #: Never negative, in the home currency.
    amount: Decimal
    #: The number of the document that goes before it; 0 for none, or for one that is in QuickBooks.
    after: int = 0


def counted(kind: str, *totals: Decimal) -> Decimal:
    """What a document counts: of a change, the largest of what it was, is to be, and overwrites."""
    return ZERO if kind in WITHOUT_MONEY else max((abs(amount) for amount in totals), default=ZERO)


def those_that_go(after: Mapping[Key, Key]) -> set[Key]:
    """The keys of what can go, because what it needs is there or goes too.

    Args:
        after: By key, the key of what has to go before; nothing for what waits for nothing.
    """
    going = set(after)
    while late := {key for key in going if after[key] and after[key] not in going}:
        going -= late
    return going


def money_of(waiting: Iterable[WaitingAmount]) -> Decimal:
    """What everything that can go comes to."""
    rows = list(waiting)
    going = those_that_go({row.number: row.after for row in rows})
    return total(row.amount for row in rows if row.number in going)


def asks(above: Decimal | None, *, waits: Decimal, begun: Decimal = ZERO) -> bool:
    """Whether a second person has to approve it.

    Args:
        above: The amount above which the company wants that; None where it does not.
        waits: What everything that can go comes to.
        begun: What the same round has sent already, so that a batch that grows while it is sent is one batch.
    """
    return above is not None and begun + waits > above
