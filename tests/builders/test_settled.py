"""Is an invoice ever settled by more than it comes to, or by a younger record before an older one?"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.documents import CreditApplication, Payment
from sync.preparing.builders.plan import Plan
from sync.preparing.builders.settled import GivenBack, Sent, Settles, divide, shares
from tests.builders.plans import in_books_of, plan_of

DAY = date(2026, 8, 14)
units = st.integers(1, 30000)
records = st.lists(st.tuples(units, st.integers(0, 5), st.booleans()), max_size=6)


def settles(key: int, amount: int, day: int, is_credit: bool) -> Settles:
    dated, of = DAY + timedelta(days=day), Decimal(amount).scaleb(-2)
    return Settles(key=str(key), dated=dated, amount=of, is_credit=is_credit)


@given(owed=st.integers(-5000, 40000), records=records)
def test_never_more_than_the_invoice_and_the_oldest_first(owed: int, records: list[tuple[int, int, bool]]) -> None:
    all_of_them = [settles(key, *record) for key, record in enumerate(records)]
    found = shares(Decimal(owed).scaleb(-2), all_of_them, {})

    given_back = sum(record.amount for record in all_of_them)
    assert sum(found.values()) == min(given_back, max(Decimal(owed).scaleb(-2), Decimal(0)))
    assert all(0 <= found[record.key] <= record.amount for record in all_of_them)
    oldest_first = sorted(all_of_them, key=lambda one: (one.dated, one.is_credit))
    partly = [record.key for record in oldest_first if found[record.key] < record.amount]
    assert [found[record.key] for record in oldest_first if record.key in partly[1:]] == [0] * len(partly[1:])


@given(owed=st.integers(1, 40000), before=records, after=records)
def test_what_was_sent_stays_as_it_is_and_later_records_take_what_is_left(
    owed: int, before: list[tuple[int, int, bool]], after: list[tuple[int, int, bool]]
) -> None:
    invoice = Decimal(owed).scaleb(-2)
    old = [settles(key, *record) for key, record in enumerate(before)]
    sent = shares(invoice, old, {})
    new = [settles(key, *record) for key, record in enumerate(after, start=len(old))]

    found = shares(invoice, [*old, *new], sent)

    assert {key: found[key] for key in sent} == sent
    assert sum(found.values()) <= invoice
    assert sum(found.values()) == min(invoice, sum(record.amount for record in [*old, *new]))


def applied(plan: Plan) -> dict[str, Decimal]:
    """By the key of each payment and credit of a plan, how much of the invoice it settles."""
    documents = [planned.document for planned in plan.planned]
    paid = {document.key: document.applied for document in documents if isinstance(document, Payment)}
    return paid | {
        document.credit: document.amount for document in documents if isinstance(document, CreditApplication)
    }


@given(records=records, settings=st.sampled_from(["", "item for credits Goodwill Credit"]))
def test_of_an_order_no_more_is_applied_than_its_invoice_and_nothing_of_a_record_twice(
    records: list[tuple[int, int, bool]], settings: str
) -> None:
    rows = [
        f"{'credit' if is_credit else 'paid'} {DAY + timedelta(days=day)}  {amount / 100:.2f}"
        for amount, day, is_credit in records
    ]
    plan = plan_of("\n".join(["2026-08-14  order 1", "WT-101  199.00", *rows]), settings)

    posted = sum(planned.total for planned in plan.planned if planned.kind in ("payment", "credit"))
    assert sum(applied(plan).values()) == min(posted, Decimal(199))


def test_payments_and_credits_settle_together_by_their_dates() -> None:
    plan = plan_of("""
        2026-08-14         order 1
        WT-101             199.00
        paid 2026-09-02    Card  150.00
        credit 2026-08-20  Comp  60.00
        credit 2026-09-01  Comp  20.00
        paid 2026-09-01    Cash  10.00
    """)

    assert [(key.rpartition(":")[2], str(amount)) for key, amount in sorted(applied(plan).items())] == [
        ("1-2", "60.00"), ("1-3", "20.00"), ("1-1", "109.00"), ("1-4", "10.00")
    ]  # fmt: skip


def test_a_credit_of_an_earlier_day_takes_nothing_from_a_payment_that_was_sent() -> None:
    sold = "2026-08-14  order 1\nWT-101  199.00\npaid 2026-09-02  Card  150.00"
    first = plan_of(sold)

    second = plan_of(sold + "\ncredit 2026-08-20  Comp  60.00", in_books=in_books_of(first, applied=applied(first)))

    assert [str(amount) for amount in applied(second).values()] == ["150.00", "49.00"]


def test_what_is_applied_of_a_record_that_is_gone_stays_taken_until_it_is_undone() -> None:
    left = [settles(1, 10000, 1, False)]

    assert shares(Decimal(100), left, {"gone": Decimal(60)}) == {"1": Decimal(40)}


def test_payments_settle_before_credits_of_the_same_day() -> None:
    plan = plan_of("""
        2026-08-14         order 1
        WT-101             199.00
        credit 2026-08-20  Comp  60.00
        paid 2026-08-20    Card  150.00
    """)

    assert {key.rpartition(":")[2]: str(amount) for key, amount in applied(plan).items()} == {
        "1-1": "49.00",
        "1-2": "150.00",
    }


@pytest.mark.parametrize("small", ["0.01", "0.50", "1.00"])
def test_a_small_payment_is_a_payment(small: str) -> None:
    plan = plan_of(
        f"2026-08-14  order 1\nWT-101  199.00\npaid 2026-08-15  Cash  {small}\npaid 2026-08-16  Card  198.00"
    )

    paid = [record.document for record in plan.planned if isinstance(record.document, Payment)]
    assert [str(payment.amount) for payment in paid] == [small, "198.00"]
    assert plan.notes == ()


def paid(key: str, amount: int) -> Settles:
    return Settles(key=key, dated=date(2026, 8, 14), amount=Decimal(amount))


def given_back(key: str, amount: int) -> GivenBack:
    return GivenBack(key=key, dated=date(2026, 8, 20), amount=Decimal(amount))


def test_what_quickbooks_has_applied_of_a_payment_is_not_given_back() -> None:
    payment, refund = paid("p", 60), given_back("r", 20)
    division = divide(Decimal(48), [payment], [refund], Sent(applied={"p": Decimal(48)}, unused={"r": Decimal(20)}))

    assert (division.applied, division.ties) == ({"p": Decimal(48)}, {("p", "r"): Decimal(12)})


def test_a_refund_takes_no_more_than_was_posted_of_it_before_the_invoice_is_settled() -> None:
    sent = Sent(unused={"r": Decimal(8)}, ties={("p1", "r"): Decimal(5)})
    division = divide(Decimal(10), [paid("p1", 5), paid("p2", 10)], [given_back("r", 20)], sent)

    assert division.ties == {("p1", "r"): Decimal(5), ("p2", "r"): Decimal(3)}
    assert division.applied == {"p1": Decimal(0), "p2": Decimal(7)}
