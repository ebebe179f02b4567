"""Do two people who adopt the same at the same moment adopt it once?"""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connections

from companies.models import Company
from reconciliation.adopting.found import adopt_candidates, open_candidates
from reconciliation.adopting.search import begin_search, carry_out_search
from reconciliation.models import AdoptionSearch
from reconciliation.tie_out.comparing import Period
from sync.models import Adoption
from tests.factories import document_of, prepared
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

AUGUST = Period(first=date(2026, 8, 1), last=date(2026, 8, 31))


def test_two_people_who_adopt_the_same_at_once_adopt_it_once(studio: Company, quickbooks: Books) -> None:
    nora = quickbooks.customer("Nora Quist", PrimaryEmailAddr={"Address": "nora@example.com"})["Id"]
    invoice = quickbooks.invoice("48.00", customer=nora, TxnDate="2026-08-14", DocNumber="1042")
    prepared(studio, "2026-08-14  order 1042  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00")
    search = carry_out_search(begin_search(studio, AUGUST, by=None))
    together, done, left = threading.Barrier(2), list[str](), list[str]()

    def adopts() -> None:
        try:
            mine = AdoptionSearch.objects.get(pk=search.pk)
            candidates = list(open_candidates(mine, certain=True))
            together.wait(30)
            result = adopt_candidates(mine, candidates, by=None)
            done.extend(map(str, result.done))
            left.extend(why for _, why in result.left)
        finally:
            connections.close_all()

    people = [threading.Thread(target=adopts) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join(60)

    assert done == ["Invoice 1042"]
    assert left == ["It was sent, or decided otherwise, in the meantime. Nothing was adopted."]
    assert Adoption.objects.count() == 1
    assert document_of(studio, "1042").quickbooks_id == invoice["Id"]
