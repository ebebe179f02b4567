"""Do the lines of an invoice of HighLevel come to its own total, however it rounds and whatever it leaves unsaid?"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.json_types import Json
from books.orders import LineType
from tests.sources.highlevel_payloads import good, invoice, item, reading, tax

CENT = Decimal("0.01")
RATES = st.sampled_from(("0", "2.9", "3.86", "5", "7.25", "8.875", "19", "20"))
prices = st.decimals(min_value="0.01", max_value="9999.99", places=2).map(str)


class Way(NamedTuple):
    """What HighLevel may do, and nobody has documented."""

    rounds_each_line: bool
    gross_subtotal: bool
    tells_summary: bool


class Drawn(NamedTuple):
    """One line that was drawn."""

    price: Decimal
    quantity: int
    rates: tuple[str, ...]
    inclusive: bool
    product: str


drawn = st.builds(
    Drawn,
    prices.map(Decimal),
    st.integers(1, 12),
    st.lists(RATES, max_size=3, unique=True).map(tuple),
    st.booleans(),
    st.sampled_from("abc"),
)
ways = st.builds(Way, st.booleans(), st.booleans(), st.booleans())
discounts = st.one_of(
    st.none(),
    st.tuples(
        st.sampled_from(("percentage", "fixed")),
        st.decimals(min_value="0.01", max_value="90", places=2),
        st.sampled_from(((), ("a",), ("a", "b"))),
    ),
)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def made(lines: list[Drawn], discount: Any, way: Way) -> Json:
    """The invoice that HighLevel makes of it, by arithmetic of its own."""
    kind, value, products = discount or ("fixed", Decimal(0), ())
    bases = [line.price * line.quantity if not products or line.product in products else Decimal(0) for line in lines]
    base = sum(bases)
    taken = min(base * value / 100 if kind == "percentage" else value, base)
    taken_off = cents(Decimal(taken))
    parts: dict[tuple[bool, str], Decimal] = {}
    for line, own in zip(lines, bases, strict=True):
        left = line.price * line.quantity - (taken_off * own / base if base else 0)
        net = left / (1 + sum(map(Decimal, line.rates), Decimal(0)) / 100) if line.inclusive else left
        for rate in line.rates:
            amount = net * Decimal(rate) / 100
            key = (line.inclusive, rate)
            parts[key] = parts.get(key, Decimal(0)) + (cents(amount) if way.rounds_each_line else amount)
    beside = sum((cents(amount) for (inside, _rate), amount in parts.items() if not inside), Decimal(0))
    inside = sum((cents(amount) for (inside, _rate), amount in parts.items() if inside), Decimal(0))
    gross = sum((line.price * line.quantity for line in lines), Decimal(0))
    summary = {
        "subTotal": gross if way.gross_subtotal else gross - inside,
        "discount": taken_off,
        "tax": beside + inside,
    }
    return invoice(
        *(
            item(
                f"Thing {position}",
                str(line.price),
                str(line.quantity),
                productId=line.product,
                taxes=[tax(rate, rate) for rate in line.rates],
                taxInclusive=line.inclusive,
            )
            for position, line in enumerate(lines)
        ),
        total=str(gross - taken_off + beside),
        discount={"type": kind, "value": value, "validOnProductIds": list(products)},
        totalSummary=summary if way.tells_summary else {},
    )


@pytest.mark.criterion("C40", "C41", "C42")
@given(st.lists(drawn, min_size=1, max_size=6), discounts, ways)
def test_the_lines_of_any_invoice_come_to_its_total(lines: list[Drawn], discount: Any, way: Way) -> None:
    made_of = made(lines, discount, way)

    order = good(reading(made_of)).order

    assert order.total == order.stated_total == made_of["total"]
    sold = [line for line in order.lines if line.line_type is LineType.PRODUCT]
    exclusive = [line for line, drawn_line in zip(sold, lines, strict=True) if not drawn_line.inclusive]
    assert [line.amount for line in exclusive] == [line.price * line.quantity for line in lines if not line.inclusive]
    taken_off = -sum((line.amount for line in order.lines if line.key == "discount"), Decimal(0))
    assert taken_off == (made_of["totalSummary"] or {"discount": taken_off})["discount"]


@given(st.lists(drawn, min_size=1, max_size=6), discounts, ways)
def test_the_taxes_are_what_the_summary_says_they_are(lines: list[Drawn], discount: Any, way: Way) -> None:
    made_of = made(lines, discount, way._replace(tells_summary=True))

    order = good(reading(made_of)).order

    taxes = sum((line.amount for line in order.lines if line.line_type is LineType.TAX), Decimal(0))
    assert taxes == made_of["totalSummary"]["tax"]


@given(st.lists(drawn, min_size=1, max_size=4), discounts, ways, st.sampled_from(("0.01", "-0.01", "3.33")))
def test_a_total_that_is_off_by_anything_is_never_made_to_fit(
    lines: list[Drawn], discount: Any, way: Way, off: str
) -> None:
    made_of = made([line._replace(rates=()) for line in lines], discount, way._replace(tells_summary=True))
    made_of["total"] += Decimal(off)
    if made_of["total"] < 0:
        return

    order = good(reading(made_of)).order

    assert order.stated_total == made_of["total"]
    assert order.total == made_of["total"] - Decimal(off)
