"""What did mapping resolve for one order? Frozen, with the rule that decided each line.

Builders receive an `Answers` and look nothing up. Where mapping could not answer, the problem takes the place of
the answer, so that a builder can report every one of them at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from books.customer_fields import CustomerNameField
from books.problems import PaymentMethodNotDecided, Problem
from books.tenders import is_plainly_money, method_key
from books.translation import gettext_noop


class PostingRole(StrEnum):
    """The seven posting accounts, by the setting's name."""

    INVOICE_DEBIT = "invoice-debit"
    PAYMENT_DEBIT = "payment-debit"
    PAYMENT_CREDIT = "payment-credit"
    CREDIT_DEBIT = "credit-debit"
    CREDIT_CREDIT = "credit-credit"
    REFUND_DEBIT = "refund-debit"
    REFUND_CREDIT = "refund-credit"

    @property
    def label(self) -> str:
        """The setting's name on screen."""
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    PostingRole.INVOICE_DEBIT: gettext_noop("Invoice Debit Account"),
    PostingRole.PAYMENT_DEBIT: gettext_noop("Payment Debit Account"),
    PostingRole.PAYMENT_CREDIT: gettext_noop("Payment Credit Account"),
    PostingRole.CREDIT_DEBIT: gettext_noop("Credit Debit Account"),
    PostingRole.CREDIT_CREDIT: gettext_noop("Credit Credit Account"),
    PostingRole.REFUND_DEBIT: gettext_noop("Refund Debit Account"),
    PostingRole.REFUND_CREDIT: gettext_noop("Refund Credit Account"),
}


@dataclass(frozen=True, kw_only=True)
class AccountRef:
    """An account of the company's own chart."""

    quickbooks_id: str
    #: Full path with colons, exactly as QuickBooks writes it.
    path: str
    #: QuickBooks' account type, such as `Income` or `Accounts Receivable`.
    account_type: str = ""


@dataclass(frozen=True, kw_only=True)
class ListRef:
    """A class or a location of the company's own lists."""

    quickbooks_id: str
    #: Full path with colons, exactly as QuickBooks writes it.
    name: str


@dataclass(frozen=True, kw_only=True)
class TaxCode:
    """A sales tax code of the company, as QuickBooks keeps it."""

    quickbooks_id: str
    name: str
    #: Percent of all its rates together; None where QuickBooks states none.
    percent: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class ItemRef:
    """A product or service of the company's own item list."""

    quickbooks_id: str
    name: str
    income_account: AccountRef | None = None


@dataclass(frozen=True, kw_only=True)
class CustomerRef:
    """The customer of a document: one that QuickBooks has, or one that an earlier document creates."""

    name: str
    #: Empty while the customer has still to be created.
    quickbooks_id: str = ""
    #: The key of the document that creates the customer; empty for one that exists.
    created_by: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """The key of the document that creates the customer, if there is one."""
        return (self.created_by,) if self.created_by else ()


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Payment terms; `due_days` is None for terms that QuickBooks works out by itself."""

    quickbooks_id: str
    name: str
    due_days: int | None = 0

    def due(self, dated: date) -> date | None:
        """The day by which an invoice of that date is due; None to leave it to QuickBooks."""
        return None if self.due_days is None else dated + timedelta(days=self.due_days)


class Rule(StrEnum):
    """Which rule chose an item, an account or a customer."""

    PRODUCT_NAME = "product-name"
    PRODUCT_NUMBER = "product-number"
    SKU = "sku"
    SAME_NAME = "same-name"
    LIKE_NAME = "like-name"
    LINE_NAME = "line-name"
    TYPE_DEFAULT = "type-default"
    DESCRIPTION = "description"
    PRODUCT_ACCOUNT = "product-account"
    TYPE_ACCOUNT = "type-account"
    ITEM_ACCOUNT = "item-account"
    LINK = "link"
    EMAIL = "email"
    NAME = "name"
    COMPANY_ZIP = "company-zip"
    PHONE = "phone"
    STANDARD_CUSTOMER = "standard-customer"
    DEFAULT_CUSTOMER = "default-customer"
    CREATED = "created"
    POSTING_ITEM = "posting-item"
    POSTING_ACCOUNT = "posting-account"

    @property
    def sentence(self) -> str:
        """The rule as a person reads it beside the line."""
        return _RULE_SENTENCES[self]


_RULE_SENTENCES = {
    Rule.PRODUCT_NAME: gettext_noop("QuickBooks Product Name of the product"),
    Rule.PRODUCT_NUMBER: gettext_noop("QuickBooks Product Name of the product, read as a SKU"),
    Rule.SKU: gettext_noop("the product's SKU is the item's SKU in QuickBooks"),
    Rule.SAME_NAME: gettext_noop("the product has the same name in QuickBooks"),
    Rule.LIKE_NAME: gettext_noop(
        "the product has the same name in QuickBooks but for capitals, accents or punctuation"
    ),
    Rule.LINE_NAME: gettext_noop("the line's own item name"),
    Rule.TYPE_DEFAULT: gettext_noop("Item Name Default of the line type"),
    Rule.DESCRIPTION: gettext_noop("the line's description, passed as the name"),
    Rule.PRODUCT_ACCOUNT: gettext_noop("QuickBooks Account Name of the product"),
    Rule.TYPE_ACCOUNT: gettext_noop("Item Account Default of the line type"),
    Rule.ITEM_ACCOUNT: gettext_noop("the item's own income account"),
    Rule.LINK: gettext_noop("linked to this customer before, by a person or when it was created"),
    Rule.EMAIL: gettext_noop("same billing email"),
    Rule.NAME: gettext_noop("same name"),
    Rule.COMPANY_ZIP: gettext_noop("same company at the same ZIP code"),
    Rule.PHONE: gettext_noop("same phone number"),
    Rule.STANDARD_CUSTOMER: gettext_noop("not in QuickBooks: recorded under the standard customer"),
    Rule.DEFAULT_CUSTOMER: gettext_noop("the order has no customer details: recorded under the default customer"),
    Rule.CREATED: gettext_noop("not in QuickBooks yet: created with the order"),
    Rule.POSTING_ITEM: gettext_noop("the item that the company chose for such records"),
    Rule.POSTING_ACCOUNT: gettext_noop("the posting account of such records"),
}


@dataclass(frozen=True, kw_only=True)
class LineAnswer:
    """The item and account of one line, or the problems in their place."""

    item: ItemRef | None = None
    item_rule: Rule | None = None
    account: AccountRef | None = None
    account_rule: Rule | None = None
    quickbooks_class: ListRef | None = None
    #: Whether its product is taxed; None where nobody decided that.
    taxable: bool | None = None
    #: What was applied that nobody chose for this line, as sentences.
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CustomerAnswer:
    """The customer of an order: matched, to be created, or the problems in its place."""

    customer: CustomerRef | None = None
    rule: Rule | None = None
    terms: Terms | None = None
    #: The billing email: the source's, or the one that a person entered here. Several have a comma between them.
    email: str = ""
    #: What a person entered in place of fields of the source; an empty text leaves the field out.
    fields: Mapping[str, str] = field(default_factory=dict)
    #: QuickBooks' name of the customer where the order calls them otherwise, and nothing but the email says who it is.
    other_name: str = ""
    #: Of one who is created: the field of QuickBooks that the name is sent to, beside the display name.
    name_field: CustomerNameField = CustomerNameField.DISPLAY
    problems: tuple[Problem, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether the customer is created with the order."""
        return self.customer is not None and bool(self.customer.created_by)


