"""Is every document once what its order says, after its pusher was killed with kill -9 at any step of a change?"""

from __future__ import annotations

import signal
from decimal import Decimal

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
pytestmark = pytest.mark.django_db(transaction=True)

CHANGED, CANCELLED = (f"2026-08-14  order {number}\nWT-101  199.00\n" for number in (3001, 3002))


@pytest.mark.parametrize(
    ("step", "again"), [("read", 2), ("claimed", 1), ("sending", 2), ("answered", 2), ("recorded", 1)]
)
def test_a_pusher_that_is_killed_at_any_step_of_an_update_and_of_a_void_leaves_each_document_right(
    studio: Company, quickbooks: Books, rehearsal: Running, child_environment: dict[str, str], step: str, again: int
) -> None:
    prepared(studio, CHANGED, CANCELLED)
    push(studio)
    prepared(studio, CHANGED.replace("199.00", "250.00"), CANCELLED + "status  cancelled")

    # Whatever the first one left of the update, the second takes up again, and dies at the same step of the void
    for times in (1, again):
        assert started(step, times, child_environment, rehearsal).wait() == -signal.SIGKILL
        taken_over(studio)
    push(studio)

    invoices = quickbooks.query("select * from Invoice where DocNumber in ('3001', '3002') orderby DocNumber")
    assert [invoice["TotalAmt"] for invoice in invoices["Invoice"]] == [Decimal(250), 0]
    assert list(Document.objects.order_by("pk").values_list("state", "pending")) == [("posted", ""), ("voided", "")]
    assert not Push.objects.filter(state="open").exists()
    assert all(invoice["SyncToken"] == "1" for invoice in invoices["Invoice"])
