"""Is an address told of every change, signed, in both forms, and again when it did not answer?"""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator

import pytest
import simplejson

from simulators.quickbooks.options import Options
from simulators.quickbooks.server import start
from tests.simulators.driver import Books
from tests.simulators.listener import Listener


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.stop()


def entities(body: bytes) -> list[tuple[str, str, str]]:
    (told,) = simplejson.loads(body)["eventNotifications"]
    return [(entity["name"], entity["id"], entity["operation"]) for entity in told["dataChangeEvent"]["entities"]]


@pytest.fixture
def told(listener: Listener) -> Iterator[Books]:
    """A company that tells the listener; a minute lasts a millisecond between attempts."""
    with start(webhook_url=listener.url, options=Options(webhook_minute_ms=1)) as running:
        books = Books(running)
        yield books
        books.close()


def test_a_change_is_told_signed_in_the_legacy_form(told: Books, listener: Listener):
    made = told.customer("Ada Marsh")
    headers, body = listener.next()
    verifier = told.running.ready()["webhook_verifier_token"]
    expected = base64.b64encode(hmac.new(verifier.encode(), body, hashlib.sha256).digest()).decode()
    assert headers["intuit-signature"] == expected
    assert headers["intuit-notification-schema-version"] == "0.1"
    (notification,) = simplejson.loads(body)["eventNotifications"]
    assert notification["realmId"] == told.running.company.company_id
    assert entities(body) == [("Customer", made["Id"], "Create")]


def test_each_operation_has_its_name(told: Books, listener: Listener):
    invoice = told.invoice("10")
    assert entities(listener.next()[1]) == [("Invoice", invoice["Id"], "Create")]
    payment = told.payment("10", (invoice, "10"))
    assert entities(listener.next()[1]) == [("Payment", payment["Id"], "Create"), ("Invoice", invoice["Id"], "Update")]
    told.write("Invoice", {"Id": invoice["Id"], "SyncToken": "1"}, operation="void")
    assert ("Invoice", invoice["Id"], "Void") in entities(listener.next()[1])
    told.delete("Payment", told.read("Payment", payment["Id"]))
    assert entities(listener.next()[1]) == [("Payment", payment["Id"], "Delete")]
    told.control("merge", {"from": "7", "into": "6"})
    (notification,) = simplejson.loads(listener.next()[1])["eventNotifications"]
    merged = [entity for entity in notification["dataChangeEvent"]["entities"] if entity["operation"] == "Merge"]
    assert [(entity["id"], entity["deletedId"]) for entity in merged] == [("6", "7")]


def test_a_refused_write_tells_nobody(told: Books, listener: Listener):
    told.send("POST", "customer", body={"DisplayName": "Priya Natarajan"})
    told.customer("After It")
    assert [name for name, _, _ in entities(listener.next()[1])] == ["Customer"]
    assert listener.heard.empty()


def test_the_newer_form_is_a_list_of_cloud_events(told: Books, listener: Listener):
    told.control("webhooks", {"url": listener.url, "form": "cloudevents"})
    made = told.customer("Cloudy")
    (event,) = simplejson.loads(listener.next()[1])
    assert (event["specversion"], event["type"]) == ("1.0", "qbo.customer.created.v1")
    assert (event["intuitentityid"], event["intuitaccountid"]) == (made["Id"], told.running.company.company_id)


def test_what_failed_comes_again_the_same(told: Books, listener: Listener):
    listener.answers = [503, 500, 200]
    told.customer("Patient")
    (_, first), (_, second), (_, third) = (listener.next() for _ in range(3))
    assert first == second == third


def test_who_never_answers_is_not_told_any_more(told: Books, listener: Listener):
    listener.answers = [500] * 4
    told.customer("In Vain")
    for _ in range(4):
        listener.next()
    hooks = told.running.company.webhooks
    waited = threading.Event()
    for _ in range(3000):
        if hooks.blacklisted:
            break
        waited.wait(0.02)
    assert told.control("webhooks", method="GET")["blacklisted"] is True
    (delivery,) = told.control("webhooks", method="GET")["deliveries"]
    assert (delivery["state"], delivery["attempts"]) == ("dropped", ["500"] * 4)
    told.customer("Unheard")
    assert listener.heard.empty()


def test_an_address_that_is_none_is_refused(books: Books):
    for body in ({"url": "ftp://x"}, {"url": "http://x", "form": "smoke"}):
        answer = books.session.post(f"{books.running.base_url}/control/webhooks", json=body, timeout=10)
        assert answer.status_code == 400
