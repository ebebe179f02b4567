"""Does a tie-out find whatever was done in QuickBooks, and explain every cent between source and books?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from companies.models import Company
from mapping.models import QuickBooksItem
from reconciliation.models import TieOut, TieOutLine, TieOutState
from reconciliation.tie_out.account_rows import account_rows_of, is_explained
from reconciliation.tie_out.comparing import Period, Reason
from reconciliation.tie_out.run import begin, carry_out, rows_of
from sync.models import Document, DocumentState
from tests.factories import prepared
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.every_form import moved
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

AUGUST = Period(first=date(2026, 8, 1), last=date(2026, 8, 31))
PAID = "\nKIT-CLAY  48.00\npaid 2026-08-20  Card  48.00"


def posted(company: Company, number: int, lines: str = PAID, day: str = "2026-08-14") -> None:
    prepared(company, f"{day}  order {number}  #9 Nora Quist <nora@example.com>{lines}")
    push(company)


def tied_out(company: Company, period: Period = AUGUST) -> TieOut:
    """A finished tie-out in which every cent is explained."""
    tie_out = carry_out(begin(company, period, by=None))
    assert tie_out.state == TieOutState.FINISHED, tie_out.message
    assert is_explained(rows_of(tie_out), account_rows_of(tie_out))
    return tie_out


def line_of(tie_out: TieOut, kind: str = "invoice") -> TieOutLine:
    return tie_out.lines.get(kind=kind)


def test_what_was_posted_and_left_alone_matches_in_everything(studio: Company, quickbooks: Books) -> None:
    before = quickbooks.ledger()
    posted(studio, 1, PAID + "\nrefund 2026-08-22  Cracked  10.00\ncredit 2026-08-23  Goodwill  5.00")

    tie_out = tied_out(studio)

    should = {row.name: row.should for row in account_rows_of(tie_out) if row.should}
    assert should == moved(before, quickbooks.ledger())

    ours = tie_out.lines.exclude(reason=Reason.ENTERED_THERE)
    assert list(ours) == []
    assert tie_out.matching == 4
    assert tie_out.records == 4


def told(line: TieOutLine) -> str:
    """Its reason, and what the source says, what should be in QuickBooks, what is."""
    return " ".join((line.reason, *(f"{amount.normalize():f}" for amount in (line.source, line.should, line.there))))


def test_a_total_that_was_changed_in_quickbooks_is_found_with_both_sides(studio: Company, quickbooks: Books) -> None:
    posted(studio, 1, "\nKIT-CLAY  48.00")
    invoice = quickbooks.find("Invoice", "DocNumber = '1'")
    changed = [
        {**line, "Amount": 40, "SalesItemLineDetail": {**line["SalesItemLineDetail"], "UnitPrice": 40, "Qty": 1}}
        for line in invoice["Line"]
        if line["DetailType"] == "SalesItemLineDetail"
    ]
    quickbooks.change("Invoice", invoice, Line=changed)

    line = line_of(tied_out(studio))

    assert told(line) == "changed-there 48 48 40"
    assert {"what": "the total", "ours": "48.00 USD", "theirs": "40.00 USD"} in line.differences


def test_an_item_that_was_given_another_account_is_found_by_account_though_all_matches(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio, 1, "\nKIT-CLAY  48.00")
    item = QuickBooksItem.objects.get(company=studio, sku="KIT-CLAY")
    before, other = item.income_account_id, quickbooks.find("Account", "Name = 'Uncategorized Income'")["Id"]
    QuickBooksItem.objects.filter(pk=item.pk).update(income_account_id=other)  # as the next refresh says it

    line = line_of(tied_out(studio))

    assert told(line) == "other-account 48 48 48"
    assert {account: Decimal(amount) for account, amount in line.moved.items()} == {before: 48, other: -48}


def test_an_invoice_that_was_deleted_in_quickbooks_is_found(studio: Company, quickbooks: Books) -> None:
    posted(studio, 1, "\nKIT-CLAY  48.00")
    quickbooks.delete("Invoice", quickbooks.find("Invoice", "DocNumber = '1'"))

    line = line_of(tied_out(studio))

    assert told(line) == "deleted-there 48 48 0"


def test_an_invoice_that_was_voided_in_quickbooks_is_found(studio: Company, quickbooks: Books) -> None:
    posted(studio, 1, "\nKIT-CLAY  48.00")
    invoice = quickbooks.find("Invoice", "DocNumber = '1'")
    quickbooks.ask(
        "POST", "invoice", params={"operation": "void"}, json={"Id": invoice["Id"], "SyncToken": invoice["SyncToken"]}
    )

    line = line_of(tied_out(studio))

    assert told(line) == "voided-there 48 48 0"


def test_an_invoice_that_was_given_another_month_is_missing_in_one_and_found_in_the_other(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio, 1, "\nKIT-CLAY  48.00")
    quickbooks.change("Invoice", quickbooks.find("Invoice", "DocNumber = '1'"), TxnDate="2026-09-02")

    out = line_of(tied_out(studio))
    into = line_of(tied_out(studio, Period(first=date(2026, 9, 1), last=date(2026, 9, 30))))

    assert told(out) == "moved-out 48 48 0"
    assert told(into) == "moved-in 0 0 48"
    assert out.document_id == into.document_id


def test_a_payment_that_no_longer_pays_our_invoice_is_found_though_no_total_changed(
    studio: Company, quickbooks: Books
) -> None:
    posted(studio, 1)
    payment = quickbooks.query("select * from Payment where TotalAmt = '48.00'")["Payment"][-1]
    quickbooks.change("Payment", payment, Line=[])

    line = line_of(tied_out(studio), "payment")

    assert told(line) == "changed-there 48 48 48"
    assert [difference["what"] for difference in line.differences] == ["what it is applied to"]


def test_what_others_enter_is_told_apart_and_counted_in(studio: Company, quickbooks: Books) -> None:
    quickbooks.invoice("30.00", TxnDate="2026-08-05", DocNumber="X-1")

    line = tied_out(studio).lines.get(label="X-1")

    assert told(line) == "entered-there 0 0 30"
    assert line.document_id is None


def test_what_bears_our_mark_and_is_unknown_to_us_is_said_as_that(studio: Company, quickbooks: Books) -> None:
    posted(studio, 1, "\nKIT-CLAY  48.00")
    note = quickbooks.find("Invoice", "DocNumber = '1'")["PrivateNote"]
    quickbooks.invoice("48.00", TxnDate="2026-08-14", DocNumber="1-copy", PrivateNote=note)

    line = line_of(tied_out(studio))

    assert told(line) == "unknown-mark 0 0 48"


def test_what_a_sync_writes_down_while_it_is_read_is_counted_once(studio: Company, quickbooks: Books) -> None:
    posted(studio, 1, "\nKIT-CLAY  48.00")
    invoices = Document.objects.filter(kind="invoice")
    number = invoices.get().quickbooks_id
    invoices.update(state=DocumentState.SENDING, quickbooks_id="")

    def answered() -> bool:
        invoices.update(state=DocumentState.POSTED, quickbooks_id=number)
        return False

    tie_out = carry_out(begin(studio, AUGUST, by=None), stops=answered)

    assert not tie_out.lines.exclude(reason=Reason.ENTERED_THERE).exists()
    assert tie_out.matching == 1
    assert {row.read for row in rows_of(tie_out) if row.source} == {Decimal(48)}


def test_what_was_never_posted_says_how_far_it_is(studio: Company, quickbooks: Books) -> None:
    prepared(studio, "2026-08-14  order 1  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00")
    prepared(studio, "2026-08-14  order 2  #10 Olaf Berg\nKIT-CLAY  10.00")

    tie_out = tied_out(studio)

    ours = tie_out.lines.filter(kind="invoice", document__isnull=False)
    found = {line.label: told(line) for line in ours}
    assert found == {"1": "ready 48 48 0", "2": "blocked 10 0 0"}


def test_quickbooks_away_is_a_failed_tie_out_and_never_half_a_result(studio: Company, rehearsal: object) -> None:
    posted(studio, 1)
    rehearsal.stop()  # type: ignore[attr-defined]

    tie_out = carry_out(begin(studio, AUGUST, by=None))

    assert tie_out.state == TieOutState.FAILED
    assert "could not be reached" in tie_out.message
    assert not tie_out.lines.exists()
    assert not tie_out.sums.exists()
