"""A Keap account that listens, and a company of ours that reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pytest_django import Settings

from companies.models import Company
from mapping.models import SourceSettings
from simulators.keap.options import KeapOptions
from simulators.keap.server import RunningKeap, start
from sync.fetching.connecting import Connected, NewSource, connect_by_key
from sync.models import Connection

BEGINNING = date(2020, 1, 1)


@pytest.fixture
def keap(settings: Settings) -> Iterator[RunningKeap]:
    """An empty Keap account, where the settings say that Keap is."""
    with start(seed="empty") as running:
        points_to(settings, running)
        running.company.new_contact("Amara", "Lindqvist", email="amara.lindqvist@example.org", phone="303-555-0101")
        running.company.new_product("Wheel Throwing 101", "199.00", sku="WT-101")
        yield running


def points_to(settings: Settings, running: RunningKeap) -> None:
    """Let the settings say that Keap is there."""
    ready = running.ready()
    at = replace(
        settings.TIEOUT_SOURCES["keap"],
        api_url=ready["api_url"],
        authorize_url=ready["authorize_url"],
        token_url=ready["token_url"],
        client_id=ready["client_id"],
        client_secret=ready["client_secret"],
    )
    settings.TIEOUT_SOURCES = {**settings.TIEOUT_SOURCES, "keap": at}


def connected(company: Company, running: RunningKeap, *, starts_on: date = BEGINNING, on: bool = True) -> Connection:
    """The company with the account as a source; its switches are turned on."""
    made = connect_by_key(company, NewSource(kind="keap", starts_on=starts_on), key=running.ready()["api_key"], by=None)
    assert isinstance(made, Connected), made
    if on:
        SourceSettings.objects.filter(company=company, system=made.source.system).update(
            invoice_creation=True, item_sync=True, customer_sync=True
        )
    return made.source


def an_order(running: RunningKeap, **told: Any) -> str:
    """One course for Amara, 199.00; the order's id."""
    return running.company.place_order("amara.lindqvist@example.org", [("WT-101", 1, "199.00")], **told)


def asked(running: RunningKeap) -> list[tuple[str, str]]:
    """Method and path of everything that was asked of the account, in order."""
    return [(entry["method"], entry["path"]) for entry in running.log.entries]


__all__ = ["BEGINNING", "KeapOptions", "an_order", "asked", "connected", "keap", "points_to"]
