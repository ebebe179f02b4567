"""Does the chart draw what the figures say?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.chart import HEIGHT, WIDTH, Day, days_until, draw

TODAY = date(2026, 8, 14)


def test_the_days_end_today_and_none_is_left_out() -> None:
    days = days_until(TODAY, posted={TODAY: 3}, blocked={date(2026, 7, 16): 2, date(2026, 7, 15): 9})

    assert [day.on for day in days] == [TODAY - timedelta(days=back) for back in range(29, -1, -1)]
    assert days[-1] == Day(on=TODAY, posted=3)
    assert days[0] == Day(on=date(2026, 7, 16), blocked=2)


def test_bars_are_as_high_as_their_numbers_and_blocked_stands_on_posted() -> None:
    chart = draw([Day(on=TODAY, posted=10, blocked=5), Day(on=TODAY, posted=20)])
    first, second = chart.bars

    assert second.posted_height == pytest.approx(2 * first.posted_height)
    assert first.posted_height == pytest.approx(2 * first.blocked_height)
    assert first.blocked_y + first.blocked_height == pytest.approx(first.posted_y)
    assert (chart.posted, chart.blocked) == (30, 5)


@pytest.mark.parametrize(
    ("most", "top"), [(0, 4), (1, 4), (4, 4), (5, 8), (9, 20), (21, 40), (45, 80), (81, 200), (10_000, 20_000)]
)
def test_the_scale_ends_at_a_round_number_whose_quarters_are_whole(most: int, top: int) -> None:
    chart = draw([Day(on=TODAY, posted=most)])

    assert [line.number for line in chart.lines] == [0, top // 4, top // 2, top * 3 // 4, top]


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=60))
def test_nothing_is_ever_drawn_outside_the_frame(numbers: list[tuple[int, int]]) -> None:
    chart = draw([Day(on=TODAY, posted=posted, blocked=blocked) for posted, blocked in numbers])

    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH + 0.1 for bar in chart.bars)
    assert all(bar.blocked_y >= 0 and bar.posted_y + bar.posted_height <= HEIGHT for bar in chart.bars)


def test_today_always_bears_its_date() -> None:
    assert draw(days_until(TODAY, posted={}, blocked={})).bars[-1].dated


def test_a_month_without_anything_is_said_to_be_empty() -> None:
    assert draw(days_until(TODAY, posted={}, blocked={})).is_empty
    assert not draw([Day(on=TODAY, blocked=1)]).is_empty
