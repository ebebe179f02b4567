"""Through how many of our files does something go? `make way`, or `python -m tools.way TEST` for another test.

Runs one test and lists the files of ours whose functions are entered while it runs, without what its fixtures do, with
the number of lines that were run in each. Without a name it is the way from a product's mapping, saved on its page, to
the posted invoice on the page of its order. What a file does when it is imported does not count.
"""

from __future__ import annotations

import inspect
import sys
import threading
from collections import defaultdict
from collections.abc import Generator
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("books", "companies", "config", "mapping", "reconciliation", "setup", "sync")
TEST = "tests/journeys/test_mapped_and_posted.py"


class Trace:
    """The lines of our files that are run by a test, by file."""

    def __init__(self) -> None:
        self.lines: dict[str, set[int]] = defaultdict(set)
        self._ours: dict[str, str] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Watch what the test itself does, in each of its threads."""
        import_module("config.urls")
        threading.settrace(self._entered)
        sys.settrace(self._entered)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)

    def _entered(self, frame: FrameType, event: str, value: Any) -> Any:
        code = frame.f_code
        is_function = code.co_flags & inspect.CO_OPTIMIZED  # a module and a class are not
        return self._line if is_function and self._name(code.co_filename) else None

    def _line(self, frame: FrameType, event: str, value: Any) -> Any:
        if event == "line":
            self.lines[self._name(frame.f_code.co_filename)].add(frame.f_lineno)
        return self._line

    def _name(self, filename: str) -> str:
        """The path of a file of ours; nothing for any other."""
        if filename not in self._ours:
            path = Path(filename)
            name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else ""
            self._ours[filename] = name if name.split("/")[0] in ROOMS else ""
        return self._ours[filename]


def main(test: str = TEST) -> int:
    """Run the test, and print its way."""
    trace = Trace()
    code = pytest.main(["--quiet", "--numprocesses=0", test], plugins=[trace])
    for name, lines in sorted(trace.lines.items()):
        print(f"{len(lines):5}  {name}")
    print(f"{len(trace.lines)} files, {sum(map(len, trace.lines.values()))} lines of them")
    return int(code)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
