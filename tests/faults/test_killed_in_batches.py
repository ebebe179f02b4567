"""Does every document exist exactly once after its pusher was killed with kill -9, at any step of a batch?"""

from __future__ import annotations

import signal
from collections import Counter

import pytest

from companies.models import Company
from simulators.quickbooks.server import Running
from sync.models import Document, Push
from tests.factories import prepared
from tests.faults.killing import started, taken_over
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

NUMBERS = [str(number) for number in range(4001, 4036)]


@pytest.mark.parametrize(
    ("step", "times", "ids"),
    [
        ("claimed", 1, "forget"),
        ("claimed", 31, "remember"),
        ("sending", 30, "forget"),
        ("answered", 2, "remember"),
        ("answered", 31, "forget"),
        ("recorded", 1, "forget"),
    ],
)
def test_a_pusher_that_is_killed_within_a_batch_leaves_each_document_once(
    studio: Company,
    quickbooks: Books,
    rehearsal: Running,
    child_environment: dict[str, str],
    step: str,
    times: int,
    ids: str,
) -> None:
    quickbooks.control("options", {"request_ids": ids})
    prepared(studio, *(f"2026-08-14  order {number}\nWT-101  199.00\n" for number in NUMBERS))

    killed = started(step, times, child_environment, rehearsal)

    assert killed.wait() == -signal.SIGKILL
    taken_over(studio)
    push(studio)
    quickbooks.sign_in(rehearsal.ready()["access_token"])
    told = quickbooks.query("select * from Invoice where DocNumber like '40%' maxresults 1000")["Invoice"]
    assert Counter(invoice["DocNumber"] for invoice in told) == Counter(NUMBERS)
    assert set(Document.objects.values_list("state", flat=True)) == {"posted"}
    assert not Push.objects.filter(state="open").exists()
