"""What tests of workers have at hand: a rehearsal company, and an empty queue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sync.jobs.queue import has_queue
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.workers.working import empty_queue

__all__ = ["quickbooks", "rehearsal", "studio"]


@pytest.fixture(autouse=True)
def queue(db: None) -> Iterator[None]:
    """Nothing is in the queue, and no worker was ever heard of; afterwards too, for tests of other rooms come next."""
    if has_queue():
        empty_queue()
    yield
    if has_queue():
        empty_queue()
