"""What do the rows of one order say, while it is being put together?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from books.orders import LineType
from sync.sources.files.columns import Level, StatusRead


@dataclass(kw_only=True)
class OrderDraft:
    """What the rows of one order say about the order."""

    number: str = ""
    source_id: str = ""
    placed_on: date | None = None
    status: StatusRead | None = None
    currency: str = ""
    stated_total: Decimal | None = None
    note: str = ""
    modified_at: datetime | None = None
    customer_id: str = ""
    given_name: str = ""
    family_name: str = ""
    company_name: str = ""
    email: str = ""
    phone: str = ""
    billing_line1: str = ""
    billing_line2: str = ""
    billing_city: str = ""
    billing_region: str = ""
    billing_postal_code: str = ""
    billing_country: str = ""
    shipping_line1: str = ""
    shipping_line2: str = ""
    shipping_city: str = ""
    shipping_region: str = ""
    shipping_postal_code: str = ""
    shipping_country: str = ""


@dataclass(kw_only=True)
class LineDraft:
    """What one row says about a line."""

    source_id: str = ""
    line_type: LineType | None = None
    name: str = ""
    description: str = ""
    sku: str = ""
    product_id: str = ""
    product_name: str = ""
    quantity: Decimal | None = None
    price: Decimal | None = None
    amount: Decimal | None = None
    taxable: bool | None = None


@dataclass(kw_only=True)
class PaymentDraft:
    """What one row says about a payment."""

    paid_on: date | None = None
    amount: Decimal | None = None
    method: str = ""
    reference: str = ""
    status: str = ""


DRAFTS: dict[Level, type[OrderDraft] | type[LineDraft] | type[PaymentDraft]] = {
    Level.ORDER: OrderDraft,
    Level.LINE: LineDraft,
    Level.PAYMENT: PaymentDraft,
}
