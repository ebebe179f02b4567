"""Does everything that can be wrong in a spreadsheet get its clear error, in its place, and keep nothing else back?"""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sync.sources.base import ReadOptions, UnreadableFile
from sync.sources.files import LAYOUTS
from tests.sources.reading import csv_errors, read

HEADER = ("Order Number", "Order Date", "Line Item Name", "Quantity", "Price")


def sheet(*rows: str, header: tuple[str, ...] = HEADER) -> str:
    """Rows written with | between their cells, below the header."""
    lines = ["|".join(header), *rows]
    return "".join("|".join(cell.strip() for cell in line.split("|")) + "\n" for line in lines)


def told(content: bytes | str, **options: str) -> list[tuple[int | None, str, str]]:
    """Row, column and code of every error."""
    return [(error.row, error.column, error.code) for error in csv_errors(content, **options)]


# one row with something wrong | the column it is in | the code
CELLS = [
    ("| 2026-08-01 | Kit | 1 | 5", "Order Number", "no-order-number"),
    ("1.00123E+15 | 2026-08-01 | Kit | 1 | 5", "Order Number", "shortened-number"),
    ("A | | Kit | 1 | 5", "Order Date", "empty"),
    ("A | 03/04/2026 | Kit | 1 | 5", "Order Date", "ambiguous-date"),
    ("A | someday | Kit | 1 | 5", "Order Date", "not-a-day"),
    ("A | 2026-02-30 | Kit | 1 | 5", "Order Date", "not-a-day"),
    ("A | 1899-08-01 | Kit | 1 | 5", "Order Date", "implausible-day"),
    ("A | 2026-08-01 | | 1 | 5", "Line Item Name", "nothing-sold"),
    ("A | 2026-08-01 | Kit | | 5", "Quantity", "empty"),
    ("A | 2026-08-01 | Kit | some | 5", "Quantity", "not-a-quantity"),
    ("A | 2026-08-01 | Kit | 1 |", "Price", "empty"),
    ("A | 2026-08-01 | Kit | 1 | free", "Price", "not-an-amount"),
    ("A | 2026-08-01 | Kit | 1 | #REF!", "Price", "spreadsheet-error"),
    ("A | 2026-08-01 | Kit | 1 | 1,234", "Price", "ambiguous-number"),
    ("A | 2026-08-01 | Kit | 1 | 1,23,4", "Price", "misplaced-mark"),
    ("A | 2026-08-01 | Kit | 1 | €5", "Price", "other-currency"),
    ("A | 2026-08-01 | Kit | 1 | 999999999999", "Price", "too-large"),
    ("A | 2026-08-01 | Kit | 99999999999 | 99999999999", "Price", "too-large"),
    ("A | 2026-08-01 | Kit | 1 | 5 | extra", "", "too-many-cells"),
    ("A | 2026-08-01 | Kit \0 | 1 | 5", "Line Item Name", "unstorable-text"),
]


@pytest.mark.parametrize(("row", "column", "code"), CELLS, ids=[f"{column} {code}" for _, column, code in CELLS])
def test_a_bad_cell_is_told_with_row_and_column_and_the_other_orders_go_on(row: str, column: str, code: str):
    good, errors, _ = read(
        "orders-csv", sheet("G-1 | 2026-08-01 | Kit | 1 | 5", row, "G-2 | 2026-08-01 | Kit | 1 | 5").encode()
    )

    assert [(error.row, error.column, error.code) for error in errors] == [(3, column, code)]
    first = ["G-1"] if code != "no-order-number" else []
    assert [read.order.number for read in good] == [*first, "G-2"]


# further columns, and what is wrong in them
FURTHER = [
    ("Currency", "Dollars", "not-a-currency"),
    ("Status", "p" * 121, "too-long"),
    ("Line Type", "gift", "unknown-word"),
    ("Order Total", "12.345", "ambiguous-number"),
    ("Order Total", "0.125", "fraction-of-a-cent"),
    ("Line Amount", "6", "does-not-multiply"),
    ("Notes", "a" * 100_001, "too-long"),
    ("Payment Reference", "17", "empty"),
    ("Payment Date", "2026-08-02", "empty"),
    ("Payment Amount", "5", "empty"),
    ("Payment Amount", "five", "not-an-amount"),
]


