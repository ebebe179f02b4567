"""What settles what a customer owes? Money that arrived, and credit that is used up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from books.answers import AccountRef, CustomerRef, ListRef
from books.documents.lines import DoesNotBalance, Posting, balanced
from books.money import ZERO, is_whole, total
from books.translation import gettext_noop


@dataclass(frozen=True, kw_only=True)
class RefundedPart:
    """The part of a payment that no invoice used and that went back by a refund."""

    #: The key of the refund, a journal entry that debits the receivable account.
    refund: str
    #: Positive.
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Payment:
    """Money received for one invoice: debits where it arrived, credits receivables.

    Source:
        docs/accounting/payment.md
    """

    kind: ClassVar[str] = "payment"
    title: ClassVar[str] = gettext_noop("Payment")

    key: str
    #: The reference a person can find it by: the source's payment id or check number.
    number: str
    dated: date
    customer: CustomerRef
    currency: str
    #: Positive: money received.
    amount: Decimal
    #: How much of it settles the invoice; the rest stays on the customer's account as unapplied.
    applied: Decimal
    deposit_to: AccountRef
    receivable: AccountRef
    #: The key of the invoice that it pays.
    invoice: str
    #: The form that the invoice has in QuickBooks: `invoice` or `journal-entry`.
    invoice_form: str = "invoice"
    method: str = ""
    #: The payment method of QuickBooks; None where it has none of that name.
    method_there: ListRef | None = None
    memo: str = ""
    #: What of it went back.
    refunded: tuple[RefundedPart, ...] = ()

    def __post_init__(self) -> None:
        """Refuse to exist out of balance, or to settle more than was received."""
        parts = (self.applied, *(part.amount for part in self.refunded))
        used = total(parts)
        settles = min(parts) >= 0 and used <= self.amount and all(is_whole(part, self.currency) for part in parts)
        if self.amount <= 0 or not settles:
            raise DoesNotBalance(f"payment {self.number}: {used} applied of {self.amount} {self.currency}")
        balanced(self.postings, currency=self.currency, what=f"payment {self.number}")

    @property
    def total(self) -> Decimal:
        """The money received."""
        return self.amount

    @property
    def unapplied(self) -> Decimal:
        """What of it stays on the customer's account."""
        return self.amount - self.applied - total(part.amount for part in self.refunded)

    @property
    def postings(self) -> tuple[Posting, ...]:
        """Debit where the money arrived, credit receivables."""
        arrived = Posting(account=self.deposit_to, amount=self.amount, memo=self.method)
        settled = Posting(account=self.receivable, amount=-self.amount, memo=self.customer.name)
        return (arrived, settled)

    @property
    def needs(self) -> tuple[str, ...]:
        """The invoice that it pays, the refunds, and the document that creates the customer, if there is one."""
        return (self.invoice, *(part.refund for part in self.refunded), *self.customer.needs)


@dataclass(frozen=True, kw_only=True)
class CreditApplication:
    """A credit that is used up on its invoice: no account moves, the invoice is owed no longer.

    Source:
        docs/accounting/credit.md
    """

    kind: ClassVar[str] = "credit-application"
    title: ClassVar[str] = gettext_noop("Credit applied")

    key: str
    number: str
    dated: date
    customer: CustomerRef
    currency: str
    #: Positive: how much of the invoice the credit settles.
    amount: Decimal
    receivable: AccountRef
    #: The keys of the documents it ties together.
    invoice: str
    credit: str
    #: The form that the credit has in QuickBooks: `credit-memo` or `journal-entry`.
    credit_form: str
    invoice_form: str = "invoice"
    memo: str = ""

    def __post_init__(self) -> None:
        """Refuse to settle nothing, or a part of a cent."""
        if self.amount <= 0 or not is_whole(self.amount, self.currency):
            raise DoesNotBalance(f"credit {self.number}: {self.amount} {self.currency} cannot be applied")

    @property
    def total(self) -> Decimal:
        """It moves no money."""
        return ZERO

    @property
    def postings(self) -> tuple[Posting, ...]:
        """It moves no account."""
        return ()

    @property
    def needs(self) -> tuple[str, ...]:
        """The credit, the invoice, and the document that creates the customer, if there is one."""
        return (self.credit, self.invoice, *self.customer.needs)
