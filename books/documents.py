"""What should be in QuickBooks? Frozen documents that know their postings and cannot exist out of balance.

A posting is a signed amount on an account, debit positive. A document is built once, from an order and mapping's
answers, and never changed: a correction is a new version. `key` is unique within the company and stays the same
over all versions, so that the same record is never posted twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from books.answers import AccountRef, CustomerRef, ItemRef, Rule, Terms
from books.money import ZERO, is_whole, total
from books.orders import NO_ADDRESS, Address
from books.words import gettext_noop


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
        debits, credits = (total(getattr(one, side) for one in postings) for side in ("debit", "credit"))
        raise DoesNotBalance(f"{what}: debits are {debits} {currency} and credits {credits} {currency}")
    return postings


@dataclass(frozen=True, kw_only=True)
class NewCustomer:
    """A customer that QuickBooks does not have yet, created with the first order that needs it. Posts nothing."""

    kind: ClassVar[str] = "customer"
    title: ClassVar[str] = gettext_noop("Customer")

    key: str
    display_name: str
    given_name: str = ""
    family_name: str = ""
    company_name: str = ""
    email: str = ""
    phone: str = ""
    billing: Address = NO_ADDRESS
    shipping: Address = NO_ADDRESS
    currency: str
    memo: str = ""

    @property
    def number(self) -> str:
        """A customer has no number."""
        return ""

    @property
    def customer(self) -> CustomerRef:
        """The customer itself."""
        return CustomerRef(name=self.display_name, created_by=self.key)

    @property
    def total(self) -> Decimal:
        """A customer moves no money."""
        return ZERO

    @property
    def postings(self) -> tuple[Posting, ...]:
        """A customer moves no account."""
        return ()

    @property
    def needs(self) -> tuple[str, ...]:
        """Keys of the documents that must be in QuickBooks first."""
        return ()


@dataclass(frozen=True, kw_only=True)
class InvoiceLine:
    """One line of an invoice: what is sold, and the account that its amount credits."""

    key: str
    item: ItemRef
    account: AccountRef
    description: str
    quantity: Decimal
    unit_price: Decimal
    #: Charges positive, discounts negative.
    amount: Decimal
    item_rule: Rule
    account_rule: Rule
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Invoice:
    """What a customer owes for one order: debits receivables, credits the account of each line.

    Source:
        docs/accounting/invoice.md
    """

    kind: ClassVar[str] = "invoice"
    title: ClassVar[str] = gettext_noop("Invoice")

    key: str
    number: str
    dated: date
    #: None leaves the due date to QuickBooks.
    due: date | None
    customer: CustomerRef
    currency: str
    receivable: AccountRef
    lines: tuple[InvoiceLine, ...]
    terms: Terms | None = None
    billing: Address = NO_ADDRESS
    shipping: Address = NO_ADDRESS
    email: str = ""
    memo: str = ""

    def __post_init__(self) -> None:
        """Refuse to exist out of balance."""
        if not self.lines:
            raise DoesNotBalance(f"invoice {self.number} has no line")
        balanced(self.postings, currency=self.currency, what=f"invoice {self.number}")

    @property
    def total(self) -> Decimal:
        """What the customer owes before any payment."""
        return total(line.amount for line in self.lines)

    @property
    def postings(self) -> tuple[Posting, ...]:
        """Debit receivables with the total, credit each line's account, in line order."""
        owed = Posting(account=self.receivable, amount=self.total, memo=self.customer.name)
        earned = (Posting(account=one.account, amount=ZERO - one.amount, memo=one.description) for one in self.lines)
        return (owed, *earned)

    @property
    def needs(self) -> tuple[str, ...]:
        """The document that creates the customer, if there is one."""
        return (self.customer.created_by,) if self.customer.created_by else ()


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
    method: str = ""
    memo: str = ""

    def __post_init__(self) -> None:
        """Refuse to exist out of balance, or to settle more than was received."""
        settles = ZERO <= self.applied <= self.amount and is_whole(self.applied, self.currency)
        if self.amount <= 0 or not settles:
            raise DoesNotBalance(f"payment {self.number}: {self.applied} applied of {self.amount} {self.currency}")
        balanced(self.postings, currency=self.currency, what=f"payment {self.number}")

    @property
    def total(self) -> Decimal:
        """The money received."""
        return self.amount

    @property
    def postings(self) -> tuple[Posting, ...]:
        """Debit where the money arrived, credit receivables."""
        arrived = Posting(account=self.deposit_to, amount=self.amount, memo=self.method)
        settled = Posting(account=self.receivable, amount=-self.amount, memo=self.customer.name)
        return (arrived, settled)

    @property
    def needs(self) -> tuple[str, ...]:
        """The invoice that it pays, and the document that creates the customer, if there is one."""
        return (self.invoice, *((self.customer.created_by,) if self.customer.created_by else ()))


Document = NewCustomer | Invoice | Payment

#: Every kind of document, by its name in the database and on the wire.
KINDS: dict[str, type[NewCustomer | Invoice | Payment]] = {one.kind: one for one in (NewCustomer, Invoice, Payment)}
