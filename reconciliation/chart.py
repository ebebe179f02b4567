"""What did each of the last thirty days bring? A bar chart as plain geometry, drawn by the server as SVG. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH = 720
HEIGHT = 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 36, 4, 8, 24
_GAP = 0.28
_STEPS = (1, 2, 5)


@dataclass(frozen=True, kw_only=True)
class Day:
    """What one day came to."""

    on: date
    posted: int = 0
    blocked: int = 0


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One day as two boxes, blocked on top of posted; lengths in units of the drawing."""

    day: Day
    x: float
    width: float
    posted_y: float
    posted_height: float
    blocked_y: float
    blocked_height: float
    #: Whether its date is written below; only some have room.
    dated: bool = False

    @property
    def middle(self) -> float:
        """Where the date is."""
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True, kw_only=True)
class GridLine:
    """A line across, with the number that it marks."""

    y: float
    number: int


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Everything that a template needs to draw."""

    bars: tuple[Bar, ...]
    lines: tuple[GridLine, ...]
    posted: int
    blocked: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened on any day."""
        return not (self.posted or self.blocked)


def days_until(today: date, *, posted: Mapping[date, int], blocked: Mapping[date, int], days: int = 30) -> list[Day]:
    """The last days up to today, oldest first, none left out."""
    first = today - timedelta(days=days - 1)
    dates = [first + timedelta(days=number) for number in range(days)]
    return [Day(on=day, posted=posted.get(day, 0), blocked=blocked.get(day, 0)) for day in dates]


def draw(days: Sequence[Day]) -> Chart:
    """Lay out the bars and the lines behind them."""
    top = _round_top(max((day.posted + day.blocked for day in days), default=0))
    inside = HEIGHT - _TOP - _BOTTOM
    step = (WIDTH - _LEFT - _RIGHT) / max(len(days), 1)
    bars = tuple(_bar(day, place, step, inside / top, len(days)) for place, day in enumerate(days))
    lines = tuple(GridLine(y=_TOP + inside * (1 - number / top), number=number) for number in _numbers(top))
    return Chart(
        bars=bars, lines=lines, posted=sum(day.posted for day in days), blocked=sum(day.blocked for day in days)
    )


def _bar(day: Day, place: int, step: float, scale: float, days: int) -> Bar:
    ground = HEIGHT - _BOTTOM
    posted, blocked = day.posted * scale, day.blocked * scale
    return Bar(
        day=day,
        x=round(_LEFT + place * step + step * _GAP / 2, 2),
        width=round(step * (1 - _GAP), 2),
        posted_y=round(ground - posted, 2),
        posted_height=round(posted, 2),
        blocked_y=round(ground - posted - blocked, 2),
        blocked_height=round(blocked, 2),
        # Counted from the last day, so that today always has its date
        dated=(days - 1 - place) % 7 == 0,
    )


def _round_top(most: int) -> int:
    """The next of 4, 8, 20, 40, 80, 200 …, so that a quarter of it is a whole number."""
    scale = 1
    while True:
        for step in _STEPS:
            if most <= 4 * step * scale:
                return 4 * step * scale
        scale *= 10


def _numbers(top: int) -> list[int]:
    return [top * quarter // 4 for quarter in range(5)]
