"""Can nobody take a rehearsal, a repeat or a reversal for the real thing?"""

from __future__ import annotations

import pytest

from sync.quickbooks_desktop.reading.read import read_iif
from sync.quickbooks_desktop.writing.settings import IifSettings
from sync.quickbooks_desktop.writing.writer import BatchRecord, reversal_of
from tests.iif.factories import a_credit_memo, a_payment, a_refund, a_sales_receipt, an_iif_invoice, cells, file_of

ALL = (an_iif_invoice(), a_payment(), a_sales_receipt(), a_credit_memo(), a_refund(), a_refund("Undeposited Funds"))


@pytest.mark.criterion("B28")
def test_every_memo_line_and_number_of_a_rehearsal_is_marked():
    file = file_of(*ALL, rehearsal=True)

    assert file.name == "exp-57-test.iif"
    assert all(memo.startswith("REHEARSAL") for keyword in ("TRNS", "SPL") for memo in cells(file, keyword, "MEMO"))
    assert all(number.startswith("T-") for number in cells(file, "TRNS", "DOCNUM"))
    assert all(number.startswith("T-") for number in cells(file, "SPL", "DOCNUM") if number)
    assert read_iif(file.content).ok


def test_every_memo_of_a_repeat_says_so_and_the_numbers_stay():
    file = file_of(*ALL, repeat=True)

    assert file.name == "exp-57-repeat.iif"
    assert all("REPEAT" in memo for memo in cells(file, "TRNS", "MEMO"))
    assert cells(file, "TRNS", "DOCNUM") == cells(file_of(*ALL), "TRNS", "DOCNUM")


def test_a_rehearsal_of_a_reversal_bears_both_marks_within_the_length_of_a_number():
    file = file_of(*reversal_of([BatchRecord(document=document) for document in ALL], batch="Exp 57"), rehearsal=True)

    assert all(memo.startswith("REHEARSAL REVERSAL") for memo in cells(file, "TRNS", "MEMO"))
    assert all(number.startswith("T-R-") and len(number) <= 11 for number in cells(file, "TRNS", "DOCNUM"))


@pytest.mark.criterion("B28")
def test_an_ordinary_file_bears_no_mark():
    file = file_of(*ALL)

    assert not any(word in file.content for word in (b"REHEARSAL", b"REPEAT", b"REVERSAL", b"T-"))
    assert file.name == "exp-57.iif"


def test_the_batch_stands_in_every_memo_that_is_not_a_lines_description():
    file = file_of(*ALL)

    assert all(memo.endswith("[Exp 57]") for memo in cells(file, "TRNS", "MEMO"))
    assert cells(file_of(a_payment()), "SPL", "MEMO") == ["Payment 1042-1 [Exp 57]"]


def test_a_company_words_its_memos_itself():
    file = file_of(a_credit_memo(), settings=IifSettings(memo="{batch}: {memo}"))

    assert cells(file, "TRNS", "MEMO") == ["Exp 57: Two classes, one too many"]


@pytest.mark.parametrize(
    ("pattern", "says"), [("{memo}", "{batch}"), ("{batch} {who}", "who"), ("{batch} {}", "can name")]
)
def test_a_memo_that_cannot_be_filled_or_found_is_refused(pattern, says):
    with pytest.raises(ValueError, match=says):
        IifSettings(memo=pattern)


def test_a_long_memo_is_cut_and_keeps_its_batch():
    pattern = IifSettings()
    memo = pattern.memo_text(what="Invoice 1042", memo="x" * 5000, batch="Exp 57", room=4095)

    assert len(memo) == 4095
    assert memo.endswith("[Exp 57]")
