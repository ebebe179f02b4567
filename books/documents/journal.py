"""What does QuickBooks take where its own form has another shape than the posting accounts ask? A journal entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from books.answers import AccountRef, CustomerRef, ListRef
from books.documents.lines import DoesNotBalance, Posting, balanced
from books.money import total
from books.translation import gettext_noop

#: Of accounts of these types a journal entry moves one at most, and that line names the customer.
NAMED_TYPES = ("Accounts Receivable", "Accounts Payable")
#: The kind of record of an entry that moves the opposite of a posted document, on a later day.
REVERSAL = "reversal"


@dataclass(frozen=True, kw_only=True)
class JournalLine:
    """One line of a journal entry; debit positive, credit negative."""

    account: AccountRef
    amount: Decimal
    memo: str = ""
    quickbooks_class: ListRef | None = None

    @property
    def names_customer(self) -> bool:
        """Whether QuickBooks wants the customer on this line."""
        return self.account.account_type in NAMED_TYPES


@dataclass(frozen=True, kw_only=True)
class JournalEntry:
    """Debits and credits as the posting accounts say, with the customer on the receivable line.

    Source:
        docs/accounting/journal-entry.md
    """

    kind: ClassVar[str] = "journal-entry"
    title: ClassVar[str] = gettext_noop("Journal entry")

    key: str
    number: str
    dated: date
    customer: CustomerRef
    currency: str
    #: The kind of record that it is posted for: `invoice`, `payment`, `credit`, `refund`, `return`, `reversal`.
    stands_for: str
    lines: tuple[JournalLine, ...]
    #: Why it is not the form that QuickBooks has for such a record: one of the marked sentences of the builders.
    why: str
    follows: tuple[str, ...] = ()
    memo: str = ""
    location: ListRef | None = None

    def __post_init__(self) -> None:
        """Refuse to exist out of balance, or with two lines that each need a name."""
        if sum(line.names_customer for line in self.lines) > 1:
            raise DoesNotBalance(f"journal entry {self.number} moves two receivable accounts")
        if not any(line.amount > 0 for line in self.lines):
            raise DoesNotBalance(f"journal entry {self.number} has no debit")
        balanced(self.postings, currency=self.currency, what=f"journal entry {self.number}")

    @property
    def total(self) -> Decimal:
        """The sum of the debits."""
        return total(posting.debit for posting in self.postings)

    @property
    def postings(self) -> tuple[Posting, ...]:
        """The lines as they are; those of nothing move nothing."""
        return tuple(
            Posting(account=line.account, amount=line.amount, memo=line.memo) for line in self.lines if line.amount
        )

    @property
    def receivable(self) -> AccountRef | None:
        """The account of the line that names the customer, if there is one."""
        return next((line.account for line in self.lines if line.names_customer), None)

    @property
    def needs(self) -> tuple[str, ...]:
        """What it follows, and the document that creates the customer, if there is one."""
        return (*self.follows, *self.customer.needs)
