"""What tests of workers have at hand: a rehearsal company, and an empty queue."""

from __future__ import annotations

import pytest

from sync.jobs.queue import has_queue
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.workers.working import empty_queue

__all__ = ["quickbooks", "rehearsal", "studio"]


@pytest.fixture(autouse=True)
def queue(db: None) -> None:
    """Nothing is in the queue, and no worker was ever heard of."""
    if has_queue():
        empty_queue()
