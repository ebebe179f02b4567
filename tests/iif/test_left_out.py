"""Which documents cannot be in a file, and does each get its sentence?"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from books.answers import CustomerRef, ItemRef, Terms
from books.documents import Document
from sync.quickbooks_desktop.writing.settings import CodePage, IifSettings, RefundsAs
from sync.quickbooks_desktop.writing.writer import BatchRecord, reversal_of
from tests.iif.factories import a_new_customer, a_payment, a_refund, account, an_iif_invoice, cells, file_of, rows_of
from tests.sample_orders import ACCOUNTS

ZOE = CustomerRef(quickbooks_id="5", name="Zoë Smith")


def with_account(path: str, account_type: str = "Income") -> Document:
    invoice = an_iif_invoice()
    return replace(invoice, lines=(replace(invoice.lines[0], account=account(path, account_type)),))


def with_item(name: str) -> Document:
    invoice = an_iif_invoice()
    item = ItemRef(quickbooks_id="5", name=name)
    return replace(invoice, lines=(replace(invoice.lines[0], item=item),))


LONG_TERMS = Terms(quickbooks_id="3", name="T" * 32)
USD = IifSettings(currency="USD")
CASES: list[tuple[str, Document, IifSettings, str]] = [
    ("a customer's letter", replace(an_iif_invoice(), customer=ZOE), USD, "unwritable-name"),
    ("a semicolon", with_account("Sales; old"), USD, "unwritable-name"),
    ("a quote", with_item('12" wheel'), USD, "unwritable-name"),
    ("a formula", with_item("=cmd"), USD, "unwritable-name"),
    ("spaces at a colon", with_account("Sales: Kits"), USD, "unwritable-name"),
    ("no name", with_account(""), USD, "unwritable-name"),
    ("an item of 32 letters", with_item("x" * 32), USD, "too-long-name"),
    ("a path of 160", with_account(":".join(["x" * 31] * 5) + "y"), USD, "too-long-name"),
    ("a term of 32 letters", replace(an_iif_invoice(), terms=LONG_TERMS), USD, "too-long-name"),
    ("another currency", replace(an_iif_invoice(), currency="EUR"), USD, "other-currency"),
    ("an invoice on a bank", replace(an_iif_invoice(), receivable=ACCOUNTS["Checking"]), USD, "wrong-top-account"),
    ("a payment into income", replace(a_payment(), deposit_to=ACCOUNTS["Sales"]), USD, "wrong-top-account"),
    (
        "a refund by check from no bank",
        a_refund("Undeposited Funds"),
        IifSettings(refunds=RefundsAs.CHECK),
        "wrong-top-account",
    ),
    ("two receivables", with_account("Old", "Accounts Receivable"), USD, "several-receivables"),
    (
        "a fils",
        replace(a_payment(), currency="KWD", amount=Decimal("1.005"), applied=Decimal(0)),
        IifSettings(),
        "fraction",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("document", "settings", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_document_that_a_file_cannot_hold_as_it_is_waits_for_a_person(document, settings, code):
    file = file_of(document, settings=settings)

    assert [(text.document_key, text.code, text.is_fault) for text in file.left_out] == [(document.key, code, True)]
    assert "%(" not in file.left_out[0].message.worded()
    assert rows_of(file) == []
    assert file.changed == ()


def test_one_that_cannot_be_written_leaves_the_others_in_the_file():
    file = file_of(replace(an_iif_invoice(), customer=ZOE), a_payment())

    assert [block.trnstype for block in file.blocks] == ["PAYMENT"]


def test_windows_1252_writes_the_name_that_plain_letters_cannot():
    settings = IifSettings(code_page=CodePage.WINDOWS_1252)
    file = file_of(replace(an_iif_invoice(), customer=ZOE), settings=settings)

    assert cells(file, "TRNS", "NAME") == ["Zoë Smith"]
    assert "Zoë".encode("cp1252") in file.content


def test_a_reversal_leaves_a_customer_in_the_lists_and_says_so():
    file = file_of(*reversal_of([BatchRecord(document=a_new_customer())], batch="Exp 57"))

    assert [(text.code, text.is_fault) for text in file.left_out] == [("stays-in-lists", False)]
