"""What time is it in this company? A clock that a rehearsal may put forward."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


class Clock:
    """The company's clock, in its own time zone. It only ever goes forward."""

    def __init__(self, zone: str = "America/Denver") -> None:
        self.zone = ZoneInfo(zone)
        self.shift = timedelta()

    def now(self) -> datetime:
        """The moment, with the company's offset."""
        return datetime.now(self.zone) + self.shift

    def today(self) -> date:
        """The company's day, which a document without a date bears."""
        return self.now().date()

    def stamp(self) -> str:
        """The moment as `MetaData` shows it: whole seconds with offset."""
        return self.now().isoformat(timespec="seconds")

    def stamp_with_milliseconds(self) -> str:
        """The moment as the `time` of an answer shows it."""
        return self.now().isoformat(timespec="milliseconds")

    def advance(self, seconds: float) -> None:
        """Put the clock forward, so that tokens and request ids grow old at once."""
        if seconds < 0:
            raise ValueError("the clock of a company cannot go back")
        self.shift += timedelta(seconds=seconds)
