"""Two orders as Keap's REST versions 1 and 2 return them: the same sale, told in both ways."""

from __future__ import annotations

from typing import Any

VERSION_1: dict[str, Any] = {
    "id": 2001,
    "title": "Autumn class",
    "status": "PAID",
    "recurring": False,
    "total": 275.5,
    "total_paid": 275.5,
    "total_due": 0.0,
    "contact": {
        "id": 501,
        "email": "maya.brook@example.com",
        "first_name": "Maya",
        "last_name": "Brook",
        "company_name": None,
        "job_title": None,
    },
    "notes": "Needs an apron",
    "order_type": "Online",
    "source_type": "CHECKOUT_FORM",
    "creation_date": "2026-09-02T02:10:00.000Z",
    "order_date": "2026-09-01T02:10:00.000Z",
    "shipping_information": {
        "first_name": "Maya",
        "street1": "12 Alder Lane",
        "street2": "",
        "city": "Boulder",
        "state": "CO",
        "zip": "80301",
        "country": "United States",
    },
    "order_items": [
        {
            "id": 1,
            "name": "Wheel Throwing 101",
            "description": "Eight Tuesdays",
            "type": "Product",
            "quantity": 1,
            "cost": 0.0,
            "price": 240.0,
            "discount": 0.0,
            "product": {"id": 11, "name": "Wheel Throwing 101", "sku": "WT-101"},
        },
        {"id": 2, "name": "", "type": "SPECIAL_ORDER_TOTAL", "quantity": 1, "price": -20.0, "product": None},
        {"id": 3, "name": "Shipping", "type": 1, "quantity": 1, "price": 55.5},
    ],
    "payments": [
        {
            "id": 9001,
            "amount": 275.5,
            "pay_date": "2026-09-01T00:00:00.000Z",
            "pay_status": "Manual Paid",
            "type": "Check",
            "note": "at the desk",
        }
    ],
}


def money(units: int, formatted: str = "") -> dict[str, Any]:
    """An amount as version 2 states it."""
    return {"amount": units, "currency_code": "USD", "formatted_amount": formatted}


VERSION_2: dict[str, Any] = {
    "id": "2001",
    "title": "Autumn class",
    "status": "PAID",
    "total": money(27550, "$275.50"),
    "total_paid": money(27550, "$275.50"),
    "contact": {"id": "501", "email": "maya.brook@example.com", "given_name": "Maya", "family_name": "Brook"},
    "notes": "Needs an apron",
    "source_type": "CHECKOUT_FORM",
    "order_time": "2026-09-01T02:10:00Z",
    "shipping_information": {
        "address": {
            "line1": "12 Alder Lane",
            "locality": "Boulder",
            "region_code": "US-CO",
            "postal_code": "80301",
            "country": "United States",
        }
    },
    "order_items": [
        {
            "id": "1",
            "name": "Wheel Throwing 101",
            "description": "Eight Tuesdays",
            "item_type": "PRODUCT",
            "quantity": 1,
            "price_per_unit": money(24000, "$240.00"),
            "discount": money(0, "$0.00"),
            "product": {"id": "11", "name": "Wheel Throwing 101", "sku": "WT-101"},
        },
        {"id": "2", "item_type": "DISCOUNT_ORDER_TOTAL", "quantity": 1, "price_per_unit": money(-2000, "-$20.00")},
        {
            "id": "3",
            "name": "Shipping",
            "item_type": "SHIPPING",
            "quantity": 1,
            "price_per_unit": money(5550, "$55.50"),
        },
    ],
    "payments": [
        {
            "id": "9001",
            "amount": 27550,
            "pay_time": "2026-09-01T00:00:00Z",
            "pay_status": "MANUAL_PAID",
            "type": "Check",
            "note": "at the desk",
        }
    ],
}


def line(price: Any, **changes: Any) -> dict[str, Any]:
    """One line of version 1."""
    return {"id": 1, "name": "Mug", "type": "PRODUCT", "quantity": 1, "price": price, **changes}


def paid(amount: Any, **changes: Any) -> dict[str, Any]:
    """One payment row."""
    return {"id": 1, "amount": amount, "pay_date": "2026-09-01", "type": "Cash", **changes}


#: What an order of version 1 says that nobody has paid yet.
UNPAID: dict[str, Any] = {"status": "SENT", "total_paid": 0, "total_due": None, "payments": []}


def version_1(**changes: Any) -> dict[str, Any]:
    """The order of version 1 with other fields; None removes one."""
    return {name: value for name, value in {**VERSION_1, **changes}.items() if value is not None}


def version_2(**changes: Any) -> dict[str, Any]:
    """The order of version 2 with other fields; None removes one."""
    return {name: value for name, value in {**VERSION_2, **changes}.items() if value is not None}
