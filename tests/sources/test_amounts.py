"""Is each way of writing a number read as the one number it can mean, and refused when it can mean two?"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.sources.amounts import LARGEST, read_amount, read_quantity, read_whole_amount, undoubled
from sync.sources.values import BadValue
from tests.sources.reading import attempt


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12", "12.00"),
        ("12.5", "12.50"),
        ("12.50", "12.50"),
        ("0.125", "0.125"),
        (".50", "0.50"),
        ("0,125", "0.125"),
        ("12,5", "12.50"),
        ("12,50", "12.50"),
        ("1234,567", "1234.567"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234,567", "1234567.00"),
        ("1.234.567", "1234567.00"),
        ("1 234,50", "1234.50"),
        ("1 234", "1234.00"),
        ("1\u00a0234.50", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1’234.50", "1234.50"),
        ("$12.50", "12.50"),
        ("US$ 1,234.50", "1234.50"),
        ("12.50 USD", "12.50"),
        ("USD 12.50", "12.50"),
        ("-12.50", "-12.50"),
        ("-$12.50", "-12.50"),
        ("$-12.50", "-12.50"),
        ("−12.50", "-12.50"),
        ("12.50-", "-12.50"),
        ("(12.50)", "-12.50"),
        ("($1,234.50)", "-1234.50"),
        ("+12.50", "12.50"),
        ("  12.50 ", "12.50"),
        ("'12.50", "12.50"),
        ('="12.50"', "12.50"),
        ("-0.00", "0.00"),
        ("74.97000000000001", "74.97"),
        ("30.000000000000004", "30.00"),
    ],
)
def test_an_amount_is_read_however_it_is_written(text: str, amount: str):
    assert str(read_amount(text, currency="USD")) == amount


@pytest.mark.parametrize(("text", "readings"), [("1,234", "1234 or 1.234"), ("12.345", "12345 or 12.345")])
def test_a_number_that_can_mean_two_is_refused_with_the_question(text: str, readings: str):
    with pytest.raises(BadValue) as refused:
        read_amount(text, currency="USD")

    fault = refused.value
    assert (fault.code, fault.option) == ("ambiguous-number", "decimal_mark")
    assert readings in fault.message.about(value=text).explain()


@pytest.mark.parametrize(
    ("text", "mark", "amount"),
    [
        ("1,234", ".", "1234.00"),
        ("1,234", ",", "1.234"),
        ("1.234", ",", "1234.00"),
        ("1.234", ".", "1.234"),
        ("1,234.5", ".", "1234.50"),
    ],
)
def test_the_answer_decides_what_was_ambiguous(text: str, mark: str, amount: str):
    assert str(read_amount(text, currency="USD", decimal_mark=mark)) == amount  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not-an-amount"),
        ("abc", "not-an-amount"),
        ("12.50 or so", "not-an-amount"),
        ("10%", "not-an-amount"),
        ("1E+05", "not-an-amount"),
        ("$", "not-an-amount"),
        ("-", "not-an-amount"),
        ("(-12.50)", "not-an-amount"),
        ("--12.50", "not-an-amount"),
        ("-12.50-", "not-an-amount"),
        ("(12.50", "not-an-amount"),
        ("١٢", "not-an-amount"),
        ("12.", "misplaced-mark"),
        ("1,23,456", "misplaced-mark"),
        ("12,34.5", "misplaced-mark"),
        ("1,234,56", "misplaced-mark"),
        ("1.2.3,4,5", "misplaced-mark"),
        ("1,234 567.00", "misplaced-mark"),
        ("€12.50", "other-currency"),
        ("12.50 EUR", "other-currency"),
        ("100000000000.00", "too-large"),
        ("9" * 400, "too-large"),
    ],
)
def test_what_is_no_amount_is_refused_by_name(text: str, code: str):
    with pytest.raises(BadValue) as refused:
        read_amount(text, currency="USD")

    assert refused.value.code == code


def test_an_amount_that_contradicts_the_given_decimal_mark_is_refused():
    with pytest.raises(BadValue, match="misplaced-mark"):
        read_amount("12,50", currency="USD", decimal_mark=".")


@pytest.mark.parametrize(("text", "currency"), [("$5", "CAD"), ("€5", "EUR"), ("£5", "GBP"), ("5 lei", "RON")])
def test_a_currency_sign_that_fits_the_order_is_understood(text: str, currency: str):
    assert read_amount(text, currency=currency) == 5


def test_what_was_paid_is_a_whole_number_of_cents():
    assert read_whole_amount("12.30", currency="USD") == Decimal("12.30")
    for text, currency in (("0.125", "USD"), ("12.5", "JPY")):
        with pytest.raises(BadValue, match="fraction-of-a-cent"):
            read_whole_amount(text, currency=currency)


@pytest.mark.parametrize(
    ("text", "quantity"), [("2", "2"), ("2.00", "2"), ("1.5", "1.5"), ("1,5", "1.5"), ("-1", "-1"), ("100", "100")]
)
def test_a_quantity_is_read_and_written_in_one_way(text: str, quantity: str):
    assert str(read_quantity(text)) == quantity


@pytest.mark.parametrize("text", ["$2", "(2)", "two", "2 pcs", "- -2"])
def test_what_is_no_quantity_is_refused(text: str):
    with pytest.raises(BadValue, match="not-a-quantity"):
        read_quantity(text)


CENTS = st.integers(min_value=-(10**12), max_value=10**12).map(lambda cents: Decimal(cents).scaleb(-2))


@given(CENTS)
def test_every_amount_reads_back_from_american_writing(amount: Decimal):
    assert read_amount(f"${amount:,.2f}".replace("$-", "-$"), currency="USD") == amount


@given(CENTS)
def test_every_amount_reads_back_from_european_writing(amount: Decimal):
    text = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))

    assert read_amount(f"{text} €", currency="EUR") == amount


@given(CENTS)
def test_every_amount_reads_back_from_an_accountants_parentheses(amount: Decimal):
    text = f"({-amount:,.2f})" if amount < 0 else f"{amount:,.2f}"

    assert read_amount(text, currency="USD") == amount


@given(CENTS)
def test_a_double_on_the_way_changes_no_amount(amount: Decimal):
    assert undoubled(Decimal(repr(float(amount)))) == amount
    assert undoubled(Decimal(float(amount))) == amount


@given(CENTS, st.sampled_from([".", ","]))
def test_with_the_decimal_mark_given_nothing_is_ambiguous(amount: Decimal, mark: str):
    text = f"{amount:,.2f}" if mark == "." else f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))

    assert read_amount(text, currency="USD", decimal_mark=mark) == amount  # type: ignore[arg-type]


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_a_fault_and_never_a_crash(text: str):
    amount, fault = attempt(lambda: read_amount(text, currency="USD"))

    if fault:
        assert fault.message.about(value=text).explain()
        assert fault.message.cure
    else:
        assert amount is not None
        assert abs(amount) <= LARGEST
