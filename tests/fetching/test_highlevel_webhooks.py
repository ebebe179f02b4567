"""Is what HighLevel tells taken as a wake-up, once, from HighLevel alone, and never as money?"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from companies.models import Company
from simulators.highlevel.server import RunningAgency
from sync.fetching.connecting import disconnect_live
from sync.models import CompanySchedule, Connection, LiveSource, StagedOrder, WebhookEvent
from sync.webhook_events import forget_old_events
from tests.factories import the_studio
from tests.fetching.highlevel_agency import agency, connected, read_on, wheel
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["agency", "quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/sync/webhooks/highlevel/"
OUR_KEY = Ed25519PrivateKey.generate()


def public(key: Any) -> str:
    """A public key as HighLevel's pages show it."""
    return b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.TIEOUT_HIGHLEVEL_WEBHOOK_KEYS = [public(OUR_KEY)]


@pytest.fixture
def source(agency: RunningAgency) -> Connection:
    return connected(agency, the_studio())


def an_event(source: Connection, **facts: Any) -> bytes:
    """An event of an invoice, as it is sent."""
    told = {
        "type": "InvoicePaid",
        "_id": "6578278e879ad2646715ba9c",
        "status": "paid",
        "amountPaid": 999,
        "altId": source.external_id,
        "timestamp": datetime.now(UTC).isoformat(),
        "webhookId": "w-1",
    }
    return json.dumps({name: value for name, value in (told | facts).items() if value is not None}).encode()


def signature(body: bytes, key: Ed25519PrivateKey = OUR_KEY) -> dict[str, str]:
    return {"x-ghl-signature": b64encode(key.sign(body)).decode()}


def sent(body: bytes, headers: dict[str, str] | None = None) -> int:
    """The status of the answer to an event."""
    signed = signature(body) if headers is None else headers
    client = Client(enforce_csrf_checks=True)
    return client.post(ADDRESS, body, content_type="application/json", headers=signed).status_code


def kept() -> list[str]:
    return list(WebhookEvent.objects.order_by("pk").values_list("webhook_id", flat=True))


# What counts ----------------------------------------------------------------------------------------------------------


def test_an_event_is_kept_and_the_company_has_the_next_turn(source: Connection) -> None:
    later = timezone.now() + timedelta(hours=1)
    CompanySchedule.objects.create(company=source.company, due_at=later)

    assert sent(an_event(source)) == 200
    assert kept() == ["w-1"]
    assert CompanySchedule.objects.get(company=source.company).due_at < later


def test_nothing_of_an_event_becomes_money(source: Connection) -> None:
    assert sent(an_event(source, type="InvoicePaid", total=999, amountPaid=999)) == 200
    assert not StagedOrder.objects.exists()


def test_an_event_that_comes_again_is_answered_and_kept_once(source: Connection) -> None:
    body = an_event(source)

    assert [sent(body), sent(body), sent(an_event(source, status="void"))] == [200, 200, 200]
    assert kept() == ["w-1"]


@pytest.mark.parametrize("facts", [{"type": "InvoiceDelete"}, {"type": None, "status": "delete"}])
def test_after_a_deletion_the_ids_are_compared_with_the_next_reading(source: Connection, facts: dict[str, Any]) -> None:
    LiveSource.objects.filter(pk=source.pk).update(compared_at=timezone.now())

    assert sent(an_event(source, **facts)) == 200
    assert LiveSource.objects.get(pk=source.pk).compared_at is None


def test_two_companies_that_read_one_sub_account_both_wake_up(agency: RunningAgency, source: Connection) -> None:
    connected(agency, the_studio("Kiln", "kiln"))

    assert sent(an_event(source)) == 200
    assert kept() == ["w-1", "w-1"]


# What does not --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-ghl-signature": ""},
        {"x-ghl-signature": "not base64"},
        {"x-ghl-signature": b64encode(bytes(64)).decode()},
        {"x-wh-signature": b64encode(bytes(512)).decode()},
    ],
)
def test_without_its_signature_nothing_is_taken(source: Connection, headers: dict[str, str]) -> None:
    assert sent(an_event(source), headers) == 401
    assert kept() == []


def test_a_stranger_who_signs_and_one_byte_that_was_changed_are_turned_away(source: Connection) -> None:
    body = an_event(source)

    assert sent(body, signature(body, Ed25519PrivateKey.generate())) == 401
    assert sent(body + b" ", signature(body)) == 401
    assert kept() == []


def test_two_keys_count_while_one_takes_the_place_of_the_other(source: Connection, settings: Settings) -> None:
    other = Ed25519PrivateKey.generate()
    settings.TIEOUT_HIGHLEVEL_WEBHOOK_KEYS = [public(other), public(OUR_KEY)]
    first, second = an_event(source), an_event(source, webhookId="w-2")

    assert [sent(first), sent(second, signature(second, other))] == [200, 200]


