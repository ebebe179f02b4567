"""Does the reader find every fault that a file can have, on its line, with a sentence that says what to do?"""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from sync.quickbooks_desktop.reading.catalogue import ERRORS, WARNINGS
from sync.quickbooks_desktop.reading.findings import Severity, found
from sync.quickbooks_desktop.reading.read import check_iif, read_iif
from sync.quickbooks_desktop.reading.references import KnownNames
from tests.iif.factories import iif

HEADERS = """
    !TRNS | TRNSID | TRNSTYPE | DATE | ACCNT | NAME | AMOUNT | DOCNUM | MEMO | CLEAR
    !SPL | SPLID | TRNSTYPE | DATE | ACCNT | NAME | AMOUNT | DOCNUM | MEMO | CLEAR | QNTY | PRICE | INVITEM | EXTRA
    !ENDTRNS
"""
INVOICE = """
    TRNS | | INVOICE | 03/14/2026 | Accounts Receivable | Marie Ortega | 240.00 | 1042 | Order 1042 | N
    SPL | | INVOICE | 03/14/2026 | Sales | | -240.00 | | Class | N | -2 | 120.00 | Class |
    ENDTRNS
"""
GOOD = HEADERS + INVOICE
TAX_FORM = """
    TRNS | | INVOICE | 03/15/2026 | Accounts Receivable | Marie Ortega | 5.50 | 1043 | | N
    SPL | | INVOICE | 03/15/2026 | Tax Payable | Agency | -0.50 | | | N | | | Tax | AUTOSTAX
    SPL | | INVOICE | 03/15/2026 | Sales | | -5.00 | | | N | | | Class |
    ENDTRNS
"""


def codes(data: bytes, **options) -> list[tuple[int | None, str]]:
    report = read_iif(data, **options)
    assert all("%(" not in finding.message.worded() for finding in report.findings)
    return [(finding.line, finding.code) for finding in report.findings]


def changed(before: str, after: str, text: str = GOOD) -> bytes:
    """The good file with one text in it replaced, as a hand in an editor would."""
    data = iif(text)
    assert before.encode() in data
    return data.replace(before.encode(), after.encode("cp1252"), 1)


def test_a_good_file_has_no_finding_and_gives_its_transactions():
    report = read_iif(iif(GOOD))
    (block,) = report.blocks

    assert report.findings == ()
    assert (block.line, block.trnstype, block.number, block.name) == (4, "INVOICE", "1042", "Marie Ortega")
    assert report.account_totals == {
        "Accounts Receivable": (Decimal("240.00"), Decimal(0)),
        "Sales": (Decimal(0), Decimal("240.00")),
    }