@pytest.mark.parametrize(("column", "cell", "code"), FURTHER)
def test_a_bad_cell_of_any_column_is_told_by_name(column: str, cell: str, code: str):
    content = sheet(f"A | 2026-08-01 | Kit | 1 | 5 | {cell}", header=(*HEADER, column))

    assert [(error.row, error.code) for error in csv_errors(content)] == [(2, code)]


@pytest.mark.parametrize(
    ("payments", "code"),
    [
        (("5 | 2026-08-02 | Cash | | held", "| | | |"), "unknown-payment-status"),
        (("5 | 2026-08-02 | Check | 17 |", "6 | 2026-08-02 | Check | 17 |"), "payment-reference-twice"),
        (("-5 | 2026-08-02 | Credit | |", "| | | |"), "negative-credit"),
    ],
)
def test_payments_that_contradict_each_other_are_told(payments: tuple[str, str], code: str):
    names = ("Payment Amount", "Payment Date", "Payment Method", "Payment Reference", "Payment Status")
    rows = [f"A | 2026-08-01 | Kit | 1 | 5 | {payment}" for payment in payments]

    assert [error.code for error in csv_errors(sheet(*rows, header=(*HEADER, *names)))] == [code]


def test_everything_that_is_wrong_with_an_order_is_told_at_once_and_no_part_of_it_is_read():
    content = sheet(
        "A | 2026-08-01 | Kit | 1 | 5",
        "A | 03/04/2026 | Kit | x | 5",
        "A | 2026-08-01 | Kit | 1 | y",
        "B | 2026-08-01 | Kit | 1 | 5",
    )

    good, errors, _ = read("orders-csv", content)

    assert [read.order.number for read in good] == ["B"]
    assert [(error.row, error.column, error.order) for error in errors] == [
        (3, "Order Date", "A"),
        (3, "Quantity", "A"),
        (4, "Price", "A"),
    ]


def test_rows_of_one_order_that_contradict_each_other_are_told_with_both_rows():
    (error,) = csv_errors(sheet("A | 2026-08-01 | Kit | 1 | 5", "A | 2026-08-02 | Mug | 1 | 6"))

    assert (error.row, error.column, error.code) == (3, "Order Date", "rows-disagree")
    assert error.message.explain() == "The column says “2026-08-02” here and “2026-08-01” in row 2 of the same order."


def test_an_order_whose_rows_stand_apart_is_told_with_both_places_and_no_part_of_it_is_read():
    content = sheet(
        "A | 2026-08-01 | Kit | 1 | 5",
        "B | 2026-08-01 | Kit | 1 | 5",
        "A | 2026-08-01 | Mug | 1 | 6",
        "C | 2026-08-01 | Kit | 1 | 5",
        "A | 2026-08-01 | Pot | 1 | 7",
    )

    good, errors, _ = read("orders-csv", content)

    assert [read.order.number for read in good] == ["B", "C"]
    assert [(error.row, error.code, dict(error.message.facts)["other"]) for error in errors] == [
        (2, "rows-apart", 4),
    ]


def test_two_orders_of_one_id_are_told_and_neither_takes_the_place_of_the_other():
    rows = ("1 | A", "1 | B", "2 | C", "| 1", "3 | D", "| D")
    header = ("Order Id", *HEADER)
    good, errors, _ = read(
        "orders-csv", sheet(*(f"{row} | 2026-08-01 | Kit | 1 | 5" for row in rows), header=header).encode()
    )

    assert [(error.row, error.column, error.code) for error in errors] == [
        (2, "Order Id", "order-id-twice"),
        (3, "Order Id", "order-id-twice"),
        (5, "Order Id", "order-id-twice"),
    ]
    assert [(read.order.source_id, read.order.number) for read in good] == [("2", "C"), ("3", "D")]


def test_a_file_that_is_sorted_by_date_is_one_sentence():
    orders = [f"{letter} | 2026-08-01 | Kit | 1 | 5" for letter in "ABCD"]

    with pytest.raises(UnreadableFile) as fault:
        read("orders-csv", sheet(*orders, "E | 2026-08-01 | Kit | 1 | 5", *orders))

    assert str(fault.value) == (
        "The rows of 4 orders are not together: order A, for one, is in row 2 and again in row 7, with others between. "
        "Nothing was read. Sort the file by order number, and import it again."
    )


