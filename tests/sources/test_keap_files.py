"""Is a file of Keap orders read in every shape it comes in, and refused as a whole only where it is no such file?"""

from __future__ import annotations

import codecs
import io
import json
from typing import Any

import pytest

from sync.sources.base import OrderRead, ReadOptions, RowError, UnreadableFile
from sync.sources.files import LAYOUTS
from tests.sources.keap_orders import VERSION_1, VERSION_2, version_1
from tests.sources.reading import most_alive_at_once, read

LAYOUT = "keap-orders-json"
THREE = [version_1(id=number) for number in (2001, 2002, 2003)]


def numbers(content: bytes | str, **options: Any) -> list[str]:
    good, errors, _ = read(LAYOUT, content, **options)
    assert errors == []
    return [read.order.number for read in good]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(THREE),
        json.dumps({"orders": THREE, "count": 3}),
        "\n".join(map(json.dumps, THREE)),
        json.dumps({"orders": THREE[:1]}) + json.dumps({"orders": THREE[1:]}),
    ],
    ids=["list", "page", "lines", "pages"],
)
def test_a_list_a_page_lines_and_several_pages_give_the_same_orders(content: str):
    assert numbers(content) == ["2001", "2002", "2003"]


def test_one_order_alone_and_both_versions_in_one_file_are_read():
    assert numbers(json.dumps(VERSION_1)) == ["2001"]
    assert numbers(json.dumps([VERSION_1, {**VERSION_2, "id": "2002"}])) == ["2001", "2002"]


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + json.dumps(THREE, ensure_ascii=False).encode(),
        json.dumps(THREE).encode("utf-16"),
        json.dumps(THREE).encode("utf-32"),
    ],
    ids=["utf-8 with mark", "utf-16", "utf-32"],
)
def test_a_byte_order_mark_tells_the_encoding(content: bytes):
    assert numbers(content) == ["2001", "2002", "2003"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"  \n \n", "The file is empty."),
        (b"hello", "This is not JSON: Expecting a list or an object at line 1, character 1."),
        (b'[{"id": ', "This is not JSON: "),
        (b"a,b\n1,2\n", "This is not JSON: "),
        (b'{"contacts": [], "count": 0}', "The file is JSON, but no order of Keap"),
        (b'[{"given_name": "Maya"}]', "It has: given_name."),
        (b"%PDF-1.7 ...", "The file is a PDF, not text."),
        (b"PK\x03\x04....", "The file is an Excel workbook"),
        (b"\x00\x01\x02[]", "The file is not text"),
    ],
)
def test_a_file_that_holds_no_keap_orders_is_refused_before_anything_is_read(content: bytes, sentence: str):
    with pytest.raises(UnreadableFile) as refused:
        LAYOUTS[LAYOUT].read(io.BytesIO(content), options=ReadOptions())

    assert sentence in refused.value.message.worded()
    assert refused.value.message.advise()


def test_an_empty_list_is_no_fault_and_says_that_it_is_empty():
    assert read(LAYOUT, "[]") == ([], [], ["The file holds no orders."])


@pytest.mark.parametrize(
    ("page", "notice"),
    [
        ({"orders": THREE, "count": 250}, "The file says that there are 250 orders; it holds 3 of them."),
        ({"orders": THREE, "next_page_token": "abc"}, "The file is one page of a longer list"),
    ],
)
def test_a_page_of_a_longer_list_says_that_more_is_missing(page: dict[str, Any], notice: str):
    _, _, notices = read(LAYOUT, json.dumps(page))

    assert [noticed[: len(notice)] for noticed in notices] == [notice]


def test_a_file_that_breaks_off_gives_the_orders_before_the_break_and_where_it_is():
    good, errors, _ = read(LAYOUT, json.dumps(THREE, indent=1)[:-200])

    assert [read.order.number for read in good] == ["2001", "2002"]
    assert [(error.code, error.where) for error in errors] == [("not-json", "order 3 of the file")]
    assert "those before this place were read" in errors[0].message.advise()


def test_a_broken_line_is_one_fault_and_the_next_line_goes_on():
    lines = list(map(json.dumps, THREE))

    good, errors, _ = read(LAYOUT, "\n".join([lines[0], lines[1][:-5], lines[2]]))

    assert [read.order.number for read in good] == ["2001", "2003"]
    assert [error.where for error in errors] == ["order 2 of the file"]


