"""Moments at which a company may be asked: Intuit's limits hold in every stretch of time, however callers come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync.quickbooks_online.pacing import AHEAD, LONGEST_REST, PACES, RequestKind, reserve, rested

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SINGLE, BATCH = RequestKind.SINGLE, RequestKind.BATCH
#: Intuit's own figures: requests, seconds, kinds that count.
PUBLISHED = ((10, 1, (SINGLE, BATCH)), (500, 60, (SINGLE, BATCH)), (40, 60, (BATCH,)))

#: What some process does next: after so many milliseconds it asks for places, or tells of a rest.
steps = st.lists(
    st.tuples(
        st.integers(0, 4000),
        st.sampled_from(RequestKind),
        st.integers(1, 30),
        st.sampled_from([0, 0, 0, 0, 5]),
    ),
    max_size=200,
)


def most_within(moments: list[datetime], seconds: float) -> int:
    moments, most, first = sorted(moments), 0, 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= timedelta(seconds=seconds):
            first += 1
        most = max(most, last - first + 1)
    return most


@given(steps)
def test_no_interleaving_of_processes_reaches_a_limit(steps: list[tuple[int, RequestKind, int, int]]) -> None:
    now = START
    free_from = dict.fromkeys(RequestKind, START)
    given_out: dict[RequestKind, list[datetime]] = {kind: [] for kind in RequestKind}
    for milliseconds, kind, count, rest in steps:
        now += timedelta(milliseconds=milliseconds)
        if rest:
            free_from[kind] = rested(free_from[kind], now=now, rest=timedelta(seconds=rest))
            continue
        places = reserve(free_from[kind], PACES[kind], count=count, now=now)
        free_from[kind] = places.free_from
        given_out[kind] += places.moments
        assert all(moment >= now for moment in places.moments)

    for most, seconds, kinds in PUBLISHED:
        assert most_within([moment for kind in kinds for moment in given_out[kind]], seconds) <= most


def test_one_company_gets_97_percent_of_what_intuit_allows() -> None:
    documents = 0
    for kind, holds in ((SINGLE, 1), (BATCH, 30)):
        now = free_from = START
        while free_from < START + timedelta(minutes=10):
            places = reserve(free_from, PACES[kind], count=1, now=now)
            now, free_from = max(now, places.free_from - AHEAD), places.free_from
            documents += holds * len(places.moments)

    # 40 batches of 30 and 460 single calls a minute
    assert documents / 10 > 0.97 * 1660


def test_two_requests_may_arrive_a_fifth_of_a_second_too_close() -> None:
    jitter = timedelta(seconds=0.2)
    singles = [START + PACES[SINGLE] * number - (jitter if number else timedelta()) for number in range(1000)]
    batches = [START + PACES[BATCH] * number for number in range(100)]

    for most, seconds, kinds in PUBLISHED:
        moments = [moment for kind in kinds for moment in (singles if kind is SINGLE else batches)]
        assert most_within(moments, seconds) <= most


def test_a_place_too_far_ahead_is_not_taken() -> None:
    free_from = START + AHEAD + timedelta(milliseconds=1)
    places = reserve(free_from, PACES[BATCH], count=1, now=START)

    assert places.moments == ()
    assert places.free_from == free_from


def test_a_rest_moves_the_row_and_never_back() -> None:
    later = rested(START, now=START, rest=timedelta(seconds=60))

    assert later == START + timedelta(seconds=60)
    assert rested(later, now=START, rest=timedelta(seconds=5)) == later
    assert rested(START, now=START, rest=timedelta(days=3)) == START + LONGEST_REST


def test_a_moment_that_a_wrong_clock_wrote_holds_nobody() -> None:
    places = reserve(START + timedelta(days=300), PACES[SINGLE], count=1, now=START)

    assert places.moments == (START,)
