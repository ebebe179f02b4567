"""Which columns does a spreadsheet of orders have, one row per line item?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from books.orders import LineType
from books.translation import gettext_noop
from sync.sources import kinds
from sync.sources.files.columns import (
    Clean,
    Column,
    Level,
    StatusRead,
    clean_amount,
    clean_currency,
    clean_day,
    clean_id,
    clean_identifier,
    clean_instant,
    clean_line,
    clean_price,
    clean_quantity,
    clean_status,
    clean_text,
    clean_word,
)
from sync.sources.values import LONGEST_TEXT


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


def _order(label: str, target: str, clean: Clean, help: str, *aliases: str, required: bool = False) -> Column:
    return Column(
        label=label, target=target, clean=clean, help=help, aliases=aliases, required=required, level=Level.ORDER
    )


def _line(label: str, target: str, clean: Clean, help: str, *aliases: str, required: bool = False) -> Column:
    return Column(
        label=label, target=target, clean=clean, help=help, aliases=aliases, required=required, level=Level.LINE
    )


def _payment(label: str, target: str, clean: Clean, help: str, *aliases: str) -> Column:
    return Column(label=label, target=target, clean=clean, help=help, aliases=aliases, level=Level.PAYMENT)


_PART = clean_line(300)
#: Kept whole, however little of it QuickBooks has room for.
_ADDRESS = clean_line(LONGEST_TEXT)
_PERSON = clean_line(140)

ORDER_NUMBER = _order(
    gettext_noop("Order Number"),
    "number",
    clean_id,
    gettext_noop("What people call the order; becomes the invoice number. Rows with the same one are one order."),
    "Order No",
    "Order #",
    "Order",
    "Invoice Number",
    required=True,
)
ORDER_DATE = _order(
    gettext_noop("Order Date"),
    "placed_on",
    clean_day,
    gettext_noop("The day of the sale, as year-month-day where possible."),
    "Date",
    "Invoice Date",
    "Date Created",
    required=True,
)
STATUS = _order(
    gettext_noop("Status"),
    "status",
    clean_status,
    gettext_noop("Draft and Canceled post nothing; empty means a sale; a word that is not known is asked about."),
    "Order Status",
)
CURRENCY = _order(
    gettext_noop("Currency"),
    "currency",
    clean_currency,
    gettext_noop("Three letters, such as USD; empty for the company's own currency."),
    "Currency Code",
)
MODIFIED = _order(
    gettext_noop("Last Modified"),
    "modified_at",
    clean_instant,
    gettext_noop(
        "When the source changed the order last; the latest of its rows counts. An older version never replaces a "
        "newer one; without the column, what arrives last does."
    ),
    "Modified",
    "Modified At",
    "Modified On",
    "Date Modified",
    "Modified Date",
    "Modification Date",
    "Last Modified Date",
    "Last Updated",
    "Updated At",
    "Updated",
)
LINE_NAME = _line(
    gettext_noop("Line Item Name"),
    "name",
    clean_line(300),
    gettext_noop("What was sold. For a line that is no product: the name of the QuickBooks item, or empty."),
    "Item Name",
    "Item",
    "Line Item",
)
SKU = _line(
    gettext_noop("SKU"),
    "sku",
    clean_identifier(120),
    gettext_noop("The product's number, by which its QuickBooks item is found."),
    "Item Number",
    "Product SKU",
)
LINE_TYPE = _line(
    gettext_noop("Line Type"),
    "line_type",
    clean_word(kinds.line_type, "Product, Subscription, Shipping, Tax, Service, Program, Upsell, Special, Tip, Other"),
    gettext_noop("Product when empty; or a line type such as Shipping, Tax, Special (a discount) or Tip."),
    "Item Type",
    "Type",
)
PRODUCT_ID = _line(
    gettext_noop("Product Id"),
    "product_id",
    clean_id,
    gettext_noop("The product's id in the source."),
)
PRODUCT_NAME = _line(
    gettext_noop("Product Name"),
    "product_name",
    clean_line(300),
    gettext_noop("The product's name in the source, where it differs from the line's."),
    "Product",
)
QUANTITY = _line(
    gettext_noop("Quantity"),
    "quantity",
    clean_quantity,
    gettext_noop("How many, or how much by weight."),
    "Qty",
    "Line Item Quantity",
    required=True,
)
PRICE = _line(
    gettext_noop("Price"),
    "price",
    clean_price,
    gettext_noop("The price of one; below zero for a discount."),
    "Unit Price",
    "Line Item Price",
    "Price Per Unit",
    required=True,
)
LINE_AMOUNT = _line(
    gettext_noop("Line Amount"),
    "amount",
    clean_amount,
    gettext_noop("Quantity times price. Either this or Price is enough; where both are given they must agree."),
    "Line Total",
    "Line Item Total",
    "Line Item Amount",
)
TAXABLE = _line(
    gettext_noop("Taxable"),
    "taxable",
    clean_word(kinds.taxable, "Yes, No"),
    gettext_noop(
        "Yes or No: whether tax was charged on the line. Empty where that is not known; then the product decides, and "
        "else the amount of tax."
    ),
    "Line Item Taxable",
    "Item Taxable",
    "Is Taxable",
)
PAYMENT_DATE = _payment(
    gettext_noop("Payment Date"),
    "paid_on",
    clean_day,
    gettext_noop("The day the money arrived."),
    "Pay Date",
    "Paid On",
    "Transaction Date",
)
PAYMENT_AMOUNT = _payment(
    gettext_noop("Payment Amount"),
    "amount",
    clean_amount,
    gettext_noop(
        "Money received. Each row may carry another payment; a payment repeated with the same day, amount, method and "
        "reference counts once. Below zero, or with the method Refund, it was refunded."
    ),
    "Amount Paid",
    "Paid Amount",
    "Pay Amt",
)
PAYMENT_METHOD = _payment(
    gettext_noop("Payment Method"),
    "method",
    clean_line(100),
    gettext_noop("Cash, Check, Credit Card … Credit, Adjustment and Write-off lower the balance without money."),
    "Pay Type",
    "Payment Type",
)
PAYMENT_REFERENCE = _payment(
    gettext_noop("Payment Reference"),
    "reference",
    clean_id,
    gettext_noop("Check number or transaction id; distinguishes the payments of one order."),
    "Reference",
    "Check Number",
    "Transaction Id",
)

COLUMNS: tuple[Column, ...] = (
    ORDER_NUMBER,
    ORDER_DATE,
    _order(
        gettext_noop("Order Id"),
        "source_id",
        clean_id,
        gettext_noop("The id in the source, where it differs from the number."),
    ),
    STATUS,
    _order(gettext_noop("Customer Id"), "customer_id", clean_id, gettext_noop("In the source."), "Contact Id"),
    _order(
        gettext_noop("First Name"),
        "given_name",
        _PERSON,
        gettext_noop("Of the customer."),
        "Customer First Name",
        "Given Name",
    ),
    _order(
        gettext_noop("Last Name"),
        "family_name",
        _PERSON,
        gettext_noop("Of the customer."),
        "Customer Last Name",
        "Family Name",
        "Surname",
    ),
    _order(
        gettext_noop("Company"),
        "company_name",
        _PART,
        gettext_noop("The customer's company; also a customer's name in one piece."),
        "Company Name",
        "Customer Name",
        "Customer",
    ),
    _order(
        gettext_noop("Email"),
        "email",
        clean_line(200),
        gettext_noop("The billing email, by which the QuickBooks customer is found."),
        "Customer Email",
        "Email Address",
        "Billing Email",
    ),
    _order(gettext_noop("Phone"), "phone", clean_identifier(100), gettext_noop("Of the customer."), "Customer Phone"),
    _order(
        gettext_noop("Billing Address"),
        "billing_line1",
        _ADDRESS,
        gettext_noop("Street and number."),
        "Address Line 1",
        "Address",
        "Street Address",
        "Billing Address Line 1",
        "Billing Street",
    ),
    _order(
        gettext_noop("Billing Address 2"),
        "billing_line2",
        _ADDRESS,
        gettext_noop("Second line of the address."),
        "Address Line 2",
        "Billing Address Line 2",
    ),
    _order(gettext_noop("Billing City"), "billing_city", _ADDRESS, gettext_noop("Town."), "City"),
    _order(
        gettext_noop("Billing State"),
        "billing_region",
        _ADDRESS,
        gettext_noop("State or region."),
        "State",
        "Region",
        "Province",
    ),
    _order(
        gettext_noop("Billing Postal Code"),
        "billing_postal_code",
        clean_identifier(LONGEST_TEXT),
        gettext_noop("Postal code."),
        "Postal Code",
        "Zip",
        "Zip Code",
        "Billing Zip",
    ),
    _order(gettext_noop("Billing Country"), "billing_country", _ADDRESS, gettext_noop("Country."), "Country"),
    _order(
        gettext_noop("Shipping Address"),
        "shipping_line1",
        _ADDRESS,
        gettext_noop("Street and number."),
        "Shipping Address Line 1",
        "Shipping Street",
        "Ship Street 1",
    ),
    _order(
        gettext_noop("Shipping Address 2"),
        "shipping_line2",
        _ADDRESS,
        gettext_noop("Second line of the address."),
        "Shipping Address Line 2",
        "Ship Street 2",
    ),
    _order(gettext_noop("Shipping City"), "shipping_city", _ADDRESS, gettext_noop("Town."), "Ship City"),
    _order(gettext_noop("Shipping State"), "shipping_region", _ADDRESS, gettext_noop("State or region."), "Ship State"),
    _order(
        gettext_noop("Shipping Postal Code"),
        "shipping_postal_code",
        clean_identifier(LONGEST_TEXT),
        gettext_noop("Postal code."),
        "Shipping Zip",
        "Ship Zip",
    ),
    _order(gettext_noop("Shipping Country"), "shipping_country", _ADDRESS, gettext_noop("Country."), "Ship Country"),
    CURRENCY,
    LINE_TYPE,
    LINE_NAME,
    _line(
        gettext_noop("Line Description"),
        "description",
        clean_text,
        gettext_noop("Printed on the invoice."),
        "Description",
        "Item Description",
        "Line Item Description",
    ),
    SKU,
    PRODUCT_ID,
    PRODUCT_NAME,
    _line(
        gettext_noop("Line Id"),
        "source_id",
        clean_id,
        gettext_noop("The line's id in the source; its position in the order when there is none."),
        "Line Item Id",
    ),
    QUANTITY,
    PRICE,
    LINE_AMOUNT,
    TAXABLE,
    _order(
        gettext_noop("Order Total"),
        "stated_total",
        clean_amount,
        gettext_noop("What the lines must add up to; an order that differs is shown and not posted."),
        "Total",
        "Amount",
        "Grand Total",
    ),
    PAYMENT_DATE,
    PAYMENT_AMOUNT,
    PAYMENT_METHOD,
    PAYMENT_REFERENCE,
    _payment(
        gettext_noop("Payment Status"),
        "status",
        clean_line(60),
        gettext_noop("Paid when empty; pending, failed and voided payments are no money."),
    ),
    MODIFIED,
    _order(gettext_noop("Notes"), "note", clean_text, gettext_noop("Kept with the order."), "Note", "Order Notes"),
)

#: Groups of columns of which a file must have at least one.
NEEDED: tuple[tuple[Column, ...], ...] = (
    (ORDER_NUMBER,),
    (ORDER_DATE,),
    (LINE_NAME, SKU, LINE_TYPE, PRODUCT_NAME),
    (QUANTITY,),
    (PRICE, LINE_AMOUNT),
)
