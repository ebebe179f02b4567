"""Is whatever bookkeepers do in QuickBooks found, called what it is, explained to the cent, and settled by a decision?

A few runs of `python -m bench.mutations`, which plays a thousand.
"""

from __future__ import annotations

import pytest

from bench.mutations import Mutations
from companies.models import Company
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_whatever_bookkeepers_do_is_found_and_settled(studio: Company, quickbooks: Books) -> None:
    mutations = Mutations(studio, quickbooks, seed=1)

    mutations.play(range(4))

    assert mutations.played.faults == []
    assert mutations.played.mutations > 10
