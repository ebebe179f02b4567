"""Are the values of a JSON file found one at a time, in every shape, at every cut, and never all at once?"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.sources.files.json_stream import LONGEST_VALUE, BrokenJson, JsonEntry, PageFacts, values

ORDERS = [{"id": 1, "note": 'a ] } " \\ 🏺'}, {"id": 2, "total": 12.5}, {"id": 3, "items": [[], {}]}]


class Dripping(io.TextIOBase):
    """Text that comes a few characters at a time, and remembers how much was asked for before each value."""

    def __init__(self, text: str, step: int) -> None:
        self.text = text
        self.step = step
        self.given = 0

    def read(self, size: int | None = -1) -> str:
        chunk = self.text[self.given : self.given + self.step]
        self.given += len(chunk)
        return chunk


def found(text: str, *, step: int = 1 << 20) -> list[Any]:
    return [value.value if isinstance(value, JsonEntry) else value for value in values(Dripping(text, step))]  # type: ignore[arg-type]


def plain(items: list[Any]) -> list[Any]:
    return json.loads(json.dumps([item for item in items if not isinstance(item, PageFacts)], default=float))


SHAPES = {
    "list": json.dumps(ORDERS),
    "pretty list": json.dumps(ORDERS, indent=2),
    "page": json.dumps({"count": 3, "orders": ORDERS, "next": None}),
    "pretty page": json.dumps({"orders": ORDERS, "next_page_token": ""}, indent=1),
    "lines": "\n".join(map(json.dumps, ORDERS)),
    "lines with blanks": "\r\n\r\n".join(map(json.dumps, ORDERS)) + "\n\n",
    "one after the other": " ".join(json.dumps(order, indent=1) for order in ORDERS),
    "two pages": json.dumps({"orders": ORDERS[:1]}, indent=1) + json.dumps({"orders": ORDERS[1:]}, indent=1),
    "a page per line": json.dumps({"orders": ORDERS[:1]}) + "\n" + json.dumps({"orders": ORDERS[1:]}),
}


@pytest.mark.parametrize("step", [1, 2, 7, 1 << 20])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_its_orders_wherever_the_reads_cut_it(shape: str, step: int):
    assert plain(found(SHAPES[shape], step=step)) == ORDERS


def test_numbers_are_read_from_their_text_and_never_through_a_double():
    assert found("[0.1, 12.50, 3]") == [Decimal("0.1"), Decimal("12.50"), 3]


def test_a_page_says_what_stands_beside_its_orders():
    assert PageFacts(facts={"count": 9, "next": "x"}) in found('{"count": 9, "orders": [], "next": "x"}')


@pytest.mark.parametrize(
    ("text", "good", "line", "column"),
    [
        ('[{"id": 1},\n {"id": 2 "a": 3}]', 1, 2, 11),
        ('[{"id": 1}\n {"id": 2}]', 1, 2, 2),
        ('[{"id": 1}, {"id": 2', 1, 1, 21),
        ('[{"id": 1},', 1, 1, 12),
        ('[{"id": 1}', 1, 1, 11),
        ('[{"id": NaN}]', 0, 1, 2),
        ("hello", 0, 1, 1),
        ('{"orders": [{"id": 1}, oops]}', 1, 1, 24),
        ('{"a" 1}', 0, 1, 6),
        ("{1: 2}", 0, 1, 2),
        ('[{"id": 1}] and more', 1, 1, 13),
    ],
)
def test_a_broken_file_gives_what_stands_before_the_break_and_where_it_is(text: str, good: int, line: int, column: int):
    *before, last = found(text, step=3)

    assert len(before) == good
    assert isinstance(last, BrokenJson)
    assert (last.line, last.column, last.goes_on) == (line, column, False)


def test_with_one_object_per_line_a_broken_line_is_one_fault_and_the_next_goes_on():
    items = found('{"id": 1}\n{"id": 2\n{"id": 3}\nnull x\n{"id": 4}\n')

    assert plain([item for item in items if not isinstance(item, BrokenJson)]) == [{"id": 1}, {"id": 3}, {"id": 4}]
    assert [(item.line, item.goes_on) for item in items if isinstance(item, BrokenJson)] == [(2, True), (4, True)]


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000])
def test_a_file_nested_without_end_is_a_fault_and_no_crash(text: str):
    assert isinstance(found(text)[-1], BrokenJson)


def test_one_endless_value_is_refused_before_it_fills_the_memory():
    file = Dripping('["' + "x" * (3 * LONGEST_VALUE), 1 << 22)

    last = list(values(file))[-1]  # type: ignore[arg-type]

    assert isinstance(last, BrokenJson)
    assert file.given < 2.5 * LONGEST_VALUE


def test_a_long_file_is_read_as_it_is_asked_for_and_not_ahead():
    order = json.dumps({"id": 1, "note": "x" * 500})
    count = 2_000
    file = Dripping("[" + ",\n".join([order] * count) + "]", 1 << 16)

    reading: Iterator[Any] = values(file)  # type: ignore[arg-type]
    for _ in range(10):
        next(reading)

    assert file.given <= 1 << 17, "ten orders must not need more than the first chunks of the file"
    assert sum(1 for _ in reading) == count - 10


def test_the_same_text_has_the_same_digest_and_another_text_another():
    first, second, third = values(io.StringIO('[{"id": 1}, {"id": 1}, {"id": 1, "a": 2}]'))

    assert isinstance(first, JsonEntry)
    assert isinstance(second, JsonEntry)
    assert isinstance(third, JsonEntry)
    assert first.digest == second.digest != third.digest


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(st.text(), JSON, max_size=4), max_size=5), st.integers(1, 40), st.booleans())
def test_any_list_of_objects_reads_back_at_any_cut(orders: list[dict[str, Any]], step: int, pretty: bool):
    text = json.dumps(orders, indent=2 if pretty else None, ensure_ascii=False)

    assert found(text, step=step) == orders


@given(st.text(alphabet='[]{}",:0123456789.eE-+ \n\\truefalsn', max_size=60), st.integers(1, 9))
def test_any_text_ends_and_breaks_at_most_once(text: str, step: int):
    broken = [item for item in found(text, step=step) if isinstance(item, BrokenJson) and not item.goes_on]

    assert len(broken) <= 1
