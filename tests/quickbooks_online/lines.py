"""A line of a document, as the tests of what is sent write it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from books.answers import AccountRef, ItemRef, Rule
from books.documents import (
    InvoiceLine,
)
from books.money import extended

CLASSES = AccountRef(quickbooks_id="80", path="Services:Training:Classes")


def a_line(quantity: str = "1", price: str = "199.00", amount: str | None = None, **more: Any) -> InvoiceLine:
    count, each = Decimal(quantity), Decimal(price)
    facts: dict[str, Any] = {
        "key": "1",
        "item": ItemRef(quickbooks_id="11", name="Wheel Throwing 101"),
        "account": CLASSES,
        "description": "Wheel Throwing 101",
        "quantity": count,
        "unit_price": each,
        "amount": extended(count, each, "USD") if amount is None else Decimal(amount),
        "item_rule": Rule.SKU,
        "account_rule": Rule.ITEM_ACCOUNT,
    }
    return InvoiceLine(**facts | more)
