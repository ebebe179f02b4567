"""Is an Excel workbook read like the text that a person would save from it?"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from books.serialization import order_body
from sync.sources.base import UnreadableFile
from tests.outside.hostile_files import NO_WORKBOOKS, QUICK, WORKBOOKS, row_of, workbook_of
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
    assert [(str(payment.paid_on), str(payment.amount)) for payment in first.payments] == [("2026-08-02", "96.20")]
    assert str(second.total) == "0.30"
    assert str(third.placed_on) == "2026-08-04"


def test_a_workbook_reads_as_the_same_orders_as_its_text():
    text = ",".join(HEADER) + "\nM-1,2026-08-01,Kit,2,48.10,2026-08-02,96.20\n"
    cells = ["M-1", date(2026, 8, 1), "Kit", 2, 48.1, date(2026, 8, 2), 96.2]

    assert [order_body(csv_order) for csv_order in csv_orders(workbook(cells))] == [
        order_body(csv_order) for csv_order in csv_orders(text)
    ]


def test_rows_are_numbered_as_the_sheet_shows_them_and_faults_name_their_cells():
    bad = ["M-1", "03/04/2026", "Kit", date(2026, 8, 1), "#REF!", None, None]

    _, errors, _ = read("orders-csv", workbook(bad, above=(["Orders of August"], [])))

    assert [(error.row, error.column, error.code) for error in errors] == [
        (4, "Order Date", "ambiguous-date"),
        (4, "Quantity", "date-for-number"),
        (4, "Price", "spreadsheet-error"),
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


def cell(kind: str, inside: str) -> str:
    return f'<c t="{kind}">{inside}</c>'


def numbered(value: object) -> str:
    return f"<c><v>{value}</v></c>"


TOP = ("Order Number", "Order Date", "Line Item Name", "SKU", "Quantity", "Price", "Order Total", "Phone", "Zip")


def order_row(number: int, **cells: str) -> str:
    """A row of one order over 47.00, with other cells."""
    usual = {
        "Order Number": "M-1",
        "Order Date": "2026-08-01",
        "Line Item Name": "Kit",
        "SKU": "KIT",
        "Quantity": numbered(1),
        "Price": numbered(47),
        "Order Total": numbered(47),
    }
    attributes = cells.pop("attributes", "")
    return row_of(number, *({**usual, **cells}.get(name, "<c/>") for name in TOP), attributes=attributes)


def sheet_of(*rows: str) -> bytes:
    return workbook_of(row_of(1, *TOP) + "".join(rows))


NO_VALUES = [
    ("Order Total", "<c><f>48</f></c>", "formula-without-result"),
    ("Order Total", "<c><f>48</f><v></v></c>", "formula-without-result"),
    ("Price", cell("e", "<v>#REF!</v>"), "spreadsheet-error"),
    ("Line Item Name", cell("e", "<v>#N/A</v>"), "spreadsheet-error"),
    ("Line Item Name", cell("b", "<v>1</v>"), "yes-or-no"),
    ("SKU", cell("b", "<v>0</v>"), "yes-or-no"),
    ("SKU", "4.00638E+12", "shortened-number"),
    ("Phone", "3.03556E+09", "shortened-number"),
    ("Zip", "8.03E+04", "shortened-number"),
    ("SKU", numbered("12345678901234567890"), "shortened-number"),
]


@pytest.mark.parametrize(("column", "xml", "code"), NO_VALUES)
def test_a_cell_that_does_not_show_its_value_is_refused(column: str, xml: str, code: str):
    good, errors, _ = read("orders-csv", sheet_of(order_row(2, **{column: xml})))

    assert good == []
    assert [(error.row, error.column, error.code) for error in errors] == [(2, column, code)]


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("SKU", "4.00638E+12", "shortened-number"),
        ("SKU", "4,00638E+12", "shortened-number"),
        ("Phone", "3.03556E+09", "shortened-number"),
        ("Zip", "8.03E+04", "shortened-number"),
        ("Price", "#REF!", "spreadsheet-error"),
        ("Line Item Name", "#N/A", "spreadsheet-error"),
        ("Line Item Name", "TRUE", "yes-or-no"),
        ("Order Total", "=48", "formula-without-result"),
        ("Order Date", "#######", "spreadsheet-error"),
    ],
)
def test_a_text_that_a_spreadsheet_spoiled_is_refused_in_a_csv_too(column: str, text: str, code: str):
    cells = {"Order Number": "1", "Order Date": "2026-08-01", "Line Item Name": "Kit", "Quantity": "1", "Price": "47"}
    row = [({**cells, column: f'"{text}"'}).get(name, "") for name in TOP]

    _, errors, _ = read("orders-csv", ",".join(TOP) + "\n" + ",".join(row))

    assert [(error.column, error.code) for error in errors] == [(column, code)]


def test_two_products_whose_skus_a_spreadsheet_shortened_alike_do_not_become_one():
    rows = [order_row(2, SKU="4.00638E+12"), order_row(3, SKU="4.00638E+12", **{"Order Number": "M-2"})]

    good, errors, _ = read("orders-csv", sheet_of(*rows))

    assert good == []
    assert len(errors) == 2


def test_a_whole_number_in_a_workbook_is_an_identifier_however_wide_its_column_is():
    (order,) = csv_orders(sheet_of(order_row(2, SKU=numbered("4006381333931"), Phone=numbered("3035550100"))))

    assert (order.lines[0].sku, order.customer.phone) == ("4006381333931", "3035550100")


def test_a_formula_with_a_result_is_its_result_and_keeps_the_control_total():
    (order,) = csv_orders(sheet_of(order_row(2, **{"Order Total": "<c><f>24*2</f><v>48</v></c>"})))

    assert (str(order.stated_total), str(order.total)) == ("48.00", "47.00")


def test_an_identifier_is_read_as_its_cell_shows_it_and_an_amount_as_what_it_is():
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(TOP))
    sheet.append([17, date(2026, 8, 1), "Kit", 42, 1, 47, 47, 3035550100, 2101])
    for column, written in {"A": "0000", "D": "00000", "F": "0000", "H": "(000) 000-0000", "I": "00000"}.items():
        sheet[f"{column}2"].number_format = written
    file = BytesIO()
    book.save(file)

    (order,) = csv_orders(file.getvalue())

    assert (order.number, order.lines[0].sku, str(order.lines[0].unit_price)) == ("0017", "00042", "47.00")
    assert (order.customer.phone, order.customer.billing.postal_code) == ("(303) 555-0100", "02101")


def test_a_day_where_an_identifier_should_be_is_refused():
    rows = workbook([date(2026, 4, 1), date(2026, 8, 1), "Kit", 1, 5])

    _, errors, _ = read("orders-csv", rows)

    assert [(error.column, error.code) for error in errors] == [("Order Number", "date-for-identifier")]


def test_rows_that_a_filter_hides_are_read_and_said():
    rows = [order_row(2), order_row(3, attributes='hidden="1"', **{"Order Number": "M-2"})]

    good, errors, notices = read("orders-csv", sheet_of(*rows))

    assert (len(good), errors) == (2, [])
    assert notices == ["Rows that are hidden in the sheet, by a filter or by hand, were read like the others (1): 3."]


@pytest.mark.parametrize("what", QUICK)
def test_a_workbook_made_to_exhaust_its_reader_is_refused_or_read(what: str):
    with suppress(UnreadableFile):
        assert read("orders-csv", WORKBOOKS[what](1))[0] == []


@pytest.mark.parametrize("what", NO_WORKBOOKS)
def test_an_archive_that_is_no_workbook_is_called_what_it_is(what: str):
    with pytest.raises(UnreadableFile, match=what):
        read("orders-csv", NO_WORKBOOKS[what])
