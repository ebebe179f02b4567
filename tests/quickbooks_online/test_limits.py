"""A window lets requests through as late as it must, and not later."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from sync.deadlines import IN_FLIGHT
from sync.quickbooks_online.limits import UNLIMITED, RowsOfProcess, Window, window_of
from sync.quickbooks_online.pacing import LATE, PACES, SYNC, RequestKind
from tests.quickbooks_online.pretended_clock import Clock

SINGLE, BATCH = RequestKind.SINGLE, RequestKind.BATCH


def admitted(window: Window, clock: Clock, times: int, kind: RequestKind = SINGLE) -> list[datetime]:
    moments = []
    for _ in range(times):
        with window.admitted(kind) as too_early:
            assert not too_early
            moments.append(clock.now)
    return moments


def test_a_hundred_calls_take_as_long_as_they_must() -> None:
    clock = Clock()
    moments = admitted(clock.window(), clock, 100)

    assert moments[-1] - moments[0] == PACES[SINGLE] * 99


def test_batches_have_a_row_of_their_own() -> None:
    clock = Clock()
    window = clock.window()
    admitted(window, clock, 50)
    before = clock.now
    batches = admitted(window, clock, 3, BATCH)

    assert batches[0] == before
    assert batches[-1] - before == PACES[BATCH] * 2


def test_who_comes_slowly_never_waits() -> None:
    clock = Clock()
    window = clock.window()
    for _ in range(20):
        admitted(window, clock, 1)
        clock.now += timedelta(seconds=0.6)

    assert clock.slept == []


def test_a_window_without_limits_lets_everything_through() -> None:
    for _ in range(10_000):
        with UNLIMITED.admitted() as too_early:
            assert not too_early
    UNLIMITED.rest(SINGLE, 60)
    with UNLIMITED.admitted() as too_early:
        assert not too_early


def test_who_wakes_too_late_for_a_place_takes_another() -> None:
    clock = Clock()

    def oversleep(seconds: float) -> None:
        clock.sleep(seconds + (LATE.total_seconds() * 2 if not clock.slept else 0))

    window = Window(RowsOfProcess(clock), sleep=oversleep)
    admitted(window, clock, 1)
    begun = clock.now
    moments = admitted(window, clock, 2)

    # The second place was missed, so its caller has the next one that is free
    assert moments[0] >= begun + PACES[SINGLE] + LATE * 2
    assert moments[1] - moments[0] == PACES[SINGLE]


def test_a_rest_is_waited_out() -> None:
    clock = Clock()
    window = clock.window()
    begun = clock.now
    window.rest(SINGLE, 60)

    assert admitted(window, clock, 1, BATCH) == [begun]
    assert admitted(window, clock, 1) == [begun + timedelta(seconds=60)]


def test_a_rest_that_is_too_long_is_said() -> None:
    clock = Clock()
    window = clock.window()
    window.rest(SINGLE, SYNC.patience.total_seconds() + 200)

    with window.admitted() as too_early:
        assert too_early == SYNC.patience.total_seconds() + 200
    assert clock.slept == []


def test_ten_requests_are_under_way_at_once() -> None:
    clock, lock = Clock(), threading.Lock()
    window = Window(RowsOfProcess(clock), sleep=lambda seconds: None)
    full, go, entered = threading.Event(), threading.Event(), []

    def ask() -> None:
        with lock:
            clock.now += PACES[SINGLE]
        with window.admitted():
            entered.append(1)
            if len(entered) == IN_FLIGHT:
                full.set()
            go.wait(60)

    threads = [threading.Thread(target=ask) for _ in range(IN_FLIGHT + 5)]
    for thread in threads:
        thread.start()
    assert full.wait(60)
    assert len(entered) == IN_FLIGHT
    go.set()
    for thread in threads:
        thread.join(60)
    assert len(entered) == IN_FLIGHT + 5


def test_each_company_has_a_window_of_its_own() -> None:
    assert window_of("9341") is window_of("9341")
    assert window_of("9341") is not window_of("9342")
