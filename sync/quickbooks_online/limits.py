"""How fast may this company be asked, and how often was it? A request that comes too early waits for Intuit's limits.

Measured with a stand-in that enforces the limits: a client without a window of its own got 76,218 refusals in two
minutes, one with a window none, for the same documents.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from django.db import DatabaseError
from django.utils import timezone

from sync.database_clock import own_connection, shared_now
from sync.deadlines import IN_FLIGHT
from sync.models import CountedKind, count_requests
from sync.quickbooks_online.pacing import (
    LATE,
    PACES,
    PERSON,
    SYNC,
    Caller,
    Lot,
    Places,
    RequestKind,
    next_lot,
    reserve,
    rested,
)
from sync.quickbooks_online.shared_rows import SharedRows


class Rows(Protocol):
    """Where the rows of places of one company are kept."""

    def now(self) -> datetime:
        """The present moment, by the clock that all callers share."""

    def reserve(self, kind: RequestKind, *, count: int, ahead: timedelta) -> Places:
        """Take the next places of a row; see `pacing.reserve`."""

    def rest(self, kind: RequestKind, rest: timedelta) -> None:
        """Give out no place of a row for a while."""


class RowsOfProcess:
    """Rows that only this process knows."""

    def __init__(self, clock: Callable[[], datetime] = timezone.now) -> None:
        """Start with nothing taken.

        Args:
            clock: The present moment.
        """
        self.now = clock
        self._lock = threading.Lock()
        self._free_from: dict[RequestKind, datetime] = defaultdict(self.now)

    def reserve(self, kind: RequestKind, *, count: int, ahead: timedelta) -> Places:
        """Take the next places of a row; see `pacing.reserve`."""
        with self._lock:
            places = reserve(self._free_from[kind], PACES[kind], count=count, now=self.now(), ahead=ahead)
            self._free_from[kind] = places.free_from
        return places

    def rest(self, kind: RequestKind, rest: timedelta) -> None:
        """Give out no place of a row for a while."""
        with self._lock:
            self._free_from[kind] = rested(self._free_from[kind], now=self.now(), rest=rest)


class _Taken:
    """Places that were taken and not used yet, by callers of one sort for requests of one kind."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.moments: deque[datetime] = deque()
        self.lot = Lot(used=1)


class Window:
    """Lets requests to one company through, one by one and ten at a time. Safe for threads."""

    def __init__(self, rows: Rows | None, *, sleep: Callable[[float], None] = time.sleep) -> None:
        """Send nothing yet.

        Args:
            rows: Where places are taken; None lets everything through at once.
            sleep: Waits for so many seconds.
        """
        self._rows = rows
        self._sleep = sleep
        self._in_flight = threading.BoundedSemaphore(IN_FLIGHT)
        self._taken = {(kind, person): _Taken() for kind in RequestKind for person in (False, True)}

    @contextmanager
    def admitted(self, kind: RequestKind = RequestKind.SINGLE, *, caller: Caller = SYNC) -> Iterator[int]:
        """Enter when a request of this kind may be sent, and leave when it was answered.

        Args:
            kind: A batch is counted among all requests and among batches.
            caller: For whom it is.

        Yields:
            0; or for how many seconds nothing may be sent, when that is longer than the caller waits.
        """
        if self._rows is None:
            yield 0
            return
        moment = self._wait(kind, caller, self._rows)
        if isinstance(moment, int):
            yield moment
            return
        with self._in_flight:
            # Where ten others were under way, the place may have passed
            while not isinstance(moment, int) and self._rows.now() > moment + LATE:
                moment = self._wait(kind, caller, self._rows)
            yield moment if isinstance(moment, int) else 0

    def rest(self, kind: RequestKind, seconds: float) -> None:
        """Send nothing of this kind for a while: QuickBooks has refused one for haste."""
        if self._rows is not None:
            for caller in (SYNC, PERSON):
                with self._of(kind, caller).lock:
                    self._of(kind, caller).moments.clear()
            self._rows.rest(kind, timedelta(seconds=seconds))

    def _of(self, kind: RequestKind, caller: Caller) -> _Taken:
        return self._taken[kind, caller is PERSON]

    def _wait(self, kind: RequestKind, caller: Caller, rows: Rows) -> datetime | int:
        """The place whose moment has come, or the seconds that are too long to wait."""
        while True:
            place = self._place(kind, caller, rows)
            if isinstance(place, datetime):
                self._until(place, rows)
                return place
            if place.free_from - rows.now() > caller.patience:
                return math.ceil((place.free_from - rows.now()).total_seconds())
            self._until(place.free_from - caller.ahead, rows)

    def _place(self, kind: RequestKind, caller: Caller, rows: Rows) -> datetime | Places:
        """The next place of this process, or the answer that it is too far ahead to be taken."""
        taken = self._of(kind, caller)
        with taken.lock:
            while taken.moments:
                moment = taken.moments.popleft()
                if rows.now() <= moment + LATE:
                    taken.lot = replace(taken.lot, used=taken.lot.used + 1)
                    return moment
            lot = next_lot(taken.lot, most=caller.most[kind])
            places = rows.reserve(kind, count=lot.size, ahead=caller.ahead)
            if not places.moments:
                return places
            taken.lot = replace(lot, used=1)
            taken.moments.extend(places.moments)
            return taken.moments.popleft()

    def _until(self, moment: datetime, rows: Rows) -> None:
        left = (moment - rows.now()).total_seconds()
        if left > 0:
            self._sleep(left)


#: Lets everything through at once, as a company without limits does.
UNLIMITED = Window(None)

_windows: dict[str, Window] = {}
_windows_lock = threading.Lock()


def window_of(realm: str) -> Window:
    """The window of one QuickBooks company: one in this process, over rows that all processes share."""
    with _windows_lock:
        return _windows.setdefault(realm, Window(SharedRows(realm, shared_now)))


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
