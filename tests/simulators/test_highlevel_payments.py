"""Does the HighLevel simulator tell what was sold, paid and given back, as HighLevel does?"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from simulators.highlevel.amounts import Discount, LineTax, SoldLine
from simulators.highlevel.server import RunningAgency, start
from simulators.highlevel.sub_account import SubAccount
from tests.simulators.highlevel_client import HighLevelClient

KIT = SoldLine(name="Clay Kit", amount=Decimal(48), product="p-1", price="r-1")


@pytest.fixture
def company(highlevel: RunningAgency) -> SubAccount:
    return highlevel.company


@pytest.fixture
def contact(company: SubAccount) -> str:
    return company.new_contact(firstName="Hana", lastName="Kobayashi", email="hana@example.net")


@pytest.fixture
def client(highlevel: RunningAgency) -> HighLevelClient:
    return HighLevelClient(highlevel)


def test_an_order_form_leaves_an_order_and_a_payment(company: SubAccount, contact: str, client: HighLevelClient):
    taxed = SoldLine(name="Glaze", amount=Decimal(100), taxes=(LineTax("State", Decimal("2.9")),))
    sale = company.sell_by_order_form(contact, [KIT, taxed], discount=Discount(value=Decimal(8)), coupon="EIGHT")

    order = client.get(f"/payments/orders/{sale.order}", altId=client.location)
    assert order["amountSummary"] == {"subtotal": 148, "discount": 8, "tax": 2.74, "shipping": 0}
    assert (order["amount"], order["status"]) == (142.74, "completed")
    assert order["source"] == {
        "type": "funnel",
        "subType": "two_step_order_form",
        "id": "fn-commissions",
        "name": "Commission funnel",
        "meta": {},
    }
    assert [item["name"] for item in order["items"]] == ["Clay Kit", "Glaze"]
    assert order["items"][0]["price"] == {
        "_id": "r-1",
        "name": "Clay Kit",
        "type": "one_time",
        "currency": "USD",
        "amount": 48,
    }

    (listed,) = client.get("/payments/orders", altId=client.location)["data"]
    assert (listed["_id"], listed["couponCode"], listed["totalProducts"]) == (sale.order, "EIGHT", 2)
    (payment,) = client.of_location("/payments/transactions")["data"]
    assert (payment["_id"], payment["entityId"], payment["amount"]) == (sale.transaction, sale.order, 142.74)
    assert payment["chargeSnapshot"]["amount"] == 14274  # the processor counts in cents
    whole = client.of_location(f"/payments/transactions/{sale.transaction}")
    assert (whole["qboSynced"], whole["qboResponse"], "invoiceId" in whole) == (False, {}, False)


def test_a_renewal_is_another_payment_of_the_same_subscription(
    company: SubAccount, contact: str, client: HighLevelClient
):
    sale = company.sell_subscription(contact, [KIT])
    renewal = company.take_renewal(sale.subscription)
    (subscription,) = client.of_location("/payments/subscriptions")["data"]
    assert (subscription["_id"], subscription["status"], subscription["amount"]) == (sale.subscription, "active", 48)
    number = subscription["subscriptionId"]
    paid = client.of_location("/payments/transactions", subscriptionId=number)["data"]
    assert [row["_id"] for row in paid] == [renewal, sale.transaction]
    assert {row["entityId"] for row in paid} == {sale.order}
    company.cancel_subscription(sale.subscription)
    assert "canceledAt" in client.of_location(f"/payments/subscriptions/{sale.subscription}")
    with pytest.raises(ValueError, match="the subscription is canceled"):
        company.take_renewal(sale.subscription)


def test_memberships_and_calendars_say_where_they_were_sold(company: SubAccount, contact: str, client: HighLevelClient):
    company.sell_membership(contact, [KIT])
    company.sell_calendar(contact, [KIT])
    rows = client.of_location("/payments/transactions")["data"]
    assert [row["entitySourceType"] for row in rows] == ["calendar", "membership"]
    (found,) = client.of_location("/payments/transactions", entitySourceType="calendar")["data"]
    assert found["entitySourceSubType"] == "meeting"


def test_failed_pending_and_test_payments_are_told_apart(company: SubAccount, contact: str, client: HighLevelClient):
    company.sell_by_order_form(contact, [KIT], status="failed")
    pending = company.sell_by_order_form(contact, [KIT], status="pending")
    company.sell_by_order_form(contact, [KIT], live=False)
    rows = client.of_location("/payments/transactions")["data"]
    told = [(row["status"], row["liveMode"]) for row in rows]
    assert told == [("succeeded", False), ("pending", True), ("failed", True)]
    company.settle(pending.transaction)
    assert client.of_location(f"/payments/transactions/{pending.transaction}")["status"] == "succeeded"
    orders = client.get("/payments/orders", altId=client.location)["data"]
    assert [row["status"] for row in orders] == ["completed", "pending", "pending"]


def test_a_refund_shows_in_its_sum_alone_until_the_switch_is_set(
    company: SubAccount, contact: str, client: HighLevelClient
):
    sale = company.sell_by_order_form(contact, [KIT])
    before = client.of_location(f"/payments/transactions/{sale.transaction}")
    company.refund(sale.transaction, Decimal("10.50"))
    after = client.of_location(f"/payments/transactions/{sale.transaction}")
    assert (after["amount"], after["amountRefunded"], after["status"]) == (48, 10.5, "succeeded")
    assert after["updatedAt"] > before["updatedAt"]
    with pytest.raises(ValueError, match=r"between 0 and 37\.5 can be refunded, not 40\.00"):
        company.refund(sale.transaction, Decimal(40))
    client.control("POST", "options", {"refunded_status": "told"})
    company.refund(sale.transaction)
    told = client.of_location(f"/payments/transactions/{sale.transaction}")
    assert (told["amountRefunded"], told["status"]) == (48, "refunded")


def test_what_its_own_integration_posted_says_so(company: SubAccount, contact: str, client: HighLevelClient):
    sale = company.sell_by_order_form(contact, [KIT])
    company.mark_synced_by_own_quickbooks(sale.transaction)
    whole = client.of_location(f"/payments/transactions/{sale.transaction}")
    assert (whole["qboSynced"], whole["qboResponse"]["Id"]) == (True, "1042")


def test_days_are_closed_at_both_ends(company: SubAccount, contact: str, client: HighLevelClient):
    for day in (1, 2, 3):
        company.sell_by_order_form(contact, [KIT], at=datetime(2026, 5, day, 23, 30, tzinfo=UTC))

    def found(**query: str) -> list[str]:
        return [row["createdAt"][:10] for row in client.of_location("/payments/transactions", **query)["data"]]

    assert found(startAt="2026-05-02", endAt="2026-05-02") == ["2026-05-02"]
    assert found(startAt="2026-05-02") == ["2026-05-03", "2026-05-02"]
    assert found(startAt="2026-05-02T23:31:00Z") == ["2026-05-03"]
    assert found(limit="1", offset="2") == ["2026-05-01"]
    assert client.of_location("/payments/transactions", limit="1")["totalCount"] == 3


def test_an_unknown_one_is_not_found_and_orders_need_no_type(client: HighLevelClient):
    for path in ("/payments/transactions/x", "/payments/subscriptions/x", "/payments/orders/x"):
        reply = client.send("GET", path, altId=client.location, altType="location")
        assert (reply.status_code, reply.json()["error"]) == (404, "Not Found")
    assert client.get("/payments/orders", altId=client.location)["totalCount"] == 0
    missing = client.send("GET", "/payments/transactions", altId=client.location)
    assert missing.json()["message"] == ["altType should not be empty"]


def test_the_sample_has_a_sale_from_every_place():
    with start() as running:
        client = HighLevelClient(running)
        rows = client.of_location("/payments/transactions", limit="100")["data"]
        assert {row["entitySourceType"] for row in rows} == {
            *("funnel", "membership", "calendar", "invoice", "website", "payment_link", "text2Pay"),
            *("point_of_sale", "form", "communities", "manual"),
        }
        assert sum("subscriptionId" in row for row in rows) == 2
        assert {row["status"] for row in rows} == {"succeeded", "failed", "pending"}
        skus = {row["sku"] for row in client.of_location("/products/inventory", limit="100")["inventory"]}
        assert {"KIT-CLAY", "MB-MONTH"} <= skus
