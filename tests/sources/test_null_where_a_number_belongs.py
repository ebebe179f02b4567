"""Is an amount that is null, or a word, told by its field's name, and an id the same as a number and as text?"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
import simplejson

from books.json_types import Json
from books.orders import Order
from sync.sources.base import OrderRead, RowError
from sync.sources.keap.joined import joined
from sync.sources.keap.orders import read_order
from tests.sources.highlevel_payloads import (
    OPTIONS,
    PLACE,
    faults,
    good,
    invoice,
    item,
    of_invoice,
    order,
    reading,
    receipt_reading,
    sold,
    tax,
    transaction,
)
from tests.sources.keap_orders import VERSION_1, VERSION_2

STATE = {**tax("State", "2.9"), "amount": Decimal("5.77")}
#: What each kind of answer is read from, by a short name.
ANSWERS: Mapping[str, Json] = {
    "invoice": {
        "invoice": invoice(
            item("Wheel", "199", taxes=[tax("State", "2.9")]),
            total="184.28",
            amountPaid=Decimal(100),
            discount={"type": "percentage", "value": 10},
            totalSummary={"subTotal": 199, "discount": Decimal("19.90"), "tax": Decimal("5.18")},
            tipAmount=Decimal(0),
        ),
        "transactions": [of_invoice("100", amountRefunded=Decimal(20), status="partially_refunded")],
    },
    "receipt": {
        "transaction": transaction("204.77", amountRefunded=Decimal(5), status="refunded"),
        "order": order(sold("Wheel", "199", taxes=(STATE,)), amount="204.77", tax="5.77", taxSummary=[STATE]),
    },
    "keap 1": simplejson.loads(json.dumps(VERSION_1), use_decimal=True),
    "keap 2": simplejson.loads(json.dumps(VERSION_2), use_decimal=True),
}
#: Amounts without which nothing is certain: whatever is not a number there is a fault of that field.
NEEDED = [
    ("invoice", "invoice.total"),
    ("invoice", "invoice.invoiceItems.0.amount"),
    ("invoice", "invoice.invoiceItems.0.qty"),
    ("invoice", "invoice.invoiceItems.0.taxes.0.rate"),
    ("invoice", "transactions.0.amount"),
    ("invoice", "transactions.0.amountRefunded"),
    ("receipt", "transaction.amount"),
    ("receipt", "transaction.amountRefunded"),
    ("receipt", "order.items.0.price.amount"),
    ("receipt", "order.items.0.qty"),
    ("receipt", "order.taxSummary.0.rate"),
    ("keap 1", "total"),
    ("keap 1", "order_items.0.price"),
    ("keap 1", "order_items.0.quantity"),
    ("keap 1", "payments.0.amount"),
    ("keap 2", "total"),
    ("keap 2", "total.amount"),
    ("keap 2", "total_paid.amount"),
    ("keap 2", "order_items.0.price_per_unit"),
    ("keap 2", "order_items.0.price_per_unit.amount"),
    ("keap 2", "order_items.0.discount.amount"),
    ("keap 2", "order_items.0.quantity"),
    ("keap 2", "payments.0.amount"),
]
#: Amounts that the others tell as well: where one is null, the order is as it was; another word for none is a fault.
TOLD_TWICE = [
    ("invoice", "invoice.amountPaid"),
    ("invoice", "invoice.discount.value"),
    ("invoice", "invoice.totalSummary.subTotal"),
    ("invoice", "invoice.totalSummary.discount"),
    ("invoice", "invoice.tipAmount"),
    ("receipt", "order.amount"),
    ("receipt", "order.amountSummary.tax"),
    ("receipt", "order.amountSummary.discount"),
    ("receipt", "order.taxSummary.0.amount"),
    ("keap 1", "total_paid"),
    ("keap 1", "total_due"),
    ("keap 1", "order_items.0.discount"),
    ("keap 2", "total_paid"),
    ("keap 2", "order_items.0.discount"),
]


def read(kind: str, told: Json) -> OrderRead | tuple[RowError, ...]:
    if kind == "invoice":
        return reading(told["invoice"], *told["transactions"])
    if kind == "receipt":
        return receipt_reading(told["transaction"], told["order"])
    return read_order(told, options=OPTIONS, place=PLACE)


def with_value(kind: str, path: str, value: object) -> Json:
    """The answer with another value at a path."""
    told: Json = copy.deepcopy(dict(ANSWERS[kind]))
    inside: Any = told
    *way, last = path.split(".")
    for name in way:
        inside = inside[int(name) if name.isdigit() else name]
    inside[last] = value
    return told


def names(column: str, path: str) -> bool:
    """Whether a fault's column is the field at a path, by its own name in its record."""
    parts = [f"[{part}]" if part.isdigit() else f".{part}" for part in path.split(".")]
    field = "".join(parts)
    return field.endswith(f".{column}") or field == f".{column}.amount"


