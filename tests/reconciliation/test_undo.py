"""Is what was posted out of QuickBooks again after an undo, once and only once, and nothing else touched?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from companies.models import Company
from reconciliation.tie_out.comparing import Period, Reason
from reconciliation.tie_out.run import begin, rows_of
from reconciliation.tie_out.run import carry_out as tie_out
from reconciliation.undo.carrying_out import NotStarted, carry_out, go_on, post_again, start_undo, stop
from reconciliation.undo.choosing import Chosen, scope_of
from reconciliation.undo.runs import proofs_of
from reconciliation.undo_models import UndoState
from sync.models import Document, DocumentState, Operation, Push, PushState
from sync.preparing.prepare import prepare_orders
from sync.pushing.decisions import keep_theirs
from sync.run import sync_company
from tests.factories import prepared
from tests.reconciliation.factories import as_role
from tests.reconciliation.undoing import AUGUST, planned, posted, started, steps, trial_balance, undone
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import minutes_later, push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

PAID = "paid 2026-08-20  Card  48.00"


class Killed(BaseException):
    """The process died."""


def states(company: Company) -> set[str]:
    rows = Document.objects.filter(company=company).exclude(kind="customer")
    return set(rows.values_list("state", flat=True))


def test_after_an_undo_the_trial_balance_is_the_one_before_and_the_period_ties_out(
    studio: Company, quickbooks: Books
) -> None:
    before = trial_balance(quickbooks)
    posted(studio, PAID)
    posted(studio, "paid 2026-08-20  Cash  20.00", "credit 2026-08-21  Comp  10.00", number=2)
    posted(studio, PAID, "refund 2026-08-25  on Card  48.00", number=3)
    assert trial_balance(quickbooks) != before

    undo = undone(studio)
    push(studio)
    prepare_orders(studio, [row.order for row in Document.objects.select_related("order__company")], again=True)
    push(studio)

    assert (undo.state, undo.message) == (UndoState.FINISHED, "")
    assert trial_balance(quickbooks) == before
    assert states(studio) == {DocumentState.UNDONE}
    tied = tie_out(begin(studio, Period(first=date(2026, 8, 1), last=date(2026, 8, 31)), by=None))
    taken_out = [row for row in rows_of(tied) if Reason.UNDONE in row.sums]
    assert taken_out
    assert [row for row in taken_out if row.should or row.unexplained] == []
    ours = tied.lines.exclude(reason=Reason.ENTERED_THERE)
    assert {line.reason for line in ours} == {Reason.UNDONE}
    assert [line for line in ours if line.should or line.there] == []


def test_what_settles_an_invoice_goes_before_it(studio: Company, quickbooks: Books) -> None:
    posted(studio, PAID)

    undo = planned(studio)

    assert steps(undo) == [("Payment 1-1", "delete", "planned"), ("Invoice 1", "delete", "planned")]
    assert Push.objects.filter(operation=Operation.DELETE).count() == 0


@pytest.mark.parametrize("step", ["claimed", "sending", "answered"])
def test_an_undo_that_was_killed_goes_on_and_asks_for_nothing_twice(
    studio: Company, quickbooks: Books, step: str
) -> None:
    before = trial_balance(quickbooks)
    posted(studio, PAID)

    def die(at: str, document: Document) -> None:
        if at == step and document.kind == "invoice":
            raise Killed

    undo = started(planned(studio))
    with pytest.raises(Killed):
        carry_out(undo, observe=die)
    assert Document.objects.get(kind="invoice").state == DocumentState.SENDING
    minutes_later(studio)
    prepare_orders(studio, [Document.objects.get(kind="invoice").order])

    undo = carry_out(undo)

    assert (undo.state, undo.message) == (UndoState.FINISHED, "")
    assert trial_balance(quickbooks) == before
    assert set(Push.objects.filter(operation=Operation.DELETE).values_list("state", flat=True)) <= {
        PushState.ACCEPTED,
        PushState.ADOPTED,
        PushState.ABANDONED,
    }


@pytest.mark.parametrize("seconds", [0, 5], ids=["within a second", "seconds later"])
def test_an_undo_is_proven_each_time_that_it_works_and_never_where_it_was_killed(
    studio: Company, quickbooks: Books, seconds: int
) -> None:
    Company.objects.update(proves_syncs=True)
    posted(studio, PAID)

    def die(at: str, document: Document) -> None:
        if at == "answered" and document.kind == "payment":
            raise Killed

    undo = started(planned(studio))
    with pytest.raises(Killed):
        carry_out(undo, observe=die)
    quickbooks.control("clock", {"seconds": seconds})
    undo = carry_out(undo)

    broke_off, proven = proofs_of(undo)
    assert (broke_off.state, broke_off.run.state, broke_off.run.kind) == ("not-proven", "failed", "undo")
    assert (proven.state, proven.why, proven.reads) == ("proven", "", 3)
    assert (proven.run.state, proven.run.counts) == ("finished", {"undone": 2, "left": 0})
    amounts = {account: (row.predicted, row.observed) for account, row in proven.read()}
    assert amounts["Accounts Receivable"] == (Decimal(-48), Decimal(-48))
    client = as_role(studio, "auditor")
    for page in (reverse("reconciliation:undo", args=["studio", undo.pk]), _run_page(proven.run_id)):
        told = client.get(page).content.decode()
        assert "Every account moved by what was posted, to the cent." in told
        assert "Accounts Receivable" in told


def _run_page(number: int) -> str:
    return reverse("reconciliation:sync_run", args=["studio", number])


def test_one_that_a_sync_settles_first_is_done_all_the_same(studio: Company, quickbooks: Books) -> None:
    posted(studio)

    def die(at: str, document: Document) -> None:
        if at == "sending":
            raise Killed

    undo = started(planned(studio))
    with pytest.raises(Killed):
        carry_out(undo, observe=die)
    minutes_later(studio)
    push(studio)

    assert steps(carry_out(undo)) == [("Invoice 1", "delete", "done")]


def test_what_was_changed_deposited_settled_or_closed_is_left_whole_and_says_why(
    studio: Company, quickbooks: Books
) -> None:
    for number in (1, 2, 3, 4):
        posted(studio, *([PAID] if number == 2 else []), number=number)
    changed, paid = (quickbooks.find("Invoice", f"DocNumber = '{number}'") for number in (1, 3))
    quickbooks.change("Invoice", changed, TxnDate="2026-08-15")
    (payment,) = quickbooks.query("select * from Payment where TxnDate = '2026-08-20'")["Payment"]
    bank = quickbooks.query("select * from Account where AccountType = 'Bank'")["Account"][0]["Id"]
    linked = {"LinkedTxn": [{"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}], "Amount": 48}
    quickbooks.write("Deposit", {"DepositToAccountRef": {"value": bank}, "Line": [linked], "TxnDate": "2026-08-21"})
    quickbooks.payment("48", (paid, "48"), customer=paid["CustomerRef"]["value"])
    before = trial_balance(quickbooks)

    undo = undone(studio, AUGUST)

    assert steps(undo) == [
        ("Invoice 1", "changed", "left"),
        ("Payment 2-1", "deposited", "left"),
        ("Invoice 2", "together", "left"),
        ("Invoice 3", "settled", "left"),
        ("Invoice 4", "delete", "done"),
    ]
    assert undo.steps.get(why="together").about == "Payment 2-1"
    assert Document.objects.filter(state=DocumentState.UNDONE).count() == 1
    assert trial_balance(quickbooks) != before


def test_a_payment_that_a_person_kept_on_somebody_elses_invoice_stays(studio: Company, quickbooks: Books) -> None:
    posted(studio, PAID)
    payment = Document.objects.get(kind="payment")
    held = quickbooks.read("Payment", payment.quickbooks_id)
    theirs = quickbooks.invoice("48.00", customer=held["CustomerRef"]["value"], DocNumber="H-7", TxnDate="2026-10-01")
    applied = {"Amount": 48, "LinkedTxn": [{"TxnId": theirs["Id"], "TxnType": "Invoice"}]}
    quickbooks.change("Payment", held, Line=[applied])
    tie_out(begin(studio, Period(first=date(2026, 8, 1), last=date(2026, 8, 31)), by=None))
    payment.refresh_from_db()
    assert keep_theirs(payment, reason="It was for the other invoice", by=None)

    undo = planned(studio)

    assert [why for _, why, _ in steps(undo)] == ["applied", "together"]
    told = as_role(studio).get(reverse("reconciliation:undo", args=[studio.slug, undo.pk])).content.decode()
    assert f"In QuickBooks it is applied to Invoice {theirs['Id']}, which Tieout did not post for this order." in told


def test_what_is_in_a_closed_period_is_left(studio: Company, quickbooks: Books) -> None:
    posted(studio)
    Company.objects.update(books_closed_through=date(2026, 8, 31))
    studio.refresh_from_db()

    assert steps(planned(studio)) == [("Invoice 1", "closed", "planned")]


def test_what_changed_since_the_plan_is_not_touched(studio: Company, quickbooks: Books) -> None:
    posted(studio, PAID)
    undo = started(planned(studio))
    quickbooks.change("Invoice", quickbooks.find("Invoice", "DocNumber = '1'"), TxnDate="2026-08-15")

    undo = carry_out(undo)

    assert steps(undo) == [("Payment 1-1", "together", "left"), ("Invoice 1", "changed", "left")]
    assert states(studio) == {DocumentState.POSTED}
    assert quickbooks.find("Invoice", "DocNumber = '1'")["Balance"] == 0


def test_what_a_person_deleted_there_is_noted_and_nothing_is_sent(studio: Company, quickbooks: Books) -> None:
    posted(studio)
    quickbooks.delete("Invoice", quickbooks.find("Invoice", "DocNumber = '1'"))

    undo = undone(studio)

    assert steps(undo) == [("Invoice 1", "note", "done")]
    assert states(studio) == {DocumentState.UNDONE}
    assert not Push.objects.filter(operation=Operation.DELETE).exists()


def test_an_invoice_that_the_customer_was_sent_is_voided_and_comes_back_under_another_number(
    studio: Company, quickbooks: Books
) -> None:
    before = trial_balance(quickbooks)
    posted(studio)
    invoice = quickbooks.find("Invoice", "DocNumber = '1'")
    quickbooks.ask("POST", f"invoice/{invoice['Id']}/send", params={"sendto": "nora@example.com"})

    undo = undone(studio)

    assert steps(undo) == [("Invoice 1", "void", "done")]
    assert quickbooks.find("Invoice", "DocNumber = '1'")["TotalAmt"] == 0
    assert trial_balance(quickbooks) == before
    assert post_again(undo, by=None) == 1
    push(studio)
    assert quickbooks.find("Invoice", "DocNumber = '1-2'")["TotalAmt"] == 48


def test_what_was_deleted_is_posted_again_only_when_a_person_says_so(studio: Company, quickbooks: Books) -> None:
    posted(studio, PAID)
    after = trial_balance(quickbooks)
    undo = undone(studio)
    first = Push.objects.get(document__kind="invoice", operation=Operation.CREATE)

    assert post_again(undo, by=None) == 2
    push(studio)

    assert trial_balance(quickbooks) == after
    again = Push.objects.filter(document__kind="invoice", operation=Operation.CREATE).latest("pk")
    assert (again.generation, again.request_id != first.request_id) == (first.generation + 2, True)


def test_one_document_takes_what_settles_it_along(studio: Company, quickbooks: Books) -> None:
    invoice = posted(studio, PAID)
    posted(studio, number=2)
    payment = Document.objects.get(kind="payment")

    assert [name for name, *_ in steps(planned(studio, scope_of(Chosen.DOCUMENT, invoice.pk)))] == [
        "Payment 1-1",
        "Invoice 1",
    ]
    undo = undone(studio, scope_of(Chosen.DOCUMENT, payment.pk))

    assert steps(undo) == [("Payment 1-1", "delete", "done")]
    assert quickbooks.find("Invoice", "DocNumber = '1'")["Balance"] == 48


def test_money_that_arrives_for_an_undone_invoice_waits_for_a_person(studio: Company, quickbooks: Books) -> None:
    posted(studio)
    undone(studio)

    prepared(studio, f"2026-08-14  order 1  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00\n{PAID}")
    push(studio)

    payment = Document.objects.get(kind="payment")
    assert (payment.state, payment.problems.get().code) == (DocumentState.BLOCKED, "needs-ignored-record")


def test_a_stopped_undo_begins_no_other_document_and_can_go_on(studio: Company, quickbooks: Books) -> None:
    posted(studio)
    posted(studio, number=2)
    undo = started(planned(studio))

    def stop_then(step: str, _document: Document) -> None:
        if step == "recorded":
            stop(undo)

    carry_out(undo, observe=stop_then)

    undo.refresh_from_db()
    assert (undo.state, [state for *_, state in steps(undo)]) == (UndoState.STOPPED, ["done", "planned"])
    assert go_on(undo)
    assert carry_out(undo).state == UndoState.FINISHED


def test_only_the_plan_that_was_shown_is_started_and_with_a_reason(studio: Company, quickbooks: Books) -> None:
    posted(studio)
    undo = planned(studio)

    for fingerprint, reason in (("other", "Twice"), (undo.fingerprint, " ")):
        with pytest.raises(NotStarted):
            start_undo(undo, fingerprint=fingerprint, reason=reason, by=None)

    undo.refresh_from_db()
    assert undo.state == UndoState.PLANNED


def test_one_that_broke_off_is_taken_up_by_the_next_sync(studio: Company, quickbooks: Books) -> None:
    posted(studio)

    def die(at: str, document: Document) -> None:
        if at == "claimed":
            raise Killed

    undo = started(planned(studio))
    with pytest.raises(Killed):
        carry_out(undo, observe=die)

    sync_company(studio)

    undo.refresh_from_db()
    assert (undo.state, steps(undo)) == (UndoState.FINISHED, [("Invoice 1", "delete", "done")])
