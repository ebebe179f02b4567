"""Is nothing entered, changed or voided in a period that is closed in QuickBooks or here, and is it always said?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from companies.activation import accept_disclaimer
from companies.models import Company
from companies.signals import announce
from reconciliation.models import Issue, IssueState
from reconciliation.tie_out.comparing import Period
from reconciliation.tie_out.run import begin, carry_out
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.models import RunState
from sync.preparing.prepare import prepare_new
from sync.pushing.decisions import settle
from sync.resync import start
from tests.factories import document_of, order_of, prepared
from tests.reconciliation.factories import a_person
from tests.simulators.driver import Books
from tests.sync.pushing import push
from tests.sync.resyncing import finished

pytestmark = pytest.mark.django_db(transaction=True)

SOLD = "2026-08-14  order 1042\nWT-101  199.00\n"
PAID = SOLD + "paid 2026-08-15  Cash  50.00\n"
DEARER = SOLD.replace("199.00", "250.00")
SEPTEMBER = Period(first=date(2026, 9, 1), last=date(2026, 9, 30))


def close(company: Company, books: Books, day: str | None, *, whole: bool = False) -> None:
    """A bookkeeper sets the closing date in QuickBooks, and what changed of its lists is read, or all of them."""
    books.control("close-books", {"date": day})
    counts = refresh_and_prepare(company, whole=whole)
    assert (counts.failed, counts.closing_moved) == ("", True)


def decide(company: Company, **policies: Any) -> None:
    """An administrator saves the company's settings."""
    for name, value in policies.items():
        setattr(company, name, value)
    company.save()
    announce(company, by=None)


def stands(company: Company, kind: str = "invoice") -> tuple[str, str, list[str]]:
    """State, pending change and problems of the order's document."""
    row = document_of(company, "1042", kind)
    return row.state, row.pending, [problem.code for problem in row.problems.all()]


def in_books(books: Books) -> Any:
    return books.find("Invoice", "DocNumber = '1042'")


def test_what_is_ready_is_held_before_it_is_sent_once_its_period_is_closed(studio: Company, quickbooks: Books) -> None:
    prepared(studio, PAID)
    assert stands(studio)[0] == "ready"

    close(studio, quickbooks, "2026-08-31")

    assert stands(studio) == ("blocked", "", ["in-closed-period"])
    assert stands(studio, "payment") == ("blocked", "", ["in-closed-period"])
    assert push(studio).outcomes == {}
    issue = Issue.objects.get(company=studio, code="in-closed-period", facts__kind="invoice")
    assert (issue.records, issue.state) == (1, IssueState.OPEN)
    assert "closed through 2026-08-31" in issue.problem().explain()

    close(studio, quickbooks, None, whole=True)

    assert set(push(studio).outcomes) == {"posted"}
    issue.refresh_from_db()
    assert issue.state == IssueState.SOLVED


def test_a_kind_that_may_goes_to_the_next_open_day_and_stays_there(studio: Company, quickbooks: Books) -> None:
    close(studio, quickbooks, "2026-08-31")
    decide(studio, closed_invoices="next-open-day")
    prepared(studio, PAID)

    assert push(studio).outcomes == {"posted": 1}
    assert stands(studio, "payment") == ("blocked", "", ["in-closed-period"])
    invoice = in_books(quickbooks)
    assert invoice["TxnDate"] == "2026-09-01"
    assert "Dated 2026-08-14 in the source, entered 2026-09-01: period closed." in invoice["PrivateNote"]

    decide(studio, closed_payments="next-open-day")
    assert push(studio).outcomes == {"posted": 1}
    tie_out = carry_out(begin(studio, SEPTEMBER, by=None))
    assert (tie_out.matching, tie_out.differing) == (2, 0)

    prepared(studio, PAID.replace("199.00", "250.00"))
    assert push(studio).outcomes == {"updated": 1}
    changed = in_books(quickbooks)
    assert (str(changed["TotalAmt"]), changed["TxnDate"]) == ("250.00", "2026-09-01")
    assert changed["PrivateNote"] == invoice["PrivateNote"]


def test_what_was_entered_later_stays_there_when_the_period_is_opened_again(studio: Company, quickbooks: Books) -> None:
    close(studio, quickbooks, "2026-08-31")
    decide(studio, closed_invoices="next-open-day")
    prepared(studio, SOLD)
    push(studio)
    memo = in_books(quickbooks)["PrivateNote"]
    close(studio, quickbooks, None, whole=True)

    prepared(studio, DEARER)

    assert push(studio).outcomes == {"updated": 1}
    changed = in_books(quickbooks)
    assert (str(changed["TotalAmt"]), changed["TxnDate"], changed["PrivateNote"]) == ("250.00", "2026-09-01", memo)


