"""What did a customer buy? An invoice, owed; a sales receipt, paid at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from books.answers import AccountRef, CustomerRef, ListRef, Terms
from books.documents.lines import DiscountLine, InvoiceLine, SalesTax, check_form, earned, form_total
from books.documents.postings import Posting, balanced
from books.orders import NO_ADDRESS, Address
from books.translation import gettext_noop


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
    discount: DiscountLine | None = None
    tax: SalesTax | None = None
    location: ListRef | None = None

    def __post_init__(self) -> None:
        """Refuse to exist out of balance."""
        check_form(f"invoice {self.number}", self.lines)
        balanced(self.postings, currency=self.currency, what=f"invoice {self.number}")

    @property
    def total(self) -> Decimal:
        """What the customer owes before any payment."""
        return form_total(self.lines, self.discount, self.tax)

    @property
    def postings(self) -> tuple[Posting, ...]:
        """Debit receivables with the total, credit each line's account, in line order."""
        owed = Posting(account=self.receivable, amount=self.total, memo=self.customer.name)
        return (owed, *earned(self.lines, self.discount, self.tax))

    @property
    def needs(self) -> tuple[str, ...]:
        """The document that creates the customer, if there is one."""
        return self.customer.needs


@dataclass(frozen=True, kw_only=True)
class SalesReceipt:
    """An order that was paid in full at once: debits where the money arrived, credits the account of each line.

    Source:
        docs/accounting/sales-receipt.md
    """

    kind: ClassVar[str] = "sales-receipt"
    title: ClassVar[str] = gettext_noop("Sales receipt")

    key: str
    number: str
    dated: date
    customer: CustomerRef
    currency: str
    deposit_to: AccountRef
    lines: tuple[InvoiceLine, ...]
    #: The source's payment id or check number.
    reference: str = ""
    method: str = ""
    #: The payment method of QuickBooks; None where it has none of that name.
    method_there: ListRef | None = None
    billing: Address = NO_ADDRESS
    shipping: Address = NO_ADDRESS
    email: str = ""
    memo: str = ""
    discount: DiscountLine | None = None
    tax: SalesTax | None = None
    location: ListRef | None = None

    def __post_init__(self) -> None:
        """Refuse to exist out of balance."""
        check_form(f"sales receipt {self.number}", self.lines)
        balanced(self.postings, currency=self.currency, what=f"sales receipt {self.number}")

    @property
    def total(self) -> Decimal:
        """What the customer bought and paid."""
        return form_total(self.lines, self.discount, self.tax)

    @property
    def postings(self) -> tuple[Posting, ...]:
        """Debit where the money arrived, credit each line's account, in line order."""
        arrived = Posting(account=self.deposit_to, amount=self.total, memo=self.method)
        return (arrived, *earned(self.lines, self.discount, self.tax))

    @property
    def needs(self) -> tuple[str, ...]:
        """The document that creates the customer, if there is one."""
        return self.customer.needs
