"""Does every test run wholly on one of the two databases?"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shares import ON_POSTGRES, is_read_here, runs_here

ROOT = Path(__file__).resolve().parents[2]
FILES = [f"{folder}/test_{number}.py" for folder in ("tests/faults", "tests/sync") for number in range(60)]
ADDRESSES = [f"{file}::test_{number}" for file in FILES for number in range(30)]


def test_each_runs_on_one_database_at_least() -> None:
    nowhere = [
        address
        for address in ADDRESSES
        if not any(runs_here(address, on_postgres=choice, one_of=100) for choice in (True, False))
    ]
    assert nowhere == []


def test_what_postgresql_leaves_out_because_it_is_the_same_there_runs_on_sqlite() -> None:
    assert all(runs_here(address, on_postgres=False, one_of=100, is_alike=True) for address in ADDRESSES)


@pytest.mark.parametrize("one_of", [4, 20, 100])
def test_of_those_of_the_other_database_about_one_in_so_many_runs(one_of: int) -> None:
    both = [
        address
        for address in ADDRESSES
        if all(runs_here(address, on_postgres=choice, one_of=one_of) for choice in (True, False))
    ]
    assert 0.5 < len(both) / len(ADDRESSES) * one_of < 1.7


def test_the_files_of_those_that_run_are_read_and_of_the_others_few() -> None:
    for choice in (True, False):
        read = {file for file in FILES if is_read_here(file, on_postgres=choice, one_of=100)}
        assert {
            address.partition("::")[0] for address in ADDRESSES if runs_here(address, on_postgres=choice, one_of=100)
        } <= read
        assert len(read) < len(FILES) * 0.7


def test_asked_for_all_of_them_every_test_runs_on_either() -> None:
    assert all(runs_here(address, on_postgres=choice, one_of=1) for address in ADDRESSES for choice in (True, False))


@pytest.mark.parametrize("beginning", ON_POSTGRES)
def test_each_beginning_names_tests_that_are_there(beginning: str) -> None:
    folder, _, name = beginning.rpartition("/")
    assert list((ROOT / folder).glob(f"{name}*" if name else "test_*.py"))
