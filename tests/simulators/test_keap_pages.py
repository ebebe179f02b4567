"""Can a person see the Keap account and do on its pages what people do in Keap?"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.simulators.keap_driver import KeapClient


def page(keap: KeapClient, address: str) -> str:
    answer = requests.get(keap.running.base_url + address, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.text


def press(keap: KeapClient, verb: str, **fields: str) -> str:
    """Send a form; what the page then says, after `no: ` where it was refused."""
    url = f"{keap.running.base_url}/do/{verb}"
    answer = requests.post(url, data={"back": "/", **fields}, allow_redirects=False, timeout=10)
    assert answer.status_code == 303, answer.text
    told = parse_qs(urlsplit(answer.headers["Location"]).query)
    return told["said"][0] if "said" in told else f"no: {told['refused'][0]}"


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/orders/10",
        "/contacts",
        "/contacts/1",
        "/products",
        "/subscriptions",
        "/hooks",
        "/requests",
        "/requests/1",
    ],
)
def test_every_page_is_there_and_needs_nothing_from_outside(sample_keap: KeapClient, address: str):
    sample_keap.get("/v2/orders")
    shown = page(sample_keap, address)

    assert "Bramble &amp; Birch Studio" in shown
    assert not re.search(r'(?:src|href|action)="(?!/|data:)', shown)
    if address.startswith("/requests"):
        assert "v2/orders" in shown


def test_the_pages_of_an_empty_account_are_there_too(keap: KeapClient):
    for address in ("/", "/contacts", "/products", "/subscriptions", "/hooks", "/requests"):
        assert page(keap, address)
    assert requests.get(keap.running.base_url + "/orders/1", timeout=10).status_code == 404


def test_an_order_is_placed_paid_refunded_changed_cancelled_and_deleted_with_buttons(sample_keap: KeapClient):
    keap = sample_keap
    lines = {"what1": "4", "quantity1": "2", "what2": "SHIPPING", "price2": "$9.80"}
    assert press(keap, "place", contact="1", **lines) == "Order 18 was placed."
    shown = page(keap, "/orders/18")
    assert "105.80" in shown
    assert "Amara Lindqvist" in shown

    assert press(keap, "pay", order="18", amount="60", method="Credit Card").startswith("Payment ")
    assert press(keap, "refund", order="18", amount="10.00") == "The money went back."
    assert press(keap, "edit-order", order="18", title="A new title", terms="", notes="") == "The order was changed."
    line = keap.account.order("18").lines[0].id
    assert press(keap, "edit-line", order="18", line=line, quantity="1", price="50.00") == "The line was changed."
    assert press(keap, "add-line", order="18", what="TIP", quantity="1", price="5") == "The line was added."
    assert keap.account.balance("18") == keap.account.order("18").total - 50
    assert press(keap, "remove-line", order="18", line=line) == "The line was removed."
    assert press(keap, "credit", order="18", amount="1.00", kind="Adjustment") == "The adjustment was entered."
    assert press(keap, "decline", order="18", amount="1.00") == "The card was declined: nothing was paid."
    assert press(keap, "void", order="18") == "The payment was voided."
    assert press(keap, "cancel", order="18").startswith("The order was cancelled")
    assert "A new title" in page(keap, "/")
    assert press(keap, "delete-order", order="18") == "Order 18 was deleted."
    assert keap.ask("GET", "/v2/orders/18").status_code == 404


def test_an_order_can_be_placed_and_paid_at_once(sample_keap: KeapClient):
    press(sample_keap, "place", contact="1", what1="1", method="Check", on="2026-03-04")

    assert sample_keap.account.balance("18") == 0
    assert sample_keap.get("/v2/orders/18")["order_time"].startswith("2026-03-04")


def test_an_order_of_nothing_is_placed_without_a_payment(sample_keap: KeapClient):
    lines = {"what1": "4", "what2": "DISCOUNT", "price2": "-48.00"}
    assert press(sample_keap, "place", contact="1", method="Check", **lines) == "Order 18 was placed."

    assert sample_keap.get("/v2/orders/18/payments")["invoice_order_payments"] == []


def test_contacts_products_and_subscriptions_have_buttons(sample_keap: KeapClient):
    keap = sample_keap
    assert press(keap, "new-contact", given_name="Noor", email="noor@example.com") == "The contact was added."
    edited = {"given_name": "Noor", "family_name": "Rashid", "company_name": "", "email": "n@example.com", "phone": ""}
    assert press(keap, "edit-contact", contact="13", **edited) == "The contact was changed."
    assert "Noor Rashid" in page(keap, "/contacts/13")
    assert press(keap, "merge", **{"from": "13", "into": "1"}) == "The contacts were merged."
    assert press(keap, "delete-contact", contact="1").startswith("no: Amara Lindqvist has orders")

    assert press(keap, "new-product", name="Apron", price="30", sku="APR", cycle="MONTH") == "Apron was added."
    told = press(keap, "edit-product", product="10", name="Apron", sku="APR", price="31", active="yes")
    assert told == "The product was changed."
    assert press(keap, "subscribe", contact="1", product="10").startswith("The subscription has begun")
    assert press(keap, "renew", subscription="2") == "Order 18 was placed, and its card was charged."
    assert press(keap, "renew", subscription="2", fails="yes").endswith("declined.")
    assert press(keap, "end", subscription="2") == "The subscription has ended."
    assert "Apron" in page(keap, "/subscriptions")


@pytest.mark.parametrize(
    ("verb", "fields", "reason"),
    [
        ("place", {"contact": "1"}, "at least one line"),
        ("place", {"contact": "77", "what1": "1"}, "no contact 77"),
        ("place", {"contact": "1", "what1": "1", "quantity1": "1.5"}, "no whole number"),
        ("pay", {"order": "8", "amount": "lots"}, "is no amount"),
        ("pay", {"order": "8", "amount": "-1"}, "more than nothing"),
        ("pay", {"order": "8", "amount": "NaN"}, "is no amount"),
        ("refund", {"order": "8", "amount": "1"}, "has no payment"),
        ("merge", {"from": "1", "into": "1"}, "with another one"),
        ("new-product", {"name": ""}, "has a name"),
        ("renew", {"subscription": "9"}, "no running subscription"),
    ],
)
def test_what_cannot_be_done_is_said_on_the_page(
    sample_keap: KeapClient, verb: str, fields: dict[str, str], reason: str
):
    told = press(sample_keap, verb, **fields)

    assert told.startswith("no: ")
    assert reason in told


def test_another_sites_form_and_a_strangers_name_do_nothing(sample_keap: KeapClient):
    url = f"{sample_keap.running.base_url}/do/delete-order"
    form = {"order": "2", "back": "/"}
    from_elsewhere = requests.post(url, data=form, headers={"Origin": "http://evil.example.com"}, timeout=10)
    by_name = requests.get(sample_keap.running.base_url, headers={"Host": "evil.example.com"}, timeout=10)

    assert (from_elsewhere.status_code, by_name.status_code) == (403, 404)
    assert sample_keap.get("/v2/orders/2")
