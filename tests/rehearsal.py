"""A company of ours, connected over real HTTP to a rehearsal company of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest
from pytest_django import Settings

from companies.models import Company
from mapping.models import LineTypeDefault, PostingAccounts
from simulators.quickbooks.server import Running, start
from sync.lists.refresh import refresh_lists
from sync.quickbooks_online.connecting import connect_rehearsal
from tests.factories import a_company
from tests.read_lists import KeptReading
from tests.sample_books import DEFAULTS, ITEMS, POSTING
from tests.simulators.driver import Books

# What reading the sample books left, the first time in this process
_KEPT = KeptReading()


def lists_of_the_sample_books(company: Company) -> None:
    """Read its lists, which every fresh rehearsal has alike: over HTTP once, afterwards the same rows again."""
    if not _KEPT.write_again(company):
        _KEPT.keep(company, read_lists)


@pytest.fixture
def rehearsal(settings: Settings) -> Iterator[Running]:
    """A rehearsal company with the studio's sample books, where the settings say it is."""
    with start() as running:
        settings.TIEOUT_REHEARSAL_URL = running.base_url
        yield running


@pytest.fixture
def quickbooks(rehearsal: Running) -> Iterator[Books]:
    """The rehearsal company as someone in QuickBooks sees it."""
    books = Books(rehearsal)
    yield books
    books.close()


@pytest.fixture
def studio(rehearsal: Running, transactional_db: None) -> Company:
    """The studio, connected, its lists read, its line types and posting accounts decided."""
    return _connected_to(rehearsal.ready(), read=lists_of_the_sample_books)


def connected(rehearsal: Running) -> Company:
    """A company of ours that is connected to the rehearsal and ready to post."""
    return connected_to(rehearsal.ready())


def connected_to(ready: Mapping[str, str]) -> Company:
    """The same, connected by what the rehearsal's program printed when it was ready."""
    return _connected_to(ready, read=read_lists)


def read_lists(company: Company) -> None:
    """Read its lists, as a sync does."""
    failed = refresh_lists(company).failed
    assert not failed, failed


def _connected_to(ready: Mapping[str, str], *, read: Callable[[Company], None]) -> Company:
    company = a_company()
    connect_rehearsal(company, ready)
    read(company)
    LineTypeDefault.objects.bulk_create(
        LineTypeDefault(company=company, section=section.value, item_name_default=ITEMS[sku].name)
        for section, sku in DEFAULTS.items()
    )
    paths = {role.value.replace("-", "_"): account.path for role, account in POSTING.items()}
    PostingAccounts.objects.create(company=company, **paths)
    return company
