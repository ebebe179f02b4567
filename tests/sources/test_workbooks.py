"""Is an Excel workbook read like the text that a person would save from it?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from books.serialization import order_body
from tests.sources.reading import csv_orders, read

HEADER = ["Order Number", "Order Date", "Line Item Name", "Quantity", "Price", "Payment Date", "Payment Amount"]


def workbook(*rows: Sequence[Any], above: tuple[Sequence[Any], ...] = (), other_sheets: tuple[str, ...] = ()) -> bytes:
    """A workbook with these rows below the header."""
    book = Workbook()
    for title in other_sheets:
        book.create_sheet(title, 0).append(["Nothing", "here"])
    sheet = book.worksheets[-1]
    for row in (*above, HEADER, *rows):
        sheet.append(list(row))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def test_numbers_and_dates_of_a_workbook_are_what_they_are():
    rows: list[list[Any]] = [
        [3001, date(2026, 8, 1), "Kit", 2, 48.1, datetime(2026, 8, 2), 96.2],  # noqa: DTZ001 - a spreadsheet knows no time zone
        [3001, None, "Mug", 0.5, "1,234.50", None, None],
        ["M-2", "2026-08-03", "Kit", 1, 0.1 + 0.2, None, None],
        ["M-3", 46238, "Kit", 1, 5, None, None],
    ]

    first, second, third = csv_orders(workbook(*rows))

    assert (first.number, str(first.placed_on), str(first.total)) == ("3001", "2026-08-01", "713.45")
    assert [(str(one.paid_on), str(one.amount)) for one in first.payments] == [("2026-08-02", "96.20")]
    assert str(second.total) == "0.30"
    assert str(third.placed_on) == "2026-08-04"


def test_a_workbook_reads_as_the_same_orders_as_its_text():
    text = ",".join(HEADER) + "\nM-1,2026-08-01,Kit,2,48.10,2026-08-02,96.20\n"
    cells = ["M-1", date(2026, 8, 1), "Kit", 2, 48.1, date(2026, 8, 2), 96.2]

    assert [order_body(one) for one in csv_orders(workbook(cells))] == [order_body(one) for one in csv_orders(text)]


def test_rows_are_numbered_as_the_sheet_shows_them_and_faults_name_their_cells():
    bad = ["M-1", "03/04/2026", "Kit", date(2026, 8, 1), "#REF!", None, None]

    _, errors, _ = read("orders-csv", workbook(bad, above=(["Orders of August"], [])))

    assert [(error.row, error.column, error.code) for error in errors] == [
        (4, "Order Date", "ambiguous-date"),
        (4, "Quantity", "date-for-number"),
        (4, "Price", "not-an-amount"),
    ]


def test_the_sheet_with_the_orders_is_found_and_said():
    good, _, notices = read("orders-csv", workbook(["M-1", date(2026, 8, 1), "Kit", 1, 5], other_sheets=("Info",)))

    assert len(good) == 1
    assert notices == ["Of the workbook's 2 sheets, “Sheet” was read."]


@pytest.mark.parametrize("amount", [1e300, 1e15, -1e12])
def test_a_number_that_no_books_keep_is_a_fault(amount: float):
    _, errors, _ = read("orders-csv", workbook(["M-1", date(2026, 8, 1), "Kit", 1, amount]))

    assert [error.code for error in errors] == ["too-large"]


def test_a_moment_of_a_workbook_is_the_day_that_it_shows():
    (order,) = csv_orders(workbook(["M-1", datetime(2026, 8, 1, 23, 30), "Kit", 1, 5]))  # noqa: DTZ001

    assert str(order.placed_on) == "2026-08-01"
