"""What did QuickBooks refuse, and why? As its own file of errors says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sync.quickbooks_desktop.reading.errors_file import read_errors
from tests.iif.factories import iif

FILE = """
    ; QuickBooks could not import the records below.
    ; Search for [ERRORS] marks, fix them and import this file again.
    !INVITEM | NAME | INVITEMTYPE | ACCNT
    ; [ERROR] The account Sales:Old does not exist [10022]
    INVITEM | Workbook | SERV | Sales:Old
    !TRNS | TRNSID | TRNSTYPE | DATE | ACCNT | NAME | AMOUNT | DOCNUM | MEMO
    !SPL | SPLID | TRNSTYPE | DATE | ACCNT | NAME | AMOUNT | DOCNUM | MEMO | INVITEM
    !ENDTRNS
    ; [ERROR] [Workbook] The Item does not exist in Quickbooks [11585]
    TRNS | | INVOICE | 03/14/2026 | Accounts Receivable | Marie Ortega | 240.00 | 1042 | Invoice 1042 [Exp 57]
    ; [ERROR] The line is not valid
    SPL | | INVOICE | 03/14/2026 | Sales | | -240.00 | | Class | Workbook
    ENDTRNS
    TRNS | | PAYMENT | 03/15/2026 | Undeposited Funds | Marie Ortega | 100.00 | P1 | Payment P1 [Exp 57]
    SPL | | PAYMENT | 03/15/2026 | Accounts Receivable | Marie Ortega | -100.00 | P1 | |
    ENDTRNS
"""


@pytest.mark.criterion("B12")
def test_each_record_comes_with_what_quickbooks_said_about_it():
    item, invoice, payment = read_errors(iif(FILE)).failed

    assert (item.keyword, item.name, item.messages) == (
        "INVITEM",
        "Workbook",
        ("The account Sales:Old does not exist [10022]",),
    )
    assert (invoice.line, invoice.trnstype, invoice.number, invoice.name) == (10, "INVOICE", "1042", "Marie Ortega")
    assert (invoice.dated, invoice.amount, invoice.memo) == (
        date(2026, 3, 14),
        Decimal("240.00"),
        "Invoice 1042 [Exp 57]",
    )
    assert invoice.messages == ("[Workbook] The Item does not exist in Quickbooks [11585]", "The line is not valid")
    assert (payment.number, payment.messages) == ("P1", ())


def test_notes_that_a_spreadsheet_put_into_quotes_are_still_notes():
    data = iif(FILE).replace(b"; [ERROR] [Workbook]", b'"; [ERROR] [Workbook]').replace(b"[11585]", b'[11585]"')

    assert read_errors(data).failed[1].messages[0] == "[Workbook] The Item does not exist in Quickbooks [11585]"


def test_a_file_that_was_cut_off_gives_what_it_has_and_says_so():
    data = iif(FILE)
    read = read_errors(data[: data.index(b"Accounts Receivable\tMarie Ortega\t-100")])

    assert [failure.number for failure in read.failed] == ["", "1042", "P1"]
    assert [finding.code for finding in read.findings] == ["cut-off"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "not-text"),
        (FILE.encode("utf-16"), "utf-16"),
        (iif("!TRNS | TRNSTYPE | DATE | ACCNT | AMOUNT"), "not-an-errors-file"),
        (b"Type,Date,Num\r\n", "not-an-errors-file"),
    ],
)
def test_another_file_is_told_for_what_it_is(data, code):
    read = read_errors(data)

    assert read.failed == ()
    assert code in [finding.code for finding in read.findings]