def test_the_older_signature_counts_only_where_its_key_is_set(source: Connection, settings: Settings) -> None:
    key, body = generate_private_key(public_exponent=65537, key_size=2048), an_event(source)
    old = {"x-wh-signature": b64encode(key.sign(body, PKCS1v15(), SHA256())).decode()}
    assert sent(body, old) == 401

    settings.TIEOUT_HIGHLEVEL_WEBHOOK_KEYS = [public(key)]
    assert sent(body, old) == 200
    # Beside a signature of the present kind it counts for nothing
    assert sent(body, old | {"x-ghl-signature": b64encode(bytes(64)).decode()}) == 401


def test_with_no_key_set_every_event_is_turned_away(source: Connection, settings: Settings) -> None:
    settings.TIEOUT_HIGHLEVEL_WEBHOOK_KEYS = []

    assert sent(an_event(source)) == 401


@pytest.mark.parametrize("minutes", [-60, -6, 6, 60])
def test_an_event_that_is_replayed_or_from_another_time_is_turned_away(source: Connection, minutes: int) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=minutes)

    assert sent(an_event(source, timestamp=moment.isoformat())) == 401
    assert kept() == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"<html>", b'{"timestamp": "soon", "webhookId": "1"}', b"\xff" * 20]
)
def test_what_is_signed_and_is_no_event_is_rejected(source: Connection, body: bytes) -> None:
    assert sent(body) == 400


def test_events_of_a_sub_account_that_nobody_reads_are_answered_and_not_kept(source: Connection) -> None:
    assert sent(an_event(source, altId="someone-else")) == 200
    disconnect_live(source)
    assert sent(an_event(source)) == 200
    assert kept() == []


def test_the_address_takes_nothing_but_events(source: Connection) -> None:
    assert Client().get(ADDRESS).status_code == 405


# When storage is away -------------------------------------------------------------------------------------------------


@contextmanager
def storage_away() -> Iterator[None]:
    """The database answers nothing."""

    def nothing(*_given: Any) -> None:
        raise OperationalError("the server closed the connection")

    with connection.execute_wrapper(nothing):
        yield


def test_where_it_cannot_be_kept_highlevel_is_asked_to_send_it_again(source: Connection) -> None:
    body = an_event(source)
    with storage_away():
        assert sent(body) == 429
    assert sent(body) == 200
    assert kept() == ["w-1"]


def test_what_is_old_is_forgotten(source: Connection) -> None:
    assert sent(an_event(source)) == 200
    forget_old_events(source.company_id, now=timezone.now() + timedelta(days=6))
    assert kept() == ["w-1"]
    forget_old_events(source.company_id, now=timezone.now() + timedelta(days=8))
    assert kept() == []


# From HighLevel itself ------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C54")
@pytest.mark.parametrize("order", ["as they came", "newest first", "shuffled"])
def test_events_in_any_order_end_in_the_same_books(
    studio: Company,
    agency: RunningAgency,
    quickbooks: Books,
    live_server: LiveServer,
    settings: Settings,
    order: str,
) -> None:
    settings.TIEOUT_HIGHLEVEL_WEBHOOK_KEYS = [agency.ready()["webhook_public_key"]]
    source = connected(agency, studio)
    CompanySchedule.objects.create(company=studio)  # it is due, so the events begin no turn of their own
    webhooks = agency.agency.webhooks
    # The first request of a server loads all of it, which may take longer than HighLevel waits
    assert requests.get(f"{live_server.url}{ADDRESS}", timeout=60).status_code == 405
    webhooks.subscribe(f"{live_server.url}{ADDRESS}")
    webhooks.hold()
    crm = agency.company
    contact = crm.new_contact(firstName="Maya", lastName="Brook", email="maya.brook@example.com")
    invoice = crm.new_invoice(contact, [wheel()])
    crm.send_invoice(invoice)
    crm.record_payment(invoice, Decimal(50))
    crm.record_payment(invoice)
    webhooks.release(order)
    assert webhooks.settled()
    read_on(source)

    told = webhooks.tell()
    assert {delivery["state"] for delivery in told["deliveries"]} == {"delivered"}
    assert WebhookEvent.objects.filter(connection=source).count() == len(told["deliveries"])
    quickbooks.sign_in(quickbooks.running.ready()["access_token"])
    found = quickbooks.find("Invoice", "DocNumber = 'HL-1001'")
    assert (Decimal(found["TotalAmt"]), Decimal(found["Balance"])) == (Decimal(199), Decimal(0))


def test_what_a_lost_event_would_have_said_is_read_anyway(
    studio: Company, agency: RunningAgency, quickbooks: Books, settings: Settings
) -> None:
    source = connected(agency, studio)
    agency.agency.webhooks.subscribe("http://127.0.0.1:9/nobody")
    crm = agency.company
    contact = crm.new_contact(firstName="Maya", lastName="Brook", email="maya.brook@example.com")
    crm.send_invoice(crm.new_invoice(contact, [wheel()]))
    assert agency.agency.webhooks.settled()
    read_on(source)

    assert not WebhookEvent.objects.exists()
    quickbooks.sign_in(quickbooks.running.ready()["access_token"])
    assert quickbooks.find("Invoice", "DocNumber = 'HL-1001'")["TotalAmt"]
