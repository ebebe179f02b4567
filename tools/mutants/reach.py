"""Which functions does a test call? Noted while the tests run once, as they are."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tools.mutants.operators import functions_of

#: A function of a module, by the line on which it begins.
Function = tuple[Path, int]


@dataclass(kw_only=True)
class Reach:
    """What was called, by which test, and how long each test took."""

    #: By function, the names of the tests that call it.
    tests: dict[Function, set[str]] = field(default_factory=dict)
    #: Called while modules were imported and tests collected.
    at_import: set[Function] = field(default_factory=set)
    seconds: dict[str, float] = field(default_factory=dict)

    def can_be_exchanged(self, path: Path, function: int | None) -> bool:
        """Whether all that a function did so far is undone by giving it another code."""
        return function is not None and (path, function) not in self.at_import

    def patience(self, tests: Iterable[str]) -> float:
        """Far more seconds of CPU than some tests should take."""
        return 3 * sum(self.seconds[name] for name in tests) + 20

    def tests_of(self, path: Path, function: int | None) -> list[str]:
        """The tests that call a function, or any of the module, those that bear its name first, then the quick ones."""
        called = (
            self.tests.get((path, function), set())
            if function
            else {name for (module, _), names in self.tests.items() if module == path for name in names}
        )
        return sorted(called, key=lambda name: (f"test_{path.stem}.py" not in name, self.seconds[name], name))


class Tracer:
    """Notes the calls of the functions of some modules."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.reach = Reach()
        self.test = ""
        self._functions = {str(path): self._by_line(path) for path in paths}

    @staticmethod
    def _by_line(path: Path) -> dict[int, Function]:
        return {line: (path, first) for first, last in functions_of(path) for line in range(first, last + 1)}

    def start(self) -> None:
        threading.settrace(self._called)
        sys.settrace(self._called)

    def stop(self) -> None:
        threading.settrace(None)
        sys.settrace(None)

    def _called(self, frame: FrameType, event: str, argument: object) -> None:
        lines = self._functions.get(frame.f_code.co_filename)
        function = lines and lines.get(frame.f_code.co_firstlineno)
        if not function:
            return
        if self.test:
            self.reach.tests.setdefault(function, set()).add(self.test)
        else:
            self.reach.at_import.add(function)
