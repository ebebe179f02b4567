"""Which block does each document become? Byte for byte as the examples have it, and as Intuit's manual lays it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from books.documents import Document
from sync.quickbooks_desktop.reading.read import read_iif
from sync.quickbooks_desktop.writing.settings import DateOrder, IifSettings, RefundsAs
from sync.quickbooks_desktop.writing.writer import BatchRecord
from tests.iif.factories import (
    TAX,
    a_credit_entry,
    a_credit_memo,
    a_new_customer,
    a_payment,
    a_refund,
    a_refund_receipt,
    a_sales_receipt,
    an_applied_credit,
    an_iif_invoice,
    cells,
    file_of,
    rows_of,
    taxed,
)

EXAMPLES = Path(__file__).parent / "examples"
PLAIN, WITH_TAX = IifSettings(), IifSettings(sales_tax=TAX)

CASES: list[tuple[str, Callable[[], Document], IifSettings]] = [
    ("invoice", an_iif_invoice, PLAIN),
    ("invoice-with-sales-tax", lambda: taxed(an_iif_invoice()), WITH_TAX),
    ("payment", a_payment, PLAIN),
    ("cash-sale", a_sales_receipt, PLAIN),
    ("credit-memo", a_credit_memo, PLAIN),
    ("check", a_refund, PLAIN),
    ("general-journal", lambda: a_refund("Undeposited Funds"), PLAIN),
    ("new-customer", a_new_customer, PLAIN),
]


@pytest.mark.criterion("B12")
@pytest.mark.parametrize(("name", "document", "settings"), CASES, ids=[name for name, *_ in CASES])
def test_a_file_is_the_example_byte_for_byte(name, document, settings):
    assert file_of(document(), settings=settings).content == (EXAMPLES / f"{name}.iif").read_bytes()


@pytest.mark.criterion("B12")
@pytest.mark.parametrize("name", [name for name, *_ in CASES])
def test_our_own_reader_finds_no_fault_in_an_example(name):
    assert read_iif((EXAMPLES / f"{name}.iif").read_bytes()).findings == ()


@pytest.mark.criterion("B13")
def test_an_invoice_debits_receivables_and_credits_each_line_with_a_negative_quantity():
    file = file_of(an_iif_invoice())

    assert cells(file, "TRNS", "TRNSTYPE") == ["INVOICE"]
    assert cells(file, "TRNS", "AMOUNT") == ["240.17"]
    assert cells(file, "SPL", "AMOUNT") == ["-199.00", "-49.00", "-8.00", "-4.17", "20.00"]
    assert cells(file, "SPL", "QNTY") == ["-1", "-2", "-1", "-1", ""]
    assert cells(file, "TRNS", "PAID") == ["N"]


@pytest.mark.criterion("B14")
def test_a_payment_debits_where_the_money_arrived_and_names_the_customer_on_both_rows():
    invoice, payment = an_iif_invoice(), a_payment()
    file = file_of(invoice, payment)
    rows = [(row["ACCNT"], row["NAME"], row["AMOUNT"]) for row in file.blocks[1].rows[:2]]

    assert rows == [
        ("Undeposited Funds", "Priya Natarajan", "100.00"),
        ("Accounts Receivable", "Priya Natarajan", "-100.00"),
    ]
    assert file.blocks[1].memo == "Payment 1042-1 for invoice 1042 [Exp 57]"


def test_the_memo_of_a_payment_names_an_invoice_of_an_earlier_file():
    file = file_of(BatchRecord(document=a_payment(), invoice_number="1042"))

    assert cells(file, "SPL", "MEMO") == ["Payment 1042-1 for invoice 1042 [Exp 57]"]


@pytest.mark.criterion("B15")
def test_a_return_is_a_credit_memo_with_positive_quantities():
    file = file_of(a_credit_memo())

    assert cells(file, "TRNS", "TRNSTYPE") == ["CREDIT MEMO"]
    assert cells(file, "TRNS", "AMOUNT") == ["-248.00"]
    assert cells(file, "SPL", "QNTY") == ["1", "2"]
    assert cells(file, "SPL", "AMOUNT") == ["199.00", "49.00"]


@pytest.mark.criterion("B16")
@pytest.mark.parametrize(
    ("paid_from", "choice", "trnstype"),
    [
        ("Checking", RefundsAs.AUTO, "CHECK"),
        ("Undeposited Funds", RefundsAs.AUTO, "GENERAL JOURNAL"),
        ("Checking", RefundsAs.JOURNAL, "GENERAL JOURNAL"),
        ("Checking", RefundsAs.CHECK, "CHECK"),
    ],
)
def test_a_refund_is_a_check_or_a_journal_entry_by_its_account_and_the_companys_choice(paid_from, choice, trnstype):
    file = file_of(a_refund(paid_from), settings=IifSettings(refunds=choice))

    assert [block.trnstype for block in file.blocks] == [trnstype]
    assert {moved.account: moved.amount for moved in file.blocks[0].moved} == {
        paid_from: Decimal("-131.40"),
        "Accounts Receivable": Decimal("131.40"),
    }


@pytest.mark.criterion("B16")
def test_a_refund_by_lines_is_a_check_on_the_accounts_of_its_lines():
    file = file_of(a_refund_receipt())

    assert cells(file, "TRNS", "ACCNT") == ["Checking"]
    assert cells(file, "SPL", "ACCNT") == ["Services:Training:Classes", "Sales:Kits"]


@pytest.mark.criterion("B17")
def test_a_credit_by_two_accounts_is_a_journal_entry_with_the_customer_on_the_receivable_row_alone():
    file = file_of(a_credit_entry())
    rows = [(row["ACCNT"], row["NAME"], row["AMOUNT"]) for row in file.blocks[0].rows[:2]]

    assert rows == [("Accounts Receivable", "Priya Natarajan", "-15.00"), ("Refunds & Allowances", "", "15.00")]


@pytest.mark.criterion("B17")
def test_a_credit_with_products_is_a_credit_memo():
    assert file_of(a_credit_memo()).blocks[0].trnstype == "CREDIT MEMO"


def test_every_row_has_the_fields_of_its_header_and_ends_in_cr_lf():
    content = file_of(a_new_customer(), an_iif_invoice(), a_payment(), a_refund()).content
    widths: dict[str, int] = {}

    assert content.endswith(b"\r\n")
    assert content.count(b"\n") == content.count(b"\r\n")
    for row in content.decode("ascii").split("\r\n")[:-1]:
        keyword, *fields = row.split("\t")
        if keyword.startswith("!"):
            widths[keyword[1:]] = len(fields)
        else:
            assert len(fields) == widths[keyword]


def test_dates_are_written_with_the_day_first_where_the_company_says_so():
    file = file_of(an_iif_invoice(), settings=IifSettings(dates=DateOrder.DAY_FIRST))

    assert cells(file, "TRNS", "DATE") == ["14/08/2026"]
    assert read_iif(file.content, date_order="dmy").ok


def test_a_quantity_that_does_not_multiply_out_leaves_quantity_and_price_blank():
    invoice = an_iif_invoice()
    odd = replace(invoice.lines[0], unit_price=Decimal("66.333333"), quantity=Decimal(3))
    file = file_of(replace(invoice, lines=(odd,)))

    assert cells(file, "SPL", "QNTY") == [""]
    assert cells(file, "SPL", "PRICE") == [""]


def test_a_fraction_of_an_hour_keeps_its_quantity_and_its_price():
    invoice = an_iif_invoice()
    part = replace(invoice.lines[0], unit_price=Decimal("33.12500"), quantity=Decimal("1.5"), amount=Decimal("49.69"))
    file = file_of(replace(invoice, lines=(part,)))

    assert cells(file, "SPL", "QNTY") == ["-1.5"]
    assert cells(file, "SPL", "PRICE") == ["33.125"]


def test_the_payment_method_is_left_out_where_the_company_says_so():
    assert cells(file_of(a_payment()), "TRNS", "PAYMETH") == ["Credit Card"]
    assert cells(file_of(a_payment(), settings=IifSettings(payment_methods=False)), "TRNS", "PAYMETH") == [""]


def test_the_same_documents_give_the_same_bytes():
    documents = (a_new_customer(), an_iif_invoice(), a_payment(), a_credit_memo(), a_refund())

    assert file_of(*documents).content == file_of(*documents).content


def test_an_order_of_nothing_but_its_discount_still_moves_its_accounts():
    invoice = an_iif_invoice()
    sold, free = invoice.lines[0], replace(invoice.lines[-1], amount=Decimal("-199.00"))
    file = file_of(replace(invoice, lines=(sold, free)))

    assert [block.trnstype for block in file.blocks] == ["GENERAL JOURNAL"]
    assert {posting.account: posting.amount for posting in file.blocks[0].moved} == {
        "Services:Training:Classes": Decimal("-199.00"),
        "Discounts Given": Decimal("199.00"),
    }


def test_what_moves_no_account_and_what_a_file_cannot_say_are_reported_and_no_fault():
    invoice = an_iif_invoice()
    free = replace(invoice, lines=(replace(invoice.lines[0], unit_price=Decimal(0), amount=Decimal(0)),))
    file = file_of(free, an_applied_credit())

    assert rows_of(file) == []
    assert [(text.document_key, text.code, text.is_fault) for text in file.left_out] == [
        (invoice.key, "moves-nothing", False),
        ("applied:77", "applied-by-hand", False),
    ]
    assert "Receive Payments" in file.left_out[1].message.worded()
