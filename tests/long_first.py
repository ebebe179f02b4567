"""In which order do tests begin, so that no process is left with a long one when all others have ended?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Test = TypeVar("Test")


def spread(long: Sequence[Test], others: Sequence[Test], *, processes: int) -> list[Test]:
    """The tests in an order in which each process begins with its share of the long ones.

    pytest-xdist gives each process an equal piece of the list, and never takes away what a process is about to begin
    next: two long tests at the head of one piece would run one after the other.

    Args:
        long: The tests that take long.
        others: The rest.
        processes: How many share them.
    """
    ordered: list[Test] = []
    left = list(others)
    for number in range(processes):
        mine = long[number::processes]
        size = (len(long) + len(others) - len(ordered)) // (processes - number)
        filled = max(0, size - len(mine))
        ordered += [*mine, *left[:filled]]
        left = left[filled:]
    return ordered + left
