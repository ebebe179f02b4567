"""How many requests of a day are left at a source? The last ones are left to others who use the same login."""

from __future__ import annotations

from collections.abc import Callable

from books.messages import Message
from books.outcomes import TryLater
from books.translation import gettext_noop

_DAY = 86400
_DAY_IS_USED = gettext_noop(
    "%(source)s takes no more requests from this login today: %(left)s are left. Reading goes on tomorrow (UTC)."
)


class DayLimit:
    """What the answers of one account said about the day."""

    def __init__(self, source: str, clock: Callable[[], float], *, kept: int) -> None:
        """Begin with nothing known.

        Args:
            source: What it is called, for a sentence.
            clock: Seconds since 1970, UTC.
            kept: So many requests of a day are left to others.
        """
        self._source, self._clock, self._kept = source, clock, kept
        self._left: int | None = None
        self._day = -1
        self._most: int | None = None

    def learn(self, left: int, most: int | None = None) -> None:
        """Take note of how many requests are left today, and of how many a day has."""
        self._left, self._day = left, int(self._clock() // _DAY)
        self._most = self._most if most is None else most

    @property
    def left(self) -> int | None:
        """How many may still be sent today; None where that was not said."""
        return None if self._left is None else max(self._left - self._kept, 0)

    @property
    def a_day(self) -> int | None:
        """How many may be sent in a whole day; None where that was not said."""
        return None if self._most is None else max(self._most - self._kept, 0)

    def reached(self) -> TryLater | None:
        """Why nothing more is asked today; None while it may be."""
        today = int(self._clock() // _DAY)
        if self._left is None or self._day != today or self._left >= self._kept:
            return None
        wait = int((today + 1) * _DAY - self._clock()) + 60
        return TryLater(reason=Message.of(_DAY_IS_USED, source=self._source, left=self._left).worded(), wait=wait)
