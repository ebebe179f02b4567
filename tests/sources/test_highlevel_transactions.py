"""Is a payment that HighLevel took without an invoice read as the sale it was, and refused where that is uncertain?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from books.json_types import Json
from books.orders import Address, LineType, OrderStatus, SaleForm
from books.serialization import fingerprint, order_body
from sync.sources.highlevel.payments import invoice_of
from sync.sources.highlevel.transactions import number_of
from tests.sources.highlevel_payloads import (
    faults,
    good,
    of_invoice,
    order,
    receipt_reading,
    said,
    sold,
    tax,
    transaction,
)
from tests.sources.reading import ledger, written

WHEEL = sold("Wheel Throwing 101", "199", price="price-wheel")
MEMBER = sold("Studio Membership", "29", price="price-member", recurring=True)
SETUP = sold("Locker key", "10")


@pytest.mark.criterion("C26")
def test_a_payment_on_an_order_form_is_a_receipt_of_what_was_ordered() -> None:
    read = good(receipt_reading(transaction("199"), order(WHEEL, amount="199")))

    assert ledger(read.order) == written(
        """
        2026-09-03 61dd0fea-f78804 Maya Brook sale
        product  Wheel Throwing 101  1 x 199.00 = 199.00
        2026-09-03 received Stripe 199.00
        """
    )
    assert (read.order.source_id, read.order.form, read.order.origin) == (
        "transaction-61dd0feac077f72010f78804",
        SaleForm.RECEIPT,
        "order form",
    )
    assert (read.order.lines[0].sku, read.order.stated_total, read.notices) == ("WT-101", Decimal(199), ())


@pytest.mark.criterion("C32", "C33")
def test_the_customer_is_the_one_of_the_email_that_the_payment_was_made_with() -> None:
    known = {"firstName": "Maja", "email": "old@example.com", "address1": "1 Elm", "phone": None, "id": "other"}
    read = good(receipt_reading(transaction("199"), order(WHEEL, amount="199"), contact=known)).order.customer

    assert (read.key, read.email) == ("c6tZZU0rJBf30ZXx9Gli", "maya.brook@example.com")
    assert (read.given_name, read.family_name, read.phone) == ("Maja", "Brook", "+1 303 555 0101")
    assert read.billing == Address(line1="1 Elm", city="Boulder", region="CO", postal_code="80301", country="US")


def test_a_payment_without_order_or_contact_is_still_a_sale_of_somebody() -> None:
    read = good(receipt_reading(transaction("12.50"))).order

    assert (read.customer.name, read.customer.email) == ("Maya Brook", "maya.brook@example.com")
    assert ledger(read).splitlines()[1] == "product Autumn funnel 1 x 12.50 = 12.50"
    assert read.lines[0].product_key == "source-fn-7"


@pytest.mark.criterion("C27", "C28", "C29", "C30")
@pytest.mark.parametrize(
    ("source", "origin"),
    [
        ({"entitySourceType": "membership", "entitySourceSubType": None}, "membership"),
        ({"entitySourceType": "calendar", "entitySourceSubType": "meeting"}, "calendar"),
        ({"entitySourceType": "funnel", "subscriptionId": "sub_1"}, "subscription"),
        ({"entitySourceType": "point_of_sale", "entitySourceSubType": "tap_to_pay"}, "point of sale"),
        ({"entitySourceType": "website", "entitySourceSubType": "store"}, "website"),
        ({"entitySource": {"type": "calendar", "id": "c1", "name": "Fittings"}, "entitySourceSubType": ""}, "calendar"),
    ],
)
def test_wherever_it_was_taken_it_is_a_receipt(source: Json, origin: str) -> None:
    read = good(receipt_reading(transaction("29", **source))).order

    assert (read.form, read.status, read.origin) == (SaleForm.RECEIPT, OrderStatus.SALE, origin)
    assert [str(payment.amount) for payment in read.payments] == ["29.00"]


def test_a_source_that_nobody_knows_is_said_and_read_as_any_other() -> None:
    read = good(receipt_reading(transaction("29", entitySourceType="hologram", entitySourceSubType="")))

    assert read.order.form is SaleForm.RECEIPT
    assert "came from “hologram”, which is not known" in said(read.notices)


# What was sold --------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C30")
def test_a_renewal_is_a_receipt_of_what_comes_again() -> None:
    first_order = order(SETUP, MEMBER, amount="39")
    first = good(receipt_reading(transaction("39", "1" * 24, subscriptionId="sub_1"), first_order)).order
    renewal = transaction("29", "2" * 24, subscriptionId="sub_1", fulfilledAt="2026-10-03T16:00:00Z")
    second = good(receipt_reading(renewal, first_order)).order

    assert [line.name for line in first.lines] == ["Locker key", "Studio Membership"]
    assert [(line.name, line.line_type, str(line.amount)) for line in second.lines] == [
        ("Studio Membership", LineType.SUBSCRIPTION, "29.00")
    ]
    assert (first.source_id != second.source_id, first.number != second.number) == (True, True)
    assert second.placed_on == date(2026, 10, 3)


@pytest.mark.parametrize(
    ("sale", "paid", "lines"),
    [
        (
            order(WHEEL, amount="179.1", discount="19.9"),
            "179.1",
            [("product", "199.00"), ("order-discount", "-19.90")],
        ),
        (
            order(sold("Tee", "17"), sold("Shirt", "121", taxes=[tax("10%", "10")]), amount="150.1", tax="12.1"),
            "150.1",
            [("product", "17.00"), ("product", "121.00"), ("tax", "12.10")],
        ),
        (
            order(
                sold("Tee", "17"),
                amount="23.7",
                tax="1.7",
                shipping="5",
                taxSummary=[{"_id": "t", "name": "10%", "rate": 10, "amount": Decimal("1.7")}],
            ),
            "23.7",
            [("product", "17.00"), ("shipping", "5.00"), ("tax", "1.70")],
        ),
        (
            order(SETUP, sold("Club", "20", recurring=True, taxes=[tax("5%", "5")]), amount="31", tax="1"),
            "21",
            [("subscription", "20.00"), ("tax", "1.00")],
        ),
    ],
    ids=["discount", "tax by rate", "tax by summary and shipping", "renewal with tax"],
)
def test_discounts_taxes_and_shipping_of_the_order_are_lines(sale: Json, paid: str, lines: list[Any]) -> None:
    read = good(receipt_reading(transaction(paid), sale)).order

    assert [(line.line_type.value, str(line.amount)) for line in read.lines] == lines
    assert read.total == read.stated_total == Decimal(paid)


def test_a_part_of_an_order_is_one_line_and_says_so() -> None:
    read = good(receipt_reading(transaction("50"), order(WHEEL, amount="199")))

    assert [(line.name, str(line.amount)) for line in read.order.lines] == [("Autumn funnel", "50.00")]
    assert "it is one line: a part of the order" in said(read.notices)


def test_an_order_that_does_not_add_up_itself_is_shown_as_it_is() -> None:
    read = good(receipt_reading(transaction("200"), order(WHEEL, amount="200"))).order

    assert (read.total, read.stated_total) == (Decimal(199), Decimal(200))


def test_a_payment_of_nothing_has_no_lines_and_posts_nothing() -> None:
    read = good(receipt_reading(transaction("0"), order(MEMBER, amount="0", discount="29"))).order

    assert (read.lines, read.payments, read.total) == ((), (), Decimal(0))


# Statuses -------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C37")
@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({"status": "succeeded"}, OrderStatus.SALE, "transaction succeeded"),
        ({"status": "failed"}, OrderStatus.CANCELLED, "transaction failed"),
        ({"status": "pending"}, OrderStatus.DRAFT, "transaction pending"),
        ({"status": "processing"}, OrderStatus.DRAFT, "transaction processing"),
        ({"status": "refunded", "amountRefunded": 199}, OrderStatus.SALE, "transaction refunded"),
        ({"status": "disputed"}, OrderStatus.UNKNOWN, "transaction disputed"),
        ({"status": None}, OrderStatus.UNKNOWN, "transaction without a status"),
        ({"liveMode": False}, OrderStatus.LEFT_OUT, "test mode"),
        ({"markAsTest": True}, OrderStatus.LEFT_OUT, "test mode"),
        ({"qboSynced": True}, OrderStatus.LEFT_OUT, "posted by HighLevel"),
    ],
)
def test_only_money_that_arrived_is_a_sale(changes: Json, status: OrderStatus, word: str) -> None:
    read = good(receipt_reading(transaction("199", **changes)))

    assert (read.order.status, read.status_word) == (status, word)


def test_what_highlevels_own_integration_has_posted_is_said_loudly() -> None:
    read = good(receipt_reading(transaction("199", qboSynced=True)))

    assert "Two bridges are running" in said(read.notices)


def test_what_went_back_is_a_refund_of_the_sale() -> None:
    first = good(receipt_reading(transaction("199", amountRefunded=50, updatedAt="2026-09-05T12:00:00Z"))).order
    changed = transaction("199", amountRefunded=199, status="refunded", updatedAt="2026-09-30T12:00:00Z")
    second = good(receipt_reading(changed, before=first)).order

    assert [(str(refund.refunded_on), str(refund.amount)) for refund in second.refunds] == [
        ("2026-09-05", "50.00"),
        ("2026-09-30", "149.00"),
    ]
    assert second.status is OrderStatus.SALE


@pytest.mark.criterion("C35")
def test_the_same_transaction_delivered_twice_is_the_same_order() -> None:
    once = good(receipt_reading(transaction("199", amountRefunded=5))).order
    twice = good(receipt_reading(transaction("199.00", amountRefunded="5.0"), before=once)).order

    assert fingerprint(order_body(once)) == fingerprint(order_body(twice))


# Which is which -------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C36")
@pytest.mark.parametrize(
    ("data", "invoice"),
    [
        (of_invoice("5"), "6578278e879ad2646715ba9c"),
        ({"entitySource": {"type": "invoice", "id": "i1"}}, "i1"),
        ({"entitySourceType": "text2Pay", "entitySourceId": "i2"}, "i2"),
        ({"entityType": "invoice", "entityId": "i3", "entitySourceType": "document_contracts"}, "i3"),
        (transaction("5"), ""),
        ({"entitySourceType": "membership", "entitySourceId": "m"}, ""),
    ],
)
def test_a_payment_of_an_invoice_names_its_invoice(data: Json, invoice: str) -> None:
    assert invoice_of(data) == invoice


@pytest.mark.criterion("C36")
def test_a_payment_of_an_invoice_is_never_read_as_a_sale_of_its_own() -> None:
    with pytest.raises(ValueError, match="pays invoice"):
        receipt_reading(of_invoice("5"))


@pytest.mark.parametrize(("identifier", "number"), [("61dd0feac077f72010f78804", "61dd0fea-f78804"), ("42", "42")])
def test_the_number_is_short_enough_for_quickbooks(identifier: str, number: str) -> None:
    assert number_of(identifier) == number


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"_id": None}, [("missing", "_id")]),
        ({"amount": None}, [("missing", "amount")]),
        ({"amount": "a lot"}, [("not-an-amount", "amount")]),
        ({"amount": Decimal("1.005")}, [("fraction-of-a-cent", "amount")]),
        ({"amount": -1}, [("negative-payment", "amount")]),
        ({"createdAt": None, "fulfilledAt": None}, [("missing", "createdAt")]),
        ({"currency": "bitcoin"}, [("not-a-currency", "currency")]),
        ({"status": "refunded"}, [("refund-untold", "amountRefunded")]),
        ({"amountRefunded": "some"}, [("not-an-amount", "amountRefunded")]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_each_thing_that_is_wrong_has_its_sentence(changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert faults(receipt_reading({**transaction("199"), **changes})) == found
