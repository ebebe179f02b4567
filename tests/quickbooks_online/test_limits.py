"""A window that lets requests through as late as it must, and not later."""

from __future__ import annotations

import threading
from collections import Counter

from sync.quickbooks_online.limits import INTUIT, Limit, SlidingWindow, window_of


class Clock:
    """Time that passes only when someone sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def admitted(window: SlidingWindow, clock: Clock, times: int) -> list[float]:
    moments = []
    for _ in range(times):
        window.wait()
        moments.append(clock.now)
    return moments


def most_within(moments: list[float], seconds: float) -> int:
    return max(sum(1 for other in moments if moment <= other < moment + seconds) for moment in moments)


def test_intuits_limits_are_never_reached() -> None:
    clock = Clock()
    moments = admitted(SlidingWindow(INTUIT, clock=clock, sleep=clock.sleep), clock, 1500)

    assert most_within(moments, 1) <= 9
    assert most_within(moments, 60) <= 480
    # and hardly anything of what is allowed is wasted
    assert 179 < moments[-1] - moments[0] < 190


def test_who_comes_slowly_never_waits() -> None:
    clock = Clock()
    window = SlidingWindow((Limit(requests=2, seconds=1),), clock=clock, sleep=clock.sleep)
    for _ in range(20):
        window.wait()
        clock.now += 0.6

    assert clock.slept == []


def test_a_window_without_limits_lets_everybody_through() -> None:
    clock = Clock()
    assert len(admitted(SlidingWindow((), clock=clock, sleep=clock.sleep), clock, 10_000)) == 10_000
    assert clock.slept == []


def test_threads_share_one_window() -> None:
    pauses: list[float] = []
    window = SlidingWindow((Limit(requests=5, seconds=0.05),), clock=Clock(), sleep=pauses.append)

    def come() -> None:
        for _ in range(10):
            window.wait()

    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # Time stands still, so the 40 callers are sent to 8 moments, five of them to each; the first five need no pause
    places = Counter(round(pause / 0.05) for pause in pauses)
    assert places == dict.fromkeys(range(1, 8), 5)


def test_each_company_has_a_window_of_its_own() -> None:
    assert window_of("9341") is window_of("9341")
    assert window_of("9341") is not window_of("9342")
