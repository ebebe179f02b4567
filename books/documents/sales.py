"""What was sold, and what was given back? Four sales forms, whose lines each move an account, against one account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from books.answers import AccountRef, CustomerRef, ListRef, Terms
from books.documents.lines import (
    DiscountLine,
    DoesNotBalance,
    InvoiceLine,
    Posting,
    SalesTax,
    balanced,
    earned,
    form_total,
    reversed_postings,
)
from books.orders import NO_ADDRESS, Address
from books.translation import gettext_noop


@dataclass(frozen=True, kw_only=True)
class SalesForm:
    """What all four have. A sale debits one account and credits those of its lines; a form that gives back reverses it.

    A form says what it is `against`; one with a discount or a tax has the fields for them.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    #: Whether it debits the accounts of its lines.
    gives_back: ClassVar[bool] = False

    key: str
    number: str
    dated: date
    customer: CustomerRef
    currency: str
    #: Amounts positive for what is charged, or for what is given back on a form that does that.
    lines: tuple[InvoiceLine, ...]
    memo: str = ""
    location: ListRef | None = None

    def __post_init__(self) -> None:
        """Refuse to exist without a line, or out of balance."""
        what = f"{self.title.lower()} {self.number}"
        if not self.lines:
            raise DoesNotBalance(f"{what} has no line")
        balanced(self.postings, currency=self.currency, what=what)

    @property
    def against(self) -> tuple[AccountRef, str]:
        """The account that the whole form moves, opposite to its lines, and the words on that posting."""
        raise NotImplementedError

    @property
    def over_all(self) -> tuple[DiscountLine | None, SalesTax | None]:
        """The discount and the tax over all lines."""
        return None, None

    @property
    def total(self) -> Decimal:
        """The lines, less the discount, and the tax; positive for what is given back, too."""
        return form_total(self.lines, *self.over_all)

    @property
    def postings(self) -> tuple[Posting, ...]:
        """The total on one side, each line's account on the other in line order; the debits first."""
        (account, memo), credits = self.against, earned(self.lines, *self.over_all)
        if self.gives_back:
            return (*reversed_postings(credits), Posting(account=account, amount=-self.total, memo=memo))
        return (Posting(account=account, amount=self.total, memo=memo), *credits)

    @property
    def needs(self) -> tuple[str, ...]:
        """The document that creates the customer, if there is one."""
        return self.customer.needs


@dataclass(frozen=True, kw_only=True)
class BilledForm(SalesForm):
    """A form that is sent to the customer, with a discount and a tax over all of its lines."""

    billing: Address = NO_ADDRESS
    email: str = ""
    discount: DiscountLine | None = None
    tax: SalesTax | None = None

    @property
    def over_all(self) -> tuple[DiscountLine | None, SalesTax | None]:
        """As it says."""
        return self.discount, self.tax


@dataclass(frozen=True, kw_only=True)
class Invoice(BilledForm):
    """What a customer owes for one order: debits receivables, credits the account of each line.

    Source:
        docs/accounting/invoice.md
    """

    kind: ClassVar[str] = "invoice"
    title: ClassVar[str] = gettext_noop("Invoice")

    #: None leaves the due date to QuickBooks.
    due: date | None
    receivable: AccountRef
    terms: Terms | None = None
    shipping: Address = NO_ADDRESS

    @property
    def against(self) -> tuple[AccountRef, str]:
        """What the customer owes before any payment."""
        return self.receivable, self.customer.name


@dataclass(frozen=True, kw_only=True)
class SalesReceipt(BilledForm):
    """An order that was paid in full at once: debits where the money arrived, credits the account of each line.

    Source:
        docs/accounting/sales-receipt.md
    """

    kind: ClassVar[str] = "sales-receipt"
    title: ClassVar[str] = gettext_noop("Sales receipt")

    deposit_to: AccountRef
    #: The source's payment id or check number.
    reference: str = ""
    method: str = ""
    #: The payment method of QuickBooks; None where it has none of that name.
    method_there: ListRef | None = None
    shipping: Address = NO_ADDRESS

    @property
    def against(self) -> tuple[AccountRef, str]:
        """Where the money arrived."""
        return self.deposit_to, self.method


@dataclass(frozen=True, kw_only=True)
class CreditMemo(BilledForm):
    """What a customer no longer owes: credits receivables, debits the account of each line. No money moves.

    Source:
        docs/accounting/credit.md, docs/accounting/return.md
    """

    kind: ClassVar[str] = "credit-memo"
    title: ClassVar[str] = gettext_noop("Credit memo")
    gives_back: ClassVar[bool] = True

    receivable: AccountRef
    #: Keys of documents that must be in QuickBooks before it, such as the invoice it is for.
    follows: tuple[str, ...] = ()

    @property
    def against(self) -> tuple[AccountRef, str]:
        """What the customer owed."""
        return self.receivable, self.customer.name

    @property
    def needs(self) -> tuple[str, ...]:
        """What it follows, and the document that creates the customer, if there is one."""
        return (*self.follows, *self.customer.needs)


@dataclass(frozen=True, kw_only=True)
class RefundReceipt(SalesForm):
    """Money given back for what was sold: credits the account it leaves, debits the account of each line.

    Source:
        docs/accounting/refund.md
    """

    kind: ClassVar[str] = "refund-receipt"
    title: ClassVar[str] = gettext_noop("Refund receipt")
    gives_back: ClassVar[bool] = True

    paid_from: AccountRef
    follows: tuple[str, ...] = ()
    reference: str = ""
    method: str = ""
    #: The payment method of QuickBooks; None where it has none of that name.
    method_there: ListRef | None = None

    @property
    def against(self) -> tuple[AccountRef, str]:
        """The account that the money leaves."""
        return self.paid_from, self.customer.name

    @property
    def needs(self) -> tuple[str, ...]:
        """What it follows, and the document that creates the customer, if there is one."""
        return (*self.follows, *self.customer.needs)
