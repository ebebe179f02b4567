"""How much may an app ask of a location? 100 requests in 10 seconds and 200,000 in a day; 429 beyond that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from ..common.logins import DAY
from .options import HighLevelOptions

MOST, SECONDS, MOST_A_DAY = 100, 10, 200_000


@dataclass
class _Window:
    began: float = float("-inf")
    used: int = 0

    def count(self, now: float, seconds: float) -> int:
        """One more request; how many there are in this window then."""
        if now - self.began >= seconds:
            self.began, self.used = now, 0
        self.used += 1
        return self.used


class HighLevelLimits:
    """What every location has used of its limits."""

    def __init__(self, options: HighLevelOptions, seconds_now: Callable[[], float]) -> None:
        self._options = options
        self._now = seconds_now
        self._bursts: dict[str, _Window] = defaultdict(_Window)
        self._days: dict[str, _Window] = defaultdict(_Window)

    def take(self, location: str) -> tuple[bool, dict[str, str]]:
        """Whether one more request is within the limits, and the headers that tell what is left."""
        if not self._options.limits:
            return True, {}
        now = self._now()
        burst = self._bursts[location].count(now, SECONDS)
        day = self._days[location].count(now, DAY)
        headers = {
            "X-RateLimit-Limit-Daily": str(MOST_A_DAY),
            "X-RateLimit-Daily-Remaining": str(max(MOST_A_DAY - day, 0)),
            "X-RateLimit-Interval-Milliseconds": str(SECONDS * 1000),
            "X-RateLimit-Max": str(MOST),
            "X-RateLimit-Remaining": str(max(MOST - burst, 0)),
        }
        return burst <= MOST and day <= MOST_A_DAY, headers
