"""Is raw evidence shown as it was, and are two versions compared completely?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.evidence import MOST_SHOWN, Difference, differences, pretty

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


def test_figures_keep_the_way_they_were_written() -> None:
    assert pretty('{"TotalAmt":12.50,"Id":123456789012345678901}') == (
        '{\n  "TotalAmt": 12.50,\n  "Id": 123456789012345678901\n}'
    )


@pytest.mark.parametrize("raw", ["", "<html>Bad gateway</html>", "[1,", "not json", "NaN-ish"])
def test_what_is_no_json_is_shown_word_for_word(raw: str) -> None:
    assert pretty(raw) == raw


def test_bytes_that_are_no_text_are_still_shown() -> None:
    assert pretty(b"\xff\xfe ok") == "\\xff\\xfe ok"


def test_what_is_very_long_is_cut_and_says_so() -> None:
    shown = pretty("x" * (MOST_SHOWN + 10))

    assert len(shown) == MOST_SHOWN + 2
    assert shown.endswith("…")


@given(values)
def test_json_is_only_indented(value: Any) -> None:
    assert json.loads(pretty(json.dumps(value))) == value


def test_every_place_that_changed_is_named_with_before_and_after() -> None:
    before = {"number": "1042", "lines": [{"amount": "199.00"}, {"amount": "24.50"}], "note": ""}
    after = {"number": "1042", "lines": [{"amount": "189.00"}], "note": "gift"}

    assert differences(before, after) == [
        Difference(place="lines[1].amount", before="199.00", after="189.00"),
        Difference(place="lines[2].amount", before="24.50", after=""),
        Difference(place="note", before="", after="gift"),
    ]


@given(values, values)
def test_equal_bodies_do_not_differ_and_differences_read_the_same_backwards(left: Any, right: Any) -> None:
    assert differences(left, left) == []
    assert [(difference.place, difference.after, difference.before) for difference in differences(left, right)] == [
        (difference.place, difference.before, difference.after) for difference in differences(right, left)
    ]
