"""Is escaped text read as what it means, everywhere in an order, and other text left alone?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from books.outside.texts import meant, unescaped
from tests.sample_orders import an_order


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("O&#39;Malley &amp; Daughters", "O'Malley & Daughters"),
        ("12&quot; Vase", '12" Vase'),
        ("&#x2019;", "\u2019"),
        ("Q&A", "Q&A"),
        ("Salt & Pepper; more", "Salt & Pepper; more"),
        ("AT&T &copy; 2026", "AT&T &copy; 2026"),
        ("&amp;amp;", "&amp;"),
        ("", ""),
    ],
)
def test_an_entity_is_the_character_that_it_stands_for(text: str, means: str) -> None:
    assert unescaped(text) == means


def test_every_text_of_an_order_is_meant_and_one_without_entities_is_the_same_order() -> None:
    order = an_order()
    assert meant(order) is order

    escaped = replace(
        order,
        customer=replace(order.customer, family_name="Lee &amp; Co"),
        lines=(replace(order.lines[0], description="Clay &lt;wet&gt;"), *order.lines[1:]),
    )

    assert meant(escaped).customer.family_name == "Lee & Co"
    assert meant(escaped).lines[0].description == "Clay <wet>"
    assert meant(escaped).lines[1:] == order.lines[1:]


@dataclass(frozen=True)
class Sorted:
    """A value that works a part of itself out."""

    text: str
    words: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(sorted(self.text.split())))


def test_what_a_value_works_out_itself_is_worked_out_from_the_text_that_is_meant() -> None:
    assert meant(Sorted("B &amp; A")).words == ("&", "A", "B")
