"""A HighLevel agency that runs beside the tests, and a company that reads one of its sub-accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.conf import settings as current
from pytest_django import Settings

from books.messages import Message
from companies.models import Company
from simulators.highlevel.amounts import LineTax, SoldLine
from simulators.highlevel.server import RunningAgency, start
from sync.fetching.connecting import Connected, NewSource, connect_by_answer, connect_by_key, permission_page
from sync.fetching.fetch import fetch_source
from sync.fetching.report import FetchReport
from sync.models import Connection
from sync.preparing.prepare import prepare_new
from tests.factories import switch_on
from tests.sync.pushing import push

BACK = "http://localhost:8000/integrations/highlevel/callback/"
BEGINNING = date(2026, 1, 1)


@pytest.fixture
def agency(settings: Settings) -> Iterator[RunningAgency]:
    """An agency without any records, where the settings say it is."""
    with start(seed="empty") as running:
        ready = running.ready()
        sources = dict(current.TIEOUT_SOURCES)
        sources["highlevel"] = replace(
            sources["highlevel"],
            api_url=ready["base_url"],
            authorize_url=ready["authorize_url"],
            token_url=ready["token_url"],
            client_id=ready["client_id"],
            client_secret=ready["client_secret"],
            redirect_uri=BACK,
        )
        settings.TIEOUT_SOURCES = sources
        yield running


def signed_in(
    agency: RunningAgency, company: Company, wanted: Any = None, *, without: tuple[str, ...] = (), place: str = ""
) -> Connected | Message:
    """What comes of signing in, with every permission but some left on."""
    page = permission_page("highlevel", state="s-1", redirect_uri=BACK)
    assert isinstance(page, str)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
    granted = [scope for scope in asked["scope"].split() if scope not in without]
    form = {**asked, "decision": "allow", "asked_for_scopes": "yes", "granted": granted}
    if place:
        form["place"] = place
    reply = requests.post(agency.ready()["authorize_url"], data=form, allow_redirects=False, timeout=10)
    answer = {name: values[0] for name, values in parse_qs(urlsplit(reply.headers["Location"]).query).items()}
    wanted = wanted or NewSource(kind="highlevel", starts_on=BEGINNING)
    made = connect_by_answer(company, wanted, answer=answer, redirect_uri=BACK, by=None)
    assert isinstance(made, Connected | Message)
    return made


def key_of(agency: RunningAgency) -> str:
    """What a person pastes: the sub-account's id and its token."""
    return f"{agency.ready()['location_id']} {agency.ready()['private_token']}"


def connected(agency: RunningAgency, company: Company, *, starts_on: date = BEGINNING) -> Connection:
    """The sub-account as a source of the company, with everything switched on."""
    wanted = NewSource(kind="highlevel", starts_on=starts_on, prefix="HL-")
    made = connect_by_key(company, wanted, key=key_of(agency), by=None)
    assert isinstance(made, Connected), made
    switch_on(made.source)
    return made.source


def read_on(source: Connection, **how: Any) -> FetchReport:
    """One fetch, with all that follows of it until QuickBooks has it."""
    report = fetch_source(source, **how)
    prepare_new(source.company)
    push(source.company)
    return report


def wheel(amount: str = "199", **more: Any) -> SoldLine:
    """What the studio sells."""
    return SoldLine(name="Wheel Throwing 101", amount=Decimal(amount), **more)


TAXES = (LineTax("State", Decimal("2.9")), LineTax("City", Decimal("3.86")))
