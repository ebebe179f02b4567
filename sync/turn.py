"""How long is one company served before another is? As long as it takes by a command, for a while by a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone


class LeaseLost(RuntimeError):
    """Another pusher took over, because this one was silent for longer than its lease."""


class TurnOver(Exception):
    """The turn ended in the middle of something that goes on with the next one."""


def never() -> bool:
    """Nobody asks to stop."""
    return False


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One company's turn. Nothing is broken off when it ends: a document that was begun is finished first."""

    #: None for a turn without an end.
    until: datetime | None = None
    #: Whether the process is to end; asked between two documents.
    asked_to_stop: Callable[[], bool] = never

    def is_over(self) -> bool:
        """Whether the time is up, or the process is to end."""
        return self.asked_to_stop() or (self.until is not None and timezone.now() >= self.until)

    def ends_within(self, most: float) -> float:
        """Seconds that are left, `most` at most."""
        if self.asked_to_stop():
            return 0
        left = (self.until - timezone.now()).total_seconds() if self.until else most
        return max(0.0, min(most, left))

    def check(self) -> None:
        """Go on, or not.

        Raises:
            TurnOver: The turn has ended.
        """
        if self.is_over():
            raise TurnOver


#: The turn of a command that a person or a timer starts.
ENDLESS = Turn()


def turn_of(seconds: float, *, stops: Callable[[], bool] = never) -> Turn:
    """A turn that begins now."""
    return Turn(until=timezone.now() + timedelta(seconds=seconds), asked_to_stop=stops)
