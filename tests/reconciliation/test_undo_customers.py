"""Is a customer that Tieout created made inactive after an undo where nothing else uses it, and only then?"""

from __future__ import annotations

import pytest

from companies.models import Company, Role
from reconciliation.undo.carrying_out import carry_out, go_on, post_again, start_undo
from reconciliation.undo_models import Undo, UndoCustomer, UndoState
from sync.models import Document
from tests.factories import prepared
from tests.reconciliation.factories import as_role
from tests.reconciliation.undoing import planned, posted, started
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)


def nora(quickbooks: Books, identifier: str) -> bool:
    """Whether the customer is active in QuickBooks."""
    rows = quickbooks.query(f"select * from Customer where Id = '{identifier}' and Active in (true, false)")
    return bool(rows["Customer"][0]["Active"])


def created() -> str:
    """The QuickBooks id of the customer that Tieout created."""
    return Document.objects.get(kind="customer").quickbooks_id


def lines(undo: Undo) -> list[tuple[str, str]]:
    return list(undo.customers.order_by("pk").values_list("state", "why"))


def test_a_customer_that_nothing_else_uses_is_made_inactive_and_active_again_when_its_records_are_posted_again(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio, "paid 2026-08-20  Card  48.00")
    undo = planned(studio)
    assert lines(undo) == [("planned", "")]

    undo = carry_out(started(undo))

    assert (undo.state, lines(undo)) == (UndoState.FINISHED, [("done", "")])
    assert not nora(quickbooks, created())
    line = undo.customers.get()
    assert (b'"Active":false' in bytes(line.body).replace(b" ", b""), len(line.exchanges)) == (True, 1)

    assert post_again(undo, by=None) == 2
    push(studio)

    assert nora(quickbooks, created())
    assert lines(undo) == [("left", "again")]
    assert {str(row.state) for row in Document.objects.all()} == {"posted"}


def test_a_customer_stays_that_quickbooks_has_more_of_that_an_order_waits_for_or_that_a_person_keeps(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio)
    other = quickbooks.invoice("5.00", customer=created())
    assert lines(planned(studio)) == [("planned", "used")]

    quickbooks.delete("Invoice", other)
    prepared(studio, "2026-08-15  order 2  #9 Nora Quist <nora@example.com>\nKIT-CLAY  24.00")
    assert lines(planned(studio)) == [("planned", "to-post")]

    Document.objects.filter(order__number="2").update(state="ignored")
    undo = planned(studio)
    carry_out(start_undo(undo, fingerprint=undo.fingerprint, reason="Imported twice", by=None, customers=()))

    assert lines(undo) == [("left", "not-wanted")]
    assert nora(quickbooks, created())


def test_what_is_entered_for_the_customer_after_the_plan_keeps_it_active(studio: Company, quickbooks: Books) -> None:
    posted(studio)
    undo = started(planned(studio))
    quickbooks.payment("5.00", customer=created())

    undo = carry_out(undo)

    assert (undo.state, lines(undo)) == (UndoState.FINISHED, [("left", "used")])
    assert nora(quickbooks, created())


def test_after_an_answer_that_got_lost_the_customer_is_read_first_and_not_written_again(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio)
    undo = started(planned(studio))
    quickbooks.control("faults", {"kind": "lost_answer", "entity": "Customer"})

    undo = carry_out(undo)
    assert (undo.state, lines(undo)) == (UndoState.STOPPED, [("planned", "")])
    assert not nora(quickbooks, created())
    before = UndoCustomer.objects.get().request_id
    go_on(undo)
    undo = carry_out(undo)

    assert (undo.state, lines(undo)) == (UndoState.FINISHED, [("done", "")])
    assert UndoCustomer.objects.get().request_id == before


def test_the_page_has_a_tick_for_each_customer_and_one_that_is_taken_away_counts(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio)
    undo, accountant = planned(studio), as_role(studio, Role.ACCOUNTANT)
    address = f"/studio/undo/{undo.pk}/"
    assert f'name="customer" value="{undo.customers.get().pk}"' in accountant.get(address).text

    accountant.post(f"{address}start/", {"reason": "Imported twice", "fingerprint": undo.fingerprint})

    assert lines(undo) == [("left", "not-wanted")]
    assert "A person chose to keep this customer active." in accountant.get(address).text