NOT_TEXT = {
    "empty": (b"", "empty"),
    "blanks": (b" \r\n", "empty"),
    "workbook": (b"PK\x03\x04...", "not-text"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1", "not-text"),
    "pdf": (b"%PDF-1.7", "not-text"),
    "binary": (b"QBB\x00\x01\x02\x03\x04\x05\x06" * 9, "not-text"),
    "orders": (b"\xef\xbb\xbfOrder Number,Date,Item\n1,2026-08-01,Kit\n" * 40, "another-kind"),
    "a table with semicolons": (b"Name;Amount\r\nAnn;5\r\n", "another-kind"),
    "json": (b' [{"id": 1}]', "another-kind"),
    "a web page": (b"<!DOCTYPE html><p>Signed out</p>", "another-kind"),
    "utf-16 with its mark": ("!TRNS\tDATE\r\n".encode("utf-16"), "utf-16"),
    "utf-16 without": ("!TRNS\tDATE\r\n".encode("utf-16-le"), "utf-16"),
    "another code page": (iif(GOOD) + b"\x81\x8d\r\n", "other-code-page"),
}


@pytest.mark.parametrize(("data", "code"), NOT_TEXT.values(), ids=NOT_TEXT)
def test_a_file_that_is_no_such_text_says_so_and_nothing_else(data, code):
    assert [fault for _, fault in codes(data)] == [code]


TEXTS = {
    "a byte order mark": (b"\xef\xbb\xbf" + iif(GOOD), (1, "utf-8-bom")),
    "letters of UTF-8": (iif(GOOD).replace(b"Order", "Zoë".encode()), (4, "utf-8")),
    "letters of Windows-1252": (iif(GOOD).replace(b"Order", "Zoë".encode("cp1252")), (4, "windows-1252")),
    "line ends of Linux": (iif(GOOD).replace(b"\r\n", b"\n"), (None, "line-ends")),
    "line ends of an old Mac": (iif(GOOD).replace(b"\r\n", b"\r"), (None, "line-ends")),
    "line ends of two kinds": (iif(GOOD).replace(b"\r\n", b"\n", 1), (None, "mixed-line-ends")),
    "no last line end": (iif(GOOD)[:-2], (6, "no-last-line-end")),
    "a row without a keyword": (b"\tx\t\r\n", (1, "unknown-keyword")),
    "commas": (iif(GOOD).replace(b"\t", b","), (1, "comma-file")),
}


@pytest.mark.parametrize(("data", "finding"), TEXTS.values(), ids=TEXTS)
def test_the_way_a_file_is_stored_is_judged(data, finding):
    assert finding in codes(data)


#: What is changed in the good file, and the finding of it: before, after, line, code.
CHANGES = [
    ("\tOrder 1042", '\tOrder "1042', 4, "quote"),
    ("\tOrder 1042", '\t"Order "1042" again"', 4, "quote"),
    ("\tOrder 1042", '\t"Order\t1042"', 4, "tab-in-quotes"),
    ("Order 1042", "Order\x011042", 4, "control-character"),
    ("Order 1042", "Order; 1042", 4, "semicolon"),
    ("Order 1042", "=1042", 4, "formula"),
    ("Marie Ortega", "@Marie", 4, "formula"),
    ("TRNS\t\tINV", "TRNX\t\tINV", 4, "unknown-keyword"),
    ("!ENDTRNS", "!CUST\tNAME\tNAME2\r\nVEND\tA\r\n!ENDTRNS", 4, "no-header"),
    ("TRNSID\tTRNSTYPE", "TRNSID\t\tTRNSTYPE", 1, "blank-column"),
    ("!TRNS\tTRNSID", "!TRNS\tTRNSIDS", 1, "unknown-column"),
    ("DOCNUM\tMEMO\tCLEAR\r\n!SPL", "DOCNUM\tDOCNUM\tCLEAR\r\n!SPL", 1, "repeated-column"),
    ("ACCNT\tNAME\tAMOUNT", "MEMO\tNAME\tAMOUNT", 1, "missing-column"),
    ("!SPL\tSPLID", "!SPL\tSERVICEDATE", 2, "optional-column"),
    ("Order 1042\tN", "Order 1042", 4, "short-row"),
    ("Order 1042\tN", "Order 1042\tN\tMarie", 4, "long-row"),
    ("Order 1042\tN", "Order 1042\tN\t\t\t", 4, "padded-row"),
    ("\t240.00\t", "\t\t", 4, "blank-value"),
    ("\t240.00\t", "\t$240\t", 4, "not-an-amount"),
    ("\t240.00\t", "\t240.005\t", 4, "part-of-a-cent"),
    ("\t240.00\t", '\t"1,240.00"\t', 4, "thousands"),
    ("03/14/2026", "2026-03-14", 4, "not-a-date"),
    ("03/14/2026", "14/03/2026", 4, "not-a-date"),
    ("03/14/2026", "0/0/0", 4, "not-a-date"),
    ("Order 1042\tN", "Order 1042\t7/16/1998", 4, "not-yes-no"),
    ("\t1042\t", "\t123456789012\t", 4, "too-long"),
    ("Marie Ortega", "M" * 42, 4, "too-long"),
    ("\tSales\t", "\tA:B:C:D:E:F\t", 5, "too-deep"),
    ("\tSales\t", "\tSales: Kits\t", 5, "empty-level"),
    ("Marie Ortega", " Marie Ortega", 4, "spaces-around"),
    ("!ENDTRNS\r\n", "", 5, "no-header"),
    ("ENDTRNS\r\nTRNS", "ENDTRNS\r\n!SPL\tTRNSTYPE\tDATE\tACCNT\tAMOUNT\r\nTRNS", 4, "header-order"),
    ("TRNS\t\tINV", "SPL\t\tINV", 4, "outside-a-block"),
    ("SPL\t\tINVOICE", "TRNS\t\tINVOICE", 4, "block-not-ended"),
    ("INVOICE\t03/14/2026\tSales", "PAYMENT\t03/14/2026\tSales", 5, "type-differs"),
    ("INVOICE\t03/14/2026\tSales", "INVOICE\t03/15/2026\tSales", 5, "date-differs"),
    ("INVOICE", "INVOYCE", 4, "unknown-type"),
    ("-240.00", "-239.99", 4, "not-balanced"),
    ("-2\t120.00", "-2\t119.00", 5, "does-not-multiply"),
    ("-2\t120.00", "2\t-120.00", 5, "quantity-sign"),
]


@pytest.mark.parametrize(
    ("before", "after", "line", "code"), CHANGES, ids=[f"{case[3]} {i}" for i, case in enumerate(CHANGES)]
)
def test_a_fault_is_found_on_its_line(before, after, line, code):
    assert (line, code) in codes(changed(before, after))


BLOCKS = {
    "no split": ("TRNS | | CHECK | 03/14/2026 | Bank | | 0.00 | | | N\nENDTRNS", "no-splits"),
    "nothing moved": (INVOICE.replace("240.00", "0.00").replace("-2 |", " |"), "moves-nothing"),
    "a number twice": (INVOICE + INVOICE, "repeated-number"),
    "the tax row before others": (TAX_FORM, "tax-row-not-last"),
    "no tax agency": (TAX_FORM.replace("| Agency |", "| |"), "tax-row-without-agency"),
    "a tax row on some forms only": (INVOICE + TAX_FORM, "tax-row-missing"),
    "a list inside": ("!CUST | NAME\n" + INVOICE.replace("SPL |", "CUST | Marie\nSPL |", 1), "inside-a-block"),
    "cut off": (INVOICE.replace("ENDTRNS", ""), "cut-off"),
    "QuickBooks' own note": ("; [ERROR] [Class] The Item does not exist [11585]\n" + INVOICE, "quickbooks-says"),
    "a note above the file": ("; Fix the records below\n" + INVOICE, "note"),
}  # fmt: skip


@pytest.mark.parametrize(("block", "code"), BLOCKS.values(), ids=BLOCKS)
def test_a_transaction_that_quickbooks_would_not_take_is_found(block, code):
    assert code in [fault for _, fault in codes(iif(HEADERS + block))]


def test_a_row_that_ends_in_the_middle_of_the_file_is_cut_off():
    whole = iif(GOOD)

    assert (5, "cut-off") in codes(whole[: whole.index(b"Class\tN")])


def test_a_text_without_any_record_is_no_iif_file():
    assert codes(b"; only a remark\r\n") == [(None, "no-records"), (1, "note")]


ACCOUNTS = {"Accounts Receivable": "Accounts Receivable", "Old A/R": "Accounts Receivable", "Sales": "Income"}


@pytest.mark.parametrize(
    ("before", "after", "line", "code"),
    [
        ("\tSales\t", "\tOld A/R\t", 4, "several-receivables"),
        ("Marie Ortega", "", 4, "receivable-without-name"),
        ("Accounts Receivable", "Sales", 4, "wrong-top-account"),
        ("\tSales\t", "\tSalse\t", 5, "unknown-account"),
    ],
)
def test_the_companys_own_accounts_tell_more(before, after, line, code):
    assert (line, code) in codes(changed(before, after), known=KnownNames(accounts=ACCOUNTS))


def test_names_are_looked_for_in_the_lists_of_the_file_and_of_the_company():
    with_lists = "!CUST | NAME\nCUST | Nobody\n" + GOOD

    assert (6, "not-in-list") in codes(iif(with_lists))
    assert codes(iif(with_lists), known=KnownNames(names=frozenset({"Marie Ortega"}))) == []
    assert codes(iif(with_lists.replace("Nobody", "Marie Ortega"))) == []
    assert codes(iif(GOOD), known=KnownNames(items=frozenset({"Other"}))) == [(5, "not-in-list")]


def test_a_header_without_a_column_shifts_its_rows_and_is_caught():
    """As in the maker's own samples, whose header lacks a column that the rows have."""
    shifted = """
        !TRNS | TRNSTYPE | DATE | ACCNT | AMOUNT | TOPRINT | ADDR1 | TERMS
        !SPL | SPLID | TRNSTYPE | DATE | ACCNT | AMOUNT
        !ENDTRNS
        TRNS | INVOICE | 07/16/2026 | Accounts Receivable | 5.00 | N | N | Pat Field | Net 15
        SPL | | INVOICE | 07/16/2026 | Sales | -5.00
        ENDTRNS
    """

    assert codes(iif(shifted)) == [(4, "long-row")]


def test_rows_of_a_list_whose_header_was_cut_off_are_caught():
    """As in the maker's own samples, where rows of a dictionary of names are under no header."""
    assert codes(iif(GOOD + "CUSTNAMEDICT | Field1 | Color")) == [(7, "no-header")]


def test_a_row_with_values_beyond_its_header_is_caught_also_where_quickbooks_takes_it():
    """As in the maker's own cash sale, whose rows are longer than their header."""
    assert codes(changed("Class\tN\t-2\t120.00\tClass\t", "Class\tN\t-2\t120.00\tClass\t\tN\t\tNOTHING")) == [
        (5, "long-row")
    ]


def test_a_row_without_the_column_of_its_header_is_caught():
    rows = INVOICE.replace("| Marie Ortega |", "|")

    assert {fault for _, fault in codes(iif(HEADERS + rows))} == {"short-row", "not-balanced"}


def test_a_day_first_file_is_read_by_its_own_order():
    assert codes(changed("03/14/2026", "14/03/2026").replace(b"03/14/2026", b"14/03/2026"), date_order="dmy") == []


def test_a_row_of_a_list_may_leave_out_its_last_fields_and_is_told():
    assert codes(iif("!VEND | NAME | VTYPE\nVEND | Dept of Revenue")) == [(2, "unfilled-row")]


def test_padded_headers_and_quoted_values_are_read_as_quickbooks_writes_them():
    text = GOOD.replace("!ENDTRNS", "!ENDTRNS | | |").replace("Order 1042", '"Mesa, AZ"')
    report = read_iif(iif(text))

    assert report.ok
    assert report.blocks[0].top["MEMO"] == "Mesa, AZ"


@pytest.mark.parametrize("name", ["good", "unbalanced", "cut off", "utf-8", "empty", "linux"])
def test_a_file_longer_than_memory_is_judged_the_same(name):
    whole = iif(GOOD + INVOICE.replace("1042", "1044"))
    data = {
        "good": whole,
        "unbalanced": whole.replace(b"-240.00", b"-239.00"),
        "cut off": whole[:-60],
        "utf-8": whole.replace(b"Order", "Zoë".encode()),
        "empty": b"",
        "linux": whole.replace(b"\r\n", b"\n"),
    }[name]
    report, check = read_iif(data), check_iif(io.BytesIO(data))

    assert check.ok == report.ok
    assert check.error_count >= len(report.errors)
    assert {finding.code for finding in check.findings} == {finding.code for finding in report.findings}
    assert check.blocks == len(report.blocks)
    assert check.account_totals == report.account_totals


def test_a_file_of_many_faults_is_counted_to_the_end():
    bad = iif(HEADERS + INVOICE.replace("-240.00", "-239.00") * 1500)
    check = check_iif(io.BytesIO(bad))

    assert check.error_count == 1500
    assert len(check.findings) == 1000


def test_errors_and_warnings_are_told_apart():
    assert found("not-balanced", 1, sum=1).severity is Severity.ERROR
    assert found("padded-row", 1).severity is Severity.WARNING
    assert not ERRORS.keys() & WARNINGS.keys()
