"""Does every document exist exactly once after its pusher was killed with kill -9, at any step?"""

from __future__ import annotations

import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from companies.models import Company
from simulators.quickbooks.server import Running
from sync.models import CompanyLease, Document, Push
from sync.run import sync_company
from tests.factories import prepared
from tests.faults.killing import started, taken_over
from tests.held_answers import answers_held
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import NEW, in_quickbooks, push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("step", ["claimed", "sending", "answered", "recorded"])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_pusher_that_is_killed_at_any_step_leaves_each_document_once(
    studio: Company,
    quickbooks: Books,
    rehearsal: Running,
    child_environment: dict[str, str],
    step: str,
    times: int,
) -> None:
    prepared(studio, NEW)

    killed = started(step, times, child_environment, rehearsal)

    assert killed.wait() == -signal.SIGKILL
    taken_over(studio)
    push(studio)
    assert in_quickbooks(quickbooks) == (1, 1, 1)
    assert set(Document.objects.values_list("state", flat=True)) == {"posted"}
    assert Push.objects.count() == 3


def test_a_pusher_that_is_killed_while_a_request_is_under_way_leaves_each_document_once(
    studio: Company, quickbooks: Books, rehearsal: Running, child_environment: dict[str, str]
) -> None:
    prepared(studio, NEW)
    with answers_held(rehearsal) as answers:
        pusher = started("never", 1, child_environment, rehearsal)
        answers.wait_until_one_is_held()
        pusher.kill()
    assert Push.objects.get(document__kind="invoice").state == "open"
    taken_over(studio)
    push(studio)

    assert in_quickbooks(quickbooks) == (1, 1, 1)


def test_a_second_pusher_keeps_away_while_the_first_is_alive(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    CompanyLease.objects.update_or_create(
        company=studio, defaults={"holder": "somebody", "until": timezone.now() + timedelta(minutes=1)}
    )

    assert sync_company(studio).overlaps
    assert in_quickbooks(quickbooks) == (0, 0, 0)