def test_a_few_orders_whose_rows_are_apart_keep_no_others_back():
    together = [f"{letter} | 2026-08-01 | {item} | 1 | 5" for letter in "EFGHI" for item in ("Kit", "Mug")]
    orders = [f"{letter} | 2026-08-01 | Kit | 1 | 5" for letter in "ABCD"]

    good, errors, _ = read("orders-csv", sheet(*orders, *together, *orders))

    assert [result.order.number for result in good] == list("EFGHI")
    assert [error.order for error in errors] == list("ABCD")


def test_a_row_without_a_number_keeps_the_order_above_it_back_because_it_may_belong_to_it():
    content = sheet("A | 2026-08-01 | Kit | 1 | 5", "| | Mug | 1 | 6", "B | 2026-08-01 | Kit | 1 | 5")

    good, errors, _ = read("orders-csv", content)

    assert [read.order.number for read in good] == ["B"]
    assert [(error.row, error.code, error.order) for error in errors] == [(3, "no-order-number", "A")]


def test_a_total_row_at_the_end_is_told_and_not_taken_for_an_order():
    assert told(sheet("A | 2026-08-01 | Kit | 1 | 5", "Total | | | | 5"))[0] == (3, "Line Item Name", "nothing-sold")


def test_quotation_marks_that_do_not_match_end_the_file_and_keep_the_order_they_are_in_back():
    content = (
        "Order Number,Order Date,Line Item Name,Quantity,Price\n"
        "A,2026-08-01,Kit,1,5\n"
        "B,2026-08-01,Kit,1,5\n"
        'B,2026-08-01,"12" plate,1,5\n'
        "C,2026-08-01,Kit,1,5\n"
    )

    good, errors, _ = read("orders-csv", content)

    assert [read.order.number for read in good] == ["A"]
    assert [(error.row, error.code, error.order) for error in errors] == [(4, "broken-row", "B")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\n\n\n", "The file is empty."),
        ("\ufeff\n".encode(), "The file is empty."),
        ("Order Number,Order Date".encode("utf-16-le"), "not text"),
        (b"\x00\x01\x02\x03", "not text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel workbook (.xls)"),
        (b"%PDF-1.4", "a PDF"),
        (b"\x1f\x8b\x08", "a compressed file"),
        (b"PK\x03\x04 not really", "not an Excel workbook that can be read"),
        (b"abc\x81\x8d\xff", "not text in any encoding"),
        (b'{"orders": []}', "The file is JSON, not a table."),
        (b"just some words\nand more\n", "It has: “just some words”."),
    ],
)
def test_a_file_that_is_no_spreadsheet_of_orders_is_refused_before_anything_is_read(content: bytes, sentence: str):
    with pytest.raises(UnreadableFile) as refused:
        LAYOUTS["orders-csv"].read(io.BytesIO(content), options=ReadOptions())

    assert sentence in refused.value.message.worded()


def refusal(*header: str) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read("orders-csv", ",".join(header) + "\n")
    return refused.value.message.worded()


def test_every_missing_column_is_named_with_those_that_were_found_and_what_was_probably_meant():
    text = refusal("Order Numbr", "Email", "Line Item Nam", "Qnty")

    assert (
        "The file lacks columns for: Order Number; Order Date; Line Item Name / SKU / Line Type / Product Name; "
        "Quantity; Price / Line Amount. It has: “Order Numbr”, “Email”, “Line Item Nam”, “Qnty”." in text
    )
    assert "Did you mean: “Order Numbr” = Order Number; “Line Item Nam” = Line Item Name" in text


def test_two_columns_that_mean_the_same_are_refused_by_name():
    text = refusal(*HEADER, "Unit Price")

    assert text.startswith("The columns “Price” and “Unit Price” both mean Price.")


@pytest.mark.parametrize(
    ("encoding", "sentence"),
    [("klingon", "There is no encoding “klingon”."), ("ascii", "is not written in the encoding"), ("hex", "encoding")],
)
def test_an_encoding_that_does_not_fit_is_refused(encoding: str, sentence: str):
    with pytest.raises(UnreadableFile, match=sentence):
        read("orders-csv", sheet("A | 2026-08-01 | Kübel | 1 | 5"), encoding=encoding)


