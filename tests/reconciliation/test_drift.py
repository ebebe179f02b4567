"""Does each document that was changed in QuickBooks become one issue, and is it as the person decided afterwards?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from companies.models import Company
from reconciliation.models import TieOut, TieOutState
from reconciliation.tie_out.comparing import Period, Reason
from reconciliation.tie_out.run import begin, carry_out, rows_of
from reconciliation.tie_out.shown import ShownRow, lines_of
from reconciliation.tie_out.words import COLUMNS
from sync.lists.refresh import refresh_lists
from sync.models import Document, DocumentProblem, PendingChange
from sync.preparing.prepare import prepare_orders
from sync.previewing.making import gather, plan_of
from sync.pushing.decisions import confirm_void, keep_theirs, leave_deleted, overwrite, restore
from tests.factories import prepared
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

AUGUST = Period(first=date(2026, 8, 1), last=date(2026, 8, 31))


def posted(company: Company, number: int = 1, lines: str = "\nKIT-CLAY  48.00") -> Document:
    prepared(company, f"2026-08-14  order {number}  #9 Nora Quist <nora@example.com>{lines}")
    push(company)
    return Document.objects.get(order__number=str(number), kind="invoice")


def tied_out(company: Company) -> TieOut:
    tie_out = carry_out(begin(company, AUGUST, by=None))
    assert tie_out.state == TieOutState.FINISHED, tie_out.message
    assert [row.unexplained for row in rows_of(tie_out) if row.unexplained] == []
    return tie_out


def reasons(company: Company) -> list[str]:
    return sorted(tied_out(company).lines.exclude(reason=Reason.ENTERED_THERE).values_list("reason", flat=True))


def repriced(quickbooks: Books, number: int, price: int) -> None:
    invoice = quickbooks.find("Invoice", f"DocNumber = '{number}'")
    lines = [
        {**line, "Amount": price, "SalesItemLineDetail": {**line["SalesItemLineDetail"], "UnitPrice": price, "Qty": 1}}
        for line in invoice["Line"]
        if line["DetailType"] == "SalesItemLineDetail"
    ]
    quickbooks.change("Invoice", invoice, Line=lines)


def codes(document: Document) -> list[str]:
    return list(DocumentProblem.objects.filter(document=document).values_list("code", flat=True))


def test_a_tie_out_makes_one_issue_of_a_changed_invoice_and_sends_nothing(studio: Company, quickbooks: Books) -> None:
    document = posted(studio)
    repriced(quickbooks, 1, 40)

    tied_out(studio)
    tied_out(studio)
    push(studio)

    document.refresh_from_db()
    assert codes(document) == ["changed-in-quickbooks"]
    assert document.pending == PendingChange.HELD
    assert document.order.events.filter(step="drifted").count() == 1
    assert quickbooks.find("Invoice", "DocNumber = '1'")["TotalAmt"] == 40


def test_ours_is_put_back_over_exactly_what_was_seen_and_a_second_person_asked_for_the_larger_of_both(
    studio: Company, quickbooks: Books
) -> None:
    document = posted(studio)
    repriced(quickbooks, 1, 4000)
    tied_out(studio)

    assert overwrite(document, reason="It was a slip", by=None)
    Company.objects.update(approval_above=3999)
    push(studio)
    assert plan_of(gather(studio)).counts() == 4000
    assert quickbooks.find("Invoice", "DocNumber = '1'")["TotalAmt"] == 4000

    Company.objects.update(approval_above=4000)
    push(studio)

    assert quickbooks.find("Invoice", "DocNumber = '1'")["TotalAmt"] == 48
    assert codes(document) == []
    assert reasons(studio) == []


def test_ours_is_put_back_for_the_customer_who_is_left_of_a_merge(studio: Company, quickbooks: Books) -> None:
    document = posted(studio, lines="\nKIT-CLAY  48.00\npaid 2026-08-20  Card  48.00")
    paid = Document.objects.get(order=document.order, kind="payment")
    quickbooks.change("Payment", quickbooks.read("Payment", paid.quickbooks_id), TxnDate="2026-08-25")
    repriced(quickbooks, 1, 40)
    merged = quickbooks.find("Invoice", "DocNumber = '1'")["CustomerRef"]["value"]
    quickbooks.control("merge", {"from": merged, "into": quickbooks.customer("Quist & Company")["Id"]})
    refresh_lists(studio, whole=False)
    tied_out(studio)

    assert overwrite(document, reason="It was a slip", by=None)
    assert overwrite(paid, reason="It was a slip", by=None)
    push(studio)

    assert codes(document) == codes(paid) == []
    assert reasons(studio) == []


def test_an_applied_credit_is_put_back_though_it_is_a_payment_there(studio: Company, quickbooks: Books) -> None:
    document = posted(studio, lines="\nKIT-CLAY  48.00\ncredit 2026-08-20  Goodwill  5.00")
    applied = Document.objects.get(order=document.order, kind="credit-application")
    quickbooks.change("Payment", quickbooks.read("Payment", applied.quickbooks_id), Line=[])
    tied_out(studio)

    assert overwrite(applied, reason="It was a slip", by=None)
    push(studio)

    assert len(quickbooks.read("Payment", applied.quickbooks_id)["Line"]) == 2
    assert reasons(studio) == []


def test_what_was_changed_once_more_meanwhile_is_asked_about_again(studio: Company, quickbooks: Books) -> None:
    document = posted(studio)
    repriced(quickbooks, 1, 40)
    tied_out(studio)
    overwrite(document, reason="It was a slip", by=None)
    repriced(quickbooks, 1, 30)

    push(studio)

    assert quickbooks.find("Invoice", "DocNumber = '1'")["TotalAmt"] == 30
    assert codes(document) == ["changed-in-quickbooks"]


def test_theirs_is_kept_and_counts_from_then_on(studio: Company, quickbooks: Books) -> None:
    document = posted(studio)
    repriced(quickbooks, 1, 40)
    tied_out(studio)

    assert keep_theirs(document, reason="A discount by phone", by=None)
    push(studio)

    assert quickbooks.find("Invoice", "DocNumber = '1'")["TotalAmt"] == 40
    assert codes(document) == []
    line = tied_out(studio).lines.get(kind="invoice")
    assert (line.reason, line.source, line.should, line.there) == ("kept", Decimal(48), Decimal(40), Decimal(40))

    repriced(quickbooks, 1, 35)  # and once more
    again = tied_out(studio)

    (line,) = lines_of(again, column=COLUMNS["kept-in-quickbooks"], kind="invoice", currency="USD")
    assert (line.reason, line.source, line.should, line.there) == (
        "changed-there",
        Decimal(48),
        Decimal(40),
        Decimal(35),
    )
    shown = ShownRow.of(rows_of(again)[0])
    assert [(figure.amount, figure.records) for figure in shown.before if figure.records] == [(Decimal(-8), 1)]
    assert [(figure.amount, figure.records) for figure in shown.after if figure.records] == [(Decimal(-5), 1)]


def test_what_was_kept_and_is_as_kept_again_is_no_issue_and_posted_anew_it_is_ours(
    studio: Company, quickbooks: Books
) -> None:
    document = posted(studio)
    repriced(quickbooks, 1, 40)
    tied_out(studio)
    keep_theirs(document, reason="A discount by phone", by=None)
    repriced(quickbooks, 1, 35)
    tied_out(studio)
    assert codes(document) == ["changed-in-quickbooks"]
    repriced(quickbooks, 1, 40)

    assert reasons(studio) == [Reason.KEPT]
    assert codes(document) == []

    quickbooks.delete("Invoice", quickbooks.find("Invoice", "DocNumber = '1'"))
    tied_out(studio)
    assert leave_deleted(document, reason="Cancelled by phone", by=None)
    document.refresh_from_db()
    restore(document, by=None)
    push(studio)

    assert quickbooks.find("Invoice", "DocNumber = '1'")["TotalAmt"] == 48
    assert reasons(studio) == []


def test_what_the_source_says_of_a_kept_record_is_what_it_said_when_that_was_decided(
    studio: Company, quickbooks: Books
) -> None:
    document = posted(studio)
    repriced(quickbooks, 1, 40)
    posted(studio, lines="\nKIT-CLAY  50.00")
    assert keep_theirs(document, reason="A discount by phone", by=None)
    assert told(studio) == ("kept", 50, 40, 40)

    repriced(quickbooks, 1, 30)
    posted(studio, lines="\nKIT-CLAY  50.00\nstatus  cancelled")
    assert keep_theirs(document, reason="A fee for the cancellation", by=None)
    assert told(studio) == ("kept", 0, 30, 30)

    repriced(quickbooks, 1, 20)
    tied_out(studio)
    assert overwrite(document, reason="No fee after all", by=None)
    push(studio)
    assert quickbooks.find("Invoice", "DocNumber = '1'")["TotalAmt"] == 0
    assert reasons(studio) == []


def told(company: Company) -> tuple[str, int, int, int]:
    line = tied_out(company).lines.get(kind="invoice")
    return line.reason, int(line.source), int(line.should), int(line.there)


def test_what_others_dated_into_a_closed_period_is_not_written_whichever_version_counts(
    studio: Company, quickbooks: Books
) -> None:
    documents = [posted(studio, 1), posted(studio, 2)]
    for number in "12":
        quickbooks.change("Invoice", quickbooks.find("Invoice", f"DocNumber = '{number}'"), TxnDate="2026-07-20")
    tied_out(studio)
    Company.objects.update(books_closed_through=date(2026, 7, 31))
    overwrite(documents[0], reason="It was a slip", by=None)
    keep_theirs(documents[1], reason="It was delivered in July", by=None)

    posted(studio, 2, "\nKIT-CLAY  50.00")

    held = [quickbooks.find("Invoice", f"DocNumber = '{number}'") for number in "12"]
    assert {(invoice["TxnDate"], invoice["TotalAmt"]) for invoice in held} == {("2026-07-20", 48)}
    assert [codes(document) for document in documents] == [["change-in-closed-period"]] * 2


def test_a_refund_of_what_a_smaller_invoice_never_used_is_asked_about_as_that(
    studio: Company, quickbooks: Books
) -> None:
    lines = "\nKIT-CLAY  48.00\npaid 2026-08-14  Card  48.00\nrefund 2026-08-16  Cracked  10.00"
    document = posted(studio, lines=lines)
    repriced(quickbooks, 1, 38)
    tied_out(studio)

    assert keep_theirs(document, reason="The price was wrong", by=None)

    refund = Document.objects.get(order=document.order, kind="refund")
    (problem,) = refund.problems.all()
    assert problem.code == "moves-nothing"
    assert "no longer has it" not in problem.read().explain()
    assert confirm_void(refund, reason="It is in the credit that is open", by=None)
    push(studio)
    refund.refresh_from_db()
    assert (refund.state, codes(refund)) == ("voided", [])


def test_what_was_put_right_in_quickbooks_is_no_issue_any_more(studio: Company, quickbooks: Books) -> None:
    document = posted(studio)
    repriced(quickbooks, 1, 40)
    tied_out(studio)
    repriced(quickbooks, 1, 48)

    assert reasons(studio) == []
    document.refresh_from_db()
    assert (codes(document), document.pending) == ([], "")


def test_a_re_sync_reads_again_and_writes_nothing_over_a_change(studio: Company, quickbooks: Books) -> None:
    document = posted(studio, lines="\nKIT-CLAY  48.00\npaid 2026-08-20  Card  48.00")
    payment = quickbooks.query("select * from Payment where TotalAmt = '48.00'")["Payment"][-1]
    quickbooks.change("Payment", payment, Line=[])
    tied_out(studio)
    paid = Document.objects.get(order=document.order, kind="payment")
    assert codes(paid) == ["changed-in-quickbooks"]

    prepare_orders(studio, [paid.order], by=None, again=True)
    push(studio)

    assert quickbooks.query("select * from Payment where TotalAmt = '48.00'")["Payment"][-1]["Line"] == []
    assert codes(paid) == ["changed-in-quickbooks"]


def test_a_deleted_invoice_is_an_issue(studio: Company, quickbooks: Books) -> None:
    document = posted(studio)
    quickbooks.delete("Invoice", quickbooks.find("Invoice", "DocNumber = '1'"))

    tied_out(studio)

    assert codes(document) == ["deleted-in-quickbooks"]
