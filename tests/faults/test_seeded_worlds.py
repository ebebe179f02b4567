"""Is every document in the books once, to the cent, whatever goes wrong by chance? Some of ten thousand worlds."""

from __future__ import annotations

import pytest

from tests.factories import the_studio
from tests.faults.seeded_world import BooksAtEnd, play

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.long
def test_in_small_worlds_in_which_everything_goes_wrong_each_document_is_posted_once() -> None:
    company = the_studio()

    ends = [play(company, seed) for seed in range(1, 16)]

    assert [sentence for books in ends for sentence in books.sentences] == []
    whole = sum(ends, start=BooksAtEnd())
    assert (whole.duplicates, whole.losses, whole.cents) == (0, 0, 0)
    assert whole.documents > 15
    assert min(whole.happened[what] for what in ("killed", "lost after", "late", "touched")) > 0
