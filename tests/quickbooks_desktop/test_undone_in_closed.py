"""Does a file that undoes another one follow the closing date: nothing on a closed day, and nothing left in silence?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from books.closed_periods import ClosedPeriods
from books.messages import Message
from companies.models import Role
from companies.models.company import ClosedPolicy
from sync.models import BatchKind, Document, DocumentState, ExportBatch
from sync.quickbooks_desktop.batches.acknowledge import acknowledge, refuse_some
from sync.quickbooks_desktop.batches.create_batch import make_batch
from sync.quickbooks_desktop.batches.export_request import Wish
from sync.quickbooks_desktop.batches.refusals import OTHER_PLAN, REVERSED
from sync.quickbooks_desktop.batches.reversal_plan import ToReverse, plan_reversal, to_reverse
from sync.quickbooks_desktop.reading.read import read_iif
from tests.factories import document_of
from tests.quickbooks_desktop.factories import a_desktop_company, a_person, exported, made, text_of, with_orders
from tests.reconciliation.factories import as_role

JULY, AUGUST, OCTOBER = date(2026, 7, 31), date(2026, 8, 14), date(2026, 10, 1)
THROUGH = date(2026, 8, 31)
SEPTEMBER = date(2026, 9, 1)

INVOICE = ToReverse(number=1, kind="invoice", dated=AUGUST)
PAYMENT = ToReverse(number=2, kind="payment", dated=OCTOBER, follows=1)
REFUND = ToReverse(number=3, kind="refund", dated=OCTOBER, follows=2)
LATER = ToReverse(number=4, kind="invoice", dated=OCTOBER)
ALL = (INVOICE, PAYMENT, REFUND, LATER)


def test_what_belongs_together_with_a_document_of_a_closed_period_is_left_with_it() -> None:
    plan = plan_reversal(ALL, ClosedPeriods(through=THROUGH), move_all=False)

    assert plan.left == {1: 1, 2: 1, 3: 1}
    assert (plan.entered, plan.leaves_all) == ({}, False)
    assert plan_reversal(ALL[:3], ClosedPeriods(through=THROUGH), move_all=False).leaves_all


def test_a_payment_of_a_closed_period_keeps_its_invoice_back_too() -> None:
    payment = ToReverse(number=2, kind="payment", dated=AUGUST, follows=1)
    invoice = ToReverse(number=1, kind="invoice", dated=JULY)
    policy = ClosedPeriods(through=THROUGH, next_open_day={"invoice"})

    assert plan_reversal((invoice, payment), policy, move_all=False).left == {1: 2, 2: 2}


@pytest.mark.parametrize(
    ("policy", "move_all"), [({"invoice"}, False), (set[str](), True)], ids=["by policy", "by a person's word"]
)
def test_what_is_undone_all_the_same_gets_the_first_open_day_and_the_others_their_own(
    policy: set[str], move_all: bool
) -> None:
    plan = plan_reversal(ALL, ClosedPeriods(through=THROUGH, next_open_day=policy), move_all=move_all)

    assert (plan.entered, plan.left) == ({1: SEPTEMBER}, {})


def test_where_every_day_is_open_each_has_its_own() -> None:
    plan = plan_reversal(ALL, ClosedPeriods(), move_all=True)
    assert (plan.entered, plan.left, plan.leaves_all) == ({}, {}, False)


# From the page to the file ------------------------------------------------------------------------------------------


@pytest.fixture
def batch(db: None) -> ExportBatch:
    """A file of an order of August and one of September that was imported, in books that are closed since."""
    company = with_orders(a_desktop_company())
    file = exported(company)
    acknowledge(file, by=a_person())
    company.books_closed_through = THROUGH
    company.save()
    file.company = company
    return file


def days_of(file: ExportBatch) -> dict[str, str]:
    """By its number, the day of each entry."""
    return {block.top["DOCNUM"]: block.top["DATE"] for block in read_iif(text_of(file).encode()).blocks}


def test_the_page_says_what_is_left_and_a_second_file_undoes_it_when_a_person_says_so(batch: ExportBatch) -> None:
    company, client = batch.company, as_role(batch.company, Role.ACCOUNTANT)
    address = f"/desktop/desktop/files/{batch.number}/"
    shown = client.get(address).text
    assert "Left: its period is closed" in shown
    form = {"reason": "imported into last year", "backup": "yes", "closed_shown": "2026-08-31"}

    told = client.post(f"{address}reverse/", form, follow=True).text
    first = ExportBatch.objects.get(kind=BatchKind.REVERSAL)

    assert "2 documents are left, because their period is closed" in told
    assert set(days_of(first).values()) == {"09/02/2026"}
    assert (
        document_of(company, "1042").order.events.get(step="undo-left", facts__document="Invoice 1042").facts["reason"]
        == "The books are closed through 2026-08-31."
    )
    acknowledge(first, by=a_person())
    states = Document.objects.exclude(kind="customer").values_list("order__number", "state").distinct()
    assert set(states) == {("1042", DocumentState.POSTED), ("1043", DocumentState.VOIDED)}

    assert "Undo the rest of the file" in client.get(address).text
    client.post(f"{address}reverse/", {**form, "reverse_closed": "yes"})
    rest = ExportBatch.objects.filter(kind=BatchKind.REVERSAL).latest("number")

    assert set(days_of(rest).values()) == {"09/01/2026"}
    memos = [block.top["MEMO"] for block in read_iif(text_of(rest).encode()).blocks]
    assert [memo.partition(": ")[0] for memo in memos if "Invoice" in memo.partition("for")[0]] == [
        "REVERSAL dated 2026-08-14, entered 2026-09-01"
    ]
    assert (
        make_batch(company, Wish(kind=BatchKind.REVERSAL, reverses=batch, reason="x", backup_confirmed=True))
        is REVERSED
    )


def test_no_file_is_made_of_another_plan_than_the_one_that_was_shown_nor_of_nothing(batch: ExportBatch) -> None:
    company = batch.company
    wish: dict[str, Any] = {"kind": BatchKind.REVERSAL, "reverses": batch, "reason": "twice", "backup_confirmed": True}
    assert make_batch(company, Wish(**wish, closed_shown="")) is OTHER_PLAN

    company.books_closed_through = OCTOBER
    company.save()
    nothing = make_batch(company, Wish(**wish))
    assert isinstance(nothing, Message)
    assert "closed through 2026-10-01" in nothing.worded()

    company.closed_invoices = company.closed_payments = ClosedPolicy.NEXT_OPEN_DAY
    company.save()
    file = made(company, **wish)
    assert set(days_of(file).values()) == {"10/02/2026"}
    assert not to_reverse(batch).exists()

    row = file.exported.get(document__kind="invoice", document__order__number="1042")
    refuse_some(file, [(row.pk, "The account is unknown")], by=a_person())
    assert list(to_reverse(batch)) == [row.document]
