"""Which days are closed, and how is a document dated whose own day is?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from books.closed_periods import ALL_OPEN, ClosedPeriods, entered_on, was_moved
from companies.models import Company
from tests.sample_orders import an_invoice

JULY = ClosedPeriods(through=date(2026, 7, 31), next_open_day={"invoice"})


def test_the_last_closed_day_is_closed_and_the_next_is_open() -> None:
    assert JULY.has(date(2026, 7, 31))
    assert not JULY.has(date(2026, 8, 1))
    assert not ALL_OPEN.has(date(1999, 1, 1))
    assert (JULY.moves("invoice"), JULY.moves("payment")) == (True, False)


def test_a_document_goes_to_the_next_open_day_with_both_dates_and_nothing_else_of_it_changes() -> None:
    invoice = replace(an_invoice(), dated=date(2026, 7, 14), memo="Thank you")

    moved = JULY.dated(invoice)

    assert moved.dated == date(2026, 8, 1)
    assert moved.memo == "Dated 2026-07-14 in the source, entered 2026-08-01: period closed. Thank you"
    assert replace(moved, dated=invoice.dated, memo=invoice.memo) == invoice
    assert JULY.dated(moved) is moved
    assert entered_on(invoice, date(2026, 8, 9)).dated == date(2026, 8, 9)


def test_a_document_says_whether_it_was_moved() -> None:
    invoice = replace(an_invoice(), dated=date(2026, 7, 14), memo="Thank you")
    moved = JULY.dated(invoice)

    assert [was_moved(document) for document in (invoice, moved)] == [False, True]
    assert not was_moved(replace(moved, dated=date(2026, 8, 2)))


def test_the_later_of_both_closing_dates_counts() -> None:
    company = Company(quickbooks_closed_through=date(2026, 6, 30), books_closed_through=date(2026, 7, 31))
    assert company.closed_periods.through == date(2026, 7, 31)
    company.quickbooks_closed_through = date(2026, 8, 31)
    assert company.closed_periods.through == date(2026, 8, 31)
    assert Company().closed_periods == ALL_OPEN