def test_every_error_says_what_is_wrong_and_what_to_do():
    rows = [row for row, _, code in CELLS if code not in ("no-order-number", "shortened-number")]
    for row in rows:
        for error in csv_errors(sheet(row)):
            assert "%(" not in error.message.worded(), "every gap of the sentence must have its fact"
            assert error.where == "row 2"
            assert error.message.explain()[-1] == error.message.advise()[-1] == "."


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.lists(CELL, min_size=5, max_size=5), max_size=6))
@example(rows=[["", "", "0", "", "A"], ["", "", "0", "", "A"]])
def test_any_cells_at_all_give_orders_or_errors_or_a_refusal_and_never_a_crash(rows: list[list[str]]):
    text = io.StringIO()
    text.write("Order Number,Order Date,Line Item Name,Quantity,Price\n")
    for cells in rows:
        text.write(",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n")

    refused = ""
    try:
        good, errors, _ = read("orders-csv", text.getvalue())
    except UnreadableFile as fault:
        good, errors, refused = [], [], str(fault)

    filled = sum(any(cell.strip() for cell in cells) for cells in rows)
    assert bool(filled) == bool(good or errors or refused), "nothing may be skipped in silence"
    assert "look swapped" in refused or not refused, "nothing else is wrong with the file as a whole"


@given(st.binary(max_size=200))
def test_any_bytes_at_all_are_read_or_refused_and_never_a_crash(content: bytes):
    for layout in LAYOUTS.values():
        try:
            records = list(layout.read(io.BytesIO(content), options=ReadOptions()))
        except UnreadableFile:
            continue
        assert records is not None


# Columns that changed places -----------------------------------------------------------------------------------------

_WIDE = "Order Number,Order Date,First Name,Email,Line Item Name,SKU,Quantity,Price,Payment Date,Payment Amount"
_RIGHT = (
    "7,2026-08-01,Ada,ada@example.net,Class,K-1,1,48.00,08/01/2026,48",
    "8,8/4/26,Bo,bo@example.net,Class,9,2,$5,,",
)


def changed(first: str, second: str, *, rows: tuple[str, ...] = _RIGHT) -> str:
    """A file in which the cells of two columns have changed places, under the same names."""
    names = _WIDE.split(",")
    one, other = names.index(first), names.index(second)
    cells = [row.split(",") for row in rows]
    for row in cells:
        row[one], row[other] = row[other], row[one]
    return "\n".join([_WIDE, *map(",".join, cells)])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Order Date", "Price"),
        ("First Name", "Email"),
        ("Order Number", "Order Date"),
        ("Line Item Name", "Quantity"),
        ("Email", "Payment Date"),
    ],
)
@pytest.mark.parametrize("copies", [1, 60])
def test_two_columns_that_changed_places_are_one_sentence_and_nothing_is_read(first: str, second: str, copies: int):
    with pytest.raises(UnreadableFile) as refused:
        read("orders-csv", changed(first, second, rows=_RIGHT[:1] * 2 * copies))

    assert f"The columns “{first}” and “{second}” look swapped" in str(refused.value)
    assert "Change the two names in the first row of the file" in str(refused.value)


def test_columns_that_have_not_changed_places_are_read():
    good, errors, _ = read("orders-csv", changed("Price", "Price"), date_order="mdy")

    assert [read.order.number for read in good] == ["7", "8"]
    assert errors == []


def test_one_row_with_two_cells_in_each_others_place_is_an_error_of_that_row():
    right = tuple(f"{number},2026-08-01,Ada,ada@example.net,Class,K-1,1,48.00,," for number in range(20))

    good, errors, _ = read("orders-csv", "\n".join([_WIDE, *right, "99,48.00,Ada,a@b.cc,Class,K-1,1,2026-08-01,,"]))

    assert (len(good), {error.row for error in errors}) == (20, {22})


def test_numbers_that_spreadsheets_keep_as_days_are_not_taken_for_amounts_in_the_wrong_place():
    good, errors, _ = read("orders-csv", changed("Price", "Price", rows=("7,46238,A,a@b.cc,C,K,1,46238,,",) * 3))

    assert (len(good), errors) == (1, [])
