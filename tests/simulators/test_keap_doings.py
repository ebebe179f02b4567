"""What people do in Keap: does each leave what Keap would show, to the cent?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from simulators.keap.orders import NewLine
from tests.simulators.keap_driver import KeapClient


@pytest.fixture
def order(keap: KeapClient) -> str:
    keap.account.new_contact("Amara", "Lindqvist", "amara@example.org", phone="303 555 0101")
    keap.account.new_product("Clay Kit", "48.00", sku="KIT")
    keap.account.new_product("Membership", "65.00", sku="MB", plan_cycle="MONTH")
    return keap.account.place_order("amara@example.org", [("KIT", 2), ("SHIPPING", 1, "4.00")])


def rows(keap: KeapClient, order: str) -> list[tuple[str, Decimal]]:
    shown = keap.get(f"/v2/orders/{order}/payments")["invoice_order_payments"]
    return [(row["pay_status"], row["amount"]) for row in shown]


def cents(keap: KeapClient, order: str, name: str) -> int:
    amount: int = keap.get(f"/v2/orders/{order}")[name]["amount"]
    return amount


def test_a_line_takes_its_products_name_and_price(keap: KeapClient, order: str):
    shown = keap.get(f"/v2/orders/{order}")

    lines = [(line["name"], line["item_type"], line["quantity"]) for line in shown["order_items"]]
    assert lines == [("Clay Kit", "PRODUCT", 2), ("Shipping", "SHIPPING", 1)]
    assert shown["order_items"][0]["product"]["sku"] == "KIT"
    assert "product" not in shown["order_items"][1]
    assert shown["total"]["amount"] == 10000
    assert shown["contact"] == {
        "id": "1",
        "email": "amara@example.org",
        "given_name": "Amara",
        "family_name": "Lindqvist",
    }


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (("KIT", 1.5), "whole number"),
        (("KIT", True), "whole number"),
        (("NOPE", 1), "there is no product NOPE"),
        (("TIP", 1), "needs a price"),
        (("KIT", 1, "1.005"), "more digits"),
        (NewLine(item_type="GIFT", price=1), "no type of line GIFT"),
    ],
)
def test_a_line_that_keap_could_not_have_is_refused_and_nothing_changes(
    keap: KeapClient, order: str, line: object, reason: str
):
    with pytest.raises(ValueError, match=reason):
        keap.account.place_order("1", [line])  # type: ignore[list-item]

    assert len(keap.get("/v2/orders")["orders"]) == 1


def test_a_plan_that_is_not_of_the_total_is_refused(keap: KeapClient, order: str):
    with pytest.raises(ValueError, match="sum up"):
        keap.account.place_order("1", [("KIT", 1)], plan=[(date(2026, 1, 1), "47.99")])


def test_a_card_is_charged_at_the_moment_and_a_check_is_entered_for_a_day(keap: KeapClient, order: str):
    keap.account.pay(order, "60.00", "Credit Card")
    keap.account.pay(order, "40.00", "Check", on=date(2026, 3, 9))

    card, check = keap.get("/v2/sales/payments")["payments"]
    assert card["payment_time"] == card["update_time"]
    assert (card["merchant_account_type"], card["status"]) == ("STRIPE", "APPROVED")
    assert check["payment_time"] == "2026-03-09T00:00:00Z"
    assert "merchant_account_type" not in check
    assert rows(keap, order) == [("APPROVED", Decimal("60.00")), ("MANUAL_PAID", Decimal("40.00"))]
    assert cents(keap, order, "total_paid") == 10000
    assert len(keap.get("/v2/sales/transactions")["transactions"]) == 1


def test_a_payment_that_was_entered_is_missed_by_who_asks_since_a_moment_of_the_day(keap: KeapClient, order: str):
    moment = keap.account.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    keap.account.clock.advance(60)
    keap.account.pay(order, method="Cash", on=keap.account.now().date())

    assert keap.get("/v2/sales/payments", filter=f"since_time=={moment}")["payments"] == []
    midnight = f"{moment[:10]}T00:00:00Z"
    assert len(keap.get("/v2/sales/payments", filter=f"since_time=={midnight}")["payments"]) == 1


def test_the_midnight_of_a_payment_can_be_the_accounts_own(keap: KeapClient, order: str):
    keap.account.options.change("manual_payment_midnight", "account")
    keap.account.pay(order, method="Cash", on=date(2026, 1, 15))

    assert keap.get("/v2/sales/payments")["payments"][0]["payment_time"] == "2026-01-15T07:00:00Z"


def test_a_refund_is_a_row_below_zero_that_the_payment_points_to(keap: KeapClient, order: str):
    payment = keap.account.pay(order, method="Credit Card")
    refund = keap.account.refund(order, "30.00")

    original, row = keap.get("/v2/sales/payments")["payments"]
    assert (row["id"], row["type"], row["amount"]) == (refund, "Refund", Decimal("-30.00"))
    assert (original["id"], original["refund_payment_id"]) == (payment, refund)
    assert rows(keap, order) == [("APPROVED", Decimal("100.00")), ("REFUNDED", Decimal("-30.00"))]
    assert keap.get(f"/v2/orders/{order}/payments")["invoice_order_payments"][1]["refund_invoice_payment_id"] == "1"
    assert (cents(keap, order, "refund_total"), cents(keap, order, "total_paid")) == (3000, 7000)
    assert keap.get(f"/v2/orders/{order}")["refund_status"] == "PARTIAL"
    methods = [row["transaction_method"] for row in keap.get("/v2/sales/transactions")["transactions"]]
    assert methods == ["CAPTURE", "REFUND"]

    keap.account.options.refund_sign = "positive"
    assert rows(keap, order)[1] == ("REFUNDED", Decimal("30.00"))


def test_no_more_can_be_refunded_than_was_paid(keap: KeapClient, order: str):
    keap.account.pay(order, "50.00")
    keap.account.refund(order, "20.00")

    with pytest.raises(ValueError, match="cannot be given back"):
        keap.account.refund(order, "30.01")
    keap.account.refund(order)
    with pytest.raises(ValueError, match="has no payment"):
        keap.account.refund(order)
    assert cents(keap, order, "total_paid") == 0


def test_a_voided_payment_is_owed_again(keap: KeapClient, order: str):
    keap.account.pay(order, method="Check")
    keap.account.void(order)

    assert rows(keap, order) == [("MANUAL_PAID", Decimal("100.00")), ("VOIDED", Decimal("-100.00"))]
    assert keap.account.balance(order) == Decimal("100.00")
    assert keap.get(f"/v2/orders/{order}")["status"] == "SENT"


@pytest.mark.parametrize("kind", ["Credit", "Write-off", "Adjustment"])
def test_a_credit_is_a_row_above_zero_without_money(keap: KeapClient, order: str, kind: str):
    keap.account.credit(order, "100.00", kind=kind)

    (row,) = keap.get("/v2/sales/payments")["payments"]
    assert (row["type"], row["amount"]) == (kind, Decimal("100.00"))
    assert keap.account.balance(order) == 0
    assert keap.get("/v2/sales/transactions")["transactions"] == []


def test_a_cancelled_order_is_paid_back_and_what_is_owed_is_credited(keap: KeapClient, order: str):
    keap.account.pay(order, "60.00", "Credit Card")
    keap.account.pay(order, "10.00")
    keap.account.cancel(order)

    types = [(row["type"], row["amount"]) for row in keap.get("/v2/sales/payments")["payments"]]
    assert types[2:] == [("Refund", Decimal("-60.00")), ("Refund", Decimal("-10.00")), ("Credit", Decimal("100.00"))]
    assert keap.account.balance(order) == 0


def test_a_card_that_is_declined_leaves_a_transaction_and_no_payment(keap: KeapClient, order: str):
    keap.account.fail_payment(order)

    (row,) = keap.get("/v2/sales/transactions")["transactions"]
    assert (row["status"], row["is_successful"], row["order_ids"]) == ("FAILED", False, [order])
    assert keap.get("/v2/sales/payments")["payments"] == []


def test_a_pending_payment_counts_from_when_it_is_approved(keap: KeapClient, order: str):
    payment = keap.account.pay(order, method="Credit Card", pending=True)
    assert rows(keap, order) == [("PENDING", Decimal("100.00"))]
    assert cents(keap, order, "total_paid") == 0

    keap.account.approve(payment)

    assert cents(keap, order, "total_paid") == 10000
    assert keap.get("/v2/sales/transactions")["transactions"][0]["is_successful"] is True


def test_one_payment_can_be_for_two_orders(keap: KeapClient, order: str):
    other = keap.account.place_order("1", [("KIT", 1)])
    keap.account.pay_several({order: "100.00", other: "48.00"})

    (payment,) = keap.get("/v2/sales/payments")["payments"]
    assert (payment["amount"], payment["order_ids"]) == (Decimal("148.00"), [order, other])
    assert rows(keap, other) == [("MANUAL_PAID", Decimal("48.00"))]


def test_an_order_is_changed_line_by_line(keap: KeapClient, order: str):
    first, second = (line["id"] for line in keap.get(f"/v2/orders/{order}")["order_items"])
    before = keap.get(f"/v2/orders/{order}")["modification_time"]
    keap.account.clock.advance(1)

    keap.account.edit_line(order, first, quantity=3, price="40.00")
    keap.account.remove_line(order, second)
    keap.account.add_line(order, ("DISCOUNT", 1, "-20.00", "Friend"))
    keap.account.edit_order(order, title="New title", terms="Net 30")

    shown = keap.get(f"/v2/orders/{order}")
    assert [line["name"] for line in shown["order_items"]] == ["Clay Kit", "Friend"]
    assert (shown["total"]["amount"], shown["title"], shown["terms"]) == (10000, "New title", "Net 30")
    assert shown["modification_time"] > before
    with pytest.raises(ValueError, match="cannot be changed"):
        keap.account.edit_order(order, colour="red")


def test_a_change_that_is_refused_leaves_the_order_as_it_was(keap: KeapClient, order: str):
    before = keap.get(f"/v2/orders/{order}")
    line = before["order_items"][0]["id"]

    for change in (
        lambda: keap.account.edit_line(order, line, quantity=7, price="1.005"),
        lambda: keap.account.add_line(order, ("TIP", 1, "0.001")),
        lambda: keap.account.edit_order(order, title="Changed", lines=[("NOPE", 1)]),
        lambda: keap.account.remove_line(order, "999"),
    ):
        with pytest.raises(ValueError, match=r"digits|no product|no line"):
            change()

    assert keap.get(f"/v2/orders/{order}") == before


def test_a_deleted_order_is_gone_with_its_payments_and_numbers_drift_apart(keap: KeapClient, order: str):
    keap.account.pay(order)
    keap.account.delete_order(order)

    keap.refused(f"/v2/orders/{order}", 404)
    assert keap.get("/v2/orders")["orders"] == keap.get("/v2/sales/payments")["payments"] == []
    shown = keap.get(f"/v2/orders/{keap.account.place_order('1', [('KIT', 1)])}")
    assert (shown["id"], shown["invoice_id"]) == ("2", "3")


def test_merged_contacts_are_one_with_the_orders_of_both(keap: KeapClient, order: str):
    other = keap.account.new_contact("A.", "Lindqvist", "second@example.org")
    before = keap.get(f"/v2/orders/{order}")["modification_time"]
    keap.account.clock.advance(60)
    keap.account.merge_contacts(other, "1")

    keap.refused("/v2/contacts/1", 404)
    assert keap.get(f"/v2/orders/{order}")["contact"]["id"] == other
    assert keap.get(f"/v2/orders/{order}")["modification_time"] == before
    kept = keap.get(f"/v2/contacts/{other}")
    assert [email["email"] for email in kept["email_addresses"]] == ["second@example.org", "amara@example.org"]
    assert kept["update_time"] > kept["create_time"]


def test_contacts_and_products_are_edited_and_deleted(keap: KeapClient, order: str):
    keap.account.edit_contact("1", family_name="Berg", phones=["970 555 0199"])
    keap.account.edit_product("KIT", price="50.00", active=False)

    assert keap.get("/v2/contacts/1")["family_name"] == "Berg"
    product = keap.get("/v2/products/1")
    assert (product["price"]["amount"], product["active"]) == (5000, False)
    with pytest.raises(ValueError, match="has orders"):
        keap.account.delete_contact("1")
    keap.account.delete_product("1")
    keap.refused("/v2/products/1", 404)
    assert keap.get(f"/v2/orders/{order}")["order_items"][0]["product"] == {"id": "1"}


def test_a_renewal_is_a_new_order_of_the_subscription_paid_by_card(keap: KeapClient, order: str):
    subscription = keap.account.subscribe("1", "MB", on=date(2026, 1, 5))
    renewal = keap.account.take_renewal(subscription, on=date(2026, 1, 5))

    shown = keap.get(f"/v2/orders/{renewal}")
    (line,) = shown["order_items"]
    assert (line["item_type"], line["subscription_id"], line["price_per_unit"]["amount"]) == ("SUBSCRIPTION", "1", 6500)
    assert line["subscription_plan"]["cycle_type"] == "MONTHLY"
    assert shown["status"] == "PAID"
    told = keap.get("/v2/subscriptions")["subscriptions"][0]
    assert (told["last_bill_date"], told["next_bill_date"]) == ("2026-01-05", "2026-02-04")
    assert told["billing_amount"] == Decimal("65.00")

    unpaid = keap.account.take_renewal(subscription, fails=True)
    assert keap.get(f"/v2/orders/{unpaid}")["status"] == "SENT"
    keap.account.end_subscription(subscription)
    with pytest.raises(ValueError, match="no running subscription"):
        keap.account.take_renewal(subscription)


def test_only_what_has_a_plan_is_sold_by_subscription(keap: KeapClient, order: str):
    with pytest.raises(ValueError, match="not sold by subscription"):
        keap.account.subscribe("1", "KIT")
