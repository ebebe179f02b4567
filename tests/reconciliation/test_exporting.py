"""Can a list be opened in a spreadsheet without running anything that someone wrote into a name?"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy

from reconciliation.csv_export import csv_lines, csv_response


def test_text_is_guarded_in_every_cell_and_in_the_header() -> None:
    lines = list(csv_lines(["=Total"], [["=1+1"], [gettext_lazy("=1+2")]]))

    assert lines == ["\ufeff'=Total\r\n", "'=1+1\r\n", "'=1+2\r\n"]


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
