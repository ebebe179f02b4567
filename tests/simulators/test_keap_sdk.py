"""Does Keap's own client, unchanged but for the address, read the account?"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from tests.simulators.keap_driver import KeapClient


@pytest.fixture(scope="module")
def sdk() -> Any:
    """Imported here, since that takes some seconds, and every process collects this file.

    Its classes are not exported in the way that a type checker asks for.
    """
    return import_module("keap_core_v2_client")


@pytest.fixture
def client(sdk: Any, sample_keap: KeapClient) -> Iterator[Any]:
    ready = sample_keap.running.ready()
    configuration = sdk.Configuration(host=ready["api_url"], access_token=ready["access_token"])
    with sdk.ApiClient(configuration) as found:
        yield found


def test_it_reads_every_order_page_by_page(sdk: Any, client: Any):
    api, orders, token = sdk.OrdersApi(client), [], None
    while True:
        page = api.list_orders(page_size=5, order_by="modification_time asc", page_token=token)
        orders += page.orders
        token = page.next_page_token
        if not token:
            break

    assert [order.id for order in orders] == [str(number) for number in range(2, 18)]
    (first,) = (order for order in orders if order.id == "2")
    assert (first.total.amount, first.contact.email) == (35986, "amara.lindqvist@example.org")
    assert [line.item_type for line in first.order_items] == ["PRODUCT", "PRODUCT", "TAX"]
    assert first.order_time.tzinfo is not None


def test_it_reads_one_order_and_what_was_paid_for_it(sdk: Any, client: Any):
    api = sdk.OrdersApi(client)

    assert api.get_order("10").refund_status == "PARTIAL"
    rows = api.list_order_payments("10").invoice_order_payments
    assert [(row.pay_status, row.amount) for row in rows] == [("APPROVED", 84.5), ("REFUNDED", -36.5)]


def test_it_reads_payments_and_transactions(sdk: Any, client: Any):
    api = sdk.SalesApi(client)

    refunds = [payment for payment in api.list_payments(page_size=1000).payments if payment.type == "Refund"]
    assert [(payment.amount, payment.order_ids) for payment in refunds] == [(-36.5, ["10"])]
    failed = api.list_transactions(filter="is_successful==false").transactions
    assert [(row.status, row.transaction_method) for row in failed] == [("FAILED", "CAPTURE")]


def test_it_reads_contacts_products_subscriptions_and_the_profile(sdk: Any, client: Any):
    contact = sdk.ContactApi(client).get_contact("10")
    assert (contact.company.company_name, contact.addresses[0].region_code) == ("O'Malley & Daughters", "US-CO")
    products = sdk.ProductsApi(client).list_products(filter="sku==MB-MONTH").products
    assert [product.subscription_plans[0].billing_cycle for product in products] == ["MONTHLY"]
    assert sdk.SubscriptionsApi(client).list_subscriptions().subscriptions[0].billing_cycle == "MONTH"
    assert sdk.BusinessProfileApi(client).get_business_profile().time_zone == "America/Denver"


def test_it_raises_its_own_errors(sdk: Any, client: Any):
    with pytest.raises(sdk.exceptions.NotFoundException):
        sdk.OrdersApi(client).get_order("77")
    with pytest.raises(sdk.exceptions.BadRequestException):
        sdk.OrdersApi(client).list_orders(filter="colour==red")
    client.configuration.access_token = "stale"
    with pytest.raises(sdk.exceptions.UnauthorizedException):
        sdk.OrdersApi(client).list_orders()
