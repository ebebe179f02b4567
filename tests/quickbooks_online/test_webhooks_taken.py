"""Is what QuickBooks tells taken from QuickBooks alone, once, as a reason to read its lists and never as money?"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from companies.models import Company
from mapping.models import QuickBooksCustomer
from simulators.quickbooks.webhooks import signature
from sync.before_sending import lists_are_due
from sync.models import CompanySchedule, Connection, ConnectionState, CrmUpdates, StagedOrder, WebhookEvent
from sync.quickbooks_online.login import quickbooks_of
from sync.run import sync_company
from tests.mapping.people import signed_in
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/sync/webhooks/quickbooks/"
TOKEN = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"


@pytest.fixture
def books(studio: Company, settings: Settings) -> Connection:
    """The studio's QuickBooks. It is due, so what is told begins no turn of its own."""
    settings.TIEOUT_QUICKBOOKS_WEBHOOK_TOKENS = [TOKEN]
    CompanySchedule.objects.create(company=studio)
    found = quickbooks_of(studio)
    assert found is not None
    return found


def changed(books: Connection, *told: tuple[str, str, str], realm: str = "") -> dict[str, Any]:
    """A notification of the legacy form."""
    rows = [
        {"name": name, "id": key, "operation": operation, "lastUpdated": "2026-11-29T20:00:00.000Z"}
        for name, key, operation in told
    ]
    return {"realmId": realm or books.external_id, "dataChangeEvent": {"entities": rows}}


def legacy(*notifications: dict[str, Any]) -> bytes:
    return json.dumps({"eventNotifications": notifications}).encode()


def a_customer(books: Connection, operation: str = "Update") -> bytes:
    return legacy(changed(books, ("Customer", "6", operation)))


def cloud(books: Connection, **facts: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "5b1c8a52-0f5d-4f5a-9c55-d6a0f8f2c8f1",
        "source": "intuit.abc",
        "type": "qbo.customer.updated.v1",
        "time": "2026-11-29T20:00:00Z",
        "intuitentityid": "6",
        "intuitaccountid": books.external_id,
        "data": {},
    } | facts


def sent(body: bytes, token: str = TOKEN, headers: dict[str, str] | None = None) -> Any:
    signed = {"intuit-signature": signature(token, body)} if headers is None else headers
    client = Client(enforce_csrf_checks=True)
    return client.post(ADDRESS, body, content_type="application/json", headers=signed)


def kept() -> list[str]:
    return list(WebhookEvent.objects.order_by("pk").values_list("event", flat=True))


