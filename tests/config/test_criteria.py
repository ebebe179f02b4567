from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.criteria import PAGE, PAGE_OF_ALL, is_criterion
from tests.databases import CONNECTION_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
PAGE_IS_OLD = "run `make criteria` and commit the page"


def test_the_page_says_which_test_proves_which_criterion(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    proofs = request.config.stash.get(PAGE_OF_ALL, None) or collected_in_a_child(tmp_path / "criteria.md")

    assert proofs == (ROOT / PAGE).read_text(), PAGE_IS_OLD


def collected_in_a_child(written: Path) -> str:
    """The page that `make criteria` writes; for a run that has not collected everything itself."""
    environment = {name: value for name, value in os.environ.items() if name != CONNECTION_VARIABLE}

    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "--quiet", f"--write-criteria={written}"],
        env=environment | {"TIEOUT_TEST_DATABASE": "sqlite"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert collected.returncode == 0, collected.stdout[-2000:]
    return written.read_text()


@pytest.mark.parametrize("name", ["A01", "A75", "B41", "C57", "D66", "E38"])
def test_a_criterion_is_a_letter_and_a_number_that_its_document_has(name: str) -> None:
    assert is_criterion(name)


@pytest.mark.parametrize("name", ["A00", "A76", "E39", "F01", "a12", "A1", "A012", "", 12])
def test_anything_else_is_no_criterion(name: object) -> None:
    assert not is_criterion(name)
