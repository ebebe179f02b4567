"""Does an invoice come to what HighLevel says it comes to, to the cent?"""

from __future__ import annotations

from decimal import Decimal

import pytest

from simulators.highlevel.amounts import Discount, LineTax, Rounding, SoldLine, as_number, totals_of

NORMAL = Rounding()
TEN = LineTax("10%", Decimal(10))


def line(amount: str, qty: str = "1", *taxes: LineTax, included: bool = False, product: str = "") -> SoldLine:
    return SoldLine(
        name="Thing",
        amount=Decimal(amount),
        qty=Decimal(qty),
        taxes=taxes,
        tax_inclusive=included,
        product=product,
    )


def sums(lines: list[SoldLine], discount: Discount | None = None, rounding: Rounding = NORMAL) -> tuple[str, ...]:
    totals = totals_of(lines, discount, rounding=rounding)
    return tuple(str(amount) for amount in totals[:4])


def test_the_vendors_own_example_of_an_order():
    assert sums([line("17"), line("121", "1", TEN)]) == ("138.00", "0.00", "12.10", "150.10")


def test_a_percentage_lowers_what_is_taxed():
    ten_percent_off = Discount(value=Decimal(10), percentage=True)
    assert sums([line("100", "2", TEN)], ten_percent_off) == ("200.00", "20.00", "18.00", "198.00")


def test_a_fixed_discount_falls_on_the_lines_by_their_share():
    # 30 off 200 + 100: 20 and 10, and only the second line is taxed
    assert sums([line("200"), line("100", "1", TEN)], Discount(value=Decimal(30))) == (
        "300.00",
        "30.00",
        "9.00",
        "279.00",
    )


def test_a_discount_may_hold_for_some_products_alone():
    lines = [line("200", product="a"), line("100", "1", TEN, product="b")]
    half_off_the_second = Discount(value=Decimal(50), percentage=True, products=("b",))
    assert sums(lines, half_off_the_second) == ("300.00", "50.00", "5.00", "255.00")


def test_a_discount_never_takes_more_than_there_is():
    assert sums([line("20", "1", TEN)], Discount(value=Decimal(50))) == ("20.00", "20.00", "0.00", "0.00")


def test_several_taxes_are_each_rounded_once_over_all_lines_or_on_every_line():
    state, city = LineTax("State", Decimal("2.9")), LineTax("City", Decimal("5.15"))
    lines = [line("0.50", "1", state, city)] * 3
    assert sums(lines) == ("1.50", "0.00", "0.12", "1.62")
    assert sums(lines, rounding=Rounding(by_line=True)) == ("1.50", "0.00", "0.12", "1.62")
    lines = [line("0.10", "1", LineTax("Half", Decimal(5)))] * 3
    assert sums(lines) == ("0.30", "0.00", "0.02", "0.32")
    assert sums(lines, rounding=Rounding(by_line=True)) == ("0.30", "0.00", "0.03", "0.33")


def test_a_tax_that_prices_include_raises_no_total_and_the_switch_says_where_it_shows():
    lines = [line("110", "1", TEN, included=True)]
    assert sums(lines) == ("100.00", "0.00", "10.00", "110.00")
    assert sums(lines, rounding=Rounding(gross_subtotal=True)) == ("110.00", "0.00", "10.00", "110.00")


def test_a_discount_on_prices_with_tax_lowers_the_tax_inside():
    taken = Discount(value=Decimal(10), percentage=True)
    assert sums([line("110", "1", TEN, included=True)], taken) == ("101.00", "11.00", "9.00", "99.00")


def test_yen_have_no_cents():
    totals = totals_of([line("333", "1", TEN)], None, currency="JPY", rounding=NORMAL)
    assert (str(totals.tax), str(totals.total)) == ("33", "366")


@pytest.mark.parametrize(("amount", "written"), [("10.00", "10"), ("12.10", "12.1"), ("0.05", "0.05"), ("100", "100")])
def test_numbers_are_written_as_javascript_does(amount: str, written: str):
    assert str(as_number(Decimal(amount))) == written
