"""Is every word of the vocabulary a value that nobody can change behind anybody's back?"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import is_dataclass

import pytest

import books

VALUES = {
    f"{module.name.removeprefix('books.')}.{name}": kind
    for module in pkgutil.walk_packages(books.__path__, prefix="books.")
    for name, kind in vars(importlib.import_module(module.name)).items()
    if inspect.isclass(kind) and is_dataclass(kind) and kind.__module__ == module.name
    if not module.name.startswith("books.outside.")  # readers at the door, no words
}


def test_the_vocabulary_is_found():
    assert {"documents.sales.Invoice", "orders.Order", "answers.Answers", "names.NameVerdict"} <= set(VALUES)


@pytest.mark.parametrize("kind", VALUES.values(), ids=VALUES)
def test_a_value_is_made_by_field_names_alone(kind: type):
    kinds = {parameter.kind for parameter in inspect.signature(kind).parameters.values()}

    assert kinds <= {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("kind", VALUES.values(), ids=VALUES)
def test_a_value_cannot_be_changed(kind: type):
    assert vars(kind)["__dataclass_params__"].frozen
