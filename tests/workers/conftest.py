"""What tests of workers have at hand: a rehearsal company, and an empty queue."""

from __future__ import annotations

import pytest

from tests.rehearsal import quickbooks, rehearsal, studio
from tests.workers.working import empty_queue

__all__ = ["quickbooks", "rehearsal", "studio"]


@pytest.fixture(autouse=True)
def queue(transactional_db: None) -> None:
    """Nothing is in the queue, and no worker was ever heard of."""
    empty_queue()
