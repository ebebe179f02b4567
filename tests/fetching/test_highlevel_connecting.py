"""Is a HighLevel sub-account connected with all that it needs, or not at all?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from books.messages import Message
from books.outcomes import TryLater
from companies.models import Company
from simulators.highlevel.server import RunningAgency
from sync.fetching.connecting import Connected, NewSource, connect_by_key, disconnect_live
from sync.fetching.fetch import fetch_source
from sync.fetching.highlevel.permissions import SCOPES
from sync.fetching.kinds import login_of
from sync.fetching.login import SourceSecret, read_secret
from sync.models import Connection, ConnectionState
from tests.factories import the_studio
from tests.fetching.highlevel_agency import BEGINNING, agency, connected, key_of, signed_in

__all__ = ["agency"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company() -> Company:
    return the_studio()


def test_a_sign_in_connects_the_sub_account_that_was_chosen(agency: RunningAgency, company: Company) -> None:
    made = signed_in(agency, company)

    assert isinstance(made, Connected), made
    source = made.source
    assert (source.external_id, source.state) == (agency.ready()["location_id"], ConnectionState.CONNECTED)
    assert source.live.account_name == agency.company.name
    assert agency.ready()["refresh_token"] not in source.secret


@pytest.mark.criterion("C04")
@pytest.mark.parametrize("scope", SCOPES)
def test_with_one_permission_missing_nothing_is_connected_and_the_reason_names_it(
    agency: RunningAgency, company: Company, scope: str
) -> None:
    refused = signed_in(agency, company, without=(scope,))

    assert isinstance(refused, Message)
    assert scope in refused.worded()
    assert not Connection.objects.filter(company=company, kind="highlevel").exists()


def test_a_sign_in_for_the_whole_agency_says_to_choose_a_sub_account(agency: RunningAgency, company: Company) -> None:
    refused = signed_in(agency, company, place="Company")

    assert isinstance(refused, Message)
    assert "choose one sub-account" in refused.worded()


def test_a_private_integration_token_connects_with_the_id_before_it(agency: RunningAgency, company: Company) -> None:
    made = connect_by_key(company, NewSource(kind="highlevel", starts_on=BEGINNING), key=key_of(agency), by=None)

    assert isinstance(made, Connected), made
    assert fetch_source(made.source).complete


@pytest.mark.criterion("C04")
@pytest.mark.parametrize(
    ("lost", "path"),
    [
        ("invoices.readonly", "/invoices/"),
        ("payments/transactions.readonly", "/payments/transactions"),
        ("payments/orders.readonly", "/payments/orders"),
        ("products/prices.readonly", "/products/inventory"),
        ("locations.readonly", "/locations/"),
    ],
)
def test_a_token_that_may_not_read_something_is_not_connected(
    agency: RunningAgency, company: Company, lost: str, path: str
) -> None:
    agency.agency.renew_private_token(" ".join(scope for scope in SCOPES if scope != lost))
    refused = connect_by_key(company, NewSource(kind="highlevel", starts_on=BEGINNING), key=key_of(agency), by=None)

    assert isinstance(refused, Message)
    assert f"does not let this login read {path}" in refused.worded()
    assert not Connection.objects.filter(company=company, kind="highlevel").exists()


@pytest.mark.parametrize("key", ["pit-1", "loc-1 pit-1", "  "])
def test_a_wrong_key_is_said_and_nothing_is_kept(agency: RunningAgency, company: Company, key: str) -> None:
    refused = connect_by_key(company, NewSource(kind="highlevel", starts_on=BEGINNING), key=key, by=None)

    assert isinstance(refused, Message)
    assert not Connection.objects.filter(company=company, kind="highlevel").exists()


def test_another_sub_account_is_refused_with_both_names(agency: RunningAgency, company: Company) -> None:
    made = signed_in(agency, company)
    assert isinstance(made, Connected)
    other = agency.agency.open("Other Place")
    refused = signed_in(agency, company, made.source, place=f"Location:{other.location_id}")

    assert isinstance(refused, Message)
    assert "Other Place" in refused.worded()
    assert agency.company.name in refused.worded()


def test_a_pair_of_tokens_is_renewed_and_kept_before_it_is_used(agency: RunningAgency, company: Company) -> None:
    made = signed_in(agency, company)
    assert isinstance(made, Connected)
    before = read_secret(made.source)
    Connection.objects.filter(pk=made.source.pk).update(access_expires_at=timezone.now() + timedelta(seconds=30))

    assert fetch_source(made.source).complete

    made.source.refresh_from_db()
    after = read_secret(made.source)
    assert before is not None
    assert after is not None
    assert after.refresh_token != before.refresh_token
    assert after.previous_refresh_token == before.refresh_token
    assert after.tenant == made.source.external_id


@pytest.mark.criterion("C07")
def test_disconnecting_stops_at_once_and_forgets_the_tokens(agency: RunningAgency, company: Company) -> None:
    source = connected(agency, company)
    disconnect_live(source)

    source.refresh_from_db()
    assert (source.state, source.secret) == (ConnectionState.DISCONNECTED, "")
    asked = login_of(source).secret()
    assert isinstance(asked, TryLater)
    assert not isinstance(asked, SourceSecret)


def test_a_permission_that_is_taken_away_later_asks_for_attention_and_names_what_cannot_be_read(
    agency: RunningAgency, company: Company
) -> None:
    made = signed_in(agency, company)
    assert isinstance(made, Connected)
    grant = agency.agency.logins.first
    for login in [grant, *getattr(agency.agency.logins, "grants", [])]:
        login.scope = "locations.readonly"

    report = fetch_source(made.source)

    made.source.refresh_from_db()
    assert "does not let this login read" in report.stopped
    assert made.source.state == ConnectionState.NEEDS_ATTENTION
