"""What did the business sell? The one language that every source speaks.

A source reads its own payload into an `Order` and nothing behind it needs to know which source that was.
Amounts are major units of `Order.currency`. Charges are positive; discounts are lines with a negative amount.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from books.money import extended, total
from books.outside.texts import as_seen, compared, key_text
from books.translation import gettext_noop


class Section(StrEnum):
    """The mapping section a line posts by: its product, or one of the eight line-type defaults."""

    PRODUCT = "product"
    UNKNOWN = "unknown"
    PROGRAM = "program"
    SHIPPING = "shipping"
    TAX = "tax"
    SERVICE = "service"
    UPSELL = "upsell"
    FINANCE_CHARGE = "finance-charge"
    SPECIAL = "special"

    @property
    def label(self) -> str:
        """The name that Keap and the accountant use."""
        return _SECTION_LABELS[self]


_SECTION_LABELS = {
    Section.PRODUCT: gettext_noop("Product"),
    Section.UNKNOWN: gettext_noop("Unknown Type"),
    Section.PROGRAM: gettext_noop("Program"),
    Section.SHIPPING: gettext_noop("Shipping"),
    Section.TAX: gettext_noop("Tax"),
    Section.SERVICE: gettext_noop("Service & Misc."),
    Section.UPSELL: gettext_noop("Upsell Product"),
    Section.FINANCE_CHARGE: gettext_noop("Finance Charge"),
    Section.SPECIAL: gettext_noop("Special"),
}

#: The eight sections that have defaults, in the order of the settings screen.
DEFAULT_SECTIONS = tuple(section for section in Section if section is not Section.PRODUCT)


class LineType(StrEnum):
    """What kind of line the source says it is."""

    PRODUCT = "product"
    SUBSCRIPTION = "subscription"
    UNKNOWN = "unknown"
    PROGRAM = "program"
    SHIPPING = "shipping"
    TAX = "tax"
    SERVICE = "service"
    UPSELL = "upsell"
    FINANCE_CHARGE = "finance-charge"
    SPECIAL = "special"
    FREE_TRIAL_DISCOUNT = "free-trial-discount"
    ORDER_DISCOUNT = "order-discount"
    PRODUCT_DISCOUNT = "product-discount"
    CATEGORY_DISCOUNT = "category-discount"
    SHIPPING_DISCOUNT = "shipping-discount"
    TIP = "tip"
    FEE = "fee"
    OTHER = "other"

    @property
    def section(self) -> Section:
        """The mapping section that this type posts by.

        Source:
            docs/decisions/0005-newer-line-types.md
        """
        return _SECTIONS.get(self) or Section(self.value)


_SECTIONS = {
    LineType.SUBSCRIPTION: Section.PRODUCT,
    LineType.FREE_TRIAL_DISCOUNT: Section.SPECIAL,
    LineType.ORDER_DISCOUNT: Section.SPECIAL,
    LineType.PRODUCT_DISCOUNT: Section.SPECIAL,
    LineType.CATEGORY_DISCOUNT: Section.SPECIAL,
    LineType.SHIPPING_DISCOUNT: Section.SPECIAL,
    LineType.TIP: Section.SERVICE,
    LineType.FEE: Section.SERVICE,
    LineType.OTHER: Section.UNKNOWN,
}


class OrderStatus(StrEnum):
    """Whether the order became a sale."""

    DRAFT = "draft"
    SALE = "sale"
    CANCELLED = "cancelled"
    #: A sale whose money went back, wholly or in part. Only as the meaning of a word: see `books.statuses`.
    REFUNDED = "refunded"
    #: No business of the books, by a decision about its word.
    LEFT_OUT = "left-out"
    #: Its word has not been decided on.
    UNKNOWN = "unknown"


class PaymentStatus(StrEnum):
    """Whether the money arrived."""

    RECEIVED = "received"
    PENDING = "pending"
    FAILED = "failed"
    VOIDED = "voided"


@dataclass(frozen=True, kw_only=True)
class Address:
    """A postal address as the source wrote it."""

    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing is known."""
        return not any(
            (
                self.line1,
                self.line2,
                self.city,
                self.region,
                self.postal_code,
                self.country,
            )
        )


#: The address where a source gives none.
NO_ADDRESS = Address()


@dataclass(frozen=True, kw_only=True)
class Customer:
    """Who bought, as the source knows them."""

    #: The source's own id; empty when the source (a spreadsheet) has none.
    source_id: str = ""
    given_name: str = ""
    family_name: str = ""
    company_name: str = ""
    email: str = ""
    phone: str = ""
    billing: Address = NO_ADDRESS
    shipping: Address = NO_ADDRESS

    @property
    def full_name(self) -> str:
        """Given and family name, or what there is of them."""
        given, family = self.given_name.strip(), self.family_name.strip()
        return f"{given} {family}" if given and family else given or family

    @property
    def name(self) -> str:
        """The person's name, else the company, else the email address; empty for nobody."""
        return self.full_name or self.company_name.strip() or self.email.strip()

    @property
    def key(self) -> str:
        """What tells this customer from others of the same source; empty when nothing does."""
        if self.source_id:
            return key_text(self.source_id)
        return normal_email(key_text(self.email)) or compared(key_text(self.name))

    @property
    def written_key(self) -> str:
        """The key letter for letter, without case: what posted documents are marked by, so that it never changes."""
        if self.source_id:
            return key_text(self.source_id)
        return key_text(self.email).strip().casefold() or key_text(self.name).casefold()


