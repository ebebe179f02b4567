"""Is every cent rounded once, the same way, and none lost or invented?"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from books.money import (
    extended,
    from_smallest_units,
    is_whole,
    money_text,
    quantity_text,
    rounded,
    share_out,
    smallest_unit,
    total,
)
from tests.books.values import cents, numbers

currencies = st.sampled_from(["USD", "EUR", "JPY", "KWD"])
weights = st.lists(st.decimals(0, 10**6, places=4) | st.just(Decimal("1E-20")), min_size=1, max_size=8).filter(any)


@pytest.mark.parametrize(
    ("currency", "unit"),
    [("USD", "0.01"), ("RON", "0.01"), ("JPY", "1"), ("CLP", "1"), ("KWD", "0.001"), ("kwd", "0.001"), ("???", "0.01")],
)
def test_the_smallest_unit_is_the_currencys_own_and_a_hundredth_otherwise(currency: str, unit: str):
    assert smallest_unit(currency) == Decimal(unit)


# Rounding ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [
        ("14.50", "128.35", "1861.08"),  # 1,861.075, the line that QuickBooks was seen to refuse at 1,861.07
        ("1", "0.005", "0.01"),
        ("1", "0.015", "0.02"),
        ("1", "0.025", "0.03"),
        ("1", "0.0049", "0.00"),
        ("-1", "0.005", "-0.01"),
        ("3", "33.333", "100.00"),
        ("0", "99.99", "0.00"),
    ],
)
def test_a_line_is_multiplied_out_and_rounded_half_away_from_zero(quantity: str, price: str, amount: str):
    assert str(extended(Decimal(quantity), Decimal(price), "USD")) == amount


def test_a_line_in_yen_has_no_fraction():
    assert str(extended(Decimal(3), Decimal("33.5"), "JPY")) == "101"


@given(quantity=numbers, price=numbers, currency=currencies)
def test_rounding_moves_a_line_by_half_a_unit_at_most(quantity: Decimal, price: Decimal, currency: str):
    exact = Fraction(quantity) * Fraction(price)
    amount = extended(quantity, price, currency)

    assert is_whole(amount, currency)
    assert abs(Fraction(amount) - exact) <= Fraction(smallest_unit(currency)) / 2


@given(amount=numbers, currency=currencies)
def test_rounding_again_changes_nothing_and_ignores_the_sign(amount: Decimal, currency: str):
    once = rounded(amount, currency)

    assert str(rounded(once, currency)) == str(once)
    assert rounded(-amount, currency) == -once


def test_nothing_is_ever_minus_zero():
    assert str(rounded(Decimal("-0.001"), "USD")) == "0.00"


@pytest.mark.parametrize(
    ("amount", "currency", "whole"),
    [
        ("12.50", "USD", True),
        ("12.500", "USD", True),
        ("1E+2", "USD", True),
        ("12.505", "USD", False),
        ("12.5", "JPY", False),
        ("12.505", "KWD", True),
        ("NaN", "USD", False),
    ],
)
def test_only_whole_units_can_be_posted(amount: str, currency: str, whole: bool):
    assert is_whole(Decimal(amount), currency) is whole


@pytest.mark.parametrize(
    ("units", "currency", "amount"),
    [
        (10000, "USD", "100.00"),
        (10000, "JPY", "10000"),
        (10000, "KWD", "10.000"),
        (-1, "USD", "-0.01"),
        (0, "EUR", "0.00"),
    ],
)
def test_an_amount_in_smallest_units_is_read_by_its_currency(units: int, currency: str, amount: str):
    assert str(from_smallest_units(units, currency)) == amount


@given(amounts=st.lists(cents, max_size=20))
def test_a_sum_is_exact(amounts: list[Decimal]):
    assert Fraction(total(amounts)) == sum(map(Fraction, amounts))


# Sharing out ---------------------------------------------------------------------------------------------------------


def shares(amount: str, *weights: str, currency: str = "USD") -> list[str]:
    parts = share_out(Decimal(amount), [Decimal(weight) for weight in weights], currency=currency)
    return [str(part) for part in parts]


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        ("100.00", ("1", "1", "1"), ["33.34", "33.33", "33.33"]),
        ("0.02", ("1", "1", "1"), ["0.01", "0.01", "0.00"]),
        ("-0.01", ("1", "1"), ["0.00", "-0.01"]),
        ("10.00", ("199.00", "49.00", "0"), ["8.02", "1.98", "0.00"]),
        ("0.01", ("1", "99"), ["0.00", "0.01"]),
        ("5.00", ("7",), ["5.00"]),
    ],
)
def test_left_over_cents_go_to_the_largest_remainders_the_earlier_first(
    amount: str, weights: tuple[str, ...], parts: list[str]
):
    assert shares(amount, *weights) == parts


def test_yen_are_shared_out_in_whole_yen():
    assert shares("100", "1", "1", "1", currency="JPY") == ["34", "33", "33"]


@given(units=st.integers(-(10**9), 10**9), weights=weights, currency=currencies)
@example(units=1, weights=[Decimal("0.3333333333333333333333333333"), Decimal("1E-28")], currency="USD")
@example(units=10**9, weights=[Decimal(1), Decimal("1E-25"), Decimal("999999.9999")], currency="KWD")
def test_parts_add_up_exactly_and_each_is_within_a_unit_of_its_share(units: int, weights: list[Decimal], currency: str):
    amount, unit = from_smallest_units(units, currency), smallest_unit(currency)

    parts = share_out(amount, weights, currency=currency)

    assert len(parts) == len(weights)
    assert total(parts) == amount
    whole = sum(map(Fraction, weights))
    for part, weight in zip(parts, weights, strict=True):
        assert is_whole(part, currency)
        assert abs(Fraction(part) - Fraction(amount) * Fraction(weight) / whole) < Fraction(unit)


@given(units=st.integers(0, 10**6), weights=weights)
def test_who_weighs_nothing_gets_nothing(units: int, weights: list[Decimal]):
    parts = share_out(from_smallest_units(units, "USD"), [*weights, Decimal(0)], currency="USD")

    assert parts[-1] == 0


@pytest.mark.parametrize("bad", [(), ("0", "0"), ("1", "-1"), ("2", "-1")])
def test_weights_that_cannot_share_are_refused(bad: tuple[str, ...]):
    with pytest.raises(ValueError, match="weights of zero or more"):
        shares("1.00", *bad)


def test_a_fraction_of_a_cent_cannot_be_shared_out():
    with pytest.raises(ValueError, match=r"whole number of 0\.01 USD, not 1\.005"):
        shares("1.005", "1", "1")


# Words ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1234.5", "USD", "1,234.50 USD"),
        ("-0.01", "USD", "-0.01 USD"),
        ("-0.001", "USD", "0.00 USD"),
        ("1E+4", "JPY", "10,000 JPY"),
        ("1.5", "KWD", "1.500 KWD"),
    ],
)
def test_an_amount_is_read_with_its_currency(amount: str, currency: str, text: str):
    assert money_text(Decimal(amount), currency) == text


@pytest.mark.parametrize(
    ("quantity", "text"),
    [("2.00", "2"), ("1.50", "1.5"), ("100", "100"), ("1E+3", "1,000"), ("0.000", "0"), ("-0", "0"), ("-2.0", "-2")],
)
def test_a_quantity_is_read_without_idle_zeros(quantity: str, text: str):
    assert quantity_text(Decimal(quantity)) == text