@dataclass(frozen=True, kw_only=True)
class Tender:
    """What payments of one method do in the books, or the problems in its place.

    Source:
        docs/accounting/payment-methods.md
    """

    #: Money came in. Otherwise something in place of money was used, such as a gift card.
    is_money: bool = True
    #: The account that they debit; None for the Payment Debit Account.
    account: AccountRef | None = None
    #: The payment method of the company's QuickBooks; None where it has none of that name.
    in_quickbooks: ListRef | None = None
    problems: tuple[Problem, ...] = ()


def undecided(method: str) -> Tender:
    """What a method does that nobody has decided about: money if its name leaves no doubt, else a person is asked."""
    if not method.strip() or is_plainly_money(method):
        return Tender()
    asked = PaymentMethodNotDecided(method_key=method_key(method), method=method.strip())
    return Tender(is_money=False, problems=(asked,))


@dataclass(frozen=True, kw_only=True)
class Forms:
    """What the company chose about the forms its documents take."""

    #: An order that is paid in full at once becomes a sales receipt.
    sales_receipts: bool = False
    #: Discounts are on QuickBooks' own discount line instead of on items.
    discount_lines: bool = False
    #: Whether tax is QuickBooks' own sales tax; otherwise it is a line with its account.
    quickbooks_tax: bool = False
    tax_code: TaxCode | None = None
    #: QuickBooks can be told of a line that it bears no tax: it has the code for that, as in the United States.
    has_untaxed_code: bool = False
    #: Products whose income account is the Credit Debit or the Refund Debit Account.
    credit_item: ItemRef | None = None
    refund_item: ItemRef | None = None
    #: The receivable account that QuickBooks' own invoices and credit memos move.
    own_receivable: AccountRef | None = None
    #: QuickBooks Desktop's files name an account on each line, so its own forms take any account.
    names_accounts: bool = False
    location: ListRef | None = None
    #: The class of everything from the source, for what is given back beside the lines of an order.
    quickbooks_class: ListRef | None = None
    #: Names among these choices that QuickBooks does not have.
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Everything that one order asks of mapping."""

    home_currency: str
    customer: CustomerAnswer
    #: By line key; every line of the order has its answer.
    lines: Mapping[str, LineAnswer]
    #: Set and usable posting accounts; a role that is missing here is not set.
    posting: Mapping[PostingRole, AccountRef] = field(default_factory=dict)
    posting_problems: Mapping[PostingRole, Problem] = field(default_factory=dict)
    forms: Forms = Forms()
    #: By key, see `books.tenders.method_key`: the payment methods of the order.
    tenders: Mapping[str, Tender] = field(default_factory=dict)

    def tender(self, method: str) -> Tender:
        """What a payment of this method does."""
        return self.tenders.get(method_key(method)) or undecided(method)
