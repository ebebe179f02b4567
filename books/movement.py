"""By how much does a document move each account as it is posted? Debit positive, in the document's own currency.

Two ways lead there. A document of ours knows its accounts, as they were when it was prepared. What QuickBooks holds
names items, and an item's income account is looked up in our copy of QuickBooks' lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from books.documents import CreditMemo, Document, Invoice, JournalEntry, Payment, RefundReceipt, SalesReceipt
from books.money import ZERO, total
from books.posted_document import HeldLine, Holding

#: Stands for an account that our copy of the lists does not tell.
UNKNOWN_ACCOUNT = ""
#: Forms with lines that name items; whether such a form debits the accounts of its lines.
_SOLD = {Invoice.kind: False, SalesReceipt.kind: False, CreditMemo.kind: True, RefundReceipt.kind: True}
#: Forms that move an account for money; the others move what customers owe.
_MOVES_MONEY = (SalesReceipt.kind, RefundReceipt.kind)


@dataclass(frozen=True, kw_only=True)
class Movement:
    """Signed amounts by account id, debit positive; accounts that do not move are left out."""

    amounts: Mapping[str, Decimal] = field(default_factory=dict)

    @classmethod
    def of(cls, parts: Iterable[tuple[str, Decimal]]) -> Movement:
        """The movement of many postings, added up by account."""
        sums: dict[str, Decimal] = {}
        for account, amount in parts:
            sums[account] = sums.get(account, ZERO) + amount
        return cls(amounts={account: amount for account, amount in sums.items() if amount})

    def __add__(self, other: Movement) -> Movement:
        return Movement.of((*self.amounts.items(), *other.amounts.items()))

    def __sub__(self, other: Movement) -> Movement:
        return self + other.reversed()

    def __bool__(self) -> bool:
        return bool(self.amounts)

    def __getitem__(self, account: str) -> Decimal:
        """What an account moves by; zero for one that does not move."""
        return self.amounts.get(account, ZERO)

    def reversed(self) -> Movement:
        """The same accounts on their other side."""
        return Movement(amounts={account: ZERO - amount for account, amount in self.amounts.items()})

    @property
    def sum(self) -> Decimal:
        """All amounts together: zero for whatever double entry allows."""
        return total(self.amounts.values())


@dataclass(frozen=True, kw_only=True)
class AccountChart:
    """What has to be known of QuickBooks' lists to say which accounts a transaction moves; ids are QuickBooks'."""

    #: Paths by account id.
    names: Mapping[str, str] = field(default_factory=dict)
    #: Income accounts by item id, the item that QuickBooks keeps for shipping among them.
    income: Mapping[str, str] = field(default_factory=dict)
    #: The account of what customers owe that QuickBooks' own forms move.
    receivable: str = UNKNOWN_ACCOUNT
    #: Where money goes that a form names no account for.
    undeposited: str = UNKNOWN_ACCOUNT
    #: Where QuickBooks' own sales tax is owed.
    tax_payable: str = UNKNOWN_ACCOUNT

    def name(self, account: str) -> str:
        """The path of an account; its id where it is not on the list."""
        return self.names.get(account) or account


def moved_by_document(document: Document) -> Movement:
    """What a document of ours moves, by the accounts that it was prepared with."""
    return Movement.of((posting.account.quickbooks_id, posting.amount) for posting in document.postings)


def moved_by(form: str, holding: Holding, chart: AccountChart) -> Movement:
    """What a transaction moves as QuickBooks holds it, or as it was posted.

    Cost of goods is not in it: what an inventory item cost is in QuickBooks alone. A part whose account cannot be told,
    such as a line with an item that is not on our list, is on `UNKNOWN_ACCOUNT`; so the movement always sums to zero.

    Args:
        form: Of the vocabulary's forms.
        holding: Amounts in the transaction's own currency.
        chart: Of the company.
    """
    parts = list(_parts(form, holding, chart))
    return Movement.of((*parts, (UNKNOWN_ACCOUNT, ZERO - total(amount for _, amount in parts))))


def _parts(form: str, holding: Holding, chart: AccountChart) -> Iterator[tuple[str, Decimal]]:
    receivable = holding.receivable.identifier or chart.receivable
    if form in _SOLD:
        sign = 1 if _SOLD[form] else -1
        money = holding.account.identifier or chart.undeposited
        yield (money if form in _MOVES_MONEY else receivable), -sign * holding.total
        lines = [_sold(line, chart) for line in holding.lines]
        yield from ((account, sign * amount) for account, amount in lines)
        sold = total(amount for _, amount in lines)
        # What was kept before the tax was read says only the total
        yield chart.tax_payable, sign * (holding.total - sold if holding.tax is None else holding.tax)
    elif form == Payment.kind:
        yield holding.account.identifier or chart.undeposited, holding.total
        yield receivable, ZERO - holding.total
    elif form == JournalEntry.kind:
        for line in holding.lines:
            side, _, account = line.moves.rpartition(" ")
            yield account, line.amount if side.startswith("Debit") else ZERO - line.amount


def _sold(line: HeldLine, chart: AccountChart) -> tuple[str, Decimal]:
    """The account of a line of a sales form, and what the line adds to the total."""
    moves, _, identifier = line.moves.rpartition(" ")
    if moves == "account":  # the discount over all lines, which the form states as a positive amount
        return identifier, ZERO - line.amount
    return line.account or (chart.income.get(identifier, UNKNOWN_ACCOUNT) if moves == "item" else ""), line.amount
