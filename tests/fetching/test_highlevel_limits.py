"""Is HighLevel asked as fast as its answers allow, and no faster?"""

from __future__ import annotations

import pytest

from books.outcomes import TryLater
from sync.fetching.highlevel.limits import HighLevelPace

NOON = 1_800_000_000.0 - 1_800_000_000.0 % 86400 + 43200


def told(**numbers: int) -> dict[str, str]:
    """The headers of an answer."""
    return {f"x-ratelimit-{name.replace('_', '-')}": str(number) for name, number in numbers.items()}


def test_with_nothing_known_nothing_is_waited_for() -> None:
    assert HighLevelPace(clock=lambda: NOON).before() == 0.0


@pytest.mark.parametrize(("remaining", "pause"), [(100, 0.0), (10, 0.0), (9, 0.1), (2, 0.1), (1, 10.0), (0, 10.0)])
def test_where_little_is_left_of_ten_seconds_the_rest_is_spread_over_them(remaining: int, pause: float) -> None:
    pace = HighLevelPace(clock=lambda: NOON)
    pace.learn(told(interval_milliseconds=10_000, max=100, remaining=remaining, daily_remaining=5000))

    assert pace.before() == pytest.approx(pause)
    assert pace.before() == 0.0


def test_where_the_day_is_nearly_used_reading_goes_on_tomorrow() -> None:
    moment = NOON
    pace = HighLevelPace(clock=lambda: moment)
    pace.learn(told(daily_remaining=199))

    waiting = pace.before()
    assert isinstance(waiting, TryLater)
    assert waiting.wait == 43200 + 60
    moment += waiting.wait
    assert pace.before() == 0.0


@pytest.mark.parametrize(("headers", "seconds"), [({}, 10), ({"retry-after": "7"}, 7), ({"retry-after": "soon"}, 10)])
def test_after_a_refusal_for_haste_the_interval_is_waited_for_unless_it_says_how_long(
    headers: dict[str, str], seconds: int
) -> None:
    assert HighLevelPace(clock=lambda: NOON).hasty(headers) == seconds


def test_headers_that_are_no_numbers_say_nothing() -> None:
    pace = HighLevelPace(clock=lambda: NOON)
    pace.learn({"x-ratelimit-remaining": "", "x-ratelimit-max": "many", "x-ratelimit-daily-remaining": "-"})

    assert pace.before() == 0.0
