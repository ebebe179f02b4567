"""Does `make test` say which stage took how long, end with the first one that fails, and leave out what it names?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.config.good_settings import ROOT
from tools.stages import Stage, main, run_stages, table


def clock_of(*moments: float) -> Callable[[], float]:
    """A clock that shows one of these after the other."""
    left = iter(moments)
    return lambda: next(left)


def test_each_stage_is_said_with_its_time_and_what_they_took_together() -> None:
    stages = run_stages(["lint", "test-sqlite"], lambda name: 0, now=clock_of(0, 58.4, 58.4, 310.5))

    assert table(stages).splitlines() == [
        "  lint           0:58",
        "  test-sqlite    4:12",
        "  together       5:10",
    ]


def test_a_stage_that_fails_is_the_last_to_run_and_its_code_is_the_outcome() -> None:
    codes = {"lint": 0, "test-sqlite": 2, "demo-check": 0}

    stages = run_stages(list(codes), codes.__getitem__, now=clock_of(0, 1, 1, 3))

    assert stages == [Stage(name="lint", seconds=1, code=0), Stage(name="test-sqlite", seconds=2, code=2)]
    assert table(stages).splitlines()[1] == "  test-sqlite    0:02  failed"


@pytest.mark.parametrize(("codes", "outcome", "ran"), [(["0", "0"], 0, 2), (["3", "0"], 3, 1)])
def test_stages_are_processes_whose_codes_count(
    codes: list[str], outcome: int, ran: int, capfd: pytest.CaptureFixture[str]
) -> None:
    code = main([sys.executable, "-c", "import sys; print('at work'); sys.exit(int(sys.argv[1]))", "--", *codes])

    said = capfd.readouterr().out
    assert (code, said.count("at work"), said.count("failed")) == (outcome, ran, int(outcome > 0))
    assert "make: how long each stage took" in said


def test_stages_joined_by_a_plus_run_side_by_side_and_each_of_their_codes_counts(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    meeting = """
import pathlib, sys, time
here, other = (pathlib.Path(sys.argv[1]) / name for name in (sys.argv[2], {"a": "b", "b": "a"}[sys.argv[2]]))
here.touch()
while not other.exists():
    time.sleep(0.01)
sys.exit({"a": 0, "b": 4}[sys.argv[2]])
"""

    code = main([sys.executable, "-c", meeting, str(tmp_path), "--", "a+b", "never"])

    said = capfd.readouterr().out
    assert code == 4
    assert re.search(r"  a\+b +0:\d\d  failed\n", said)
    assert "never" not in said


def test_make_test_runs_every_stage_and_each_is_a_target_of_its_own() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (stages,) = [line.partition(":=")[2].split() for line in makefile.splitlines() if line.startswith("STAGES :=")]

    assert stages == [
        *("types+lint-others+demo-check+collected$(CONFORMANCE)", "test-sqlite", "test-postgres"),
        "test-pages+test-journeys",
    ]
    assert "\nCONFORMANCE = $(if $(SPECS),+conformance)\n" in makefile
    for stage in "+".join(stages).replace("$(CONFORMANCE)", "+conformance").split("+"):
        assert f"\n{stage}: " in makefile


def test_what_opens_every_page_runs_on_postgresql_too() -> None:
    told = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "test-postgres"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    left_out = {word.removeprefix("--ignore=") for word in told.split() if word.startswith("--ignore=")}

    assert "tests/books" in left_out
    for name in ("every_address", "queries", "nasty_addresses"):
        path = f"tests/screens/test_{name}.py"
        assert (ROOT / path).exists()
        assert not left_out & {path, "tests/screens"}
