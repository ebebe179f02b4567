"""Who sees the card of QuickBooks, and who may press which of its buttons?"""

from __future__ import annotations

import json

import pytest
from django.test import Client
from pytest_django import Settings

from companies.models import Company, Membership, Role
from simulators.quickbooks.server import Running
from sync.models import Connection, ConnectionState
from sync.secrets import encrypt
from tests.quickbooks_online.screens import CARD, a_person, decide, page, to_intuit

pytestmark = pytest.mark.django_db


@pytest.fixture
def connected(company: Company, settings: Settings) -> Company:
    """A company whose QuickBooks is away at the moment."""
    settings.TIEOUT_REHEARSAL_URL = "http://127.0.0.1:9"
    secret = {"access_token": "a", "refresh_token": "r", "realm": "9341", "client_id": "c", "client_secret": "s"}
    Connection.objects.create(
        company=company,
        system="quickbooks-online",
        state=ConnectionState.CONNECTED,
        external_id="9341",
        secret=encrypt(json.dumps(secret)),
    )
    return company


SEES = {"accountant", "ops", "auditor", "administrator"}
RESOLVES = {"accountant", "ops", "administrator"}
ADMINISTERS = {"administrator"}


@pytest.mark.parametrize("role", [*sorted(SEES), "stranger"])
@pytest.mark.parametrize(
    ("method", "path", "who"),
    [
        ("get", CARD, SEES),
        ("post", f"{CARD}connect/", ADMINISTERS),
        ("get", f"{CARD}disconnect/", ADMINISTERS),
        ("post", f"{CARD}disconnect/", ADMINISTERS),
        ("post", f"{CARD}refresh/", RESOLVES),
        ("post", f"{CARD}own-rule/", ADMINISTERS),
    ],
)
def test_each_screen_is_open_to_the_roles_that_have_the_right(
    connected: Company, role: str, method: str, path: str, who: set[str]
) -> None:
    browser = a_person(None if role == "stranger" else connected, role)

    answer = getattr(browser, method)(path)

    if role == "stranger":
        assert answer.status_code == 404
    elif role in who:
        assert answer.status_code in (200, 302)
    else:
        assert answer.status_code == 403


@pytest.mark.parametrize("role", ["accountant", "ops", "auditor"])
def test_who_lost_the_right_on_the_way_connects_nothing(company: Company, registered: Running, role: str) -> None:
    browser = a_person(company)
    back = decide(to_intuit(browser), "allow")
    Membership.objects.update(role=role)

    assert browser.get(back).status_code == 403
    assert not Connection.objects.exists()


def test_who_cannot_connect_is_told_who_can(company: Company, quickbooks: Running) -> None:
    shown = page(a_person(company, Role.AUDITOR))

    assert "Only an administrator" in shown
    assert "<button" not in shown[shown.index('id="quickbooks-card"') :]


def test_buttons_are_pressed_and_not_followed(company: Company, quickbooks: Running) -> None:
    browser = a_person(company)

    for path in ("connect/", "refresh/", "own-rule/"):
        assert browser.get(f"{CARD}{path}").status_code == 405


def test_nobody_comes_in_without_a_login(company: Company, quickbooks: Running) -> None:
    for path in (CARD, "/sync/quickbooks/callback/"):
        assert Client().get(path).status_code == 302
