"""How do these tests read a file, and write down what came of it?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from books.orders import Order
from sync.sources.base import OrderRead, ReadOptions, RowError
from sync.sources.files import LAYOUTS
from sync.sources.values import BadValue

T = TypeVar("T")


def read(layout: str, content: bytes | str, **options: Any) -> tuple[list[OrderRead], list[RowError], list[str]]:
    """The orders, the errors and the notices of a file."""
    raw = content.encode() if isinstance(content, str) else content
    reading = LAYOUTS[layout].read(BytesIO(raw), options=ReadOptions(**options))
    records = list(reading)
    good = [record for record in records if isinstance(record, OrderRead)]
    return (
        good,
        [record for record in records if isinstance(record, RowError)],
        [notice.worded() for notice in reading.notices],
    )


def example(name: str) -> str:
    """A file beside these tests."""
    return (Path(__file__).parent / "examples" / name).read_text(encoding="utf-8")


def csv_orders(content: bytes | str, **options: Any) -> list[Order]:
    """The orders of a spreadsheet in which nothing is wrong."""
    good, errors, _ = read("orders-csv", content, **options)
    assert [(error.where, error.message.worded()) for error in errors] == []
    return [read.order for read in good]


def csv_errors(content: bytes | str, **options: Any) -> list[RowError]:
    """What is wrong in a spreadsheet."""
    return read("orders-csv", content, **options)[1]


def keap(*orders: dict[str, Any], **options: Any) -> tuple[list[OrderRead], list[RowError]]:
    """What comes of orders as Keap returns them."""
    good, errors, _ = read("keap-orders-json", json.dumps(orders), **options)
    return good, errors


def keap_order(order: dict[str, Any], **options: Any) -> Order:
    """One order of Keap in which nothing is wrong."""
    good, errors = keap(order, **options)
    assert [(error.where, error.message.worded()) for error in errors] == []
    return good[0].order


def keap_faults(order: dict[str, Any], **options: Any) -> list[tuple[str, str]]:
    """Code and column of everything that is wrong with one order of Keap."""
    good, errors = keap(order, **options)
    assert good == [], "an order with a fault must not be read as well"
    return [(error.code, error.column) for error in errors]


def most_alive_at_once(reading: Iterator[OrderRead | RowError]) -> int:
    """How many records of a reading exist at the same time, when nobody keeps one."""
    alive: WeakValueDictionary[int, OrderRead | RowError] = WeakValueDictionary()
    most = 0
    for number, record in enumerate(reading):
        alive[number] = record
        most = max(most, len(alive))
    return most


def attempt(read: Callable[[], T]) -> tuple[T | None, BadValue | None]:
    """What a reader of one value gives, or its fault."""
    try:
        return read(), None
    except BadValue as fault:
        return None, fault


def ledger(order: Order) -> str:
    """An order as a person would write it down: lines, then money, the last column in the order's currency."""
    rows = [f"{order.placed_on} {order.number} {order.customer.name} {order.status.value}"]
    rows += [
        f"{line.line_type.value:<24}{line.label:<26}{line.quantity} x {line.unit_price} = {line.amount}"
        for line in order.lines
    ]
    rows += [
        f"{payment.paid_on} {payment.status.value} {payment.method or '-'} {payment.amount}"
        for payment in order.payments
    ]
    rows += [f"{credit.credited_on} credit {credit.label or '-'} {credit.amount}" for credit in order.credits]
    rows += [
        f"{refund.refunded_on} refund {refund.label or '-'} {refund.amount} of {refund.payment_id or '-'}"
        for refund in order.refunds
    ]
    return "\n".join(" ".join(row.split()) for row in rows)


def written(text: str) -> str:
    """The expected ledger, as a test writes it."""
    return "\n".join(" ".join(row.split()) for row in text.strip().splitlines())
