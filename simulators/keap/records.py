"""What does a Keap account keep? Contacts, products, orders with their lines, payments, transactions, subscriptions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

#: The types of order lines, as they are read; a discount is a line with a negative price.
LINE_TYPES = (
    *("UNKNOWN", "SHIPPING", "TAX", "SERVICE", "PRODUCT", "UPSELL", "FINANCE_CHARGE", "DISCOUNT", "PROGRAM"),
    *("SUBSCRIPTION", "DISCOUNT_FREE_TRIAL", "DISCOUNT_ORDER_TOTAL", "DISCOUNT_PRODUCT", "DISCOUNT_PRODUCT_CATEGORY"),
    *("DISCOUNT_SHIPPING", "TIP", "OTHER", "FEE"),
)
SOURCES = ("API", "CHECKOUT_FORM", "INVOICE", "MANUAL_PAYMENT", "QUICKBOOKS", "UNKNOWN")
STATUSES = ("DRAFT", "SENT", "VIEWED", "PAID")
CARD = "Credit Card"
#: Payments that bring no money: they take something off what is owed.
CREDITS = ("Credit", "Write-off", "Adjustment")
REFUND, VOID = "Refund", "Void"
NOTHING = Decimal(0)


@dataclass(kw_only=True)
class Postal:
    """An address of a contact or an order; the region and the country by their ISO codes."""

    field: str = "BILLING"
    line1: str = ""
    line2: str = ""
    locality: str = ""
    region: str = ""
    region_code: str = ""
    postal_code: str = ""
    country_code: str = ""
    country: str = ""


@dataclass(kw_only=True)
class KeapContact:
    """A person, perhaps at a company."""

    id: str
    given_name: str = ""
    family_name: str = ""
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    company_name: str = ""
    company_id: str = ""
    addresses: list[Postal] = field(default_factory=list)
    created: datetime
    modified: datetime

    @property
    def email(self) -> str:
        """The first email; an empty text when there is none."""
        return self.emails[0] if self.emails else ""

    @property
    def shown_name(self) -> str:
        """What a person reads."""
        return f"{self.given_name} {self.family_name}".strip() or self.company_name or self.email or self.id


@dataclass(kw_only=True)
class KeapProduct:
    """Something that is sold; with a plan, by subscription."""

    id: str
    name: str
    price: Decimal
    sku: str = ""
    description: str = ""
    active: bool = True
    shippable: bool = False
    taxable: bool = True
    plan_id: str = ""
    plan_cycle: str = "MONTH"
    created: datetime
    modified: datetime


@dataclass(kw_only=True)
class OrderLine:
    """A line of an order; `quantity` is a whole number, as Keap has no others."""

    id: str
    item_type: str
    name: str
    quantity: int
    price: Decimal
    cost: Decimal = NOTHING
    description: str = ""
    notes: str = ""
    product_id: str = ""
    subscription_id: str = ""

    @property
    def amount(self) -> Decimal:
        """Quantity times price."""
        return self.quantity * self.price


@dataclass(kw_only=True)
class Instalment:
    """A part of an order that is due on a day of the account's calendar."""

    due: date
    amount: Decimal


@dataclass(kw_only=True)
class KeapOrder:
    """An order with its one invoice."""

    id: str
    invoice_id: str
    contact_id: str
    title: str
    ordered: datetime
    created: datetime
    modified: datetime
    lines: list[OrderLine] = field(default_factory=list)
    plan: list[Instalment] = field(default_factory=list)
    status: str = "SENT"  # PAID is worked out
    source: str = "UNKNOWN"
    order_type: str = "OFFLINE"
    currency: str
    terms: str = ""
    notes: str = ""
    promo_code: str = ""
    shipping: Postal | None = None
    payment_ids: list[str] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """The sum of its lines, discounts and taxes among them."""
        return sum((line.amount for line in self.lines), NOTHING)


@dataclass(kw_only=True)
class PaidPart:
    """What a payment did to one order; a refund's amount is below zero."""

    id: str
    order_id: str
    amount: Decimal
    refund_part_id: str = ""


@dataclass(kw_only=True)
class KeapPayment:
    """A payment row: money in, money back, or a credit, told apart by its type and sign."""

    id: str
    contact_id: str
    type: str
    amount: Decimal
    status: str  # of the payment: PENDING, APPROVED, COMPLETED or NONE
    part_status: str  # of its rows on orders: MANUAL_PAID, APPROVED, REFUNDED, VOIDED, FAILED, PENDING, …
    moment: datetime
    modified: datetime
    note: str = ""
    merchant_type: str = ""
    external_id: str = ""
    refund_payment_id: str = ""
    parts: list[PaidPart] = field(default_factory=list)

    @property
    def counts(self) -> bool:
        """Whether it changes what is owed: one that failed or is pending does not."""
        return self.part_status not in ("FAILED", "ERROR", "PENDING")


@dataclass(kw_only=True)
class GatewayTransaction:
    """What a card processor was asked to do, and what became of it."""

    id: str
    contact_id: str
    order_ids: list[str]
    amount: Decimal
    method: str  # CAPTURE, REFUND, VOID or MANUAL
    status: str  # APPROVED, PENDING, ERROR, FAILED or NONE
    moment: datetime
    payment_id: str = ""
    merchant_type: str = "STRIPE"
    external_id: str = ""
    error: str = ""


@dataclass(kw_only=True)
class KeapSubscription:
    """A product that is paid for again and again."""

    id: str
    contact_id: str
    product_id: str
    plan_id: str
    amount: Decimal
    cycle: str = "MONTH"
    quantity: int = 1
    active: bool = True
    started: date
    next_bill: date | None = None
    last_bill: date | None = None
    ended: date | None = None
    reason_stopped: str = ""
    modified: datetime


#: Every kind of record, by the name of its table.
TABLES: dict[str, type] = {
    "contacts": KeapContact,
    "products": KeapProduct,
    "orders": KeapOrder,
    "payments": KeapPayment,
    "transactions": GatewayTransaction,
    "subscriptions": KeapSubscription,
}
