"""Is a document of a closed period reversed by an entry on the next open day, once and only once?"""

from __future__ import annotations

from datetime import date

import pytest

from companies.models import Company, Role
from reconciliation.models import Issue
from reconciliation.tie_out.comparing import Period, Reason
from reconciliation.tie_out.run import begin, rows_of
from reconciliation.tie_out.run import carry_out as tie_out
from reconciliation.undo.carrying_out import carry_out, post_again
from reconciliation.undo.choosing import Chosen, scope_of, with_closed_reversed
from reconciliation.undo_models import UndoState
from sync.models import Document, DocumentState
from sync.preparing.prepare import prepare_orders
from sync.pushing.decisions import ignore, overwrite
from tests.reconciliation.factories import as_role
from tests.reconciliation.undoing import AUGUST, planned, posted, started, steps, trial_balance, undone
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import minutes_later, push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

PAID = "paid 2026-08-20  Card  48.00"
BY_ENTRY = with_closed_reversed(AUGUST)


class Killed(BaseException):
    """The process died."""


def closed(company: Company, through: date = date(2026, 8, 31)) -> None:
    Company.objects.update(books_closed_through=through)
    company.refresh_from_db()


def entries(books: Books) -> list[dict[str, object]]:
    return books.query("select * from JournalEntry").get("JournalEntry", [])


def test_a_closed_month_keeps_its_documents_and_the_next_open_day_takes_them_back(
    studio: Company, quickbooks: Books
) -> None:
    before = trial_balance(quickbooks)
    posted(studio, PAID)
    august = trial_balance(quickbooks, last="2026-08-31")
    closed(studio)

    undo = planned(studio, BY_ENTRY)

    assert steps(undo) == [("Payment 1-1", "entry", "planned"), ("Invoice 1", "entry", "planned")]
    assert entries(quickbooks) == []
    undo = carry_out(started(undo))
    push(studio)

    assert (undo.state, undo.message) == (UndoState.FINISHED, "")
    assert trial_balance(quickbooks) == before
    assert trial_balance(quickbooks, last="2026-08-31") == august
    assert {entry["TxnDate"] for entry in entries(quickbooks)} == {"2026-09-01"}
    assert all("dated 2026-08-" in str(entry["PrivateNote"]) for entry in entries(quickbooks))
    one_month = tie_out(begin(studio, Period(first=date(2026, 8, 1), last=date(2026, 8, 31)), by=None))
    assert not one_month.lines.exclude(reason=Reason.ENTERED_THERE).exists()
    later = tie_out(begin(studio, Period(first=date(2026, 9, 1), last=date(2026, 9, 30)), by=None))
    assert [row.unexplained for row in rows_of(later)] == [0]
    assert {(line.reason, int(line.source), int(line.should), int(line.there)) for line in later.lines.all()} == {
        (Reason.REVERSES, 0, 48, 48)
    }


def test_an_entry_that_was_sent_when_the_process_died_is_found_and_entered_once_and_the_rest_follows(
    studio: Company, quickbooks: Books
) -> None:
    before = trial_balance(quickbooks)
    posted(studio, PAID)
    closed(studio)

    def die(at: str, document: Document) -> None:
        if at == "answered" and document.kind == "reversal":
            raise Killed

    undo = started(planned(studio, BY_ENTRY))
    with pytest.raises(Killed):
        carry_out(undo, observe=die)
    minutes_later(studio)
    prepare_orders(studio, [Document.objects.get(kind="invoice").order], again=True)

    undo = carry_out(undo)

    assert steps(undo) == [("Payment 1-1", "entry", "done"), ("Invoice 1", "entry", "done")]
    assert len(entries(quickbooks)) == 2
    assert trial_balance(quickbooks) == before


