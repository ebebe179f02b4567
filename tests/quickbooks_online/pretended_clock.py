"""Time that passes only when someone sleeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sync.quickbooks_online.limits import RowsOfProcess, Window


class Clock:
    """The clock, and what slept on it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def window(self) -> Window:
        return Window(RowsOfProcess(self), sleep=self.sleep)