def test_a_closing_date_counts_although_the_lists_could_not_be_read_to_their_end(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, SOLD)
    quickbooks.control("close-books", {"date": "2026-08-31"})
    quickbooks.control("faults", {"kind": "500", "operation": "query", "times": 9})

    run = finished(start(studio, [order_of(studio, "1042").pk], by=a_person(studio)))

    assert run.state == RunState.FAILED
    assert push(studio).outcomes == {}
    prepare_new(Company.objects.get(pk=studio.pk))
    assert stands(studio) == ("blocked", "", ["in-closed-period"])
    assert push(studio).outcomes == {}


def test_a_sync_that_began_before_the_date_was_entered_heeds_it(studio: Company) -> None:
    prepared(studio, SOLD)
    begun = Company.objects.get(pk=studio.pk)
    decide(studio, books_closed_through=date(2026, 8, 31))

    prepared(begun, DEARER)

    assert stands(studio) == ("blocked", "", ["in-closed-period"])


@pytest.mark.parametrize(("became", "total"), [(DEARER, "199.00"), (SOLD + "status  cancelled\n", "199.00")])
def test_a_change_or_void_of_what_is_in_a_closed_period_is_held(
    studio: Company, quickbooks: Books, became: str, total: str
) -> None:
    prepared(studio, SOLD)
    push(studio)
    close(studio, quickbooks, "2026-08-31")

    prepared(studio, became)

    assert stands(studio) == ("posted", "held", ["change-in-closed-period"])
    assert push(studio).outcomes == {}
    assert str(in_books(quickbooks)["TotalAmt"]) == total

    assert settle(document_of(studio, "1042"), reason="Entered on 1 September", by=a_person(studio))
    prepared(studio, became)
    assert stands(studio) == ("posted", "", [])
    assert str(document_of(studio, "1042").value().total) == total


def test_a_held_change_goes_out_once_the_period_is_open_again(studio: Company, quickbooks: Books) -> None:
    prepared(studio, SOLD)
    push(studio)
    close(studio, quickbooks, "2026-08-31")
    prepared(studio, DEARER)

    close(studio, quickbooks, None)

    assert push(studio).outcomes == {"updated": 1}
    assert str(in_books(quickbooks)["TotalAmt"]) == "250.00"


def test_a_stricter_date_of_the_company_counts_and_is_in_its_history(studio: Company) -> None:
    prepared(studio, SOLD)
    decide(studio, books_closed_through=date(2026, 8, 31))

    assert stands(studio) == ("blocked", "", ["in-closed-period"])
    decide(studio, books_closed_through=date(2026, 8, 13))
    assert stands(studio) == ("ready", "", [])
    assert order_of(studio, "1042").events.filter(step="blocked").exists()
    assert studio.history.filter(books_closed_through=date(2026, 8, 31)).exists()


def test_money_of_an_open_day_settles_a_held_invoice_as_it_is_in_quickbooks(studio: Company, quickbooks: Books) -> None:
    prepared(studio, SOLD)
    push(studio)
    close(studio, quickbooks, "2026-08-31")

    prepared(studio, DEARER + "paid 2026-09-03  Cash  250.00\n")

    assert push(studio).outcomes == {"posted": 1}
    assert stands(studio) == ("posted", "held", ["change-in-closed-period"])
    assert (str(in_books(quickbooks)["TotalAmt"]), str(in_books(quickbooks)["Balance"])) == ("199.00", "0.00")
    payment = quickbooks.find("Payment", "TxnDate = '2026-09-03'")
    assert (str(payment["TotalAmt"]), str(payment["UnappliedAmt"])) == ("250.00", "51.00")


def test_what_is_decided_while_nothing_is_prepared_counts_from_the_next_sync_on(studio: Company) -> None:
    prepared(studio, SOLD)
    accepted = studio.acceptances.get()
    studio.acceptances.update(version="of last year")
    decide(studio, books_closed_through=date(2026, 8, 31))
    assert stands(studio) == ("ready", "", [])

    accept_disclaimer(studio, by=accepted.person)
    prepare_new(studio)

    assert stands(studio) == ("blocked", "", ["in-closed-period"])
