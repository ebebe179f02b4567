"""Does every test run once when processes share them, and is each failure told, that of a killed process too?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.config.good_settings import ROOT
from tests.side_by_side import MOST_AT_ONCE, Shares

PLUGINS = ("no:cacheprovider", "xdist.plugin", "tests.side_by_side")
SET_UP = """
import os, pathlib, pytest

@pytest.fixture(scope="session")
def of_the_run(tmp_path_factory):
    yield tmp_path_factory.mktemp("run")
    pathlib.Path("ended").open("a").write(f"{os.getpid()}\\n")
    if pathlib.Path("full").exists():
        raise OSError("full")
"""
MANY = """
import os, pathlib, time, pytest

@pytest.mark.parametrize("number", range(30))
def test_it(number, of_the_run, tmp_path):
    print("seen by", number)
    pathlib.Path("ran").open("a").write(f"{__name__} {number} {os.getpid()}\\n")
    (of_the_run / "mine").write_text(str(os.getpid()))
    until = time.monotonic() + 60  # neither process takes them all, however fast it is
    while not number and len(set(pathlib.Path("ran").read_text().split()[2::3])) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    WHAT
"""


def shared(folder: Path, *options: str, **what: str) -> str:
    """What pytest says of files with thirty tests each, the names of the files with what their tests end with."""
    (folder / "conftest.py").write_text(SET_UP)
    for name, ends in what.items():
        (folder / f"test_{name}.py").write_text(MANY.replace("WHAT", ends))
    plugins = [word for name in PLUGINS for word in ("-p", name)]
    command = [sys.executable, "-m", "pytest", "--quiet", *plugins, "--numprocesses", "2", *options, str(folder)]
    told = subprocess.run(
        [*command, "-c", os.devnull, "--rootdir", str(folder)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    return re.sub(r"in [\d.]+s", "in time", told.stdout + told.stderr)


def ran(folder: Path) -> list[list[str]]:
    """Of each test that began its file, number and process."""
    return [line.split() for line in (folder / "ran").read_text().splitlines()]


def test_each_test_runs_once_in_one_of_the_processes_and_what_each_set_up_is_taken_down_once(tmp_path: Path) -> None:
    said = shared(tmp_path, one="pass", other="pass")

    assert "60 passed in time" in said
    begun = ran(tmp_path)
    assert len(begun) == len({(file, number) for file, number, _ in begun}) == 60
    processes = {process for _, _, process in begun}
    assert len(processes) == 2
    assert sorted((tmp_path / "ended").read_text().split()) == sorted(processes)


def test_what_failed_is_told_with_its_reason_and_what_it_printed(tmp_path: Path) -> None:
    said = shared(tmp_path, one="assert number != 17", other="pass")

    assert "1 failed, 59 passed in time" in said
    assert "assert 17 != 17" in said
    assert re.findall(r"seen by \d+", said) == ["seen by 17"]


def test_a_process_that_is_killed_fails_the_test_that_it_ran_and_others_go_on(tmp_path: Path) -> None:
    said = shared(tmp_path, one="if number == 17: os.kill(os.getpid(), 9)", other="pass")

    assert "1 failed, 59 passed in time" in said
    assert "The process that ran it ended with -9." in said
    assert "test_one.py::test_it[17]" in said
    assert len(ran(tmp_path)) == 60


def test_after_the_first_failure_no_more_are_begun_where_that_is_asked_for(tmp_path: Path) -> None:
    said = shared(tmp_path, "--exitfirst", one="assert number != 0; time.sleep(0.1)", other="time.sleep(0.1)")

    assert "1 failed" in said
    assert len(ran(tmp_path)) < 60


def test_what_goes_wrong_when_a_run_is_taken_down_is_told(tmp_path: Path) -> None:
    (tmp_path / "full").touch()

    said = shared(tmp_path, one="pass")

    assert "30 passed, 2 errors in time" in said
    assert "OSError: full" in said


# Which tests are taken together -------------------------------------------------------------------------------------


def taken(files: str, *, processes: int = 2) -> list[str]:
    """The tests as they are taken, each written as the letter of its file; those of a capital letter take long."""
    shares = Shares(files=files, long=[file.isupper() for file in files], processes=processes)
    pieces = []
    while places := shares.take():
        pieces.append("".join(files[place] for place in places))
    return pieces


def test_those_that_take_long_are_taken_one_by_one_and_others_a_few_of_a_file_at_a_time() -> None:
    pieces = taken("AAB" + "c" * 100 + "d" * 10)

    assert pieces[:3] == ["A", "A", "B"]
    assert pieces[3] == "c" * 13
    assert all(len(set(piece)) == 1 for piece in pieces)
    assert max(map(len, pieces)) <= MOST_AT_ONCE
    assert pieces[-4:] == ["d", "d", "d", "d"]
    assert sum(map(len, pieces)) == 113


def test_what_a_killed_process_had_not_begun_is_taken_by_the_next() -> None:
    shares = Shares(files="a" * 24, long=[False] * 24, processes=2)
    first = shares.take()
    shares.give_back(first[1:])

    assert first == [0, 1, 2]
    assert shares.take()[0] == 1