def normal_email(email: str) -> str:
    """An email address as it is compared: without spaces around it and marks that nobody sees, letter case ignored."""
    return as_seen(email).strip().casefold()


#: How the key of a product begins that has no id in the source, see `Line.product_key`.
BY_SKU, BY_NAME = "sku:", "name:"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of an order."""

    #: Unique within the order and stable when the order changes: the source's line id, else the position.
    key: str
    line_type: LineType
    quantity: Decimal
    unit_price: Decimal
    #: Extended, after rounding once; negative for a discount.
    amount: Decimal
    name: str = ""
    description: str = ""
    #: The source's product (or subscription) id; empty for a line typed by hand.
    product_id: str = ""
    product_name: str = ""
    sku: str = ""
    #: Whether tax was charged on it; None where the source does not say.
    taxable: bool | None = None

    @property
    def product_key(self) -> str:
        """What tells the product from others of the same source: its id, else its SKU, else its name."""
        if self.product_id:
            return key_text(self.product_id)
        if self.sku.strip():
            return f"{BY_SKU}{key_text(self.sku.strip()).casefold()}"
        return f"{BY_NAME}{key_text(self.product_name or self.label)}"

    @property
    def label(self) -> str:
        """What a person would call the line."""
        return self.name or self.product_name or self.description or self.line_type.section.label


#: Ids that were made here, for records whose source gives them none. They mean nothing to a person.
_MADE_ID = re.compile(r"p-[0-9a-f]{16}")


def made_id(facts: str) -> str:
    """An id for a record of money whose source gives it none: the same for the same facts."""
    return f"p-{sha256(facts.encode()).hexdigest()[:16]}"


def is_made_id(source_id: str) -> bool:
    """Whether an id was made by `made_id`, so that nobody knows the record by it."""
    return _MADE_ID.fullmatch(source_id.strip()) is not None


@dataclass(frozen=True, kw_only=True)
class Payment:
    """Money received for an order."""

    source_id: str
    paid_on: date
    #: Positive: money received.
    amount: Decimal
    method: str = ""
    reference: str = ""
    note: str = ""
    status: PaymentStatus = PaymentStatus.RECEIVED


@dataclass(frozen=True, kw_only=True)
class Credit:
    """A credit, comp, write-off or adjustment: the balance falls and no money arrives."""

    source_id: str
    credited_on: date
    #: Positive: what the customer no longer owes.
    amount: Decimal
    label: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Refund:
    """Money given back."""

    source_id: str
    refunded_on: date
    #: Positive: what was given back.
    amount: Decimal
    payment_id: str = ""
    label: str = ""
    note: str = ""
    #: How it was given back, where the source says so.
    method: str = ""


@dataclass(frozen=True, kw_only=True)
class Instalment:
    """One part of a payment plan, due or paid."""

    due_on: date | None
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class PaymentPlan:
    """How the customer agreed to pay. QuickBooks has no such thing: it changes no document."""

    number_of_payments: int = 0
    instalments: tuple[Instalment, ...] = ()


class SaleForm(StrEnum):
    """What a sale is in its source: owed until it is paid, or a payment that is its own receipt."""

    INVOICE = "invoice"
    RECEIPT = "receipt"


@dataclass(frozen=True, kw_only=True)
class Order:
    """One order, complete: its lines, and what has been paid, credited and refunded so far."""

    source_id: str
    #: What people call it; becomes the invoice number.
    number: str
    #: The calendar day in the company's time zone.
    placed_on: date
    currency: str
    customer: Customer
    lines: tuple[Line, ...]
    status: OrderStatus = OrderStatus.SALE
    #: What the source says the lines add up to; None when it does not say.
    stated_total: Decimal | None = None
    payments: tuple[Payment, ...] = ()
    credits: tuple[Credit, ...] = ()
    refunds: tuple[Refund, ...] = ()
    payment_plan: PaymentPlan | None = None
    #: Where the order came from in the source (`checkout form`, `invoice`); `quickbooks` is never sent back.
    origin: str = ""
    title: str = ""
    note: str = ""
    #: Where the source tells invoices from receipts; None leaves orders that are paid at once to the company's choice.
    form: SaleForm | None = None
    #: When it is to be paid, where the source says so; else the customer's terms do.
    due_on: date | None = None

    @property
    def total(self) -> Decimal:
        """What the lines add up to."""
        return total(line.amount for line in self.lines)

    @property
    def received(self) -> Decimal:
        """Money that arrived; pending and failed payments are not money."""
        return total(payment.amount for payment in self.payments if payment.status is PaymentStatus.RECEIVED)


def line_amount(quantity: Decimal, unit_price: Decimal, currency: str) -> Decimal:
    """The amount of a line whose source states only quantity and unit price."""
    return extended(quantity, unit_price, currency)


def record_name(record: Payment | Credit | Refund, order: Order) -> str:
    """What a person knows a record of money by: its reference, its id in the source, or the order that it is of."""
    reference = record.reference.strip() if isinstance(record, Payment) else ""
    known = "" if is_made_id(record.source_id) else record.source_id.strip()
    return reference or known or f"of {order.number}"