def test_something_that_is_no_order_is_one_fault_and_the_next_goes_on():
    good, errors, _ = read(LAYOUT, json.dumps([THREE[0], "oops", None, THREE[2]]))

    assert [read.order.number for read in good] == ["2001", "2003"]
    assert [(error.code, error.where) for error in errors] == [
        ("not-an-object", "order 2 of the file"),
        ("not-an-object", "order 3 of the file"),
    ]


def dated(number: int, day: str, title: str = "") -> dict[str, object]:
    return {**version_1(id=number), "title": title or day, "modification_date": f"{day}T10:00:00.000Z"}


def test_the_same_order_twice_is_no_fault():
    good, errors, _ = read(LAYOUT, json.dumps([THREE[0], THREE[1], THREE[0]]))

    assert [read.order.number for read in good] == ["2001", "2002", "2001"]
    assert errors == []


def test_an_order_that_is_there_twice_with_other_content_is_asked_about_where_no_date_tells_which_is_newer():
    changed = {**THREE[0], "title": "Changed"}

    good, errors, _ = read(LAYOUT, json.dumps([THREE[0], THREE[1], changed]))

    assert [read.order.number for read in good] == ["2002"], "the one that is first must not be believed"
    assert [(error.code, error.where) for error in errors] == [
        ("order-twice", "order 1 of the file"),
        ("order-twice", "order 3 of the file"),
    ]
    assert "is order 3 of the file too" in errors[0].message.explain()


@pytest.mark.parametrize("days", [("2026-08-02", "2026-08-30"), ("2026-08-30", "2026-08-02")])
def test_an_order_that_is_there_twice_is_read_where_its_dates_tell_which_is_newer(days: tuple[str, str]):
    good, errors, _ = read(LAYOUT, json.dumps([dated(1, days[0]), dated(1, days[1])]))

    assert errors == []
    assert [f"{read.modified_at:%Y-%m-%d}" for read in good] == list(days)


def test_two_newest_versions_of_one_date_are_asked_about():
    three = [dated(1, "2026-08-02"), dated(1, "2026-08-30", "A"), dated(1, "2026-08-30", "B")]

    good, errors, _ = read(LAYOUT, json.dumps(three))

    assert good == []
    assert [error.code for error in errors] == ["order-twice"] * 3


def test_a_payment_that_changed_later_makes_the_order_newer():
    payment = {**version_1()["payments"][0], "last_updated": "2026-08-30T10:00:00Z"}

    (found,), _, _ = read(LAYOUT, json.dumps([{**dated(1, "2026-08-02"), "payments": [payment]}]))

    assert f"{found.modified_at:%Y-%m-%d}" == "2026-08-30"


class Counting(io.BytesIO):
    """A file that remembers how far it was read since it was last rewound."""

    def read(self, size: int | None = -1) -> bytes:
        chunk = super().read(size)
        self.furthest = self.tell()
        return chunk

    def seek(self, offset: int, whence: int = 0) -> int:
        self.furthest = 0
        return super().seek(offset, whence)


def test_ten_thousand_orders_are_read_one_by_one_as_they_are_asked_for():
    orders = [version_1(id=number) for number in range(1, 10_001)]
    file = Counting(json.dumps(orders).encode())

    reading = LAYOUTS[LAYOUT].read(file, options=ReadOptions())
    first = [next(reading) for _ in range(20)]

    assert all(isinstance(result, OrderRead) for result in first)
    assert file.furthest < 1 << 18, "the first orders must not need the rest of the file"


def test_no_order_is_held_after_the_next_is_asked_for():
    file = io.BytesIO(json.dumps([version_1(id=number) for number in range(1, 301)]).encode())

    assert most_alive_at_once(LAYOUTS[LAYOUT].read(file, options=ReadOptions())) <= 2


def test_a_file_closed_by_a_caller_that_stopped_early_does_no_harm():
    file = io.BytesIO(json.dumps(THREE).encode())
    reading = LAYOUTS[LAYOUT].read(file, options=ReadOptions())
    assert isinstance(next(reading), OrderRead)

    file.close()
    del reading


def test_the_file_stays_open_for_its_owner():
    file = io.BytesIO(json.dumps(THREE).encode())

    assert not any(isinstance(result, RowError) for result in LAYOUTS[LAYOUT].read(file, options=ReadOptions()))
    assert not file.closed
