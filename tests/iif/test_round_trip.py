"""Does whatever is written come back, every amount and name, or reported as changed?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.answers import AccountRef, CustomerRef, ItemRef
from books.documents import (
    CreditMemo,
    Document,
    Invoice,
    InvoiceLine,
    JournalEntry,
    JournalLine,
    Payment,
    RefundReceipt,
    SalesReceipt,
)
from sync.quickbooks_desktop.reading.read import IifReport, read_iif
from sync.quickbooks_desktop.writing.settings import CodePage, DateOrder, IifSettings
from sync.quickbooks_desktop.writing.writer import IifFile
from tests.iif.factories import TAX, file_of
from tests.sample_orders import ACCOUNTS, an_invoice

TEXTS = st.text(max_size=60) | st.text(alphabet='\t\r\n";=+-@,:é€“ abc', max_size=60)
NAMES = st.text(alphabet="abcdef GHÉéß&'.,()\t;\"=", min_size=1, max_size=45)
CENTS = st.integers(min_value=0, max_value=10**9).map(lambda cents: Decimal(cents) / 100)
INCOME = st.sampled_from(
    [account for account in ACCOUNTS.values() if account.account_type in ("Income", "Other Income")]
)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2049, 12, 31))
CUSTOMERS = st.builds(
    CustomerRef, name=NAMES, quickbooks_id=st.sampled_from(["", "7"]), created_by=st.just("customer:1")
)
SETTINGS = st.builds(
    IifSettings,
    dates=st.sampled_from(DateOrder),
    code_page=st.sampled_from(CodePage),
    sales_tax=st.sampled_from([None, TAX]),
    write_accounts=st.booleans(),
)

#: What the reader may remark on in a file of ours: what we were given, not how it was written.
HARMLESS = {"windows-1252", "repeated-number"}


@st.composite
def lines(draw: st.DrawFn) -> tuple[InvoiceLine, ...]:
    """Lines that come to no less than zero."""
    made = draw(st.lists(st.tuples(INCOME, TEXTS, CENTS, st.booleans(), st.booleans()), min_size=1, max_size=5))
    like = an_invoice().lines[0]
    rows = [
        replace(
            like,
            key=str(place),
            account=account,
            description=text,
            quantity=Decimal(3) if odd else Decimal(1),
            unit_price=amount,
            amount=amount,
            item=ItemRef(quickbooks_id="3" if known else "", name="Wheel Throwing 101"),
        )
        for place, (account, text, amount, odd, known) in enumerate(made)
    ]
    taken_off = draw(st.integers(min_value=0, max_value=100))
    share = sum((row.amount for row in rows), start=Decimal(0)) * taken_off / 100
    off = replace(like, key="off", amount=-share.quantize(Decimal("0.01"), rounding="ROUND_DOWN"))
    return (*rows, off) if taken_off else tuple(rows)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document of any form that moves accounts."""
    shared: dict[str, Any] = {
        "key": "one",
        "number": draw(TEXTS),
        "dated": draw(DAYS),
        "customer": draw(CUSTOMERS),
        "currency": "USD",
        "memo": draw(TEXTS),
    }
    receivable, money, amount = ACCOUNTS["Accounts Receivable"], ACCOUNTS["Checking"], draw(CENTS) + Decimal("0.01")
    form = draw(st.sampled_from([Invoice, SalesReceipt, CreditMemo, RefundReceipt, Payment, JournalEntry]))
    if form is Payment:
        paid: dict[str, Any] = {"amount": amount, "applied": Decimal(0), "deposit_to": money, "receivable": receivable}
        return Payment(**shared, **paid, invoice="x", method=draw(TEXTS))
    if form is JournalEntry:
        two = (JournalLine(account=receivable, amount=amount), JournalLine(account=money, amount=-amount))
        return JournalEntry(**shared, stands_for=draw(st.sampled_from(["refund", "credit"])), lines=two, why="")
    role = {Invoice: "receivable", SalesReceipt: "deposit_to", CreditMemo: "receivable", RefundReceipt: "paid_from"}
    account: AccountRef = receivable if role[form] == "receivable" else money
    due = {"due": draw(DAYS)} if form is Invoice else {}
    return form(**shared, **due, **{role[form]: account}, lines=draw(lines()))


def moved(document: Document) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for posting in document.postings:
        sums[posting.account.path] = sums.get(posting.account.path, Decimal(0)) + posting.amount
    return {path: amount for path, amount in sums.items() if amount}


def read_back(file: IifFile, settings: IifSettings) -> IifReport:
    return read_iif(file.content, date_order="mdy" if settings.dates is DateOrder.MONTH_FIRST else "dmy")


@pytest.mark.criterion("B12", "B18")
@given(document=documents(), settings=SETTINGS)
def test_any_document_comes_back_with_every_amount_and_name_or_says_what_changed(document, settings):
    file = file_of(document, settings=settings)

    if file.left_out:
        assert file.left_out[0].code in ("unwritable-name", "too-long-name", "moves-nothing")
        assert file.content == b""
        return
    report = read_back(file, settings)
    assert {finding.code for finding in report.findings} <= HARMLESS, [
        finding.message.worded() for finding in report.findings
    ]
    (block,) = report.blocks
    net = {path: debit - credit for path, (debit, credit) in report.account_totals.items() if debit != credit}
    assert net == moved(document)
    told = {change.field: change.after for change in file.changed}
    assert block.name in ("", told.get("NAME", document.customer.name))
    assert block.number == told.get("DOCNUM", document.number)
    day, month = (3, 0) if settings.dates is DateOrder.MONTH_FIRST else (0, 3)
    assert f"{document.dated:%m/%d/%Y}"[month : month + 2] == block.top["DATE"][0:2]
    assert f"{document.dated:%m/%d/%Y}"[day : day + 2] == block.top["DATE"][3:5]
    descriptions = {row["MEMO"] for row in block.splits}
    for line in getattr(document, "lines", ()):
        if block.trnstype in ("INVOICE", "CASH SALE", "CREDIT MEMO") and line.amount:
            changed = {change.after for change in file.changed if change.before == line.description}
            assert line.description in descriptions or changed & descriptions


@given(several=st.lists(documents(), min_size=1, max_size=4), settings=SETTINGS, rehearsal=st.booleans())
def test_no_text_can_shift_a_field_of_a_file(several, settings, rehearsal):
    batch = [replace(document, key=str(place)) for place, document in enumerate(several)]
    file = file_of(*batch, settings=settings, rehearsal=rehearsal)

    assert len(file.blocks) == len(batch) - len(file.left_out)
    if file.blocks:
        report = read_back(file, settings)
        assert {finding.code for finding in report.findings} <= HARMLESS, [
            finding.message.worded() for finding in report.findings
        ]
        assert len(report.blocks) == len(file.blocks)
