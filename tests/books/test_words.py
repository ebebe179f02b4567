"""Are marked sentences ones that a translator can work with, and do their gaps fill?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import books
from books.translation import gettext_noop, worded

GAP = re.compile(r"%\(\w+\)[sd]")
MODULES = sorted(Path(books.__path__[0]).rglob("*.py"))


def marked(module: Path) -> Iterator[str]:
    """Every text in a module that is in a `gettext_noop(...)`."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "gettext_noop":
            yield ast.literal_eval(node.args[0])


def test_marking_a_sentence_leaves_it_as_it_is():
    assert gettext_noop("Set %(setting)s.") == "Set %(setting)s."


def test_gaps_are_filled_after_the_sentence_is_translated():
    sentence = "%(count)d of %(name)s."

    assert worded(sentence, {"count": 2, "name": "clay", "unused": 1}) == "2 of clay."
    assert worded(sentence, {"count": 2, "name": "clay"}, translate={sentence: "%(name)s: %(count)d."}.__getitem__) == (
        "clay: 2."
    )


def test_a_gap_without_its_fact_is_an_error_and_never_an_empty_place():
    with pytest.raises(KeyError, match="name"):
        worded("%(name)s is missing.", {})


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_only_literal_sentences_with_named_gaps_are_marked(module: Path):
    for sentence in marked(module):
        assert sentence.strip() == sentence
        assert sentence
        assert "%" not in GAP.sub("", sentence), f"{sentence!r} has a percent sign that is no gap"


def test_the_search_for_marked_sentences_finds_them():
    found = [sentence for module in MODULES for sentence in marked(module)]

    assert "Product not mapped" in found
    assert "The name is empty." in found
