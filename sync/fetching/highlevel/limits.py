"""How fast may HighLevel be asked? As its answers say: for ten seconds, and for the day.

Source:
    The five X-RateLimit headers that HighLevel documents under OAuth, rate limits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from books.outcomes import TryLater
from sync.fetching.base import AccountLimits
from sync.fetching.day_limit import DayLimit

#: Requests of a day that are left for others who use the same app.
_KEPT = 200
#: Seconds: the interval where no answer has named it.
_INTERVAL = 10.0
_LONGEST = 3600


class HighLevelPace:
    """What the answers of one sub-account said about its limits."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """Begin with nothing known.

        Args:
            clock: Seconds since 1970, UTC.
        """
        self._today = DayLimit("HighLevel", clock, kept=_KEPT)
        self._interval = _INTERVAL
        self._pause = 0.0
        self._most: int | None = None

    def before(self) -> TryLater | float:
        """See `Pace.before`."""
        if reached := self._today.reached():
            return reached
        pause, self._pause = self._pause, 0.0
        return pause

    def learn(self, headers: Mapping[str, str]) -> None:
        """See `Pace.learn`. Where a tenth of the requests is left, they are spread over the interval."""
        left, milliseconds = _number(headers, "daily-remaining"), _number(headers, "interval-milliseconds")
        if left is not None:
            self._today.learn(left, _number(headers, "limit-daily"))
        if milliseconds:
            self._interval = min(milliseconds / 1000, _LONGEST)
        most, remaining = _number(headers, "max"), _number(headers, "remaining")
        self._most = most or self._most
        if most and remaining is not None and remaining * 10 < most:
            self._pause = self._interval if remaining <= 1 else self._interval / most

    def limits(self) -> AccountLimits:
        """See `Pace.limits`."""
        a_minute = round(self._most * 60 / self._interval) if self._most else None
        return AccountLimits(today=self._today.left, a_day=self._today.a_day, a_minute=a_minute)

    def hasty(self, headers: Mapping[str, str]) -> int:
        """See `Pace.hasty`. It is not documented that HighLevel says how long; where it does, it is followed."""
        told = headers.get("retry-after", "")
        return min(int(told), _LONGEST) if told.isascii() and told.isdigit() else max(1, round(self._interval))


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(f"x-ratelimit-{name}", "")
    return int(text) if text.isascii() and text.isdigit() else None
