"""Is JSON that is written fast the same, byte for byte, as the standard library writes it?"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.json_text import canonical, read, written

pytestmark = pytest.mark.hypothesis

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(min_value=-(2**80), max_value=2**80)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


@given(VALUES)
def test_fingerprints_are_made_of_what_every_release_made_them_of(value: Any) -> None:
    assert canonical(value) == json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@given(VALUES)
def test_what_is_written_reads_back_as_the_same(value: Any) -> None:
    assert json.loads(written(value)) == value


@given(st.recursive(st.none() | st.booleans() | TEXTS, lambda inner: st.lists(inner), max_leaves=20))
def test_what_a_database_gives_back_reads_as_the_same(value: Any) -> None:
    assert read(written(value)) == read(json.dumps(value)) == value


@pytest.mark.parametrize("write", [written, canonical])
def test_a_decimal_number_is_none_that_json_has(write: Any) -> None:
    with pytest.raises(TypeError):
        write({"amount": Decimal("12.50")})
