"""Is every file of orders read within limits, and is each of its rows an order or an error, never lost in silence?"""

from __future__ import annotations

import io
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.sources.base import OrderRead, ReadOptions, RowError, UnreadableFile
from sync.sources.files import LAYOUTS
from sync.sources.files.json_stream import LONGEST_VALUE, MOST_PARTS
from sync.sources.files.orders_csv import MOST_ROWS_OF_AN_ORDER
from sync.sources.files.tables import LONGEST_ROW, MOST_EMPTY_ROWS
from tests.sources.reading import read

HEADER = "Order Number,Order Date,Line Item Name,Quantity,Price\n"
GOOD = "7,2026-08-01,Class,1,48.00\n"
KEAP = {"id": 1, "order_date": "2026-08-01", "total": 48, "order_items": [{"id": 1, "name": "Class", "quantity": 1,
        "price": 48, "type": "PRODUCT"}]}  # fmt: skip


def came_of(layout: str, content: str | bytes, **options: Any) -> tuple[list[str], list[str]]:
    """The numbers of the orders that were read, and the codes of the errors."""
    good, errors, _ = read(layout, content, **options)
    return [record.order.number for record in good], [error.code for error in errors]


# Spreadsheets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "endless",
    [
        "," * (LONGEST_ROW + 1),
        "x" * (LONGEST_ROW + 1),
        '"a\n",' * (LONGEST_ROW // 5 + 1),
        '"' + ("x" * 1000 + "\n") * (LONGEST_ROW // 1000 + 1),
    ],
    ids=["separators", "one cell", "lines in quotes", "a quote that does not end"],
)
def test_a_row_longer_than_any_ends_the_file_with_its_sentence(endless: str):
    numbers, codes = came_of("orders-csv", HEADER + GOOD + "8,2026-08-01,Class,1,48.00\n" + endless)

    assert numbers == ["7"], "the order above the row stays out: the row may belong to it"
    assert codes in (["row-too-long"], ["broken-row"])


def test_more_empty_rows_than_a_sheet_has_end_the_file_with_their_sentence():
    # Without a separator and with them by turns: with one kind that does not count, there are too few
    content = HEADER + GOOD + "\n,,,,\n" * (MOST_EMPTY_ROWS // 2 + 1) + GOOD.replace("7", "9", 1)

    numbers, codes = came_of("orders-csv", content)

    assert (set(numbers) <= {"7"}, codes) == (True, ["too-many-empty-rows"])


def test_an_order_of_more_rows_than_any_is_one_error_and_no_part_of_it_is_read():
    content = HEADER + GOOD + "8,2026-08-01,Class,1,1\n" * (3 * MOST_ROWS_OF_AN_ORDER) + GOOD.replace("7", "9", 1)

    assert came_of("orders-csv", content) == (["7", "9"], ["too-many-rows"])


def test_an_order_of_as_many_rows_as_it_may_have_is_read():
    good, errors, _ = read("orders-csv", HEADER + "8,2026-08-01,Class,1,1\n" * MOST_ROWS_OF_AN_ORDER)

    assert ([len(record.order.lines) for record in good], errors) == ([MOST_ROWS_OF_AN_ORDER], [])


@pytest.mark.parametrize("row", ["7,2026-08-01,Class,1,1\n", ",,x,,\n"])
def test_every_row_counts_of_whatever_order_it_is(row: str):
    with pytest.raises(UnreadableFile, match="more than 50 rows or orders"):
        came_of("orders-csv", HEADER + row * 51, most=50)


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_a_file_with_more_rows_than_a_person_can_wait_for_is_rejected_before_anything_is_read(layout: str):
    files = {
        "orders-csv": HEADER + "".join(GOOD.replace("7", str(number), 1) for number in range(11)),
        "keap-orders-json": json.dumps([KEAP | {"id": number} for number in range(11)]),
    }
    with pytest.raises(UnreadableFile, match="more than 10 rows or orders"):
        LAYOUTS[layout].read(io.BytesIO(files[layout].encode()), options=ReadOptions(most=10))

    assert len(came_of(layout, files[layout], most=11)[0]) == 11


# JSON -----------------------------------------------------------------------------------------------------------------


def test_an_order_of_more_parts_than_any_is_an_error_and_those_above_it_are_read():
    endless = '{"id":2,"order_items":[' + "{}," * (3 * MOST_PARTS) + "{}]}"

    assert came_of("keap-orders-json", f"[{json.dumps(KEAP)},{endless}]") == (["1"], ["not-json"])


def test_one_endless_line_among_orders_is_an_error_and_the_others_are_read():
    endless = '{"id":2,"order_items":[' + "1," * MOST_PARTS + "1]}"
    lines = [json.dumps(KEAP), endless, json.dumps(KEAP | {"id": 3})]

    assert came_of("keap-orders-json", "\n".join(lines)) == (["1", "3"], ["not-json"])


def test_members_that_are_endless_together_reject_the_file():
    member = "[" + "1," * (MOST_PARTS // 3) + "1]"

    with pytest.raises(UnreadableFile, match="One value is longer than any order"):
        came_of("keap-orders-json", '{"id":1,' + ",".join(f'"m{n}":{member}' for n in range(4)) + "}")


def test_a_text_that_does_not_end_rejects_the_file():
    with pytest.raises(UnreadableFile, match="One value is longer than any order"):
        came_of("keap-orders-json", '[{"id":"' + "x" * (2 * LONGEST_VALUE + 100))


def test_many_short_lines_after_a_long_one_cost_no_more_than_their_length():
    long, short = json.dumps({"id": 5, "note": "x" * (LONGEST_VALUE // 2)}), '{"id":2}\n'
    content = "\n".join((json.dumps(KEAP), long, short * 20_000))

    begun = time.process_time()
    numbers, codes = came_of("keap-orders-json", content)

    assert numbers == ["1"]
    assert len(codes) > 20_000
    assert time.process_time() - begun < 30


# Nothing is lost ------------------------------------------------------------------------------------------------------

_CELLS = st.sampled_from(["", "1", "48.00", "x", "2026-08-01", "#REF!", "1e9", "²", "=1", "TRUE", "4.00638E+12", '"'])
_ROWS = st.lists(
    st.tuples(st.sampled_from(["1", "2", "3", "4", "x"]), st.lists(_CELLS, min_size=4, max_size=5)), max_size=9
)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@given(rows=_ROWS)
def test_every_order_of_a_spreadsheet_is_read_or_said_to_be_wrong(rows: list[tuple[str, list[str]]]):
    lines = [",".join(map(_quoted, (number, *cells))) for number, cells in rows]
    try:
        good, errors, _ = read("orders-csv", HEADER + "".join(f"{line}\n" for line in lines))
    except UnreadableFile:  # two columns look swapped
        return

    right, wrong = {record.order.number for record in good}, {error.order for error in errors}
    assert right | wrong == {number for number, _cells in rows}
    assert not right & wrong
    assert sum(len(record.payload["rows"]) for record in good) == sum(number in right for number, _cells in rows)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-100, 10**9) | st.text(max_size=4) | st.just(48) | st.just("2026-08-01"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*KEAP, "payments", "status"]), inner),
    max_leaves=8,
)
_ORDERS = st.lists(
    st.dictionaries(st.sampled_from([*KEAP, "payments"]), _VALUES).map(lambda odd: KEAP | odd), max_size=5
)


@given(orders=_ORDERS)
def test_every_order_of_a_json_file_is_read_or_said_to_be_wrong(orders: list[dict[str, Any]]):
    try:
        records = list(LAYOUTS["keap-orders-json"].read(io.BytesIO(json.dumps(orders).encode()), options=ReadOptions()))
    except UnreadableFile:
        return

    right = [record.place.order or 0 for record in records if isinstance(record, OrderRead)]
    wrong = {record.place.order or 0 for record in records if isinstance(record, RowError)}
    assert sorted([*right, *wrong]) == list(range(1, len(orders) + 1))


# One sentence for a file that is wrong as a whole --------------------------------------------------------------------


@pytest.mark.parametrize("content", ["[1, 2, 3]", '["a", null]', "[" * 30 + "]" * 30, "[" * 900 + "]" * 900])
def test_json_without_a_single_object_is_rejected_once(content: str):
    with pytest.raises(UnreadableFile):
        came_of("keap-orders-json", content)


def test_one_odd_value_among_orders_is_an_error_of_its_own():
    assert came_of("keap-orders-json", json.dumps([7, KEAP])) == (["1"], ["not-an-object"])


def test_a_spreadsheet_with_nothing_below_its_header_says_so():
    good, errors, notices = read("orders-csv", HEADER)

    assert (good, errors) == ([], [])
    assert notices == ["The file holds no orders: there is no row below the names of its columns."]


def test_a_file_without_names_of_columns_is_told_that_it_needs_them():
    with pytest.raises(UnreadableFile, match="The first row must name the columns, such as: Order Number"):
        came_of("orders-csv", GOOD * 3)
