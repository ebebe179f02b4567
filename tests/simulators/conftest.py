"""A rehearsal company for each test; one address for all of them, as nothing is asked of it but to listen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulators.highlevel.server import RunningAgency
from simulators.highlevel.server import start as start_highlevel
from simulators.keap.server import RunningKeap
from simulators.keap.server import start as start_keap
from simulators.quickbooks.server import Running, start
from tests.simulators.driver import Books
from tests.simulators.keap_driver import KeapClient


@pytest.fixture(scope="session")
def listening() -> Iterator[Running]:
    """An address at which a company listens."""
    with start(seed="empty") as company:
        yield company


@pytest.fixture
def running(listening: Running) -> Running:
    """A company with the sample books, fresh for each test."""
    listening.begin_again()
    return listening


@pytest.fixture
def books(running: Running) -> Iterator[Books]:
    """A login to it."""
    found = Books(running)
    yield found
    found.close()


@pytest.fixture(scope="session")
def listening_keap() -> Iterator[RunningKeap]:
    """An address at which a Keap account listens."""
    with start_keap(seed="empty") as account:
        yield account


@pytest.fixture
def keap(listening_keap: RunningKeap) -> Iterator[KeapClient]:
    """A client of an empty Keap account, fresh for each test."""
    listening_keap.begin_again(seed="empty")
    client = KeapClient(listening_keap)
    yield client
    client.close()


@pytest.fixture
def sample_keap(listening_keap: RunningKeap) -> Iterator[KeapClient]:
    """A client of the sample account, fresh for each test."""
    listening_keap.begin_again()
    client = KeapClient(listening_keap)
    yield client
    client.close()


@pytest.fixture(scope="session")
def listening_highlevel() -> Iterator[RunningAgency]:
    """An address at which a HighLevel agency listens."""
    with start_highlevel(seed="empty") as agency:
        yield agency


@pytest.fixture
def highlevel(listening_highlevel: RunningAgency) -> RunningAgency:
    """A HighLevel agency with a sub-account in which nothing has happened yet, fresh for each test."""
    listening_highlevel.begin_again(seed="empty")
    return listening_highlevel
