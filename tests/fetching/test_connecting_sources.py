"""Can an administrator connect a source over the internet, and only the right account, and let go of it again?"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import simplejson
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from companies.models import Company, Role
from simulators.keap.server import RunningKeap, start
from sync.fetching.fetch import fetch_source
from sync.fetching.login import read_secret
from sync.models import Connection, ConnectionState, Document, LiveSource, StagedOrder
from sync.preparing.prepare import prepare_new
from sync.run import sync_company
from sync.sources.base import ReadOptions
from sync.sources.files import LAYOUTS
from sync.staging.import_file import import_file
from tests.factories import the_studio
from tests.fetching.live_keap import an_order, connected, keap, points_to
from tests.mapping.people import signed_in, told
from tests.simulators.keap_driver import KeapClient

__all__ = ["keap"]

pytestmark = pytest.mark.django_db(transaction=True)

CALLBACK = "http://localhost:8000/integrations/keap/callback/"


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio, Role.ADMINISTRATOR)


def page(company: Company, *parts: str) -> str:
    return "/".join(["", company.slug, "integrations", *parts, ""])


def sent(client: Client, company: Company, **changes: str) -> Any:
    given = {"starts_on": "2026-01-01", "name": "", "number_prefix": "", "key": "", **changes}
    return client.post(page(company, "connect", "keap"), given)


def read_to_the_end() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("fetch-"):
            thread.join(60)


def answer_of_sign_in(address: str, decision: str = "allow") -> dict[str, str]:
    """What the source sends a person back with who decides on its page."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    answer = requests.post(
        address.split("?")[0], data={**asked, "decision": decision}, allow_redirects=False, timeout=30
    )
    assert answer.status_code in (302, 303), answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def signed_in_at_keap(client: Client, company: Company, decision: str = "allow") -> Any:
    gone = sent(client, company, **{"sign-in": "yes"})
    assert gone.status_code == 302, told(gone)
    return client.get("/integrations/keap/callback/", answer_of_sign_in(gone["Location"], decision))


def test_with_a_key_it_is_connected_and_its_orders_come_in(client: Client, studio: Company, keap: RunningKeap) -> None:
    number = an_order(keap)

    answer = sent(client, studio, key=keap.ready()["api_key"])
    read_to_the_end()

    source = Connection.objects.get(company=studio, kind="keap")
    assert answer["Location"] == page(studio, source.system)
    assert (source.state, source.external_id) == (ConnectionState.CONNECTED, keap.company.tenant_id)
    assert (source.name, source.live.account_name) == ("Keap", "Bramble & Birch Studio")
    assert StagedOrder.objects.filter(connection=source).values_list("number", flat=True).get() == number
    shown = client.get(answer["Location"]).content.decode()
    assert "Bramble &amp; Birch Studio" in shown
    assert "1 new order" in shown
    assert source.live.new_order_at is not None
    assert "2026-" in client.get(page(studio, "connect", "keap")).content.decode().split('name="starts_on"')[1][:200]


def test_the_key_is_kept_encrypted_and_never_shown(client: Client, studio: Company, keap: RunningKeap) -> None:
    key = keap.ready()["api_key"]

    answer = sent(client, studio, key=key)
    read_to_the_end()

    source = Connection.objects.get(company=studio, kind="keap")
    assert key not in source.secret
    secret = read_secret(source)
    assert secret is not None
    assert secret.api_key == key
    assert key not in client.get(answer["Location"]).content.decode()
    assert key not in repr(secret)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"key": "KeapAK-wrong"}, "did not accept this key"),
        ({"key": "  "}, "Paste the key"),
    ],
)
def test_a_login_that_does_not_work_leaves_nothing_behind(
    client: Client, studio: Company, keap: RunningKeap, changes: dict[str, str], words: str
) -> None:
    answer = sent(client, studio, **changes)

    assert words in " ".join(told(answer))
    assert answer.status_code == 200
    assert not Connection.objects.filter(company=studio, kind="keap").exists()


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("", "required"),
        ("yesterday", "valid date"),
        ("1999-12-31", "after the year 2000"),
        ("2031-01-01", "a year ahead"),
    ],
)
def test_a_first_day_that_makes_no_sense_is_said(
    client: Client, studio: Company, keap: RunningKeap, day: str, words: str
) -> None:
    answer = sent(client, studio, starts_on=day, key=keap.ready()["api_key"])

    assert words in answer.content.decode()
    assert not Connection.objects.filter(company=studio, kind="keap").exists()


