"""What time is it, for all machines of an installation? The database says so.

Who holds a company, and whether QuickBooks may still be at work on what was sent last, are moments that one process
writes and another reads. By clocks of their own, two machines that are minutes apart would take a company out of each
other's hands, and one would send again what QuickBooks is still writing for the other.

Source:
    docs/decisions/0092-one-clock.md
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

#: For how long it is believed by how much the clock of this machine differs from the database's.
_TRUSTED = 60.0
#: Unlike the usual one, it counts the time for which the machine itself was suspended.
_ALL_TIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def seconds_passed() -> float:
    """Seconds since some moment, whatever is done to the clock of the machine and while it is suspended."""
    return time.clock_gettime(_ALL_TIME)


class DatabaseClock:
    """The present moment as the database has it, so that machines whose clocks differ agree."""

    def __init__(self) -> None:
        """Ask nothing yet."""
        self._asked_at = 0.0
        self._was: datetime | None = None

    def __call__(self) -> datetime:
        if connection.vendor != "postgresql":  # a file has one machine
            return timezone.now()
        passed = seconds_passed() - self._asked_at
        if self._was is None or passed > _TRUSTED:
            self._was, passed = _moment_of_database(), 0.0
            self._asked_at = seconds_passed()
        return self._was + timedelta(seconds=passed)


#: The present moment for whatever another machine reads.
shared_now = DatabaseClock()


def _moment_of_database() -> datetime:
    with own_connection(), connection.cursor() as cursor:
        begun = time.monotonic()
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        # It was read somewhere on the way there and back
        return moment + timedelta(seconds=(time.monotonic() - begun) / 2)


@contextmanager
def own_connection() -> Iterator[None]:
    """Close this thread's connection to the database afterward, unless it was open before."""
    was_open = connection.connection is not None
    try:
        yield
    finally:
        if not was_open:
            connection.close()
