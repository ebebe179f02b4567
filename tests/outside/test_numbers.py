"""Can a number or a nesting from outside break what reads it?"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.outside.nesting import DEEPEST, is_too_deep, json_of
from books.outside.texts import is_fine, is_workable, number_of, row_number, row_numbers
from tests.outside.bad_texts import NASTY

_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3))


@pytest.mark.parametrize("text", NASTY)
def test_what_is_no_number_of_a_row_is_none(text: str) -> None:
    assert row_number(text) is None


@given(text=st.text())
def test_any_text_is_the_number_of_a_row_or_none(text: str) -> None:
    number = row_number(text)

    assert number is None or (0 <= number < 2**63 and text.zfill(20) == str(number).zfill(20))


@given(number=st.integers(0, 2**63 - 1))
def test_every_number_of_a_row_is_found(number: int) -> None:
    assert row_number(str(number)) == row_number(number) == number


def test_only_what_names_a_row_is_taken_from_a_list() -> None:
    assert row_numbers(["1", "²", "9" * 5000, "", "2", "-3"]) == [1, 2]


@given(text=st.from_regex(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,30})?", fullmatch=True))
def test_a_number_is_workable_or_none(text: str) -> None:
    number = number_of(text)

    assert number.is_nan() or len(f"{number:f}") < 1000


@pytest.mark.parametrize("text", ["1e999999", "-1e999999999999999999999", "1e-999999", "9" * 30_000, "x"])
def test_a_number_that_nobody_can_work_with_is_none(text: str) -> None:
    assert number_of(text).is_nan()


@given(value=_JSON)
def test_json_within_the_limits_is_what_it_says(value: Any) -> None:
    text = json.dumps(value)

    assert is_too_deep(value) or json_of(text, longest=10**6) == value


@pytest.mark.parametrize("text", ["[" * 50_000, "[" * 900 + "]" * 900, '{"a":' * 900 + "1" + "}" * 900, "NaN", "x", ""])
def test_json_that_is_nested_too_deeply_or_is_none_is_one_kind_of_fault(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        json_of(text, longest=10**6)


@pytest.mark.parametrize(("levels", "deep"), [(DEEPEST, False), (DEEPEST + 1, True), (5000, True)])
def test_the_limit_of_depth_is_one_and_the_same(levels: int, deep: bool) -> None:
    value: list[Any] = []
    for _ in range(levels - 1):
        value = [value]

    assert is_too_deep(value) is deep


def test_long_numbers_of_json_are_read_as_what_they_are() -> None:
    one, fraction, endless = json_of("[1, 2.50, 1e999999]", longest=100)

    assert (one, fraction, endless.is_nan()) == (1, Decimal("2.50"), True)
    assert json_of("9" * 5000, longest=10_000).is_nan(), "a number of 5,000 digits is none that anybody can work with"


def test_a_text_of_exactly_the_limit_is_read() -> None:
    assert json_of('"abc"', longest=5) == "abc"
    with pytest.raises(ValueError, match="longer than it may be"):
        json_of('"abc"', longest=4)


def test_whole_numbers_of_json_are_whole_as_far_as_forty_digits() -> None:
    whole, longer = json_of(f"[{'9' * 40}, {'9' * 41}]", longest=100)

    assert (whole, type(whole), type(longer)) == (int("9" * 40), int, Decimal)


@pytest.mark.parametrize(
    ("text", "number"),
    [("9223372036854775807", 2**63 - 1), ("9223372036854775808", None), ("0" * 18 + "7", 7), ("0" * 19 + "7", None)],
)
def test_the_number_of_a_row_has_nineteen_digits_at_most(text: str, number: int | None) -> None:
    assert row_number(text) == number


def test_a_number_is_read_as_far_as_twenty_thousand_characters() -> None:
    assert number_of("0" * 19_999 + "7") == 7
    assert number_of("0" * 20_000 + "7").is_nan()


@pytest.mark.parametrize("text", ["1e400", "1e-400", "9.99e400", "0e999"])
def test_a_number_of_at_most_four_hundred_places_can_be_worked_with(text: str) -> None:
    assert is_workable(Decimal(text))


@pytest.mark.parametrize("text", ["1e401", "-1e401", "1e-401", "NaN", "Infinity"])
def test_a_number_of_more_places_cannot(text: str) -> None:
    assert not is_workable(Decimal(text))


@pytest.mark.parametrize(
    ("text", "fine"), [("0", False), ("1", False), ("1e-30", False), ("9e-31", True), ("-1e-40", True)]
)
def test_a_number_that_is_nothing_and_not_zero_is_told(text: str, fine: bool) -> None:
    assert is_fine(Decimal(text)) is fine
