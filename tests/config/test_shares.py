"""Does every test run wholly on one of the two databases?"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shares import ON_POSTGRES, runs_here

ROOT = Path(__file__).resolve().parents[2]
ADDRESSES = [f"{folder}/test_it.py::test_{number}" for folder in ("tests/faults", "tests/sync") for number in range(99)]


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_runs_on_one_database_at_least(address: str) -> None:
    assert any(runs_here(address, on_postgres=choice, one_of=4) for choice in (True, False))


def test_of_those_of_the_other_database_about_one_in_four_runs() -> None:
    both = [
        address
        for address in ADDRESSES
        if all(runs_here(address, on_postgres=choice, one_of=4) for choice in (True, False))
    ]
    assert 0.1 < len(both) / len(ADDRESSES) < 0.4


def test_asked_for_all_of_them_every_test_runs_on_either() -> None:
    assert all(runs_here(address, on_postgres=choice, one_of=1) for address in ADDRESSES for choice in (True, False))


@pytest.mark.parametrize("beginning", ON_POSTGRES)
def test_each_beginning_names_tests_that_are_there(beginning: str) -> None:
    folder, _, name = beginning.rpartition("/")
    assert list((ROOT / folder).glob(f"{name}*" if name else "test_*.py"))
