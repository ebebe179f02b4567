"""Can a person sign in for a whole HighLevel agency, choose one of its sub-accounts, and does its login last?"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from companies.models import Company, Role
from simulators.highlevel.server import RunningAgency
from sync.fetching.fetch import fetch_source
from sync.fetching.login import SourceSecret, read_secret
from sync.models import Connection, ConnectionState, StagedOrder
from tests.factories import the_studio
from tests.fetching.highlevel_agency import agency, wheel
from tests.mapping.people import signed_in, told

__all__ = ["agency"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def studio(settings: Settings) -> Company:
    settings.TIEOUT_HIGHLEVEL_AGENCY = True
    return the_studio()


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio, Role.ADMINISTRATOR)


def come_back(client: Client, *, without: tuple[str, ...] = ()) -> Any:
    """Sign in at HighLevel for the whole agency, and come back with its answer."""
    given = {"starts_on": "2026-01-01", "name": "", "number_prefix": "", "key": "", "sign-in": "yes"}
    page = client.post("/studio/integrations/connect/highlevel/", given)["Location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
    granted = [scope for scope in asked["scope"].split() if scope not in without]
    form = {**asked, "decision": "allow", "asked_for_scopes": "yes", "granted": granted, "place": "Company"}
    reply = requests.post(page.partition("?")[0], data=form, allow_redirects=False, timeout=10)
    query = {name: values[0] for name, values in parse_qs(urlsplit(reply.headers["Location"]).query).items()}
    return client.get("/integrations/highlevel/callback/", query)


def chosen(client: Client, place: str, *, location: str) -> Any:
    answer = client.post(location, {"place": place})
    for thread in threading.enumerate():
        if thread.name.startswith("fetch-"):
            thread.join(60)
    return answer


def secret_of(source: Connection) -> SourceSecret:
    source.refresh_from_db()
    secret = read_secret(source)
    assert secret is not None
    return secret


def test_the_sub_account_that_is_chosen_is_connected_and_read(
    client: Client, studio: Company, agency: RunningAgency
) -> None:
    other = agency.agency.open("Other Place")
    other.sell_by_order_form(other.new_contact(firstName="Amara", email="amara@example.org"), [wheel()])

    gone = come_back(client)
    page = client.get(gone["Location"]).content.decode()
    chosen(client, other.location_id, location=gone["Location"])

    source = Connection.objects.get(company=studio, kind="highlevel")
    assert "Other Place" in page
    assert agency.company.name in page
    assert (source.external_id, source.state) == (other.location_id, ConnectionState.CONNECTED)
    assert StagedOrder.objects.filter(connection=source).count() == 1


def test_a_token_that_ends_is_exchanged_again_with_the_agencys_renewed_one(
    client: Client, studio: Company, agency: RunningAgency
) -> None:
    gone = come_back(client)
    chosen(client, agency.ready()["location_id"], location=gone["Location"])
    source = Connection.objects.get(company=studio, kind="highlevel")
    before = secret_of(source)
    Connection.objects.filter(pk=source.pk).update(access_expires_at=timezone.now() + timedelta(seconds=30))

    report = fetch_source(source)

    after = secret_of(source)
    assert report.complete, report.stopped
    assert after.access_token != before.access_token
    assert after.refresh_token not in ("", before.refresh_token)
    assert (after.agency, after.tenant) == (before.agency, source.external_id)


def test_a_renewal_whose_exchange_is_lost_goes_on_with_the_agencys_new_pair(
    client: Client, studio: Company, agency: RunningAgency
) -> None:
    gone = come_back(client)
    chosen(client, agency.ready()["location_id"], location=gone["Location"])
    source = Connection.objects.get(company=studio, kind="highlevel")
    before = secret_of(source)
    Connection.objects.filter(pk=source.pk).update(access_expires_at=timezone.now() + timedelta(seconds=30))
    agency.app.faults.order({"kind": "500", "entity": "token", "operation": "location_token"})

    first = fetch_source(source)
    between = secret_of(source)
    source.live.rests_until = None
    source.live.save()
    second = fetch_source(source)

    assert first.stopped
    assert between.refresh_token != before.refresh_token
    assert second.complete, second.stopped
    source.refresh_from_db()
    assert source.state == ConnectionState.CONNECTED


@pytest.mark.criterion("C04")
@pytest.mark.parametrize("scope", ["oauth.readonly", "oauth.write", "invoices.readonly"])
def test_a_permission_that_is_missing_is_named_and_nothing_is_connected(
    client: Client, studio: Company, agency: RunningAgency, scope: str
) -> None:
    answer = come_back(client, without=(scope,))

    assert scope in " ".join(told(answer))
    assert not Connection.objects.filter(company=studio, kind="highlevel").exists()


def test_a_choice_counts_once_and_only_for_who_signed_in(
    client: Client, studio: Company, agency: RunningAgency
) -> None:
    gone = come_back(client)
    stranger = signed_in(studio, Role.ADMINISTRATOR, "another")

    theirs = stranger.post(gone["Location"], {"place": agency.ready()["location_id"]})
    none = client.post(gone["Location"], {"place": "elsewhere"})
    chosen(client, agency.ready()["location_id"], location=gone["Location"])
    again = client.post(gone["Location"], {"place": agency.ready()["location_id"]})

    assert "sign-in is over" in " ".join(told(theirs))
    assert none.status_code == 200
    assert "sign-in is over" in " ".join(told(again))
    assert Connection.objects.filter(company=studio, kind="highlevel").count() == 1


def test_the_agencys_tokens_are_in_no_page_and_sealed_in_the_session(
    client: Client, studio: Company, agency: RunningAgency
) -> None:
    gone = come_back(client)

    tokens = [grant.refresh_token for grant in agency.agency.logins.grants]
    kept = str(dict(client.session))
    assert "sealed" in kept
    assert "access_token" not in kept
    assert not [token for token in tokens if token in kept + client.get(gone["Location"]).content.decode()]
