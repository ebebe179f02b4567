"""How fast may Keap be asked? As its answers say: for the minute, for the day, and for all that ask the same account.

Source:
    The three families of headers that Keap documents under API token quota and usage measurements.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from books.outcomes import TryLater
from sync.fetching.base import AccountLimits
from sync.fetching.day_limit import DayLimit

#: Requests of a day that are left for others who use the same login.
_KEPT = 100
_DAY, _MINUTE, _ACCOUNT = "x-keap-product-quota", "x-keap-product-throttle", "x-keap-tenant-throttle"
#: Keap's window of a minute moves on in steps of so many seconds.
_STEP = 15
_LONGEST = 3600


class KeapPace:
    """What the answers of one account said about its limits."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """Begin with nothing known.

        Args:
            clock: Seconds since 1970, UTC.
        """
        self._today = DayLimit("Keap", clock, kept=_KEPT)
        self._pause = 0.0
        self._a_minute: dict[str, int] = {}

    def before(self) -> TryLater | float:
        """See `Pace.before`."""
        if reached := self._today.reached():
            return reached
        pause, self._pause = self._pause, 0.0
        return pause

    def learn(self, headers: Mapping[str, str]) -> None:
        """See `Pace.learn`. Where a tenth of a minute's requests is left, they are spread over what is left of it."""
        left, most = (_numbers(headers.get(f"{_DAY}-{name}", "")) for name in ("available", "limit"))
        if left:
            self._today.learn(left[0], most[0] if most else None)
        for family in (_MINUTE, _ACCOUNT):
            limits, available = (_numbers(headers.get(f"{family}-{name}", "")) for name in ("limit", "available"))
            # The account's family may name two windows, the minute first
            if limits:
                self._a_minute[family] = limits[0]
            if limits and available and limits[0] and available[0] * 10 < limits[0]:
                self._pause = max(self._pause, _STEP if available[0] <= 1 else 60 / limits[0])

    def limits(self) -> AccountLimits:
        """See `Pace.limits`."""
        return AccountLimits(
            today=self._today.left, a_day=self._today.a_day, a_minute=min(self._a_minute.values(), default=None)
        )

    def hasty(self, headers: Mapping[str, str]) -> int:
        """See `Pace.hasty`."""
        told = _numbers(headers.get("retry-after", ""))
        return min(told[0], _LONGEST) if told else _STEP


def _numbers(text: str) -> list[int]:
    """What a header counts; it may name several windows, and none on an answer to someone unknown."""
    parts = (part.strip() for part in text.split("|"))
    return [int(part) for part in parts if part.isascii() and part.isdigit()]
