"""Run the stages of `make test` one after another, and say at the end how long each took.

`python -m tools.stages COMMAND … -- STAGE …` runs the command with each stage as its last word; stages joined by a plus
run side by side, as one. The first stage that fails is the last to run.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage that has ended."""

    name: str
    seconds: float
    code: int


def run_stages(
    names: Sequence[str], run: Callable[[str], int], *, now: Callable[[], float] = time.monotonic
) -> list[Stage]:
    """Run stages until one fails.

    Args:
        names: In the order in which they are to run.
        run: Runs one; its exit code.
        now: A clock, in seconds.

    Returns:
        Those that ran.
    """
    ended: list[Stage] = []
    for name in names:
        began = now()
        code = run(name)
        ended.append(Stage(name=name, seconds=now() - began, code=code))
        if code:
            break
    return ended


def table(stages: Sequence[Stage]) -> str:
    """The stages with their times, and what they took together."""
    rows = [(stage.name, clock(stage.seconds), "  failed" if stage.code else "") for stage in stages]
    rows.append(("together", clock(sum(stage.seconds for stage in stages)), ""))
    widest = max(len(name) for name, _, _ in rows)
    return "\n".join(f"  {name:<{widest}}  {took:>6}{remark}" for name, took, remark in rows)


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def run_side_by_side(command: Sequence[str], names: Sequence[str]) -> int:
    """Run the command once for each name, all at the same time, until the last has ended.

    Returns:
        The exit code of the first of them that failed, or 0.
    """
    running = [subprocess.Popen([*command, name]) for name in names]
    return next((code for code in [process.wait() for process in running] if code), 0)


def main(words: Sequence[str]) -> int:
    """Run what the command line says; the exit code of the stage that failed, or 0."""
    split = words.index("--")
    command, names = words[:split], words[split + 1 :]
    stages = run_stages(names, lambda name: run_side_by_side(command, name.split("+")))
    print(f"make: how long each stage took\n{table(stages)}", flush=True)
    return stages[-1].code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
