"""Are payments that stand beside the orders of a Keap file joined to them, or the file refused once?"""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import pytest

from sync.sources.base import ReadOptions, UnreadableFile
from sync.sources.files import LAYOUTS
from tests.sources.keap_orders import line, paid, version_1, version_2
from tests.sources.reading import read

LAYOUT = "keap-orders-json"
#: An order of 48.00 that was paid, as the interface returns it: without its payments.
ORDER = version_1(id=3001, total=48, total_paid=48, total_due=0, invoice_id=77, order_items=[line(48)], payments=None)
UNPAID = version_1(id=3002, status="SENT", total=20, total_paid=0, total_due=20, order_items=[line(20)], payments=None)
PAYMENT = paid(48, id=91, order_id=3001)
#: As `GET /rest/v2/sales/payments` lists it.
SALES_PAYMENT = {
    "id": "91",
    "type": "Cash",
    "amount": 48.0,
    "status": "COMPLETED",
    "payment_time": "2026-09-01T00:00:00Z",
    "order_ids": ["3001"],
}


def received(content: Any) -> dict[str, list[str]]:
    """By order, what arrived for it."""
    text = content if isinstance(content, str) else json.dumps(content)
    good, errors, _ = read(LAYOUT, text)
    assert errors == []
    return {read.order.number: [str(payment.amount.normalize()) for payment in read.order.payments] for read in good}


def refused(content: Any) -> str:
    text = content if isinstance(content, str) else json.dumps(content)
    with pytest.raises(UnreadableFile) as fault:
        list(LAYOUTS[LAYOUT].read(io.BytesIO(text.encode()), options=ReadOptions()))
    return fault.value.message.worded()


@pytest.mark.parametrize(
    "content",
    [
        {"orders": [ORDER, UNPAID], "payments": [PAYMENT]},
        {"payments": [PAYMENT], "orders": [ORDER, UNPAID]},
        {"orders": [ORDER, UNPAID], "order_payments": [PAYMENT]},
        {"orders": [ORDER, UNPAID], "payments": {"3001": [paid(48, id=91)], "3002": []}},
        {"orders": [ORDER, UNPAID], "payments": {"payments": [SALES_PAYMENT], "next_page_token": ""}},
        {"orders": [ORDER, UNPAID], "payments": {"3001": {"payments": [paid(48, id=91)]}}},
        {"orders": [ORDER, UNPAID], "payments": [paid(48, id=91, invoice_id=77)]},
        {"orders": [ORDER, UNPAID], "payments": [SALES_PAYMENT]},
        {"orders": [{**ORDER, "payments": {"payments": [PAYMENT]}}, UNPAID]},
        json.dumps({"orders": [ORDER, UNPAID]}) + json.dumps({"payments": [PAYMENT]}),
        "\n".join(map(json.dumps, (ORDER, UNPAID, {"payments": [PAYMENT]}))),
    ],
    ids=[
        "list after", "list before", "order_payments", "keyed by order", "page inside", "page of each order",
        "by invoice", "as version 2 lists them", "page in the order", "second page", "one object per line",
    ],
)  # fmt: skip
def test_payments_beside_the_orders_are_joined_to_them(content: Any):
    assert received(content) == {"3001": ["48"], "3002": []}


def test_a_version_2_order_takes_the_dollars_of_the_list_of_all_payments():
    order = version_2(payments=None)

    assert received({"orders": [order], "payments": [{**SALES_PAYMENT, "amount": 275.5, "order_ids": ["2001"]}]}) == {
        "2001": ["275.5"]
    }


def test_the_same_payment_in_the_order_and_beside_it_counts_once():
    assert received({"orders": [{**ORDER, "payments": [PAYMENT]}], "payments": [PAYMENT]}) == {"3001": ["48"]}


def test_one_payment_told_differently_in_the_order_and_beside_it_keeps_the_order_back():
    other = {**PAYMENT, "amount": 47}
    good, errors, _ = read(LAYOUT, json.dumps({"orders": [{**ORDER, "payments": [PAYMENT]}], "payments": [other]}))

    assert good == []
    assert [error.code for error in errors] == ["payment-id-twice"]


@pytest.mark.parametrize("orders", [[3001, 3002], "3001,3002"], ids=["list", "text"])
def test_a_payment_of_several_orders_is_given_to_none_of_them(orders: object):
    shared = paid(48, id=91, order_ids=orders)
    good, errors, _ = read(LAYOUT, json.dumps({"orders": [ORDER, UNPAID], "payments": [shared]}))

    assert good == []
    assert [(error.order, error.code) for error in errors] == [
        ("3001", "payment-of-several-orders"),
        ("3002", "payment-of-several-orders"),
    ]


def test_a_payment_whose_order_is_not_in_the_file_is_an_error_with_its_amount():
    stray = paid(Decimal("12.5").__float__(), id=92, order_id=4711)
    good, errors, _ = read(LAYOUT, json.dumps({"orders": [ORDER, UNPAID], "payments": [PAYMENT, stray]}))

    assert [read.order.number for read in good] == ["3001", "3002"]
    assert [(error.code, error.order) for error in errors] == [("payment-without-order", "4711")]
    assert "Payments of 12.5 are of order 4711, which is not in the file." in errors[0].message.worded()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"orders": [ORDER], "payments": [paid(48, id=91)]}, "payment 91 does not say which order it is of"),
        ({"orders": [ORDER], "payments": "48.00"}, "neither a list nor keyed by the order's id"),
        ({"orders": [ORDER], "transactions": [{"id": 1, "amount": 48}]}, "gateway transactions beside its orders"),
        ({"payments": [PAYMENT]}, "a list of payments, without the orders that they are of"),
        ([PAYMENT, PAYMENT], "a list of payments, without the orders that they are of"),
    ],
    ids=["no order", "text", "transactions", "page of payments", "list of payments"],
)
def test_payments_that_cannot_be_joined_refuse_the_file_once(content: Any, sentence: str):
    assert sentence in refused(content)


def test_an_incomplete_list_of_payments_is_said():
    pages = json.dumps({"orders": [ORDER]}) + json.dumps({"payments": [PAYMENT], "next_page_token": "x"})
    *_, notices = read(LAYOUT, pages)

    assert any("payments in the file are one page of a longer list" in str(notice) for notice in notices)


def test_the_payment_of_an_order_that_was_not_read_is_no_second_error():
    twice = [ORDER, {**ORDER, "total": 49}]
    _, errors, _ = read(LAYOUT, json.dumps({"orders": twice, "payments": [PAYMENT]}))

    assert [error.code for error in errors] == ["order-twice", "order-twice"]