def until(happened: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


# What counts ----------------------------------------------------------------------------------------------------------


def test_a_change_of_a_list_is_kept_and_the_lists_are_due(books: Connection) -> None:
    assert not lists_are_due(books.company)

    assert sent(a_customer(books)).status_code == 200
    assert (kept(), lists_are_due(books.company)) == (["customer updated"], True)


@pytest.mark.parametrize("form", ["legacy", "cloudevents"])
def test_what_changes_in_quickbooks_is_told_and_read(
    books: Connection, quickbooks: Books, live_server: LiveServer, settings: Settings, form: str
) -> None:
    # The first request of a server loads all of it, which may take longer than QuickBooks waits
    assert requests.get(f"{live_server.url}{ADDRESS}", timeout=60).status_code == 405
    webhooks = quickbooks.control("webhooks", {"url": f"{live_server.url}{ADDRESS}", "form": form})
    settings.TIEOUT_QUICKBOOKS_WEBHOOK_TOKENS = ["another-token-of-another-app", webhooks["verifier_token"]]

    made = quickbooks.customer("Ada Marsh")
    until(lambda: kept() == ["customer created"])
    assert not QuickBooksCustomer.objects.filter(quickbooks_id=made["Id"]).exists()
    sync_company(books.company)

    assert QuickBooksCustomer.objects.filter(company=books.company, quickbooks_id=made["Id"]).exists()
    assert not lists_are_due(books.company)


def test_the_company_has_the_next_turn(books: Connection) -> None:
    later = timezone.now() + timedelta(hours=1)
    CompanySchedule.objects.filter(company=books.company).update(due_at=later)

    assert sent(a_customer(books)).status_code == 200
    assert CompanySchedule.objects.get(company=books.company).due_at < later


def test_it_comes_again_and_is_kept_once(books: Connection) -> None:
    events = json.dumps([cloud(books), cloud(books, type="qbo.item.updated.v1")]).encode()

    assert [sent(a_customer(books)).status_code for _ in range(3)] == [200, 200, 200]
    assert [sent(events).status_code for _ in range(2)] == [200, 200]
    assert len(kept()) == 2  # in CloudEvents the id alone decides


def test_what_was_told_again_does_not_make_the_lists_due_again(books: Connection) -> None:
    assert sent(a_customer(books)).status_code == 200
    sync_company(books.company)

    assert sent(a_customer(books)).status_code == 200
    assert not lists_are_due(books.company)


def test_several_companies_in_one_delivery_each_get_theirs(books: Connection) -> None:
    other = Company.objects.create(name="Kiln", slug="kiln", home_currency="USD", time_zone="America/Denver")
    theirs = Connection.objects.create(
        company=other, system="quickbooks-online", name="Kiln", state=ConnectionState.CONNECTED, external_id="4711"
    )
    body = legacy(
        changed(books, ("Customer", "6", "Update")),
        changed(books, ("Item", "9", "Merge"), ("Account", "3", "Update"), realm="4711"),
        changed(books, ("Item", "9", "Update"), realm="of-nobody"),
    )

    assert sent(body).status_code == 200
    assert {row.connection_id for row in WebhookEvent.objects.all()} == {books.pk, theirs.pk}
    assert sorted(kept()) == ["account updated", "customer updated", "item merged"]


def test_what_a_push_has_just_created_is_known_already(books: Connection) -> None:
    known = QuickBooksCustomer.objects.filter(company=books.company).values_list("quickbooks_id", flat=True)[0]

    assert sent(legacy(changed(books, ("Customer", known, "Create")))).status_code == 200
    assert (kept(), lists_are_due(books.company)) == ([], False)
    assert sent(legacy(changed(books, ("Customer", "99999", "Create")))).status_code == 200
    assert lists_are_due(books.company)


def test_an_invoice_concerns_nobody_but_a_crm_whose_switch_is_on(books: Connection) -> None:
    body = legacy(changed(books, ("Invoice", "130", "Update"), ("Payment", "140", "Create")))
    assert sent(body).status_code == 200
    assert kept() == []

    source = Connection.objects.create(company=books.company, system="highlevel", name="HighLevel")
    CrmUpdates.objects.create(company=books.company, connection=source, system="highlevel", asks_for_reviews=True)
    assert sent(body).status_code == 200
    assert (kept(), lists_are_due(books.company)) == (["invoice updated", "payment created"], False)


def test_nothing_of_it_becomes_money(books: Connection) -> None:
    body = json.dumps([cloud(books, data={"TotalAmt": 999, "Balance": 0})]).encode()

    assert sent(body).status_code == 200
    assert not StagedOrder.objects.exists()


def test_the_page_says_when_quickbooks_last_told_of_a_change(books: Connection) -> None:
    client = signed_in(books.company)
    page = f"/sync/{books.company.slug}/quickbooks/"
    assert "QuickBooks last reported a change" not in client.get(page).content.decode()

    assert sent(a_customer(books)).status_code == 200
    assert "QuickBooks last reported a change" in client.get(page).content.decode()


# What does not --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers", [{}, {"intuit-signature": ""}, {"intuit-signature": "ă"}, {"intuit-signature": "x" * 44}]
)
def test_without_its_signature_nothing_is_taken_and_nothing_is_said(books: Connection, headers: dict[str, str]) -> None:
    answer = sent(a_customer(books), headers=headers)

    assert (answer.status_code, answer.content, kept()) == (401, b"", [])


def test_a_stranger_who_signs_and_one_byte_that_was_changed_are_turned_away(books: Connection) -> None:
    body = a_customer(books)

    assert sent(body, token="another-token-of-another-app").status_code == 401
    assert sent(body + b" ", headers={"intuit-signature": signature(TOKEN, body)}).status_code == 401
    assert kept() == []


def test_with_no_token_set_everything_is_turned_away(books: Connection, settings: Settings) -> None:
    settings.TIEOUT_QUICKBOOKS_WEBHOOK_TOKENS = []

    assert sent(a_customer(books)).status_code == 401
    assert sent(a_customer(books), token="").status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"{}", b"null", b"7", b"<html>", b"\xff" * 20, b'[{"id": "1"}]', b"[null]", b"[" * 100_000,
        b'{"eventNotifications": [{"realmId": "1"}]}', b'{"eventNotifications": null}',
        b'[{"id": "1", "type": "qbo", "intuitaccountid": "1"}]',
    ],
)  # fmt: skip
def test_what_is_signed_and_is_neither_form_is_rejected(books: Connection, body: bytes) -> None:
    assert sent(body).status_code == 400


def test_nothing_is_kept_for_books_that_were_disconnected(books: Connection) -> None:
    Connection.objects.filter(pk=books.pk).update(state=ConnectionState.DISCONNECTED)

    assert sent(a_customer(books)).status_code == 200
    assert kept() == []


def test_what_no_delivery_is_as_large_as_is_not_read(books: Connection) -> None:
    assert sent(b" " * 1_000_001).status_code == 413


@contextmanager
def storage_away() -> Iterator[None]:
    """The database answers nothing."""

    def nothing(*_given: Any) -> None:
        raise OperationalError("the server closed the connection")

    with connection.execute_wrapper(nothing):
        yield


def test_where_it_cannot_be_kept_quickbooks_tells_it_again(books: Connection) -> None:
    with storage_away():
        assert sent(a_customer(books)).status_code == 503
    assert sent(a_customer(books)).status_code == 200
    assert kept() == ["customer updated"]
