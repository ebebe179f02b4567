"""When may a change go to QuickBooks, when has it arrived, and when is it someone else's turn to speak?"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from books.posted_document import HeldLine, HeldLink, Holding, Named, settles_others, unlike
from books.serialization import holding_body, read_holding
from sync.models import DocumentChange
from sync.pushing.updates import Verdict, judge

OURS = Holding(
    number="1042",
    dated="2026-08-14",
    customer=Named(identifier="7", name="Priya"),
    currency="USD",
    total=Decimal(199),
    lines=(
        HeldLine(moves="item 1", amount=Decimal(150), name="Class"),
        HeldLine(moves="item 2", amount=Decimal(49), name="Kit"),
    ),
    links=(HeldLink(document="Invoice 20", amount=Decimal(50)),),
)
DEARER = replace(OURS, total=Decimal(250), lines=(HeldLine(moves="item 1", amount=Decimal(250)),))
VOID = replace(OURS, total=Decimal(0), lines=(HeldLine(moves="item 1", amount=Decimal(0)),), links=())
FREED = replace(OURS, links=())


@pytest.mark.parametrize(
    ("intended", "theirs", "verdict"),
    [
        (DEARER, OURS, Verdict.GO),
        (DEARER, DEARER, Verdict.REACHED),
        (DEARER, VOID, Verdict.CHANGED),
        (DEARER, replace(OURS, total=Decimal("199.01")), Verdict.CHANGED),
        (None, OURS, Verdict.GO),
        (None, VOID, Verdict.REACHED),
        (None, DEARER, Verdict.CHANGED),
        (FREED, OURS, Verdict.GO),
        (FREED, FREED, Verdict.REACHED),
        (DEARER, FREED, Verdict.GO),
        (DEARER, replace(OURS, links=(HeldLink(document="Invoice 99", amount=Decimal(50)),)), Verdict.CHANGED),
        # What nobody compares may have changed: it is sent
        (OURS, OURS, Verdict.GO),
    ],
)
def test_what_is_read_says_what_becomes_of_a_change(intended: Any, theirs: Holding, verdict: Verdict) -> None:
    assert judge(DocumentChange(), ours=OURS, intended=intended, theirs=theirs).verdict is verdict


@pytest.mark.parametrize(("theirs", "verdict"), [(VOID, Verdict.GO), (DEARER, Verdict.CHANGED)])
def test_only_what_a_person_saw_is_overwritten(theirs: Holding, verdict: Verdict) -> None:
    change = DocumentChange(seen=holding_body(VOID), overwrites=True)
    intended = replace(DEARER, number="1050")

    assert judge(change, ours=OURS, intended=intended, theirs=theirs).verdict is verdict


@pytest.mark.parametrize(
    ("theirs", "found"),
    [
        (replace(OURS, number="1043"), "the number: 1042 / 1043"),
        (replace(OURS, dated="2026-08-15"), "the date: 2026-08-14 / 2026-08-15"),
        (replace(OURS, customer=Named(identifier="8", name="Ann")), "the customer: Priya / Ann"),
        (replace(OURS, currency="CAD"), "the currency: USD / CAD"),
        (replace(OURS, total=Decimal("199.01")), "the total: 199.00 USD / 199.01 USD"),
        (replace(OURS, lines=OURS.lines[:1]), "the lines: Kit 49.00 USD / —"),
        (replace(OURS, lines=(*OURS.lines, OURS.lines[1])), "the lines: — / Kit 49.00 USD"),
        # No differences: a renamed customer, lines in another order, a line of nothing, a currency that is not said
        (replace(OURS, customer=Named(identifier="7", name="P. Natarajan")), ""),
        (replace(OURS, lines=(*OURS.lines[::-1], HeldLine(moves="item 3", amount=Decimal(0)))), ""),
        (replace(OURS, currency="", links=()), ""),
    ],
)
def test_each_difference_is_said_with_both_sides(theirs: Holding, found: str) -> None:
    told = [f"{difference.what}: {difference.ours} / {difference.theirs}" for difference in unlike(OURS, theirs)]

    assert "; ".join(told) == found


def test_what_ours_leaves_open_is_no_difference() -> None:
    assert unlike(replace(OURS, number="", account=Named(identifier="")), OURS) == ()


def test_a_payment_that_someone_let_settle_another_invoice_is_told() -> None:
    theirs = replace(OURS, links=(HeldLink(document="Invoice 99", amount=Decimal(50)),))
    (found,) = settles_others(theirs, OURS)

    assert (found.what, found.ours, found.theirs) == ("what it is applied to", "Invoice 20", "Invoice 99")


def test_a_holding_is_kept_and_read_back_as_it_was() -> None:
    assert read_holding(holding_body(OURS)) == OURS
