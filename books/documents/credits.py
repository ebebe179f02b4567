"""What was given back or given away, in QuickBooks' own forms?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from books.answers import AccountRef, CustomerRef, ListRef
from books.documents.lines import DiscountLine, InvoiceLine, SalesTax, check_form, form_total, given_back
from books.documents.postings import Posting, balanced
from books.orders import NO_ADDRESS, Address
from books.translation import gettext_noop


@dataclass(frozen=True, kw_only=True)
class CreditMemo:
    """What a customer no longer owes: credits receivables, debits the account of each line. No money moves.

    Source:
        docs/accounting/credit.md, docs/accounting/return.md
    """

    kind: ClassVar[str] = "credit-memo"
    title: ClassVar[str] = gettext_noop("Credit memo")

    key: str
    number: str
    dated: date
    customer: CustomerRef
    currency: str
    receivable: AccountRef
    #: Amounts positive for what is credited.
    lines: tuple[InvoiceLine, ...]
    #: Keys of documents that must be in QuickBooks before it, such as the invoice it is for.
    follows: tuple[str, ...] = ()
    billing: Address = NO_ADDRESS
    email: str = ""
    memo: str = ""
    discount: DiscountLine | None = None
    tax: SalesTax | None = None
    location: ListRef | None = None

    def __post_init__(self) -> None:
        """Refuse to exist out of balance."""
        check_form(f"credit memo {self.number}", self.lines)
        balanced(self.postings, currency=self.currency, what=f"credit memo {self.number}")

    @property
    def total(self) -> Decimal:
        """What is credited; positive."""
        return form_total(self.lines, self.discount, self.tax)

    @property
    def postings(self) -> tuple[Posting, ...]:
        """Debit each line's account, in line order, credit receivables with the total."""
        owed = Posting(account=self.receivable, amount=-self.total, memo=self.customer.name)
        return (*given_back(self.lines, self.discount, self.tax), owed)

    @property
    def needs(self) -> tuple[str, ...]:
        """What it follows, and the document that creates the customer, if there is one."""
        return (*self.follows, *self.customer.needs)


@dataclass(frozen=True, kw_only=True)
class RefundReceipt:
    """Money given back for what was sold: credits the account it leaves, debits the account of each line.

    Source:
        docs/accounting/refund.md
    """

    kind: ClassVar[str] = "refund-receipt"
    title: ClassVar[str] = gettext_noop("Refund receipt")

    key: str
    number: str
    dated: date
    customer: CustomerRef
    currency: str
    paid_from: AccountRef
    #: Amounts positive for what is given back.
    lines: tuple[InvoiceLine, ...]
    follows: tuple[str, ...] = ()
    reference: str = ""
    method: str = ""
    #: The payment method of QuickBooks; None where it has none of that name.
    method_there: ListRef | None = None
    memo: str = ""
    location: ListRef | None = None

    def __post_init__(self) -> None:
        """Refuse to exist out of balance."""
        check_form(f"refund receipt {self.number}", self.lines)
        balanced(self.postings, currency=self.currency, what=f"refund receipt {self.number}")

    @property
    def total(self) -> Decimal:
        """The money given back; positive."""
        return form_total(self.lines, None, None)

    @property
    def postings(self) -> tuple[Posting, ...]:
        """Debit each line's account, in line order, credit the account that the money leaves."""
        left = Posting(account=self.paid_from, amount=-self.total, memo=self.customer.name)
        return (*given_back(self.lines, None, None), left)

    @property
    def needs(self) -> tuple[str, ...]:
        """What it follows, and the document that creates the customer, if there is one."""
        return (*self.follows, *self.customer.needs)
