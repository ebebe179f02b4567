"""Are the rows that share the most found among very many, and the words and numbers that differ by one letter?"""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from mapping.matching.customer_candidates import SAME_EMAIL, Candidates, Person
from mapping.matching.item_candidates import SAME_SKU, SKU_ONE, ItemCandidates, NamedItem
from mapping.matching.sharing import ArticleNumbers, Sharing, Spellings

ROOT = Path(__file__).resolve().parents[2]
#: Very many are equally like what is asked: each word is in as many names, from the first name to the last.
OFFER_EQUAL_ONES = """
from itertools import product
from mapping.matching.customer_candidates import Candidates, Person
from mapping.matching.item_candidates import ItemCandidates, NamedItem

words = ["".join(letters) for letters in product("an", repeat=5)]
names = [" ".join(words), *(f"{first} {last}" for first, last in product(words, words)), " ".join(reversed(words))]
asked = [f"{word[:4]}s {word[::-1]}" for word in words[::4]]

candidates = Candidates(Person(key=str(place), name=name) for place, name in enumerate(names))
print([candidate.person.key for name in asked for candidate in candidates.of(Person(key="", name=name))])

items = ItemCandidates(map(NamedItem, names))
print([candidate.item.name for name in asked for candidate in items.of(NamedItem(name))])

signs = map(chr, range(0x4E00, 0x4E00 + 90))
numbered = ItemCandidates(NamedItem(f"Item {place}", f"GLZE{sign}") for place, sign in enumerate(signs))
print([candidate.item.sku for candidate in numbered.of(NamedItem("", "GLZE"), limit=90)])
"""
ARTICLE_NUMBERS = st.text("ab01", min_size=1, max_size=7)


@given(asked=ARTICLE_NUMBERS, known=st.sets(ARTICLE_NUMBERS, max_size=30))
def test_numbers_that_differ_by_one_sign_are_found_all_of_them(asked: str, known: set[str]) -> None:
    near = {number for number in known if Levenshtein.distance(asked, number) == 1}

    assert ArticleNumbers(known).of(asked) == (near if len(asked) > 2 else set())


def test_words_that_differ_by_one_letter_are_found_and_another_number_is_none() -> None:
    spellings = Spellings(["sponge", "sponges", "spunge", "spoon", "1001"])

    assert set(spellings.of(["sponge", "1002"])) == {"sponges", "spunge"}


def test_what_one_row_alone_has_counts_though_many_share_more() -> None:
    sharing = Sharing()
    for row in range(500):
        sharing.add(row, ["red", "shirt"])
    sharing.add(500, ["number"])

    found = sharing.nearest(["red", "shirt", "number"], most=40)

    assert found[0] == 500
    assert len(found) == 40


def test_the_rows_that_share_most_come_before_those_that_share_one() -> None:
    sharing = Sharing()
    for row in range(1500):
        sharing.add(row, ["red" if row % 2 else "blue", "shirt"])
    sharing.add(1500, ["red", "mug", "shirt"])

    assert 1500 in sharing.nearest(["red", "mug", "shirt"], most=5)
    assert sharing.nearest(["nothing"], most=5) == []


@given(st.data())
def test_the_order_of_what_is_asked_and_a_word_said_twice_make_no_difference(data: st.DataObject) -> None:
    words = "abcdef"
    sharing = Sharing()
    for row, shared in enumerate([words, *map("".join, product(words, words)), words]):
        sharing.add(row, dict.fromkeys(shared))
    asked = data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=9))

    assert sharing.nearest(asked, most=5) == sharing.nearest(sorted(set(asked)), most=5)


def test_of_equally_likely_ones_the_same_are_offered_in_every_process() -> None:
    """Python gives sets another order in every process, and with it the places of those who were as likely."""
    told = [
        subprocess.run(
            [sys.executable, "-c", OFFER_EQUAL_ONES],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]

    customers, items, numbered = told[0].splitlines()
    assert min(map(len, (customers, items, numbered))) > len("[]")
    assert told[1].splitlines() == [customers, items, numbered]


@pytest.mark.parametrize(("sku", "reason"), [("GL-777", SAME_SKU), ("GL-77", SKU_ONE)])
def test_an_item_of_the_same_number_is_offered_among_very_many_of_like_names(sku: str, reason: str) -> None:
    items = [NamedItem(f"Cotton shirt red {number}", f"SH-{number:05}") for number in range(300)]
    candidates = ItemCandidates([*items, NamedItem("Something else", "GL-777")])

    offered = candidates.of(NamedItem("Cotton shirt red", sku), limit=60)

    assert ("Something else", (reason,)) in [(candidate.item.name, candidate.reasons) for candidate in offered]


def test_a_customer_of_the_same_email_is_offered_among_very_many_of_one_name_and_company() -> None:
    people = [Person(key=str(number), name="Ann Lee", company="Clay Depot") for number in range(300)]
    candidates = Candidates([*people, Person(key="x", name="Somebody", email="a.lee@clay.example")])

    offered = candidates.of(Person(key="s", name="Ann Lee Clay", company="Depot", email="A.Lee@clay.example"))

    assert ("x", SAME_EMAIL) in [(candidate.person.key, candidate.reasons[0]) for candidate in offered]
