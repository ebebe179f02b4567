"""Can a list be opened in a spreadsheet without running anything that somebody wrote into a name?"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.exporting import csv_lines, csv_response, safe_cell


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "=HYPERLINK(“http://x”)", "＝1+1", "＋1", "＠x"],
)
def test_what_a_spreadsheet_would_run_is_shown_as_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Zoë O'Brien", "1042", "'=1", "a=b", "O-Ring", "Ана", "🏺 Kiln"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


@given(st.text())
def test_no_cell_of_any_text_begins_like_a_formula(text: str) -> None:
    assert not safe_cell(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_amounts_and_dates_go_as_they_are_also_below_zero() -> None:
    lines = list(csv_lines(["Total", "Date"], [[Decimal("-12.50"), date(2026, 8, 14)]]))

    assert lines == ["\ufeffTotal,Date\r\n", "-12.50,2026-08-14\r\n"]


def test_quotes_commas_and_line_breaks_survive() -> None:
    name = 'Tom "Kiln" Baker, Jr.\nStudio'

    text = "".join(csv_lines(["Customer"], [[name]]))

    assert list(csv.reader(text.removeprefix("\ufeff").splitlines(keepends=True)))[1] == [name]


def test_rows_are_written_one_at_a_time_while_they_are_sent() -> None:
    written: list[int] = []

    def rows() -> Iterator[list[str]]:
        for number in range(3):
            written.append(number)
            yield [str(number)]

    response = csv_response("studio-documents", ["Number"], rows())
    stream = iter(response)
    next(stream)

    assert written == []
    assert next(stream) == b"0\r\n"
    assert written == [0]
    assert response["Content-Disposition"] == 'attachment; filename="studio-documents.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