def test_an_entry_that_quickbooks_rejects_leaves_the_document_as_it_was(studio: Company, quickbooks: Books) -> None:
    posted(studio)
    closed(studio)
    undo = started(planned(studio, BY_ENTRY))
    quickbooks.control("close-books", {"date": "2026-10-31"})

    undo = carry_out(undo)

    assert [(name, state) for name, _, state in steps(undo)] == [("Invoice 1", "left")]
    assert (undo.steps.get().why, "closed" in undo.steps.get().about.casefold()) == ("said", True)
    assert Document.objects.get(kind="invoice").state == DocumentState.POSTED
    quickbooks.control("close-books", {"date": "2026-08-31"})
    assert steps(undone(studio, BY_ENTRY)) == [("Invoice 1", "entry", "done")]
    assert len(entries(quickbooks)) == 1


def test_to_undo_the_entry_lets_the_document_count_again(studio: Company, quickbooks: Books) -> None:
    invoice, accountant = posted(studio), as_role(studio, Role.ACCOUNTANT)
    after = trial_balance(quickbooks)
    closed(studio)
    shown = accountant.get(f"/studio/undo/?by=document&which={invoice.pk}").text
    assert "The books are closed through 08/31/2026" in " ".join(shown.split())
    undo = undone(studio, BY_ENTRY)
    entry = Document.objects.get(kind="reversal")
    told = " ".join(accountant.get(f"/studio/undo/{undo.pk}/").text.split())
    moves = "credit Accounts Receivable 48.00 USD; debit Sales:Kits 48.00 USD."
    assert f"Entered on 09/01/2026: {moves}" in told
    order = accountant.get(f"/studio/orders/{invoice.order_id}/").text
    assert f'href="#document-{entry.pk}">Reversing entry 1R</a>' in order
    again = accountant.post(f"/studio/documents/{invoice.pk}/restore/", follow=True).text
    assert "Invoice 1 is reversed by an entry." in again
    assert post_again(undo, by=None) == 0

    assert steps(undone(studio, scope_of(Chosen.DOCUMENT, entry.pk))) == [("Reversing entry 1R", "delete", "done")]

    assert trial_balance(quickbooks) == after
    assert Document.objects.get(pk=invoice.pk).state == DocumentState.POSTED
    assert entries(quickbooks) == []

    Document.objects.filter(pk=invoice.pk).update(state=DocumentState.UNDONE)
    Document.objects.filter(pk=entry.pk).update(state=DocumentState.REFUSED)
    assert ignore(entry, reason="It is entered by hand", by=None)
    assert Document.objects.get(pk=invoice.pk).state == DocumentState.POSTED


def test_what_is_opened_again_after_the_plan_is_left_for_another_plan(studio: Company, quickbooks: Books) -> None:
    posted(studio)
    closed(studio)
    undo = started(planned(studio, BY_ENTRY))
    closed(studio, date(2026, 7, 31))

    assert steps(carry_out(undo)) == [("Invoice 1", "other-day", "left")]


def test_an_entry_of_a_period_that_was_closed_since_is_not_written_over(studio: Company, quickbooks: Books) -> None:
    posted(studio)
    closed(studio)
    undone(studio, BY_ENTRY)
    entry = Document.objects.get(kind="reversal")
    quickbooks.change("JournalEntry", entries(quickbooks)[0], TxnDate="2026-09-03")
    tie_out(begin(studio, Period(first=date(2026, 9, 1), last=date(2026, 9, 30)), by=None))
    closed(studio, date(2026, 9, 30))
    issue = Issue.objects.get(cause=entry.problems.get().cause)
    ops = as_role(studio, Role.ACCOUNTANT)

    given = {"reason": "A slip", "confirmed": "1"}
    told = " ".join(ops.post(f"/studio/issues/{issue.pk}/fix/overwrite/", given, follow=True).text.split())
    closed(studio, date(2026, 8, 31))

    assert "the books are closed through 09/30/2026" in told
    entry.refresh_from_db()
    assert (entry.pending, entries(quickbooks)[0]["TxnDate"]) == ("held", "2026-09-03")
    assert overwrite(entry, reason="It is open again", by=None)
    push(studio)
    assert entries(quickbooks)[0]["TxnDate"] == "2026-09-01"
