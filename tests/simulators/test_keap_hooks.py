"""Is a subscriber of the Keap account told of events: after the handshake, together, and again after no answer?"""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from typing import Any

import pytest
import simplejson

from simulators.keap.hooks import EVENT_KEYS
from tests.simulators.keap_driver import KeapClient
from tests.simulators.listener import Listener

SECRET = "X-Hook-Secret"


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    found.returned = SECRET
    yield found
    found.stop()


def subscribe(keap: KeapClient, listener: Listener, event: str) -> dict[str, str]:
    answer = keap.ask("POST", "/v1/hooks", json={"eventKey": event, "hookUrl": listener.url})
    assert answer.status_code == 200, answer.text
    told: dict[str, str] = answer.json()
    return told


def heard(listener: Listener) -> dict[str, Any]:
    told: dict[str, Any] = simplejson.loads(listener.next()[1])
    return told


def hook(keap: KeapClient, key: str) -> str:
    status: str = keap.get(f"/v1/hooks/{key}")["status"]
    return status


def until(happened) -> None:
    """Wait for a thread of the account to have done its work."""
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def sent(keap: KeapClient) -> list[list[int]]:
    return [delivery.attempts for delivery in keap.account.hooks.deliveries]


def new_order(keap: KeapClient) -> str:
    if not keap.account.store.contacts:
        keap.account.new_contact("Amara", "Lindqvist", "amara@example.org")
    return keap.account.place_order("1", [("TIP", 1, "5.00")])


def test_the_handshake_verifies_an_address_that_returns_the_secret(keap: KeapClient, listener: Listener):
    told = subscribe(keap, listener, "order.add")

    assert told == {"key": "1", "eventKey": "order.add", "hookUrl": listener.url, "status": "Verified"}
    headers, _ = listener.next()
    assert headers[SECRET.lower()]
    assert keap.get("/v1/hooks") == [told]
    assert keap.get("/v1/hooks/event_keys") == list(EVENT_KEYS)


def test_an_address_that_does_not_return_it_is_told_nothing_and_can_be_verified_later(
    keap: KeapClient, listener: Listener
):
    listener.returned = ""
    assert subscribe(keap, listener, "order.add")["status"] == "Unverified"
    listener.next()
    new_order(keap)
    assert sent(keap) == []

    listener.returned = SECRET
    listener.answers = [500]
    assert keap.ask("POST", "/v1/hooks/1/verify").json()["status"] == "Unverified"
    assert keap.ask("POST", "/v1/hooks/1/verify").json()["status"] == "Verified"


def test_the_secret_can_be_confirmed_the_other_way(keap: KeapClient, listener: Listener):
    listener.returned = ""
    subscribe(keap, listener, "order.add")
    secret = listener.next()[0][SECRET.lower()]

    assert keap.ask("POST", "/v1/hooks/1/delayedVerify", headers={SECRET: "wrong"}).status_code == 400
    assert keap.ask("POST", "/v1/hooks/1/delayedVerify", headers={SECRET: secret}).json()["status"] == "Verified"


def test_what_happens_within_half_a_minute_is_told_together_without_business_data(keap: KeapClient, listener: Listener):
    subscribe(keap, listener, "order.add")
    listener.next()
    new_order(keap)
    new_order(keap)
    with pytest.raises(queue.Empty):
        listener.heard.get(timeout=0.3)

    keap.account.clock.advance(31)

    told = heard(listener)
    assert told.keys() == {"event_key", "object_type", "object_keys"}
    assert (told["event_key"], told["object_type"]) == ("order.add", "order")
    assert [key["id"] for key in told["object_keys"]] == [1, 2]
    assert told["object_keys"][0].keys() == {"id", "apiUrl", "timestamp"}
    until(lambda: sent(keap) == [[200]])


def test_each_thing_that_people_do_has_its_event(keap: KeapClient, listener: Listener):
    keap.account.options.hook_delay_seconds = 0
    wanted = ["order.edit", "order.delete", "invoice.payment.add", "contact.edit", "contact.delete", "product.add"]
    for event in wanted:
        subscribe(keap, listener, event)
        listener.next()
    order = new_order(keap)
    other = keap.account.new_contact("A.", "Lindqvist")

    for act in (
        lambda: keap.account.edit_order(order, title="New"),
        lambda: keap.account.pay(order),
        lambda: keap.account.delete_order(order),
        lambda: keap.account.merge_contacts(other, "1"),
        lambda: keap.account.new_product("Kit", "1.00"),
    ):
        act()
    assert sorted({heard(listener)["event_key"] for _ in wanted}) == sorted(wanted)


def test_what_is_not_taken_is_sent_four_times_and_the_hook_becomes_inactive(keap: KeapClient, listener: Listener):
    subscribe(keap, listener, "order.add")
    listener.next()
    listener.answers = [500, 404, 199 + 301, 503]
    new_order(keap)

    for attempt, seconds in enumerate((31, 31, 301, 1801), start=1):
        keap.account.clock.advance(seconds)
        listener.next()
        until(lambda attempt=attempt: len(sent(keap)[0]) == attempt)

    assert sent(keap) == [[500, 404, 500, 503]]
    assert hook(keap, "1") == "Inactive"
    new_order(keap)
    assert len(sent(keap)) == 1

    assert keap.ask("POST", "/v1/hooks/1/verify").json()["status"] == "Verified"
    listener.next()
    new_order(keap)
    keap.account.clock.advance(31)
    assert [key["id"] for key in heard(listener)["object_keys"]] == [3]


def test_an_address_that_is_gone_makes_the_hook_inactive_at_once(keap: KeapClient, listener: Listener):
    subscribe(keap, listener, "order.add")
    listener.next()
    listener.answers = [410]
    new_order(keap)
    keap.account.clock.advance(31)
    listener.next()

    until(lambda: hook(keap, "1") == "Inactive")


def test_a_subscription_is_changed_and_deleted(keap: KeapClient, listener: Listener):
    subscribe(keap, listener, "order.add")
    changed = {"eventKey": "contact.add", "hookUrl": listener.url}
    assert keap.ask("PUT", "/v1/hooks/1", json=changed).json() == {"key": "1", **changed, "status": "Verified"}

    assert keap.ask("DELETE", "/v1/hooks/1").status_code == 204
    assert keap.get("/v1/hooks") == []
    assert keap.ask("GET", "/v1/hooks/1").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        '{"eventKey": "order.paid", "hookUrl": "http://127.0.0.1:9/"}',
        '{"eventKey": "order.add", "hookUrl": "ftp://127.0.0.1/"}',
        '{"eventKey": "order.add"}',
        "[]",
        "{",
        "",
    ],
)
def test_a_subscription_that_makes_no_sense_is_refused(keap: KeapClient, body: str):
    answer = keap.ask("POST", "/v1/hooks", data=body)

    assert answer.status_code == 400
    assert answer.json()["message"]
    assert keap.get("/v1/hooks") == []


def test_a_switch_keeps_hooks_from_keys(keap: KeapClient):
    keap.account.options.change("hooks_for_keys", "refuse")
    assert keap.ask("GET", "/v1/hooks").status_code == 403

    token = {"X-Keap-API-Key": "", "Authorization": f"Bearer {keap.running.ready()['access_token']}"}
    assert keap.ask("GET", "/v1/hooks", headers=token).status_code == 200
