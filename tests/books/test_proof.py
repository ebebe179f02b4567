"""Is every cent that moved explained, or told as unexplained, whatever moved?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.movement import Movement
from books.proof import OtherChange, ReportDay, excused_by, fiscal_year_of, prove, prove_with_others
from tests.books.values import cents

ACCOUNTS = st.sampled_from(("sales", "owed", "bank", "cost", "stock", "retained"))
MOVEMENTS = st.builds(Movement.of, st.lists(st.tuples(ACCOUNTS, cents), max_size=6))
BALANCED = MOVEMENTS.map(lambda part: Movement.of((*part.amounts.items(), ("sales", -part.sum))))
STOCK = ("cost", "stock")


def amounts(**moved: str) -> Movement:
    return Movement.of((account, Decimal(amount)) for account, amount in moved.items())


@given(MOVEMENTS, MOVEMENTS, MOVEMENTS, st.booleans())
def test_explained_and_unexplained_are_what_was_observed(
    predicted: Movement, others: Movement, observed: Movement, sold: bool
) -> None:
    proof = prove(predicted, observed, others, inventory=STOCK if sold else ())

    for row in proof.rows:
        assert row.predicted + row.others + row.inventory + row.unexplained == row.observed
        assert (row.predicted, row.others) == (predicted[row.account], others[row.account])
        assert not row.inventory or row.account in STOCK
    assert Movement.of((row.account, row.observed) for row in proof.rows) == observed
    assert Movement.of((row.account, row.predicted) for row in proof.rows) == predicted
    assert sum(row.inventory for row in proof.rows) == 0
    assert len({row.account for row in proof.rows}) == len(proof.rows)
    assert proof.unexplained.sum == observed.sum - predicted.sum - others.sum


@given(BALANCED, BALANCED, ACCOUNTS, cents.filter(bool))
def test_no_cent_is_lost_and_none_is_explained_away(
    predicted: Movement, others: Movement, account: str, amount: Decimal
) -> None:
    assert prove(predicted, predicted + others, others).is_proven

    wrong = prove(predicted, predicted + others + Movement.of([(account, amount)]), others, inventory=STOCK)

    assert wrong.unexplained == Movement.of([(account, amount)])


def test_what_quickbooks_posts_for_inventory_is_told_apart_only_where_inventory_was_sold() -> None:
    predicted = amounts(owed="48.00", sales="-48.00")
    observed = predicted + amounts(cost="12.00", stock="-12.00")

    told = prove(predicted, observed, inventory=STOCK)

    assert told.is_proven
    assert {row.account: row.inventory for row in told.rows if row.inventory} == {"cost": 12, "stock": -12}
    assert prove(predicted, observed).unexplained == amounts(cost="12.00", stock="-12.00")
    lost = prove(predicted, observed + amounts(cost="0.01", bank="-0.01"), inventory=STOCK)
    assert lost.unexplained == amounts(cost="12.01", stock="-12.00", bank="-0.01")


@pytest.mark.parametrize(
    ("day", "first_month", "year"),
    [
        (date(2026, 8, 14), 1, (date(2026, 1, 1), date(2026, 12, 31))),
        (date(2026, 6, 30), 7, (date(2025, 7, 1), date(2026, 6, 30))),
        (date(2026, 7, 1), 7, (date(2026, 7, 1), date(2027, 6, 30))),
        (date(2028, 2, 29), 3, (date(2027, 3, 1), date(2028, 2, 29))),
        (date(9999, 12, 1), 1, (date(9999, 1, 1), date(9999, 12, 31))),
    ],
)
def test_a_fiscal_year_begins_with_its_month(day: date, first_month: int, year: tuple[date, date]) -> None:
    assert fiscal_year_of(day, first_month) == year


def test_income_of_an_earlier_year_is_on_retained_earnings_and_a_later_day_is_on_nothing() -> None:
    day = ReportDay(
        last=date(2026, 12, 31),
        year_begins=date(2026, 1, 1),
        retained_earnings="retained",
        profit_and_loss=frozenset({"sales", "cost"}),
    )
    moved = amounts(owed="48.00", sales="-48.00")

    assert day.shows(moved, date(2026, 1, 1)) == moved
    assert day.shows(moved, date(2025, 12, 31)) == amounts(owed="48.00", retained="-48.00")
    assert not day.shows(moved, date(2027, 1, 1))


def test_what_bears_the_second_of_a_reading_is_in_it_or_out_of_it() -> None:
    ours, theirs = amounts(owed="48.00", sales="-48.00"), amounts(owed="5.00", sales="-5.00")
    edge = [OtherChange(words="Invoice 7", movement=theirs, at_the_edge=True)]

    assert prove_with_others(ours, ours, edge).is_proven
    assert prove_with_others(ours, ours + theirs, edge).is_proven
    assert not prove_with_others(ours, ours + theirs + theirs, edge).is_proven
    elsewhere = prove_with_others(ours, amounts(owed="48.00", shipping="-48.00"), edge)
    assert elsewhere.unexplained == amounts(sales="48.00", shipping="-48.00")


def test_only_an_account_that_an_unclear_change_moves_is_excused_by_it() -> None:
    on_sales = OtherChange(words="Invoice 7", cannot_be_told=True, accounts=frozenset({"sales", "owed"}))
    anywhere = OtherChange(words="Bill 8", cannot_be_told=True)
    clear = OtherChange(words="Invoice 9", movement=amounts(bank="1.00"))
    left = prove(Movement(), amounts(sales="-1.00", owed="1.00"))
    elsewhere = prove(Movement(), amounts(sales="-1.00", bank="1.00"))

    assert excused_by(left, [on_sales, clear]) == (on_sales,)
    assert excused_by(elsewhere, [on_sales, clear]) == ()
    assert excused_by(elsewhere, [on_sales, anywhere]) == (on_sales, anywhere)
    assert excused_by(left, [clear]) == ()
