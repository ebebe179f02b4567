"""A rehearsal company for each test, and a company of ours that is connected to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from companies.models import Company
from simulators.quickbooks.server import Running, start
from sync.models import Connection
from sync.quickbooks_online.connecting import connect_rehearsal
from sync.quickbooks_online.destination import QuickBooksOnline, open_destination
from tests.quickbooks_online.rehearsal import QUICK, a_company


@pytest.fixture
def quickbooks(settings: Settings) -> Iterator[Running]:
    """A rehearsal company with the sample books, where the settings say that it is."""
    with start() as running:
        settings.TIEOUT_REHEARSAL_URL = running.base_url
        yield running


@pytest.fixture
def registered(quickbooks: Running, settings: Settings) -> Running:
    """The installation is registered with this QuickBooks, and nothing is connected yet."""
    ready = quickbooks.ready()
    settings.TIEOUT_QUICKBOOKS_ENVIRONMENT = "rehearsal"
    settings.TIEOUT_QUICKBOOKS_CLIENT_ID = ready["client_id"]
    settings.TIEOUT_QUICKBOOKS_CLIENT_SECRET = ready["client_secret"]
    return quickbooks


@pytest.fixture
def company(db: None) -> Company:
    return a_company()


@pytest.fixture
def connection(company: Company, quickbooks: Running) -> Connection:
    """The company's login to the rehearsal; its lists have not been read."""
    return connect_rehearsal(company, quickbooks.ready())


@pytest.fixture
def destination(connection: Connection) -> Iterator[QuickBooksOnline]:
    with open_destination(connection, timeouts=QUICK) as opened:
        yield opened
