"""How does a person keep these orders in a spreadsheet, saved as CSV?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from demo.sample_orders.sales import Paid, SampleRefund, SampleSale, Sold

HEADER = (
    "Order Number",
    "Order Date",
    "Status",
    "First Name",
    "Last Name",
    "Company",
    "Email",
    "Address Line 1",
    "City",
    "State",
    "Postal Code",
    "Line Type",
    "Line Item Name",
    "Line Description",
    "SKU",
    "Quantity",
    "Price",
    "Order Total",
    "Payment Date",
    "Payment Amount",
    "Payment Method",
    "Payment Reference",
    "Notes",
)
_TYPE_WORDS = {"product": "", "shipping": "Shipping", "tax": "Tax", "special": "Special", "tip": "Tip"}


def spreadsheet(sales: list[SampleSale]) -> bytes:
    """The list of orders, one row a line."""
    rows: list[Sequence[str]] = [HEADER]
    for sale in sales:
        money: list[Paid | SampleRefund] = [*sale.payments, *sale.given_back]
        rows += [
            [*_order(sale), *_line(line), _dollars(sale.total), *_payment(paid), sale.notes]
            for line, paid in zip_longest(sale.lines, money)
        ]
    return table(rows)


def table(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as a spreadsheet saves them: a byte order mark, and line ends of two characters."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _dollars(cents: int) -> str:
    """As the spreadsheet formats money: `$1,234.50`, and a discount in parentheses."""
    text = f"${abs(cents) // 100:,}.{abs(cents) % 100:02}"
    return f"({text})" if cents < 0 else text


def _order(sale: SampleSale) -> list[str]:
    who = sale.buyer
    status = {"cancelled": "Cancelled"}.get(sale.status, "Paid" if sale.received else "Open")
    return [
        *(sale.number, f"{sale.day}", status, who.given, who.family, who.company),
        *(who.email, who.street, who.city, "CO" if who.city else "", who.postal_code),
    ]


def _line(line: Sold | None) -> list[str]:
    if line is None:
        return [""] * 6
    sku = line.product.sku if line.product else ""
    quantity = f"{line.hundredths / 100:g}"
    return [_TYPE_WORDS[line.kind], line.name, line.description, sku, quantity, _dollars(line.cents)]


def _payment(paid: Paid | SampleRefund | None) -> list[str]:
    if isinstance(paid, SampleRefund):
        cents = -paid.cents if paid.kind == "refund" else paid.cents
        return [f"{paid.day}", _dollars(cents), paid.label, paid.note]
    return [""] * 4 if paid is None else [f"{paid.day}", _dollars(paid.cents), paid.method, paid.reference]
