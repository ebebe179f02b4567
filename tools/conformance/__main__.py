"""Compare every simulator with the descriptions in a folder, one folder in it for each vendor."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from . import highlevel, keap

#: The vendors' folders, each with what finds the problems.
CHECKS: dict[str, Callable[[Path], Iterator[str]]] = {"highlevel": highlevel.problems, "keap": keap.problems}


def main(arguments: list[str]) -> int:
    """Say what is not as described; the exit code is 1 then, and 2 when there is nothing to compare with."""
    folder = Path(arguments[0]) if len(arguments) == 1 else None
    if folder is None or not folder.is_dir():
        print("Which folder are the descriptions in? make conformance SPECS=folder", file=sys.stderr)
        return 2
    missing = [vendor for vendor in CHECKS if not (folder / vendor).is_dir()]
    if missing:
        print(f"{folder} has no descriptions of {', '.join(missing)}", file=sys.stderr)
        return 2
    wrong = 0
    for vendor, problems in CHECKS.items():
        for problem in problems(folder / vendor):
            wrong += 1
            print(f"{vendor}: {problem}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
