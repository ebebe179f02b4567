"""Does Keap tell of changes by itself, is it believed only as a wake-up, and does all go on without it?"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from simulators.keap.hooks import SECRET_HEADER, Subscriber
from simulators.keap.server import RunningKeap
from sync.fetching.connecting import disconnect_live
from sync.fetching.fetch import fetch_source
from sync.fetching.keap.hooks import EVENTS, digest_of
from sync.models import (
    CompanySchedule,
    Connection,
    ConnectionState,
    LiveSource,
    StagedOrder,
    Telling,
    WebhookEvent,
)
from sync.webhook_events import forget_old_events
from tests.factories import the_studio
from tests.fetching.live_keap import an_order, asked, connected, keap
from tests.mapping.people import signed_in

__all__ = ["keap"]
pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "a-token-that-nobody-guesses"
ADDRESS = f"/sync/webhooks/keap/{TOKEN}/"


@pytest.fixture
def source(keap: RunningKeap) -> Connection:
    """A source with an address; Keap itself is not told of it."""
    found = connected(the_studio(), keap)
    LiveSource.objects.filter(pk=found.pk).update(hook_digest=digest_of(TOKEN))
    return found


@pytest.fixture
def listening(keap: RunningKeap, live_server: LiveServer, settings: Settings) -> Connection:
    """A source that was read once, on a server that Keap can reach."""
    settings.TIEOUT_PUBLIC_URL = live_server.url
    found = connected(the_studio(), keap)
    fetch_source(found)
    return found


def until(happened: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def telling(source: Connection) -> str:
    return LiveSource.objects.get(pk=source.pk).telling


def hooks(keap: RunningKeap) -> list[Subscriber]:
    return list(keap.company.hooks.subscribers.values())


def a_hook(event: str = "order.edit", **facts: Any) -> bytes:
    """A hook of one order, as it is sent."""
    objects = [{"id": 12, "apiUrl": "", "timestamp": "2026-11-29T20:00:00Z"}]
    return json.dumps({"event_key": event, "object_type": "order", "object_keys": objects} | facts).encode()


def sent(body: bytes, address: str = ADDRESS, headers: dict[str, str] | None = None) -> Any:
    client = Client(enforce_csrf_checks=True)
    return client.post(address, body, content_type="application/json", headers=headers or {})


def kept() -> list[str]:
    return list(WebhookEvent.objects.order_by("pk").values_list("event", flat=True))


def page_of(source: Connection, client: Client) -> str:
    page = client.get(f"/{source.company.slug}/integrations/{source.system}/")
    return " ".join(page.content.decode().split())


# Being told -----------------------------------------------------------------------------------------------------------


def test_a_connected_keap_tells_of_every_event_that_matters_at_one_address(
    keap: RunningKeap, listening: Connection, live_server: LiveServer
) -> None:
    told = hooks(keap)
    addresses = {hook.url for hook in told}

    assert sorted(hook.event_key for hook in told) == sorted(EVENTS)
    assert {hook.status for hook in told} == {"Verified"}
    (address,) = addresses
    assert address.startswith(f"{live_server.url}/sync/webhooks/keap/")
    # What is kept here is of no use to who reads the database
    token = address.rstrip("/").rpartition("/")[2]
    assert len(token) >= 43
    assert LiveSource.objects.get(pk=listening.pk).hook_digest == digest_of(token)
    assert telling(listening) == Telling.ON


def test_a_reading_that_finds_the_hooks_as_they_were_asks_once(keap: RunningKeap, listening: Connection) -> None:
    before, calls = hooks(keap), len(asked(keap))
    fetch_source(listening)

    assert hooks(keap) == before
    assert [path for _, path in asked(keap)[calls:] if "hooks" in path] == ["/crm/rest/v1/hooks"]
    assert {method for method, _ in asked(keap)[calls:]} == {"GET"}


def test_what_is_sold_in_keap_is_told_and_the_company_has_the_next_turn(
    keap: RunningKeap, listening: Connection
) -> None:
    later = timezone.now() + timedelta(hours=1)
    CompanySchedule.objects.update_or_create(company=listening.company, defaults={"due_at": later})
    number = an_order(keap)
    keap.company.clock.advance(60)

    until(lambda: WebhookEvent.objects.filter(event="order.add").exists())
    until(lambda: CompanySchedule.objects.get(company=listening.company).due_at < later)
    assert not StagedOrder.objects.filter(number=number).exists()


def test_hooks_that_keap_gave_up_are_verified_again_with_the_next_reading(
    keap: RunningKeap, listening: Connection
) -> None:
    for hook in hooks(keap):
        hook.status = "Inactive"

    fetch_source(listening)

    assert {hook.status for hook in hooks(keap)} == {"Verified"}


def test_hooks_that_are_gone_in_keap_are_made_anew(keap: RunningKeap, listening: Connection) -> None:
    keap.company.hooks.subscribers.clear()

    fetch_source(listening)

    assert sorted(hook.event_key for hook in hooks(keap)) == sorted(EVENTS)
    assert {hook.status for hook in hooks(keap)} == {"Verified"}


def test_where_this_server_has_moved_keap_is_told_of_the_new_address(
    keap: RunningKeap, listening: Connection, live_server: LiveServer, settings: Settings
) -> None:
    others = keap.company.hooks.subscribe("order.add", f"{live_server.url}/elsewhere/")
    settings.TIEOUT_PUBLIC_URL = live_server.url.replace("localhost", "127.0.0.1")
    fetch_source(listening)

    ours = [hook for hook in hooks(keap) if hook.key != others.key]
    assert {hook.url.partition("/sync/")[0] for hook in ours} == {settings.TIEOUT_PUBLIC_URL}
    assert len(ours) == len(EVENTS)
    assert others in hooks(keap)


def test_disconnecting_takes_them_back_and_leaves_those_of_others(
    keap: RunningKeap, listening: Connection, live_server: LiveServer
) -> None:
    others = keap.company.hooks.subscribe("order.add", f"{live_server.url}/elsewhere/")
    address = hooks(keap)[0].url.removeprefix(live_server.url)

    disconnect_live(listening)

    assert hooks(keap) == [others]
    assert sent(a_hook(), address).status_code == 410
    assert kept() == []


def test_what_keap_does_not_let_a_login_do_changes_nothing_else(
    keap: RunningKeap, live_server: LiveServer, settings: Settings
) -> None:
    settings.TIEOUT_PUBLIC_URL = live_server.url
    keap.company.options.hooks_for_keys = "refuse"
    source = connected(the_studio(), keap)
    an_order(keap)

    report = fetch_source(source)

    source.refresh_from_db()
    assert (report.complete, report.stopped, report.counts.new) == (True, "", 1)
    assert (source.state, source.last_error, telling(source)) == (ConnectionState.CONNECTED, "", Telling.REFUSED)
    assert "Keap does not report changes to this login." in page_of(source, signed_in(source.company))
    calls = len(asked(keap))
    fetch_source(source)
    assert not [path for _, path in asked(keap)[calls:] if "hooks" in path]


def test_a_server_that_keap_cannot_reach_is_read_as_before(keap: RunningKeap, settings: Settings) -> None:
    settings.TIEOUT_PUBLIC_URL = "http://127.0.0.1:9"
    source = connected(the_studio(), keap)
    an_order(keap)

    report = fetch_source(source)

    assert (report.complete, report.stopped, report.counts.new) == (True, "", 1)
    assert telling(source) == Telling.UNREACHED
    assert "Keap could not reach this server" in page_of(source, signed_in(source.company))
    # One attempt a reading, not one for each event
    assert len(hooks(keap)) == 1


def test_without_an_address_of_this_server_keap_is_asked_nothing(keap: RunningKeap, settings: Settings) -> None:
    settings.TIEOUT_SYNC_MINUTES = 7
    source = connected(the_studio(), keap)

    fetch_source(source)

    assert {method for method, _ in asked(keap)} == {"GET"}
    assert not [path for _, path in asked(keap) if "hooks" in path]
    assert "Tieout looks every 7 minutes." in page_of(source, signed_in(source.company))


def test_the_page_says_that_keap_tells_and_when_it_last_did(keap: RunningKeap, listening: Connection) -> None:
    client = signed_in(listening.company)
    before = page_of(listening, client)
    address = hooks(keap)[0].url
    assert sent(a_hook(), "/sync/" + address.partition("/sync/")[2]).status_code == 200
    after = page_of(listening, client)

    assert "Keap reports changes by itself. Beside that, Tieout looks every 5 minutes." in before
    assert "Last told of one:" not in before
    assert "Last told of one:" in after


# What is told ---------------------------------------------------------------------------------------------------------


def test_a_hook_is_kept_once_and_is_no_order(source: Connection) -> None:
    assert [sent(a_hook()).status_code for _ in range(3)] == [200, 200, 200]
    assert kept() == ["order.edit"]
    assert not StagedOrder.objects.exists()


def test_the_handshake_gives_back_what_came(source: Connection) -> None:
    answer = sent(a_hook(object_keys=[]), headers={SECRET_HEADER: "abc123"})

    assert (answer.status_code, answer.headers[SECRET_HEADER]) == (200, "abc123")
    assert kept() == []
    assert sent(b"", headers={SECRET_HEADER: "x" * 300}).status_code == 400
    assert sent(b"", headers={SECRET_HEADER: "ă"}).status_code == 400


@pytest.mark.parametrize("token", ["x", "x" * 5000, TOKEN[:-1], TOKEN + "x", TOKEN.upper()])
def test_a_stranger_finds_no_address(source: Connection, token: str) -> None:
    answer = sent(a_hook(), f"/sync/webhooks/keap/{token}/", headers={SECRET_HEADER: "abc123"})

    assert (answer.status_code, answer.content, SECRET_HEADER in answer.headers) == (404, b"", False)
    assert kept() == []


def test_a_source_without_hooks_has_no_address_at_all(keap: RunningKeap) -> None:
    connected(the_studio(), keap)

    assert sent(a_hook(), f"/sync/webhooks/keap/{digest_of('')}/").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"<html>", b"\xff" * 20, b'{"event_key": "order.add"}',
        b'{"event_key": "", "object_keys": []}', b'{"event_key": "order.add", "object_keys": {}}',
        json.dumps({"event_key": "order.add", "object_keys": [1] * 1001}).encode(), b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_hook_is_rejected(source: Connection, body: bytes) -> None:
    assert sent(body).status_code == 400
    assert kept() == []


@pytest.mark.parametrize("objects", [[], [None], [{"id": None}], [{"id": 1, "timestamp": "soon"}], [{"timestamp": 5}]])
def test_a_hook_that_says_little_is_a_hook(source: Connection, objects: list[Any]) -> None:
    assert sent(a_hook(object_keys=objects)).status_code == 200
    assert kept() == ["order.edit"]


def test_an_event_that_was_not_asked_for_is_answered_and_not_kept(source: Connection) -> None:
    assert sent(a_hook("contact.edit")).status_code == 200
    assert kept() == []


def test_after_a_deletion_the_ids_are_compared_with_the_next_reading(source: Connection) -> None:
    LiveSource.objects.filter(pk=source.pk).update(compared_at=timezone.now())
    assert sent(a_hook("order.edit")).status_code == 200
    assert LiveSource.objects.get(pk=source.pk).compared_at

    assert sent(a_hook("order.delete")).status_code == 200
    assert LiveSource.objects.get(pk=source.pk).compared_at is None


def test_what_no_hook_is_as_large_as_is_not_read(source: Connection) -> None:
    assert sent(b" " * 1_000_001).status_code == 413


def test_the_address_takes_nothing_but_hooks(source: Connection) -> None:
    assert Client().get(ADDRESS).status_code == 405


@contextmanager
def no_room_for_events() -> Iterator[None]:
    """The database keeps nothing."""

    def nothing(execute: Any, sql: str, *given: Any) -> Any:
        if sql.startswith("INSERT"):
            raise OperationalError("the disk is full")
        return execute(sql, *given)

    with connection.execute_wrapper(nothing):
        yield


def test_where_it_cannot_be_kept_keap_sends_it_again(source: Connection) -> None:
    with no_room_for_events():
        assert sent(a_hook()).status_code == 503
    assert sent(a_hook()).status_code == 200
    assert kept() == ["order.edit"]


def test_what_is_old_is_forgotten(source: Connection) -> None:
    assert sent(a_hook()).status_code == 200
    forget_old_events(source.company_id, now=timezone.now() + timedelta(days=6))
    assert kept() == ["order.edit"]
    forget_old_events(source.company_id, now=timezone.now() + timedelta(days=8))
    assert kept() == []
