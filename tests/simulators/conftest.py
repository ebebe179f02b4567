"""A rehearsal company for each test; one address for all of them, as nothing is asked of it but to listen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulators.quickbooks.server import Running, start
from tests.simulators.driver import Books


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
