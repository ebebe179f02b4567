"""Are Desktop's own transaction reports read, whichever of them it is, and a wrong layout named?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sync.quickbooks_desktop.reading.transaction_report import TransactionReport, UnreadableReport, read_report

DETAIL = """Bramble & Birch Studio
"Custom Transaction Detail Report, accrual basis"
August 2026
,Type,Date,Num,Name,Memo,Account,Clr,Split,Debit,Credit
Aug 26,,,,,,,,,,
,Invoice,08/14/2026,1042,Marie Ortega,Invoice 1042 [Exp 57],Accounts Receivable,,-SPLIT-,"1,240.17",
,Invoice,08/14/2026,1042,Marie Ortega,Wheel Throwing 101,Services:Training,,Accounts Receivable,,"1,240.17"
,Payment,08/20/2026,1042-1,Marie Ortega,Payment 1042-1 [Exp 57],Undeposited Funds,,Accounts Receivable,100.00,
,Payment,08/20/2026,1042-1,Marie Ortega,Payment 1042-1 [Exp 57],Accounts Receivable,,Undeposited Funds,,100.00
Aug 26,,,,,,,,,"1,340.17","1,340.17"
"""
BY_DATE = """Type,Date,Num,Name,Memo,Account,Split,Amount
Sales Receipt,8/14/2026,1043,Marie Ortega,Sales receipt 1043 [Exp 57],Undeposited Funds,-SPLIT-,45.00
Credit Memo,8/25/2026,CM77,"Ortega, Marie",Credit memo CM77 [Exp 57],Accounts Receivable,-SPLIT-,-131.40
Check,8/28/2026,R77,Marie Ortega,Refund R77 [Exp 57],Checking,Accounts Receivable,(131.40)
TOTAL,,,,,,,-217.80
"""
JOURNAL = """Trans #,Type,Date,Num,Adj,Name,Memo,Account,Debit,Credit
301,General Journal,08/28/2026,R77,,Marie Ortega,Refund R77 [Exp 57],Accounts Receivable,131.40,
,,,,,,Refund R77 [Exp 57],Checking,,131.40
,,,,,,,,131.40,131.40
302,Bill,08/29/2026,,,Landlord,Rent,Accounts Payable,,900.00
,,,,,Landlord,Rent,Rent Expense,900.00,
,,,,,,,,900.00,900.00
TOTAL,,,,,,,,"1,031.40","1,031.40"
"""


def read(text: str, **options) -> TransactionReport:
    report = read_report(text.replace("\n", "\r\n").encode("cp1252"), **options)
    assert isinstance(report, TransactionReport), [finding.message.worded() for finding in report.findings]
    return report


def refused(data: bytes):
    report = read_report(data)
    assert isinstance(report, UnreadableReport)
    return report.findings


@pytest.mark.criterion("B12")
def test_a_detail_report_gives_each_transaction_with_its_rows():
    report = read(DETAIL)
    invoice, payment = report.transactions

    assert (invoice.first.trnstype, invoice.first.number, invoice.amount) == ("INVOICE", "1042", Decimal("1240.17"))
    assert invoice.memos == ("Invoice 1042 [Exp 57]", "Wheel Throwing 101")
    assert (payment.first.dated, payment.first.name, payment.amount) == (
        date(2026, 8, 20),
        "Marie Ortega",
        Decimal("100.00"),
    )
    assert [row.line for row in report.rows] == [6, 7, 8, 9]
    assert [row.amount for row in report.rows[:2]] == [Decimal("1240.17"), Decimal("-1240.17")]


def test_a_list_by_date_gives_one_row_for_each_transaction_and_no_total():
    report = read(BY_DATE)

    assert [
        (transaction.first.trnstype, transaction.first.number, transaction.amount)
        for transaction in report.transactions
    ] == [
        ("CASH SALE", "1043", Decimal("45.00")),
        ("CREDIT MEMO", "CM77", Decimal("131.40")),
        ("CHECK", "R77", Decimal("131.40")),
    ]
    assert report.rows[1].name == "Ortega, Marie"
    assert report.findings == ()


def test_a_journal_says_type_and_number_on_the_first_row_only():
    journal, bill = read(JOURNAL).transactions

    assert (journal.first.trnstype, journal.first.number, journal.amount) == (
        "GENERAL JOURNAL",
        "R77",
        Decimal("131.40"),
    )
    assert [row.account for row in journal.rows] == ["Accounts Receivable", "Checking"]
    assert (bill.first.title, bill.first.trnstype, bill.amount) == ("Bill", "", Decimal("900.00"))


def test_reports_are_read_with_the_day_first_in_utf_8_and_with_semicolons():
    text = (
        BY_DATE.replace("8/14/2026", "14/08/2026").replace("8/25/2026", "25/08/2026").replace("8/28/2026", "28/08/2026")
    )
    report = read_report(
        b"\xef\xbb\xbf" + text.replace(",", ";").replace("Ortega; Marie", "Zoë").encode(), date_order="dmy"
    )

    assert isinstance(report, TransactionReport)
    assert [row.dated.day for row in report.rows] == [14, 25, 28]
    assert report.rows[1].name == "Zoë"


def test_other_words_for_the_same_headings_are_understood():
    text = BY_DATE.replace("Num,Name,Memo", "No.,Source Name,Memo/Description").replace("Type", "Transaction Type", 1)

    assert len(read(text).rows) == 3


def test_a_missing_column_is_named_together_with_what_was_found():
    (finding,) = refused(b"Type,Date,Name,Account,Balance\r\nInvoice,08/14/2026,Marie,A/R,5.00\r\n")

    assert finding.code == "missing-headings"
    assert "Num, Memo, Amount (or Debit and Credit)" in finding.message.worded()
    assert "Type, Date, Name, Account, Balance" in finding.message.worded()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "not-text"),
        (BY_DATE.encode("utf-16"), "utf-16"),
        (b"Customer Balance Summary\r\nMarie Ortega,5.00\r\n", "no-table"),
        (b"Type,Date,Num,Name,Memo,Amount\r\nTOTAL,,,,,0.00\r\n", "no-transactions"),
        (BY_DATE.replace("8/14/2026", "2026-08-14").encode(), "not-a-date"),
        (BY_DATE.replace("45.00", "forty").encode(), "not-an-amount"),
        (DETAIL.replace("100.00,\n", "100.00,5.00\n", 1).encode(), "two-amounts"),
    ],
)
def test_a_report_that_cannot_be_used_says_why(data, code):
    findings = refused(data)

    assert code in [finding.code for finding in findings]
    assert all("%(" not in finding.message.worded() for finding in findings)


def test_a_row_with_an_amount_and_no_type_is_told():
    text = BY_DATE.replace("TOTAL,", "Subtotal?,")

    assert [(finding.line, finding.code) for finding in read(text).findings] == [(5, "row-without-type")]