def test_by_signing_in_there_it_is_connected_with_tokens_that_are_renewed(
    client: Client, studio: Company, keap: RunningKeap
) -> None:
    an_order(keap)

    answer = signed_in_at_keap(client, studio)
    read_to_the_end()

    source = Connection.objects.get(company=studio, kind="keap")
    assert answer["Location"] == page(studio, source.system)
    first = read_secret(source)
    assert first is not None
    assert first.refresh_token
    assert not first.api_key
    Connection.objects.filter(pk=source.pk).update(access_expires_at=timezone.now() + timedelta(seconds=30))
    assert fetch_source(Connection.objects.get(pk=source.pk)).complete
    second = read_secret(Connection.objects.get(pk=source.pk))
    assert second is not None
    assert second.refresh_token != first.refresh_token
    assert second.previous_refresh_token == first.refresh_token


@pytest.mark.criterion("C04")
def test_who_declines_there_connects_nothing_and_reads_why(client: Client, studio: Company, keap: RunningKeap) -> None:
    answer = signed_in_at_keap(client, studio, decision="cancel")

    assert "the permission was declined" in " ".join(told(answer))
    assert not Connection.objects.filter(company=studio, kind="keap").exists()


def test_an_answer_counts_once_and_only_in_the_session_that_asked(
    client: Client, studio: Company, keap: RunningKeap
) -> None:
    gone = sent(client, studio, **{"sign-in": "yes"})
    answer = answer_of_sign_in(gone["Location"])
    stranger = signed_in(studio, Role.ADMINISTRATOR, "another")

    theirs = stranger.get("/integrations/keap/callback/", answer)
    first = client.get("/integrations/keap/callback/", answer)
    again = client.get("/integrations/keap/callback/", answer)
    read_to_the_end()

    assert "belongs to no connection" in " ".join(told(theirs))
    assert first["Location"] == page(studio, "keap")
    assert "belongs to no connection" in " ".join(told(again))
    assert Connection.objects.filter(company=studio, kind="keap").count() == 1


def test_without_an_app_of_this_installation_a_key_is_the_way(
    client: Client, studio: Company, keap: RunningKeap, settings: Settings
) -> None:
    at = replace(settings.TIEOUT_SOURCES["keap"], client_id="", client_secret="")
    settings.TIEOUT_SOURCES = {**settings.TIEOUT_SOURCES, "keap": at}

    shown = client.get(page(studio, "connect", "keap")).content.decode()
    answer = sent(client, studio, **{"sign-in": "yes"})

    assert "Sign in at Keap" not in shown
    assert "has no app registered there" in " ".join(told(answer))


def test_connecting_again_to_another_account_is_rejected_with_both_names(
    client: Client, studio: Company, keap: RunningKeap, settings: Settings
) -> None:
    source = connected(studio, keap)
    LiveSource.objects.filter(pk=source.pk).update(account_name="Bramble & Birch")
    with start(seed="empty") as other:
        points_to(settings, other)
        answer = client.post(page(studio, source.system, "login"), {"key": other.ready()["api_key"]})

    words = " ".join(told(answer))
    assert "Bramble & Birch" in words
    assert "Nothing was changed" in words
    assert Connection.objects.get(pk=source.pk).external_id == keap.company.tenant_id


def test_one_account_is_read_by_one_source_of_a_company(client: Client, studio: Company, keap: RunningKeap) -> None:
    connected(studio, keap)

    answer = sent(client, studio, key=keap.ready()["api_key"])

    assert "would bring each order twice" in " ".join(told(answer))
    assert Connection.objects.filter(company=studio, kind="keap").count() == 1


