"""Is every file for QuickBooks Desktop read within limits, and are any bytes findings or records, never a crash?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.quickbooks_desktop.reading.errors_file import read_errors
from sync.quickbooks_desktop.reading.findings import MOST_OF_A_KIND, Finding
from sync.quickbooks_desktop.reading.lists import DesktopLists, UnreadableLists, read_lists
from sync.quickbooks_desktop.reading.read import read_iif
from sync.quickbooks_desktop.reading.text import LONGEST_LINE, MOST_LINES
from sync.quickbooks_desktop.reading.transaction_report import UnreadableReport, read_report
from sync.quickbooks_desktop.reading.values import amount_of

ACCOUNTS = b"!ACCNT\tNAME\tREFNUM\tACCNTTYPE\tDESC\tACCNUM\tEXTRA\tHIDDEN\r\n"
REPORT = b"Type,Date,Num,Name,Memo,Amount\r\n"
READERS: dict[str, Callable[[bytes], tuple[Finding, ...]]] = {
    "lists": lambda data: read_lists(data).findings,
    "checker": lambda data: read_iif(data).findings,
    "errors": lambda data: read_errors(data).findings,
    "report": lambda data: read_report(data).findings,
}


def codes(findings: tuple[Finding, ...]) -> set[str]:
    assert all("%(" not in finding.message.worded() for finding in findings), (
        "every gap of a sentence must have its fact"
    )
    return {finding.code for finding in findings}


@pytest.mark.parametrize("door", READERS)
@pytest.mark.parametrize("ends", [b"\r\n", b"\n", b"\r"])
def test_more_lines_than_are_read_at_once_are_one_sentence(door: str, ends: bytes) -> None:
    assert "too-many-lines" in codes(READERS[door](ACCOUNTS + ends * MOST_LINES))


@pytest.mark.parametrize("door", READERS)
@pytest.mark.parametrize("line", [b"\t", b"x", b'"', b'"",', b"!ACCNT\t"])
def test_a_line_that_is_longer_than_any_is_one_sentence(door: str, line: bytes) -> None:
    endless = line * (LONGEST_LINE // len(line) + 2)

    assert "long-line" in codes(READERS[door](ACCOUNTS + endless + b"\r\n"))


def test_a_header_of_very_many_columns_costs_nothing_in_each_of_its_rows() -> None:
    data = b"!ACCNT\tNAME\tACCNTTYPE" + b"\tX" * 40_000 + b"\r\n" + b"ACCNT\tA\tINC\r\n" * 20_000

    assert "too-many-columns" in codes(READERS["lists"](data))


@pytest.mark.parametrize("door", ["lists", "checker"])
def test_of_each_kind_of_finding_a_thousand_are_kept_and_the_others_are_counted(door: str) -> None:
    findings = READERS[door](ACCOUNTS + b"ACCNT\t\t\tWRONG\t\t\t\tMAYBE\r\n" * (MOST_OF_A_KIND + 500))

    kinds = [finding.code for finding in findings]
    assert kinds.count("not-yes-no") == MOST_OF_A_KIND
    (more,) = (finding for finding in findings if finding.code == "more-findings")
    assert int(str(dict(more.facts)["number"])) >= 500


@pytest.mark.parametrize("rows", [1, 5, 200, 60_000])
def test_a_quote_that_does_not_end_rejects_the_report_and_swallows_no_row(rows: int) -> None:
    good = b"Invoice,08/14/2026,1,Ada,m,1.00\r\n"

    assert "broken-quotes" in codes(
        READERS["report"](REPORT + good + b'Invoice,08/14/2026,2,"Ada,m,1.00\r\n' + good * rows)
    )


def test_a_row_of_a_report_that_is_longer_than_its_headings_is_not_read_in_part() -> None:
    findings = READERS["report"](REPORT + b"Invoice,08/14/2026,1,Ada,m,1,000.00\r\n")

    assert "long-row" in codes(findings)


SPOILED = [
    ("4.00638E+12", "shortened-number"),
    ("#REF!", "spreadsheet-error"),
    ("#####", "spreadsheet-error"),
    ("TRUE", "spreadsheet-error"),
]


@pytest.mark.parametrize(("name", "code"), SPOILED)
def test_a_list_that_a_spreadsheet_has_spoiled_is_rejected_as_that(name: str, code: str) -> None:
    read = read_lists(ACCOUNTS + f"ACCNT\t{name}\t1\tINC\t\t\t\tN\r\n".encode())

    assert isinstance(read, UnreadableLists)
    assert code in codes(read.findings)


def test_a_description_may_say_what_it_likes() -> None:
    assert isinstance(read_lists(ACCOUNTS + b"ACCNT\tSales\t1\tINC\t#REF!\t4000\t\tN\r\n"), DesktopLists)


def test_a_number_that_a_spreadsheet_shortened_rejects_the_report_because_its_document_would_be_called_missing() -> (
    None
):
    read = read_report(REPORT + b"Invoice,08/14/2026,4.00638E+12,Ada,TIEOUT-1,48.00\r\n")

    assert isinstance(read, UnreadableReport)
    assert codes(read.findings) == {"shortened-number"}


@pytest.mark.parametrize("text", ["9" * 26, "-" + "9" * 5000, "1" + ",000" * 500, "٣", "²", "1e5", "0." + "0" * 40])
def test_an_amount_that_nobody_can_work_with_is_none(text: str) -> None:
    assert amount_of(text) is None
    row = f'Invoice,08/14/2026,1,Ada,m,"{text}"\r\n'
    assert "not-an-amount" in codes(READERS["report"](REPORT + row.encode()))


_WORDS = st.sampled_from(
    [
        *(
            "!ACCNT",
            "ACCNT",
            "!TRNS",
            "TRNS",
            "!SPL",
            "SPL",
            "!ENDTRNS",
            "ENDTRNS",
            "!CUST",
            "CUST",
            "NAME",
            "ACCNTTYPE",
        ),
        *(
            "AMOUNT",
            "DATE",
            "INC",
            "INVOICE",
            "8/14/2026",
            "1.00",
            "-1.00",
            '"',
            "; [ERROR] x",
            "\t",
            "\r\n",
            "\n",
            ",",
        ),
        *("Type", "Date", "Num", "Memo", "Invoice", "9" * 30, "²", "#REF!", "!", ":", "A:B"),
    ]
)
_TEXTS = st.lists(_WORDS | st.text(max_size=5), max_size=40).map("\t".join) | st.lists(_WORDS, max_size=60).map("".join)


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf \r\n"])
def test_a_list_of_nothing_but_the_mark_of_its_encoding_is_empty(data: bytes) -> None:
    assert codes(READERS["lists"](data)) == {"empty"}


@pytest.mark.parametrize("door", READERS)
@given(data=st.binary(max_size=300) | _TEXTS.map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_at_all_are_findings_or_records_and_never_a_crash(door: str, data: bytes) -> None:
    assert codes(READERS[door](data)) is not None


@given(names=st.lists(st.text("abcXYZ 123", min_size=1, max_size=8), max_size=12))
def test_every_row_of_a_list_is_read_or_the_file_is_rejected(names: list[str]) -> None:
    rows = [f"ACCNT\t{name}\t{number}\tINC\t\t\t\tN\r\n" for number, name in enumerate(names)]

    read = read_lists(ACCOUNTS + "".join(rows).encode())

    assert isinstance(read, UnreadableLists) or len(read.accounts) == len(names)
