"""Which columns does a spreadsheet of orders have, one row per line item?"""

from __future__ import annotations

from books.translation import gettext_noop
from sync.sources import kinds
from sync.sources.files.columns import (
    Column,
    clean_amount,
    clean_currency,
    clean_day,
    clean_id,
    clean_identifier,
    clean_instant,
    clean_line,
    clean_name,
    clean_price,
    clean_quantity,
    clean_status,
    clean_text,
    clean_word,
    line_column,
    order_column,
    payment_column,
)
from sync.sources.files.customer_columns import CUSTOMER_COLUMNS

ORDER_NUMBER = order_column(
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
ORDER_DATE = order_column(
    gettext_noop("Order Date"),
    "placed_on",
    clean_day,
    gettext_noop("The day of the sale, as year-month-day where possible."),
    "Date",
    "Invoice Date",
    "Date Created",
    required=True,
)
ORDER_ID = order_column(
    gettext_noop("Order Id"),
    "source_id",
    clean_id,
    gettext_noop("The id in the source, where it differs from the number."),
)
STATUS = order_column(
    gettext_noop("Status"),
    "status",
    clean_status,
    gettext_noop("Draft and Canceled post nothing; empty means a sale; a word that is not known is asked about."),
    "Order Status",
)
CURRENCY = order_column(
    gettext_noop("Currency"),
    "currency",
    clean_currency,
    gettext_noop("Three letters, such as USD; empty for the company's own currency."),
    "Currency Code",
)
MODIFIED = order_column(
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
LINE_NAME = line_column(
    gettext_noop("Line Item Name"),
    "name",
    clean_name(300),
    gettext_noop("What was sold. For a line that is not a product: the name of the QuickBooks item, or empty."),
    "Item Name",
    "Item",
    "Line Item",
)
SKU = line_column(
    gettext_noop("SKU"),
    "sku",
    clean_identifier(120),
    gettext_noop("The product's number, by which its QuickBooks item is found."),
    "Item Number",
    "Product SKU",
)
LINE_TYPE = line_column(
    gettext_noop("Line Type"),
    "line_type",
    clean_word(kinds.line_type, "Product, Subscription, Shipping, Tax, Service, Program, Upsell, Special, Tip, Other"),
    gettext_noop("Product when empty; or a line type such as Shipping, Tax, Special (a discount) or Tip."),
    "Item Type",
    "Type",
)
PRODUCT_ID = line_column(
    gettext_noop("Product Id"),
    "product_id",
    clean_id,
    gettext_noop("The product's id in the source."),
)
PRODUCT_NAME = line_column(
    gettext_noop("Product Name"),
    "product_name",
    clean_name(300),
    gettext_noop("The product's name in the source, where it differs from the line's."),
    "Product",
)
QUANTITY = line_column(
    gettext_noop("Quantity"),
    "quantity",
    clean_quantity,
    gettext_noop("How many, or how much by weight."),
    "Qty",
    "Line Item Quantity",
    required=True,
)
PRICE = line_column(
    gettext_noop("Price"),
    "price",
    clean_price,
    gettext_noop("The price of one; below zero for a discount."),
    "Unit Price",
    "Line Item Price",
    "Price Per Unit",
    required=True,
)
LINE_AMOUNT = line_column(
    gettext_noop("Line Amount"),
    "amount",
    clean_amount,
    gettext_noop("Quantity times price. Either this or Price is enough; where both are given they must agree."),
    "Line Total",
    "Line Item Total",
    "Line Item Amount",
)
TAXABLE = line_column(
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
PAYMENT_DATE = payment_column(
    gettext_noop("Payment Date"),
    "paid_on",
    clean_day,
    gettext_noop("The day the money arrived."),
    "Pay Date",
    "Paid On",
    "Transaction Date",
)
PAYMENT_AMOUNT = payment_column(
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
PAYMENT_METHOD = payment_column(
    gettext_noop("Payment Method"),
    "method",
    clean_name(100),
    gettext_noop("Cash, Check, Credit Card … Credit, Adjustment and Write-off lower the balance without money."),
    "Pay Type",
    "Payment Type",
)
PAYMENT_REFERENCE = payment_column(
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
    ORDER_ID,
    STATUS,
    *CUSTOMER_COLUMNS,
    CURRENCY,
    LINE_TYPE,
    LINE_NAME,
    line_column(
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
    line_column(
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
    order_column(
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
    payment_column(
        gettext_noop("Payment Status"),
        "status",
        clean_line(60),
        gettext_noop("Paid when empty; pending, failed and voided payments are not money."),
    ),
    MODIFIED,
    order_column(
        gettext_noop("Notes"), "note", clean_text, gettext_noop("Kept with the order."), "Note", "Order Notes"
    ),
)

#: Groups of columns of which a file must have at least one.
NEEDED: tuple[tuple[Column, ...], ...] = (
    (ORDER_NUMBER,),
    (ORDER_DATE,),
    (LINE_NAME, SKU, LINE_TYPE, PRODUCT_NAME),
    (QUANTITY,),
    (PRICE, LINE_AMOUNT),
)
