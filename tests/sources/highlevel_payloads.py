"""Invoices, transactions and orders as HighLevel's interface returns them: fractions are decimals, ids are text."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from books.json_types import Json
from books.messages import Message
from books.orders import Order
from sync.sources.base import OrderRead, Place, ReadOptions, RowError
from sync.sources.highlevel.invoices import read_invoice
from sync.sources.highlevel.payments import refunds_as_before
from sync.sources.highlevel.transactions import read_transaction

OPTIONS = ReadOptions(currency="USD", time_zone="America/Denver")
PLACE = Place(order=1)
#: By the id of a price.
SKUS = {"price-wheel": "WT-101", "price-kit": "KIT-CLAY", "price-member": "MB-MONTH"}


def item(name: str, amount: str, qty: str = "1", **more: Any) -> Json:
    """A line of an invoice: the price of one, and how many."""
    return {
        "_id": f"line-{name}".replace(" ", "-").lower(),
        "name": name,
        "productId": f"product-{name}",
        "priceId": f"price-{name}",
        "currency": "USD",
        "amount": Decimal(amount),
        "qty": Decimal(qty),
        "taxes": [],
        "taxInclusive": False,
        "type": "one_time",
        **more,
    }


def tax(name: str, rate: str) -> Json:
    """A tax of a line; its rate is in percent."""
    return {"_id": f"tax-{name}", "name": name, "rate": Decimal(rate), "calculation": "exclusive", "taxId": f"t-{name}"}


WHEEL = item("Wheel Throwing 101", "199", priceId="price-wheel", productId="product-wheel")
KITS = item("Starter Clay Kit", "24.5", "2", priceId="price-kit", productId="product-kit")


def invoice(*items: Json, total: str | None = None, **more: Any) -> Json:
    """An invoice that was sent and of which nothing has been paid."""
    items = items or (WHEEL, KITS)
    gross = sum((line["amount"] * line["qty"] for line in items), Decimal(0))
    stated = gross if total is None else Decimal(total)
    return {
        "_id": "6578278e879ad2646715ba9c",
        "status": "sent",
        "liveMode": True,
        "amountPaid": 0,
        "altId": "loc-1",
        "altType": "location",
        "name": "Autumn classes",
        "title": "INVOICE",
        "invoiceNumberPrefix": "INV-",
        "invoiceNumber": "1019",
        "currency": "USD",
        "contactDetails": {
            "id": "c6tZZU0rJBf30ZXx9Gli",
            "name": "Maya Brook",
            "email": "maya.brook@example.com",
            "phoneNo": "+1 303 555 0101",
            "companyName": "Brook Ceramics",
            "address": {
                "addressLine1": "12 Alder Lane",
                "city": "Boulder",
                "state": "CO",
                "countryCode": "US",
                "postalCode": "80301",
            },
            "customFields": [],
        },
        "issueDate": "2026-09-01",
        "dueDate": "2026-09-15",
        "discount": {"type": "percentage", "value": 0},
        "invoiceItems": list(items),
        "total": stated,
        "amountDue": stated,
        "totalSummary": {"subTotal": gross, "discount": 0, "tax": stated - gross},
        "createdAt": "2026-09-01T15:00:00.000Z",
        "updatedAt": "2026-09-01T15:00:00.000Z",
        **more,
    }


def of_invoice(amount: str, identifier: str = "61dd0feac077f72010f78804", **more: Any) -> Json:
    """A transaction that pays the invoice."""
    return transaction(
        amount,
        identifier,
        entityType="invoice",
        entityId="6578278e879ad2646715ba9c",
        entitySourceType="invoice",
        entitySourceId="6578278e879ad2646715ba9c",
        entitySourceName="Autumn classes",
        entitySourceSubType="",
        **more,
    )


def transaction(amount: str, identifier: str = "61dd0feac077f72010f78804", **more: Any) -> Json:
    """A payment that was taken on an order form."""
    return {
        "_id": identifier,
        "altId": "loc-1",
        "altType": "location",
        "contactId": "c6tZZU0rJBf30ZXx9Gli",
        "contactName": "Maya Brook",
        "contactEmail": "maya.brook@example.com",
        "currency": "USD",
        "amount": Decimal(amount),
        "amountRefunded": 0,
        "status": "succeeded",
        "liveMode": True,
        "entityType": "order",
        "entityId": "653f5e0cde5a1314e62a837c",
        "entitySourceType": "funnel",
        "entitySourceSubType": "two_step_order_form",
        "entitySourceId": "fn-7",
        "entitySourceName": "Autumn funnel",
        "chargeId": "ch_1",
        "paymentProviderType": "stripe",
        "paymentMethod": {"card": {"brand": "visa", "last4": "4242"}},
        "createdAt": "2026-09-03T16:00:00.000Z",
        "updatedAt": "2026-09-03T16:00:00.000Z",
        "fulfilledAt": "2026-09-03T16:00:05.000Z",
        **more,
    }


def sold(name: str, amount: str, qty: int = 1, *, price: str = "", recurring: bool = False, taxes: Any = ()) -> Json:
    """A thing of an order of payments."""
    return {
        "name": name,
        "qty": qty,
        "product": {"_id": f"product-{name}", "name": name, "taxes": list(taxes)},
        "price": {
            "_id": price or f"price-{name}",
            "name": name,
            "type": "recurring" if recurring else "one_time",
            "currency": "USD",
            "amount": Decimal(amount),
        },
    }


def order(*items: Json, amount: str, discount: str = "0", tax: str = "0", shipping: str = "0", **more: Any) -> Json:
    """The order of payments that transactions are of."""
    gross = sum((thing["price"]["amount"] * thing["qty"] for thing in items), Decimal(0))
    return {
        "_id": "653f5e0cde5a1314e62a837c",
        "altId": "loc-1",
        "altType": "location",
        "contactId": "c6tZZU0rJBf30ZXx9Gli",
        "currency": "USD",
        "amount": Decimal(amount),
        "status": "completed",
        "liveMode": True,
        "items": list(items),
        "amountSummary": {
            "subtotal": gross,
            "discount": Decimal(discount),
            "tax": Decimal(tax),
            "shipping": Decimal(shipping),
        },
        "contactSnapshot": {
            "firstName": "Maya",
            "lastName": "Brook",
            "email": "maya@brook.example.com",
            "companyName": "Brook Ceramics",
            "phone": "+1 303 555 0101",
            "address1": "12 Alder Lane",
            "city": "Boulder",
            "state": "CO",
            "postalCode": "80301",
            "country": "US",
        },
        "createdAt": "2026-09-03T16:00:00.000Z",
        "updatedAt": "2026-09-03T16:00:00.000Z",
        **more,
    }


def reading(data: Json, *transactions: Json, before: Order | None = None) -> OrderRead | tuple[RowError, ...]:
    """What comes of an invoice with its transactions."""
    read = read_invoice(data, transactions=transactions, skus=SKUS, options=OPTIONS, place=PLACE)
    return _as_before(read, before)


def receipt_reading(
    data: Json, sale: Json | None = None, *, contact: Json | None = None, before: Order | None = None
) -> OrderRead | tuple[RowError, ...]:
    """What comes of a transaction with its order."""
    read = read_transaction(data, order=sale, contact=contact, skus=SKUS, options=OPTIONS, place=PLACE)
    return _as_before(read, before)


def _as_before(read: OrderRead | tuple[RowError, ...], before: Order | None) -> OrderRead | tuple[RowError, ...]:
    if before is None or not isinstance(read, OrderRead):
        return read
    return replace(read, order=refunds_as_before(read.order, before))


def good(read: OrderRead | tuple[RowError, ...]) -> OrderRead:
    """A reading in which nothing is wrong."""
    assert isinstance(read, OrderRead), [(error.column, error.message.worded()) for error in read]
    return read


def faults(read: OrderRead | tuple[RowError, ...]) -> list[tuple[str, str]]:
    """Code and column of everything that is wrong with a reading, each with a sentence and a cure."""
    assert not isinstance(read, OrderRead), "what has a fault must not be read as well"
    for error in read:
        assert error.message.worded()
        assert error.message.cure
    return [(error.code, error.column) for error in read]


def said(notices: tuple[Message, ...]) -> str:
    """The notices of a reading as a person reads them."""
    return " ".join(notice.worded() for notice in notices)
