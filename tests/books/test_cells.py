"""Does text stay text in a spreadsheet, and come back from it as it was?"""

from __future__ import annotations

import ast
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.cells import FORMULA_SIGNS, guarded, guarded_cell, unguarded

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "=HYPERLINK(“http://x”)",
     "＝1+1", "＋1", "＠x", "'=1", "''=1"],
)  # fmt: skip
def test_what_a_spreadsheet_would_run_is_shown_as_text(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Zoë O'Brien", "1042", "'quoted'", "a=b", "O-Ring", "Ана", "🏺 Kiln"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


@given(st.text(alphabet=st.sampled_from([*FORMULA_SIGNS, "'", " ", "a", "1"]), max_size=8) | st.text(max_size=20))
def test_no_cell_begins_like_a_formula_and_each_comes_back_as_it_was(text: str) -> None:
    assert not guarded(text).lstrip(" ").startswith(FORMULA_SIGNS)
    assert unguarded(guarded(text)) == text


def test_numbers_and_days_go_as_they_are_and_everything_else_as_text() -> None:
    class Name:
        def __str__(self) -> str:
            return "=1+1"

    cells = [Decimal("-12.50"), -3, date(2026, 8, 14), None, Name(), "-x"]

    assert list(map(guarded_cell, cells)) == [Decimal("-12.50"), -3, date(2026, 8, 14), None, "'=1+1", "'-x"]


def test_every_module_that_writes_a_sheet_uses_this_guard() -> None:
    writers = {
        path.relative_to(ROOT).as_posix(): source
        for room in ("books", "mapping", "sync", "reconciliation", "config")
        for path in (ROOT / room).rglob("*.py")
        if _writes_a_sheet(source := path.read_text())
    }

    assert writers, "the search finds nothing any more"
    assert [name for name, source in writers.items() if "from books.cells import" not in source] == []


def _writes_a_sheet(source: str) -> bool:
    if not any(word in source for word in ("csv", "openpyxl", "Dataset")):
        return False  # need not be taken apart
    tree = ast.parse(source)
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    called = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    csv_writer = {"writer", "DictWriter"} & names and "csv" in called
    return bool(csv_writer or ("openpyxl" in called and "Workbook" in names | called) or "Dataset" in names | called)
