"""How is chance made the same on every machine and in every version of Python?"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Chance from a seed. Only `Random.random` is used, the one method whose sequence Python guarantees."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def below(self, limit: int) -> int:
        """A whole number from 0 to one less than the limit."""
        return int(self._random.random() * limit)

    def between(self, first: int, last: int) -> int:
        """A whole number from the first to the last."""
        return first + self.below(last - first + 1)

    def one_of(self, choices: Sequence[T]) -> T:
        """One of several."""
        return choices[self.below(len(choices))]

    def happens(self, percent: int) -> bool:
        """Whether something happens that happens so often."""
        return self.below(100) < percent

    def shuffled(self, things: Sequence[T]) -> list[T]:
        """The same things in another order."""
        return [
            thing for _, thing in sorted(((self._random.random(), place), thing) for place, thing in enumerate(things))
        ]
