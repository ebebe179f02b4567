"""Does the ranking offer what a person could have meant, with the reason, and never more than that?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.matching.names import (
    ALIKE,
    LAST_LEVEL,
    LETTER_CASE,
    MARKS,
    ORDER_OF_WORDS,
    SPACES,
    Names,
    normalized,
    prepared_names,
)

STUDIO = Names(
    [
        "Services",
        "Services:Training",
        "Services:Training:Classes",
        "Sales:Classes",
        "Wheel Throwing 101",
        "Wheel Throwing 201",
        "Crème Brûlée Mug Kit",
        "Глина для лепки",
        "☕☕",
    ]
)


@pytest.mark.criterion("A22")
@pytest.mark.parametrize(
    ("typed", "offered", "reason"),
    [
        ("services:training", "Services:Training", LETTER_CASE),
        ("Services : Training", "Services:Training", SPACES),
        ("Creme Brulee Mug Kit", "Crème Brûlée Mug Kit", MARKS),
        ("Throwing Wheel 101", "Wheel Throwing 101", ORDER_OF_WORDS),
        ("Wheel Throwing 10", "Wheel Throwing 101", ALIKE),
        ("глина для лепки", "Глина для лепки", LETTER_CASE),
        ("☕", "☕☕", ALIKE),
    ],
)
def test_the_likeliest_name_comes_first_with_the_reason(typed: str, offered: str, reason: str) -> None:
    first = STUDIO.like(typed)[0]

    assert (first.text, first.reason) == (offered, reason)


@pytest.mark.criterion("A21")
def test_the_last_level_alone_offers_every_path_that_ends_in_it() -> None:
    found = STUDIO.like("Classes")

    assert [suggestion.text for suggestion in found[:2]] == ["Sales:Classes", "Services:Training:Classes"]
    assert {suggestion.reason for suggestion in found[:2]} == {LAST_LEVEL}


def test_names_with_other_numbers_are_offered_behind_those_with_the_same() -> None:
    names = Names(["Workshop 12 evening", "Workshops 21 evenings"])

    assert [suggestion.text for suggestion in names.like("Workshop 21 evening")] == [
        "Workshops 21 evenings",
        "Workshop 12 evening",
    ]


@pytest.mark.parametrize("typed", ["", "   ", "Accounts Payable", "xyzzy"])
def test_nothing_is_offered_where_nothing_is_like_it(typed: str) -> None:
    assert STUDIO.like(typed) == ()


def test_a_name_that_exists_needs_no_suggestion() -> None:
    assert "Services" not in [suggestion.text for suggestion in STUDIO.like("Services")]


def test_normalizing_takes_away_what_a_reader_overlooks() -> None:
    assert normalized("  Crème—BRÛLÉE  Mug-Kit ") == "creme brulee mug kit"


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(texts, max_size=12), texts, st.integers(1, 8))
def test_only_names_that_exist_are_offered_best_first_and_no_more_than_asked(
    names: list[str], typed: str, limit: int
) -> None:
    found = Names(names).like(typed, limit=limit)

    assert len(found) <= limit
    assert {suggestion.text for suggestion in found} <= set(names) - {typed}
    assert [suggestion.likeness for suggestion in found] == sorted(
        (suggestion.likeness for suggestion in found), reverse=True
    )


@given(st.lists(st.from_regex(r"[A-Z][a-z]{2,8} [A-Z][a-z]{2,8}", fullmatch=True), min_size=1, max_size=12), st.data())
def test_a_name_in_other_letter_case_is_always_offered_first(names: list[str], data: st.DataObject) -> None:
    meant = data.draw(st.sampled_from(names))

    found = Names(names).like(meant.upper())

    assert found[0].reason == LETTER_CASE
    assert found[0].text.casefold() == meant.casefold()


def test_a_list_is_prepared_once_for_as_long_as_it_stays_as_it_is() -> None:
    """Each page view and each letter typed prepared ten thousand names anew."""
    listed = ("Kiln Shelf", "Mug Kit")

    first = prepared_names(listed)

    assert prepared_names(("Kiln Shelf", " ".join(["Mug", "Kit"]))) is first
    assert prepared_names((*listed, "Mug Kits")).like("mug kits")[0].text == "Mug Kits"
    assert first.like("mug kits")[0].text == "Mug Kit"
