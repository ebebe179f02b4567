"""Does the Keap account show what is in it as Keap does? Units of money, filters, pages, and what it refuses."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.simulators.keap_driver import KeapClient


def an_order(keap: KeapClient, price: str = "12.34", **facts) -> str:
    if not keap.account.store.contacts:
        keap.account.new_contact("Amara", "Lindqvist", "amara@example.org")
    return keap.account.place_order("1", [("SERVICE", 2, price)], **facts)


def test_orders_are_in_cents_and_payments_in_dollars(keap: KeapClient):
    order = an_order(keap)
    keap.account.pay(order, "10.00")

    shown = keap.get(f"/v2/orders/{order}")
    assert shown["total"] == {"amount": 2468, "currency_code": "USD", "formatted_amount": "$24.68"}
    assert shown["order_items"][0]["price_per_unit"]["amount"] == 1234
    assert shown["total_paid"]["amount"] == 1000
    assert keap.get("/v2/sales/payments")["payments"][0]["amount"] == Decimal("10.00")
    assert keap.get(f"/v2/orders/{order}/payments")["invoice_order_payments"][0]["amount"] == Decimal("10.00")


def test_a_switch_turns_the_unit_of_an_orders_payments(keap: KeapClient):
    order = an_order(keap)
    keap.account.pay(order, "10.00")
    keap.account.options.order_payment_amounts = "minor"

    assert keap.get(f"/v2/orders/{order}/payments")["invoice_order_payments"][0]["amount"] == 1000


@pytest.mark.parametrize(("currency", "price", "smallest"), [("JPY", "1234", 1234), ("KWD", "1.234", 1234)])
def test_the_smallest_unit_is_the_currencys(keap: KeapClient, currency: str, price: str, smallest: int):
    order = an_order(keap, price, currency=currency)

    assert keap.get(f"/v2/orders/{order}")["order_items"][0]["price_per_unit"]["amount"] == smallest


def test_an_order_is_paid_when_nothing_is_owed(keap: KeapClient):
    order = an_order(keap)
    assert keap.get(f"/v2/orders/{order}")["status"] == "SENT"
    assert keap.get("/v2/orders", filter="paid==true")["orders"] == []

    keap.account.pay(order, method="Credit Card")

    assert keap.get(f"/v2/orders/{order}")["status"] == "PAID"
    assert len(keap.get("/v2/orders", filter="paid==true")["orders"]) == 1


def test_pages_hold_every_order_once(keap: KeapClient):
    placed = [an_order(keap) for _ in range(7)]

    for order_by in ("id asc", "id desc", "modification_time asc", "order_time desc", ""):
        asked = {"page_size": 3, **({"order_by": order_by} if order_by else {})}
        ids = [order["id"] for order in keap.all("/v2/orders", "orders", **asked)]
        assert sorted(ids, key=int) == placed
        assert ids == (placed[::-1] if "desc" in order_by else placed)


def test_the_last_page_has_no_token_and_no_page_size_takes_what_keap_chooses(keap: KeapClient):
    for _ in range(51):
        an_order(keap)

    first = keap.get("/v2/orders", page_size=0)
    assert len(first["orders"]) == 50
    last = keap.get("/v2/orders", page_size=0, page_token=first["next_page_token"])
    assert len(last["orders"]) == 1
    assert "next_page_token" not in last


@pytest.mark.parametrize(("paging", "missed"), [("position", True), ("key", False)])
def test_a_change_between_two_pages_moves_the_next_one_unless_pages_go_by_key(
    keap: KeapClient, paging: str, missed: bool
):
    keap.account.options.change("paging", paging)
    placed = []
    for _ in range(6):
        placed.append(an_order(keap))
        keap.account.clock.advance(60)
    asked = {"page_size": 3, "order_by": "modification_time asc"}
    first = keap.get("/v2/orders", **asked)

    keap.account.edit_order(placed[0], title="Changed")
    second = keap.get("/v2/orders", **asked, page_token=first["next_page_token"])

    ids = {order["id"] for order in first["orders"] + second["orders"]}
    assert (placed[3] not in ids) == missed


def test_a_page_token_is_good_for_its_own_question_only(keap: KeapClient):
    for _ in range(3):
        an_order(keap)
    token = keap.get("/v2/orders", page_size=1)["next_page_token"]

    for path, query in (
        ("/v2/orders", {"page_token": "2"}),
        ("/v2/orders", {"page_token": token[:-2]}),
        ("/v2/orders", {"page_token": token, "filter": "id>1"}),
        ("/v2/contacts", {"page_token": token}),
    ):
        assert keap.refused(path, 400, **query)["message"] == "The page token is not valid"


@pytest.mark.parametrize("size", ["1001", "-1", "ten", "1.5"])
def test_a_page_size_is_from_0_to_1000(keap: KeapClient, size: str):
    assert "page size" in keap.refused("/v2/orders", 400, page_size=size)["message"]


def test_orders_are_filtered_by_when_they_were_changed(keap: KeapClient):
    early = an_order(keap)
    keap.account.clock.advance(3600)
    late = an_order(keap)
    moment = keap.get(f"/v2/orders/{late}")["modification_time"]

    def ids(told: str) -> list[str]:
        return [order["id"] for order in keap.get("/v2/orders", filter=told)["orders"]]

    assert ids(f"modified_since_time=={moment}") == [late]
    assert ids(f"modified_until_time=={moment}") == [early, late]
    keap.account.clock.advance(3600)
    keap.account.edit_order(early, title="Changed")
    assert ids(f"modified_since_time=={moment}") == [early, late]
    assert ids(f"modified_since_time=={moment};id!={late}") == [early]


def test_a_payment_moves_no_time_of_its_order_unless_the_switch_says_so(keap: KeapClient):
    order = an_order(keap)
    before = keap.get(f"/v2/orders/{order}")["modification_time"]
    keap.account.clock.advance(60)
    keap.account.pay(order, "1.00")
    assert keap.get(f"/v2/orders/{order}")["modification_time"] == before

    keap.account.options.payment_touches_order = True
    keap.account.pay(order, "1.00")
    assert keap.get(f"/v2/orders/{order}")["modification_time"] > before


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/v2/orders", "colour==red"),
        ("/v2/orders", "paid==perhaps"),
        ("/v2/orders", "id==one"),
        ("/v2/orders", "title>A"),
        ("/v2/orders", "modified_since_time==2026-01-01"),
        ("/v2/orders", "modified_since_time==2026-01-01T00:00:00"),
        ("/v2/orders", "modified_since_time==yesterday"),
        ("/v2/orders", "order_type==SIDEWAYS"),
        ("/v2/orders", "ids==1,,2"),
        ("/v2/orders", "nonsense"),
        ("/v2/sales/payments", "id!=1"),
        ("/v2/sales/payments", "status==APPROVED"),
        ("/v2/products", "active==true"),
        ("/v2/contacts", "start_update_time==2026-01-01T00:00:00Z"),
        ("/v2/contacts", "phone_number==970-555-0102"),
        ("/v2/subscriptions", "active==true"),
    ],
)
def test_a_filter_that_the_list_does_not_have_is_refused(keap: KeapClient, path: str, told: str):
    problem = keap.refused(path, 400, filter=told)

    assert (problem["code"], problem["status"]) == (400, "INVALID_ARGUMENT")
    assert problem["details"][0]["domain"] == "request"


@pytest.mark.parametrize("told", ["total asc", "id up", "modification_time asc,id"])
def test_an_order_that_the_list_does_not_have_is_refused(keap: KeapClient, told: str):
    assert "ordered by" in keap.refused("/v2/orders", 400, order_by=told)["message"]


def test_a_plain_parameter_that_is_no_filter_is_ignored(keap: KeapClient):
    an_order(keap)

    assert len(keap.get("/v2/orders", contact_id="77")["orders"]) == 1


def test_lists_find_what_their_filters_name(sample_keap: KeapClient):
    def found(path: str, key: str, told: str) -> list[str]:
        return [record.get("name", record["id"]) for record in sample_keap.get(path, filter=told)[key]]

    assert found("/v2/products", "products", "sku==kit*") == ["Starter Clay Kit", "Glaze Sampler"]
    assert found("/v2/products", "products", "product_id>=8") == ["Studio Membership", "Porcelain Throwing Set"]
    assert found("/v2/products", "products", "product_ids==1,2;name==Raku Weekend") == ["Raku Weekend"]
    assert found("/v2/contacts", "contacts", "email==GRAHAM.whitlock@example.com") == ["2"]
    assert found("/v2/contacts", "contacts", "ids==1,2,999") == ["1", "2"]
    assert found("/v2/contacts", "contacts", "billing_address_locality==Denver") == ["10"]
    assert found("/v2/contacts", "contacts", "phone_number==970-555-0102;phone_fields==PHONE1,PHONE2") == ["2"]
    assert found("/v2/orders", "orders", "contact_id==1;order_type==ONLINE") == ["2"]
    assert found("/v2/sales/payments", "payments", "order_id==2") == ["1"]
    assert found("/v2/sales/payments", "payments", "amount<0;id<=20") == ["9", "14"]
    assert found("/v2/subscriptions", "subscriptions", "status==Active") == ["1"]
    assert sample_keap.get("/v2/sales/transactions", filter="is_successful==false")["transactions"][0]["error_details"]


def test_a_contact_shows_the_fields_that_are_asked_for(sample_keap: KeapClient):
    shown = sample_keap.get("/v2/contacts/1", fields="email_addresses,update_time")

    assert shown.keys() == {"id", "email_addresses", "update_time"}
    assert "colour" in sample_keap.refused("/v2/contacts/1", 400, fields="colour")["message"]


def test_what_is_not_there_is_not_found_and_writes_are_not_offered(keap: KeapClient):
    assert keap.refused("/v2/orders/77", 404)["status"] == "NOT_FOUND"
    assert keap.refused("/v2/orders/77/payments", 404)["details"] == [{"domain": "order", "resource": "77"}]
    assert keap.refused("/v2/nonsense", 404)["code"] == 404
    assert keap.refused("/v1/nonsense", 404)["message"]
    assert keap.ask("POST", "/v2/orders", json={}).status_code == 405


def test_the_account_tells_its_zone_currency_and_tenant_in_both_generations(keap: KeapClient):
    for path in ("/v2/businessProfile", "/v1/account/profile"):
        profile = keap.get(path)
        assert (profile["time_zone"], profile["currency_code"]) == ("America/Denver", "USD")
    assert keap.get("/v2/oauth/connect/userinfo")["tenant_id"] == keap.account.tenant_id
    assert keap.get("/v1/oauth/connect/userinfo")["global_user_id"] == 101


def test_the_sample_has_every_type_of_line_and_what_a_bridge_must_mind(sample_keap: KeapClient):
    orders = sample_keap.all("/v2/orders", "orders", page_size=5)
    lines = [line for order in orders for line in order["order_items"]]
    payments = sample_keap.all("/v2/sales/payments", "payments")

    assert {line["item_type"] for line in lines} == {
        *("UNKNOWN", "SHIPPING", "TAX", "SERVICE", "PRODUCT", "UPSELL", "FINANCE_CHARGE", "DISCOUNT", "PROGRAM"),
        *("SUBSCRIPTION", "DISCOUNT_FREE_TRIAL", "DISCOUNT_ORDER_TOTAL", "DISCOUNT_PRODUCT"),
        *("DISCOUNT_PRODUCT_CATEGORY", "DISCOUNT_SHIPPING", "TIP", "OTHER", "FEE"),
    }
    discounts = [line for line in lines if line["item_type"].startswith("DISCOUNT")]
    assert all(line["price_per_unit"]["amount"] < 0 < line["discount"]["amount"] for line in discounts)
    assert {order["status"] for order in orders} == {"DRAFT", "SENT", "PAID"}
    assert "QUICKBOOKS" in {order["source_type"] for order in orders}
    assert {payment["type"] for payment in payments} >= {"Credit Card", "Check", "Cash", "PayPal", "Refund", "Credit"}
    plans = [[part["status"] for part in order["payment_plan"]["payment_plan_items"]] for order in orders]
    assert ["PAID", "PAID", "UNPAID_MANUAL"] in plans
    assert all(order["id"] != order["invoice_id"] for order in orders)  # an order was deleted before
    assert any(payment["payment_time"].endswith("T00:00:00Z") for payment in payments)


def test_what_an_answer_says_can_be_distorted_in_one_place(keap: KeapClient):
    order = an_order(keap)
    keap.account.distort("orders", order, "order_items.0.price_per_unit.amount", None)
    keap.account.distort("orders", order, "order_items.0.item_type", "GIFT_WRAP")
    keap.account.distort("orders", order, "title", ...)

    shown = keap.get(f"/v2/orders/{order}")
    assert shown["order_items"][0]["price_per_unit"]["amount"] is None
    assert shown["order_items"][0]["item_type"] == "GIFT_WRAP"
    assert "title" not in shown


def test_ids_can_come_as_numbers(keap: KeapClient):
    order = an_order(keap)
    keap.account.pay(order)
    keap.account.options.ids_as_numbers = True

    assert keap.get(f"/v2/orders/{order}")["id"] == 1
    assert keap.get("/v2/sales/payments")["payments"][0]["order_ids"] == [1]


def test_what_is_seeded_in_the_past_has_the_times_of_then(keap: KeapClient):
    moment = keap.account.clock.now() - timedelta(days=30)
    with keap.account.at(moment):
        order = an_order(keap)

    stamp = f"{moment.astimezone(keap.account.now().tzinfo):%Y-%m-%dT%H:%M:%SZ}"
    assert keap.get(f"/v2/orders/{order}")["modification_time"] == stamp
