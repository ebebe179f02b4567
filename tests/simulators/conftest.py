"""A rehearsal company for each test, on a port of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulators.quickbooks.server import Running, start
from tests.simulators.driver import Books


@pytest.fixture
def running() -> Iterator[Running]:
    """A company with the sample books."""
    with start() as company:
        yield company


@pytest.fixture
def books(running: Running) -> Iterator[Books]:
    """A login to it."""
    found = Books(running)
    yield found
    found.close()