def amounts(read: OrderRead | tuple[RowError, ...]) -> list[object]:
    """Everything of an order that has an amount."""
    told = good(read).order
    return [told.stated_total, *((line.key, line.amount) for line in told.lines), told.payments, told.refunds]


@pytest.mark.parametrize("value", [None, "twelve", [], True])
@pytest.mark.parametrize(("kind", "path"), NEEDED)
def test_an_amount_that_is_no_number_is_a_fault_of_its_field(kind: str, path: str, value: object) -> None:
    found = faults(read(kind, with_value(kind, path, value)))

    assert any(names(column, path) for _code, column in found), found


@pytest.mark.parametrize(("kind", "path"), TOLD_TWICE)
def test_what_others_tell_as_well_may_be_null_and_no_word(kind: str, path: str) -> None:
    assert amounts(read(kind, with_value(kind, path, None))) == amounts(read(kind, dict(ANSWERS[kind])))
    assert any(names(column, path) for _code, column in faults(read(kind, with_value(kind, path, "twelve"))))


def test_a_paid_invoice_that_does_not_say_how_much_waits_for_its_payments() -> None:
    told = invoice(status="paid", amountPaid=None)

    assert faults(reading(told)) == [("payments-incomplete", "amountPaid")]
    assert good(reading(told, of_invoice("248"))).order.stated_total == 248


def test_an_invoice_with_a_discount_and_taxes_and_no_lines_is_told_as_one_without_lines() -> None:
    told = {**ANSWERS["invoice"]["invoice"], "invoiceItems": None}

    assert faults(reading(told, *ANSWERS["invoice"]["transactions"])) == [("no-lines", "invoiceItems")]


def test_one_amount_in_an_object_is_enough_to_know_that_payments_may_count_cents() -> None:
    told = with_value("keap 2", "total_paid", None)
    told["payments"][0]["amount"] = Decimal(27550)

    (payment,) = good(read_order(told, options=OPTIONS, place=PLACE)).order.payments

    assert payment.amount == Decimal("275.50")


# Ids -----------------------------------------------------------------------------------------------------------------


def numbered(value: Any) -> Any:
    """The same with every id that has only digits as a number."""
    if isinstance(value, dict):
        return {name: numbered(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [numbered(inner) for inner in value]
    return int(value) if isinstance(value, str) and value.isdigit() else value


def test_keap_ids_are_the_same_as_numbers_and_as_text() -> None:
    told: Json = {**ANSWERS["keap 2"], "contact": {"id": "501"}}
    payments = [{**payment, "order_ids": ["2001"]} for payment in told.pop("payments")]
    contacts = [{"id": "501", "email": "maya.brook@example.com", "given_name": "Maya"}]
    kinds: list[Order] = []
    for orders, paid, people in (
        (told, payments, contacts),
        (numbered(told), payments, contacts),
        (told, numbered(payments), contacts),
        (told, payments, numbered(contacts)),
    ):
        (whole,) = joined([orders], paid, people)
        kinds.append(good(read_order(whole, options=OPTIONS, place=PLACE)).order)

    assert kinds[0].payments
    assert kinds[0].customer.email == "maya.brook@example.com"
    assert kinds[1:] == kinds[:1] * 3


def test_what_is_no_contact_is_told_in_place_of_being_left_out() -> None:
    (whole,) = joined([{**ANSWERS["keap 2"], "contact": "501"}], [], [])

    assert ("not-an-object", "contact") in faults(read_order(whole, options=OPTIONS, place=PLACE))


def test_highlevel_ids_are_the_same_as_numbers_and_as_text() -> None:
    ids: dict[str, Any] = {"_id": "6578", "contactDetails": {"id": "77", "name": "Maya Brook"}}
    money = {**of_invoice("100", "9001"), "entityId": "6578", "entitySourceId": "6578"}
    told = invoice(item("Wheel", "199", priceId="15", productId="16"), amountPaid=100, **ids)

    assert good(reading(numbered(told), numbered(money))).order == good(reading(told, money)).order
