"""Are webhooks of the HighLevel simulator sent, signed, lost and repeated as HighLevel's are?"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from simulators.highlevel.amounts import SoldLine
from simulators.highlevel.server import RunningAgency
from tests.simulators.highlevel_client import Heard, HighLevelClient, listener

KIT = SoldLine(name="Clay Kit", amount=Decimal(48))


@pytest.fixture
def heard(highlevel: RunningAgency) -> Iterator[Heard]:
    with listener() as listening:
        highlevel.agency.webhooks.subscribe(listening.url)
        yield listening


def settle(running: RunningAgency) -> None:
    assert running.agency.webhooks.settled()


def until(there: Callable[[], bool]) -> None:
    """Wait for what another thread brings about; a machine that is slow only waits longer."""
    began = time.monotonic()
    while not there():
        assert time.monotonic() - began < 30
        time.sleep(0.01)


def key_of(text: str) -> object:
    return load_der_public_key(base64.b64decode(text))


def test_everything_that_happens_to_an_invoice_is_told_with_its_whole_state(highlevel: RunningAgency, heard: Heard):
    company = highlevel.company
    contact = company.new_contact(firstName="Ida", email="ida@example.com")
    invoice = company.new_invoice(contact, [KIT])
    company.send_invoice(invoice)
    company.change_invoice(invoice, dueDate="2026-12-24")
    company.record_payment(invoice, Decimal(8))
    company.record_payment(invoice)
    other = company.new_invoice(contact, [KIT])
    company.void_invoice(other)
    company.delete_invoice(other)
    settle(highlevel)

    told = [(event["type"], event.get("status"), event.get("amountDue")) for event in heard.events]
    assert told == [
        ("ContactCreate", None, None),
        ("InvoiceCreate", "draft", 48),
        ("InvoiceSent", "sent", 48),
        ("InvoiceUpdate", "sent", 48),
        ("InvoicePartiallyPaid", "partially_paid", 40),
        ("InvoicePaid", "paid", 0),
        ("InvoiceCreate", "draft", 48),
        ("InvoiceVoid", "void", 48),
        ("InvoiceDelete", "delete", 48),
    ]
    assert heard.events[1]["altId"] == company.location_id
    assert "locationId" not in heard.events[1]
    assert len({event["webhookId"] for event in heard.events}) == len(heard.events)
    assert all(event["timestamp"].endswith("Z") for event in heard.events)


def test_orders_contacts_products_prices_and_the_app_are_told(highlevel: RunningAgency, heard: Heard):
    company = highlevel.company
    contact = company.new_contact(firstName="Ida")
    company.edit_contact(contact, city="Boulder")
    product = company.new_product("Clay Kit")
    price = company.new_price(product, "Large", Decimal(48), sku="KIT-L")
    company.edit_price(price, amount=Decimal(50))
    company.rename_product(product, "Clay Kit, large")
    company.sell_by_order_form(contact, [KIT])
    company.delete_product(product)
    company.delete_contact(contact)
    highlevel.agency.install(f"Location:{company.location_id}")
    highlevel.agency.uninstall()
    settle(highlevel)

    assert [delivery.event for delivery in highlevel.agency.webhooks.deliveries] == [
        "ContactCreate",
        "ContactUpdate",
        "ProductCreate",
        "PriceCreate",
        "PriceUpdate",
        "ProductUpdate",
        "OrderCreate",
        "OrderStatusUpdate",
        "PriceDelete",
        "ProductDelete",
        "ContactDelete",
        "AppInstall",
        "AppUninstall",
    ]
    order = [event for event in heard.events if event.get("type", "").startswith("Order")]
    assert [event["status"] for event in order] == ["pending", "completed"]
    assert order[0]["locationId"] == company.location_id
    assert [heard.events[-2]["type"], heard.events[-1]["type"]] == ["INSTALL", "UNINSTALL"]
    assert "sku" not in json.dumps(heard.events[3])


def test_the_signature_is_ed25519_over_the_raw_body(highlevel: RunningAgency, heard: Heard):
    highlevel.company.new_contact(firstName="Zoë")
    settle(highlevel)
    key = key_of(highlevel.ready()["webhook_public_key"])
    assert isinstance(key, Ed25519PublicKey)
    key.verify(base64.b64decode(heard.headers[0]["x-ghl-signature"]), heard.bodies[0])
    assert "x-wh-signature" not in heard.headers[0]
    assert "Zoë".encode() in heard.bodies[0]


def test_the_old_signature_is_rsa_where_the_switch_says_so(highlevel: RunningAgency, heard: Heard):
    highlevel.agency.options.change("webhook_signature", "both")
    highlevel.company.new_contact(firstName="Ida")
    until(lambda: len(heard.bodies) == 1)
    key = key_of(highlevel.agency.keys.old_public_key)
    assert isinstance(key, rsa.RSAPublicKey)
    signed = base64.b64decode(heard.headers[0]["x-wh-signature"])
    key.verify(signed, heard.bodies[0], padding.PKCS1v15(), hashes.SHA256())
    assert "x-ghl-signature" in heard.headers[0]


def test_only_a_429_is_repeated_ten_minutes_later_by_the_clock(highlevel: RunningAgency, heard: Heard):
    heard.answers = [429, 500]
    highlevel.company.new_contact(firstName="Ida")
    settle(highlevel)
    (delivery,) = highlevel.agency.webhooks.deliveries
    assert (delivery.attempts, delivery.state) == ([429], "waiting to be tried again")
    highlevel.agency.clock.advance(590)
    settle(highlevel)
    assert delivery.attempts == [429]
    highlevel.agency.clock.advance(140)
    settle(highlevel)
    assert (delivery.attempts, delivery.state) == ([429, 500], "lost")
    highlevel.agency.clock.advance(100_000)
    settle(highlevel)
    assert len(heard.bodies) == 2
    assert heard.bodies[0] == heard.bodies[1]


def test_after_six_repeats_it_gives_up(highlevel: RunningAgency, heard: Heard):
    heard.answers = [429] * 20
    highlevel.company.new_contact(firstName="Ida")
    settle(highlevel)
    (delivery,) = highlevel.agency.webhooks.deliveries
    for _ in range(10):
        highlevel.agency.clock.advance(721)
        settle(highlevel)
    assert (delivery.attempts, delivery.state) == ([429] * 7, "given up")


def test_a_listener_that_is_away_loses_the_event(highlevel: RunningAgency):
    highlevel.agency.webhooks.subscribe("http://127.0.0.1:9/")
    highlevel.company.new_contact(firstName="Ida")
    settle(highlevel)
    (delivery,) = highlevel.agency.webhooks.deliveries
    assert (delivery.attempts, delivery.state) == ([0], "lost")


def test_they_can_be_held_back_and_come_in_another_order(highlevel: RunningAgency, heard: Heard):
    client = HighLevelClient(highlevel)
    client.control("POST", "webhooks-hold")
    contact = highlevel.company.new_contact(firstName="Ida")
    invoice = highlevel.company.new_invoice(contact, [KIT])
    highlevel.company.send_invoice(invoice)
    settle(highlevel)
    assert heard.bodies == []
    assert client.control("POST", "webhooks-release", {"order": "newest first"}) == {"released": 3}
    settle(highlevel)
    assert [event["type"] for event in heard.events] == ["InvoiceSent", "InvoiceCreate", "ContactCreate"]


def test_they_can_come_twice_or_not_at_all_and_be_sent_again(highlevel: RunningAgency, heard: Heard):
    client = HighLevelClient(highlevel)
    client.control("POST", "options", {"webhook_deliveries": "twice"})
    highlevel.company.new_contact(firstName="Ida")
    settle(highlevel)
    assert len(heard.bodies) == 2
    assert heard.bodies[0] == heard.bodies[1]
    client.control("POST", "options", {"webhook_deliveries": "none"})
    highlevel.company.new_contact(firstName="Wes")
    settle(highlevel)
    assert len(heard.bodies) == 2
    last = highlevel.agency.webhooks.deliveries[-1]
    assert last.state == "not sent"
    client.control("POST", "webhooks-replay", {"webhook_id": last.webhook_id})
    settle(highlevel)
    assert heard.events[-1]["webhookId"] == last.webhook_id


def test_an_invoices_event_can_leave_its_type_out(highlevel: RunningAgency, heard: Heard):
    highlevel.agency.options.change("webhook_type_of_invoices", "left_out")
    contact = highlevel.company.new_contact(firstName="Ida")
    highlevel.company.new_invoice(contact, [KIT])
    settle(highlevel)
    assert "type" not in heard.events[1]
    assert heard.events[1]["status"] == "draft"


def test_many_come_at_once_each_with_an_id_of_its_own(highlevel: RunningAgency, heard: Heard):
    highlevel.company.new_contact(firstName="Ida")
    settle(highlevel)
    assert HighLevelClient(highlevel).control("POST", "webhooks-flood", {"count": 500}) == {"taken": 500}
    assert len({event["webhookId"] for event in heard.events}) == 501


def test_nothing_is_told_of_what_was_refused(highlevel: RunningAgency, heard: Heard):
    contact = highlevel.company.new_contact(firstName="Ida")
    with pytest.raises(ValueError, match="at least one line"):
        highlevel.company.new_invoice(contact, [])
    settle(highlevel)
    assert len(heard.bodies) == 1
