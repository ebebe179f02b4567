"""Does only the first invoice ask for a review, only when it is paid with money, and only from the switch on?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.crm.review_rules import CustomerInvoice, ReceivedPayment, ReviewVerdict, decide, first_invoice

SWITCHED_ON = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
DAY = date(2026, 9, 1)
days = st.integers(-30, 30)
cents = st.integers(0, 50_000)


def moment(day: int) -> datetime:
    return SWITCHED_ON + timedelta(days=day)


def invoice(
    identifier: str = "1", *, day: int = 0, entered: int = 0, total: str = "100", left: str = "0"
) -> CustomerInvoice:
    return CustomerInvoice(
        id=identifier,
        number=f"10{identifier}",
        dated=DAY + timedelta(days=day),
        created_at=moment(entered),
        total=Decimal(total),
        balance=Decimal(left),
    )


def payment(identifier: str = "7", *, day: int = 1, amount: str = "100") -> ReceivedPayment:
    return ReceivedPayment(
        id=identifier, amount=Decimal(amount), dated=DAY + timedelta(days=day), recorded_at=moment(day)
    )


invoices = st.lists(
    st.builds(
        lambda day, entered, total, paid: invoice(
            day=day, entered=entered, total=str(Decimal(total) / 100), left=str(Decimal(min(total, paid)) / 100)
        ),
        days,
        days,
        cents,
        cents,
    ),
    max_size=6,
).map(lambda found: [replace(value, id=str(number)) for number, value in enumerate(found, start=1)])
payments = st.lists(
    st.builds(lambda day, amount: payment(day=day, amount=str(Decimal(amount) / 100)), days, cents), max_size=4
)


@given(found=invoices, random=st.randoms(use_true_random=False))
@pytest.mark.criterion("C19", "C20")
def test_one_invoice_at_most_is_the_first_whatever_order_they_are_told_in(found: list[CustomerInvoice], random: Random):
    first = first_invoice(found)
    shuffled = list(found)
    random.shuffle(shuffled)
    assert first_invoice(shuffled) == first
    counting = [value for value in found if value.total > 0]
    assert (first is None) == (not counting)
    if first is not None:
        assert all(first.dated <= value.dated for value in counting)
        assert first_invoice([*found, invoice("99", day=31, entered=31)]) == first


@given(first=invoices.filter(bool).map(lambda found: found[0]), received=payments, since=days)
@pytest.mark.criterion("C21", "C22", "C23")
def test_nothing_is_asked_before_it_is_paid_with_money_after_the_switch(
    first: CustomerInvoice, received: list[ReceivedPayment], since: int
):
    decision = decide(first, received, since=moment(since))
    asks = decision.verdict is ReviewVerdict.ASK
    money = [paid for paid in received if paid.amount > 0]
    assert asks == (first.balance <= 0 and bool(money) and max(paid.recorded_at for paid in money) >= moment(since))
    assert (decision.paid_by is not None) == (asks or decision.verdict is ReviewVerdict.PAID_BEFORE)
    if asks:  # the same payments, and the switch turned on after the last of them
        later = decide(first, received, since=max(paid.recorded_at for paid in money) + timedelta(seconds=1))
        assert later.verdict is ReviewVerdict.PAID_BEFORE


@pytest.mark.parametrize(
    ("left", "received", "verdict"),
    [
        ("0", [payment()], ReviewVerdict.ASK),
        ("0.01", [payment(amount="99.99")], ReviewVerdict.NOT_YET),
        ("100", [], ReviewVerdict.NOT_YET),
        ("0", [], ReviewVerdict.NO_MONEY),
        ("0", [payment(amount="0")], ReviewVerdict.NO_MONEY),
        ("0", [payment(day=-3)], ReviewVerdict.PAID_BEFORE),
        ("0", [payment(day=0)], ReviewVerdict.ASK),
        ("0", [payment("7", day=-3, amount="60"), payment("8", day=2, amount="40")], ReviewVerdict.ASK),
        ("0", [payment("7", day=-3, amount="60"), payment("8", day=2, amount="0")], ReviewVerdict.PAID_BEFORE),
        ("0", [payment("7", day=3, amount="60"), payment("8", day=2, amount="0")], ReviewVerdict.ASK),
    ],
)
@pytest.mark.criterion("C21", "C22", "C23")
def test_what_follows_from_the_first_invoice(left: str, received: list[ReceivedPayment], verdict: ReviewVerdict):
    assert decide(invoice(left=left), received, since=SWITCHED_ON).verdict is verdict


def test_of_one_day_the_one_entered_first_is_the_first_and_a_void_is_none():
    assert first_invoice([invoice("12", entered=2), invoice("13", entered=1)]) == invoice("13", entered=1)
    assert first_invoice([invoice("12"), invoice("9")]) == invoice("9")
    assert first_invoice([invoice("1", day=-5, total="0"), invoice("2")]) == invoice("2")
    assert first_invoice([]) is None
