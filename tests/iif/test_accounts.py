"""Does a file move what its documents say, account by account, and by the account of the answer?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

import pytest

from books.answers import ItemRef
from books.documents import Document
from sync.quickbooks_desktop.reading.read import read_iif
from sync.quickbooks_desktop.writing.dialect import COLUMNS
from sync.quickbooks_desktop.writing.settings import IifSettings
from sync.quickbooks_desktop.writing.writer import BatchRecord, IifFile, reversal_of
from tests.iif.factories import (
    TAX,
    a_credit_entry,
    a_credit_memo,
    a_discount,
    a_payment,
    a_refund,
    a_refund_receipt,
    a_sales_receipt,
    a_tax,
    an_iif_invoice,
    cells,
    file_of,
    taxed,
)
from tests.sample_orders import ACCOUNTS

ALL: tuple[Document, ...] = (
    an_iif_invoice(),
    replace(taxed(an_iif_invoice()), key="taxed", number="1050", discount=a_discount("12.34")),
    a_payment(),
    a_sales_receipt(),
    a_credit_memo(),
    a_credit_entry(),
    a_refund(),
    a_refund_receipt(),
)


def moved_by(documents: tuple[Document, ...], *, sign: int = 1) -> dict[str, Decimal]:
    """What documents move, by account; debit positive, accounts that come to nothing left out."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for posting in (posting for document in documents for posting in document.postings):
        sums[posting.account.path] += sign * posting.amount
    return {account: amount for account, amount in sums.items() if amount}


def moved_in(file: IifFile) -> dict[str, Decimal]:
    """The same, as our reader finds it in the bytes."""
    totals = read_iif(file.content).account_totals
    return {account: debit - credit for account, (debit, credit) in totals.items() if debit != credit}


@pytest.mark.criterion("B18")
@pytest.mark.parametrize("sales_tax", [None, TAX], ids=["tax as a line", "QuickBooks' tax"])
def test_the_totals_of_a_file_are_the_totals_of_its_documents_per_account(sales_tax):
    file = file_of(*ALL, settings=IifSettings(sales_tax=sales_tax))

    assert moved_in(file) == moved_by(ALL)
    assert read_iif(file.content).ok
    assert not file.left_out
    totals = {
        account_total.account: (account_total.debit, account_total.credit) for account_total in file.account_totals
    }
    assert totals == read_iif(file.content).account_totals


@pytest.mark.criterion("B18")
@pytest.mark.parametrize("sales_tax", [None, TAX], ids=["tax as a line", "QuickBooks' tax"])
def test_a_reversal_takes_back_what_the_file_did_account_by_account(sales_tax):
    settings = IifSettings(sales_tax=sales_tax)
    undone = reversal_of([BatchRecord(document=document) for document in ALL], batch="Exp 57")
    file = file_of(*undone, settings=settings, batch="Exp 58")

    assert moved_in(file) == moved_by(ALL, sign=-1)
    assert {block.trnstype for block in file.blocks} == {"GENERAL JOURNAL"}
    assert read_iif(file.content).ok


def test_an_entry_that_undoes_names_the_customer_on_its_one_receivable_row():
    (record,) = reversal_of([BatchRecord(document=an_iif_invoice())], batch="Exp 57")
    (block,) = file_of(record, batch="Exp 58").blocks

    assert [row["NAME"] for row in block.rows[:-1] if row["ACCNT"] == "Accounts Receivable"] == ["Priya Natarajan"]
    assert not any(row["NAME"] for row in block.rows if row["ACCNT"] != "Accounts Receivable")
    assert block.number == "R-1042"
    assert block.memo == "REVERSAL Invoice 1042 of batch Exp 57 [Exp 58]"


@pytest.mark.criterion("B33")
def test_a_line_posts_to_the_account_of_its_answer_and_not_to_the_items_own():
    invoice = an_iif_invoice()
    line = replace(
        invoice.lines[0],
        account=ACCOUNTS["Services:Coaching"],
        item=ItemRef(quickbooks_id="1", name="Wheel Throwing 101", income_account=ACCOUNTS["Memberships"]),
    )
    file = file_of(replace(invoice, lines=(line,)))

    assert cells(file, "SPL", "ACCNT") == ["Services:Coaching"]
    assert cells(file, "SPL", "INVITEM") == ["Wheel Throwing 101"]


@pytest.mark.criterion("B33")
def test_a_line_without_an_item_in_quickbooks_posts_by_its_account_alone():
    invoice = an_iif_invoice()
    line = replace(invoice.lines[0], item=ItemRef(quickbooks_id="", name="Wheel Throwing 101"))
    file = file_of(replace(invoice, lines=(line,)))

    assert cells(file, "SPL", "INVITEM") == [""]
    assert cells(file, "SPL", "ACCNT") == ["Services:Training:Classes"]


@pytest.mark.criterion("B34")
def test_a_file_has_no_column_for_classes_whatever_the_lines_say():
    assert not any("CLASS" in columns for columns in COLUMNS.values())
    assert b"CLASS" not in file_of(*ALL).content.replace(b"CLASSES", b"")


@pytest.mark.parametrize(("amount", "percent"), [("0.00", "2.90%"), ("5.90", "2.90%")])
def test_with_sales_tax_on_the_tax_row_is_the_last_one_and_names_the_agency(amount, percent):
    file = file_of(taxed(an_iif_invoice(), amount), settings=IifSettings(sales_tax=TAX))
    last = file.blocks[0].rows[-2]

    assert (last["EXTRA"], last["NAME"], last["INVITEM"], last["ACCNT"]) == (
        "AUTOSTAX",
        "Dept of Revenue",
        "CO Tax",
        "Sales Tax Payable",
    )
    assert last["PRICE"] == percent
    assert Decimal(last["AMOUNT"]) == -Decimal(amount)
    assert last["AMOUNT"] != "-0.00"


def test_with_sales_tax_on_a_form_without_tax_has_its_row_at_zero():
    file = file_of(a_credit_memo(), settings=IifSettings(sales_tax=TAX))

    assert cells(file, "SPL", "AMOUNT")[-1] == "0.00"
    assert cells(file, "SPL", "PRICE")[-1] == "0.00%"
    assert cells(file, "TRNS", "NAMEISTAXABLE") == ["N"]


def test_with_sales_tax_on_a_line_on_its_account_becomes_the_tax_row():
    file = file_of(an_iif_invoice(), settings=IifSettings(sales_tax=TAX))

    assert cells(file, "SPL", "EXTRA") == ["", "", "", "", "AUTOSTAX"]
    assert cells(file, "SPL", "AMOUNT")[-1] == "-4.17"
    assert cells(file, "SPL", "TAXABLE") == ["Y", "Y", "Y", "Y", "N"]


def test_with_sales_tax_off_quickbooks_tax_is_an_ordinary_row():
    file = file_of(replace(taxed(an_iif_invoice()), tax=a_tax("5.90")))

    assert cells(file, "SPL", "EXTRA")[-1] == ""
    assert cells(file, "SPL", "ACCNT")[-1] == "Sales Tax Payable"
    assert cells(file, "SPL", "INVITEM")[-1] == ""
