"""What does the balance of a clearing account consist of, and what emptied each part?

Pure: entries of an account in, parts out. Debit positive, so that money that came in is above zero. What the parts have
open adds up to the balance, whatever the entries are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from books.money import ZERO

#: What a deposit takes along from undeposited funds; money that leaves by one of these waits there as well.
_DEPOSITED = ("Payment", "SalesReceipt", "RefundReceipt", "JournalEntry")
#: Days up to which a part is new, and up to which it is not old.
NEW, RECENT = 7, 30


@dataclass(frozen=True, kw_only=True)
class ClearingEntry:
    """What one transaction moves on the account."""

    #: Such as `Payment 12`; empty for what was there before the first day.
    transaction: str
    dated: date
    amount: Decimal
    number: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class EmptiedBy:
    """What took a part of the money away."""

    transaction: str
    dated: date
    amount: Decimal
    #: QuickBooks itself says that this is what it took; else it is the oldest that was there.
    named: bool


@dataclass(kw_only=True)
class ClearingPart:
    """An entry with what of it is still on the account."""

    entry: ClearingEntry
    open: Decimal
    emptied: list[EmptiedBy] = field(default_factory=list)


def parts_of(entries: Iterable[ClearingEntry], deposits: Mapping[str, str], *, undeposited: bool) -> list[ClearingPart]:
    """The parts, oldest first; those that are wholly emptied too, and not what emptied them.

    A deposit takes what QuickBooks says it does. Any other money that leaves takes the oldest that is there.

    Args:
        entries: A transaction is once in them.
        deposits: By transaction, the deposit that takes it to the bank, such as `Payment 12` by `Deposit 7`.
        undeposited: Whether it is Undeposited Funds, where refunds wait for their deposit as payments do.
    """
    ordered = sorted(entries, key=lambda entry: entry.dated)
    by_name = {entry.transaction: entry for entry in ordered}
    left = {entry.transaction: entry.amount for entry in ordered}
    taken_along = {*deposits} - {*deposits.values()}
    parts: list[ClearingPart] = []
    for entry in ordered:
        deposit = by_name.get(deposits[entry.transaction]) if entry.transaction in taken_along else None
        if deposit is not None:
            left[deposit.transaction] += entry.amount
            taken = EmptiedBy(transaction=deposit.transaction, dated=deposit.dated, amount=entry.amount, named=True)
            parts.append(ClearingPart(entry=entry, open=ZERO, emptied=[taken]))
            left[entry.transaction] = ZERO
    parts += _oldest_first([entry for entry in ordered if left[entry.transaction]], left, undeposited=undeposited)
    return sorted(parts, key=lambda part: part.entry.dated)


def _oldest_first(
    entries: Iterable[ClearingEntry], left: Mapping[str, Decimal], *, undeposited: bool
) -> list[ClearingPart]:
    """Parts of what no deposit names: money that leaves takes the oldest that came in."""
    parts, leaving = [], []
    for entry in entries:
        amount = left[entry.transaction]
        waits = undeposited and entry.transaction.partition(" ")[0] in _DEPOSITED
        if amount > 0 or waits:
            parts.append(ClearingPart(entry=entry, open=amount))
        else:
            leaving.append(ClearingPart(entry=entry, open=amount))
    coming = [part for part in parts if part.open > 0]
    place = 0
    for gone in leaving:
        while gone.open and place < len(coming):
            part = coming[place]
            amount = min(part.open, -gone.open)
            part.open -= amount
            gone.open += amount
            part.emptied.append(
                EmptiedBy(transaction=gone.entry.transaction, dated=gone.entry.dated, amount=amount, named=False)
            )
            place += not part.open
    return [*parts, *(gone for gone in leaving if gone.open)]


@dataclass(frozen=True, kw_only=True)
class Ages:
    """What is open, by how long it has been there."""

    new: Decimal = ZERO
    recent: Decimal = ZERO
    old: Decimal = ZERO


def ages_of(parts: Iterable[tuple[date, Decimal]], today: date) -> Ages:
    """The open amounts by age: up to 7 days, 8 to 30, more.

    Args:
        parts: The day and the open amount of each.
        today: The day up to which their age counts.
    """
    new = recent = old = ZERO
    for dated, amount in parts:
        days = (today - dated).days
        if days <= NEW:
            new += amount
        elif days <= RECENT:
            recent += amount
        else:
            old += amount
    return Ages(new=new, recent=recent, old=old)
