"""Counts the requests to each company's QuickBooks, and writes them down in blocks."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime

from django.db import DatabaseError
from django.utils import timezone

from sync.models import CountedKind, count_requests
from sync.quickbooks_online.shared_rows import own_connection

logger = logging.getLogger(__name__)

#: So many requests are lost to the count, at most, when a process is killed.
BLOCK = 100


class RequestCounter:
    """The requests of this process to one company's QuickBooks. Safe for threads."""

    def __init__(self, company: int, *, now: Callable[[], datetime] = timezone.now) -> None:
        """Count nothing yet.

        Args:
            company: The number of the company.
            now: The present moment.
        """
        self._company = company
        self._now = now
        self._lock = threading.Lock()
        self._counts: Counter[tuple[date, CountedKind]] = Counter()

    def add(self, kind: CountedKind) -> None:
        """Count one request that was sent."""
        with self._lock:
            self._counts[self._now().astimezone(UTC).date().replace(day=1), kind] += 1
            is_full = self._counts.total() >= BLOCK
        if is_full:
            self.write_down()

    def write_down(self) -> None:
        """Write down what was counted. What cannot be written now is kept for the next time."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            with own_connection():
                for (month, kind), requests in counts.items():
                    count_requests(self._company, month, kind, requests)
                    counts[month, kind] = 0
        except DatabaseError:
            # What was sent has been sent; the count must not stop what comes of it
            logger.warning("requests of company %s could not be counted", self._company, exc_info=True)
            with self._lock:
                self._counts.update(counts)


_counters: dict[int, RequestCounter] = {}
_counters_lock = threading.Lock()


def counter_of(company: int) -> RequestCounter:
    """The counter of a company, by its number: one in this process for all connections."""
    with _counters_lock:
        return _counters.setdefault(company, RequestCounter(company))