def test_a_key_that_was_revoked_needs_attention_and_a_new_one_goes_on(
    client: Client, studio: Company, keap: RunningKeap
) -> None:
    source = connected(studio, keap)
    secret = keap.company.store.settings["service_key"]
    keap.company.store.settings["service_key"] = "KeapAK-another"
    number = an_order(keap)

    report = fetch_source(source)
    shown = client.get(page(studio)).content.decode()
    keap.company.store.settings["service_key"] = secret
    client.post(page(studio, source.system, "login"), {"key": secret})
    read_to_the_end()

    assert report.stopped
    assert "Needs attention" in shown
    assert "Connect it again" in shown
    source.refresh_from_db()
    assert (source.state, source.last_error) == (ConnectionState.CONNECTED, "")
    assert StagedOrder.objects.get().number == number


def test_the_account_whose_files_were_imported_goes_on_in_its_source_and_no_order_is_two(
    client: Client, studio: Company, keap: RunningKeap
) -> None:
    number = an_order(keap, on=date(2026, 8, 14))
    keap.company.pay(number, "50.00", on=date(2026, 8, 15))
    asked = KeapClient(keap)
    exported = {"orders": asked.all("/v2/orders", "orders"), "payments": asked.all("/v2/sales/payments", "payments")}
    asked.close()
    read = ReadOptions(currency="USD", time_zone=studio.time_zone)
    text = simplejson.dumps(exported, use_decimal=True).encode()
    import_file(studio, LAYOUTS["keap-orders-json"], BytesIO(text), name="orders.json", options=read)
    prepare_new(studio)
    before = [(row.kind, row.total) for row in Document.objects.order_by("kind")]

    shown = client.get(page(studio, "connect", "keap")).content.decode()
    sent(client, studio, joins="keap", key=keap.ready()["api_key"])
    read_to_the_end()

    assert '<option value="keap" selected>' in shown
    assert StagedOrder.objects.get().connection.system == "keap"
    assert [(row.kind, row.total) for row in Document.objects.order_by("kind")] == before
    assert Connection.objects.filter(company=studio, kind="keap").count() == 1


def test_orders_of_files_from_before_the_first_day_are_not_taken_for_deleted_ones(
    studio: Company, keap: RunningKeap
) -> None:
    source = connected(studio, keap)
    for _ in range(25):
        an_order(keap, on=date(2026, 3, 2))
    fetch_source(source)
    LiveSource.objects.filter(pk=source.pk).update(starts_on=date(2026, 11, 1), compared_at=None)

    report = fetch_source(source)

    assert (report.stopped, report.gone) == ("", 0)


@pytest.mark.criterion("C07")
def test_disconnecting_asks_nothing_more_at_once_forgets_the_login_and_keeps_what_was_read(
    client: Client, studio: Company, keap: RunningKeap
) -> None:
    source = connected(studio, keap)
    an_order(keap)
    fetch_source(source)

    client.post(page(studio, source.system, "disconnect"))
    an_order(keap)
    before = keap.log.requests
    sync_company(studio)

    source.refresh_from_db()
    assert (source.state, source.secret) == (ConnectionState.DISCONNECTED, "")
    assert keap.log.requests == before
    assert StagedOrder.objects.count() == 1


def test_paused_it_is_not_read_until_a_person_goes_on(client: Client, studio: Company, keap: RunningKeap) -> None:
    source = connected(studio, keap)
    an_order(keap)

    client.post(page(studio, source.system, "pause"))
    sync_company(studio)
    paused = StagedOrder.objects.count()
    shown = client.get(page(studio, source.system)).content.decode()
    client.post(page(studio, source.system, "read"))
    read_to_the_end()

    assert (paused, StagedOrder.objects.count()) == (0, 1)
    assert "Paused" in shown
    assert "Go on" in shown


def test_who_may_not_administer_connects_nothing(studio: Company, keap: RunningKeap) -> None:
    accountant = signed_in(studio, Role.ACCOUNTANT)

    assert accountant.get(page(studio, "connect", "keap")).status_code == 403
    assert sent(accountant, studio, key=keap.ready()["api_key"]).status_code == 403


def test_another_currency_and_time_zone_are_said_when_it_is_connected(
    client: Client, studio: Company, keap: RunningKeap
) -> None:
    studio.home_currency, studio.time_zone = "EUR", "Europe/Bucharest"
    studio.save()

    answer = sent(client, studio, key=keap.ready()["api_key"])
    read_to_the_end()

    words = " ".join(told(answer))
    assert "counts in USD, and this company in EUR" in words
    assert "time zone America/Denver" in words
