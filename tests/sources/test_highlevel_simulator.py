"""Is what the HighLevel simulator answers read to the cent, whichever way HighLevel rounds and shows included taxes?

The simulator and what reads HighLevel share no code, so each holds the other to what is known of HighLevel.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from books.orders import Order
from simulators.common import wire
from simulators.highlevel.amounts import Discount, LineTax, SoldLine, to_the_cent
from simulators.highlevel.invoice_parts import Extras
from simulators.highlevel.server import RunningAgency, start
from sync.sources.base import OrderRead
from sync.sources.highlevel.transactions import read_transaction
from tests.simulators.highlevel_client import HighLevelClient
from tests.sources.highlevel_payloads import OPTIONS, PLACE, reading

STATE, CITY, VAT = LineTax("State", Decimal("2.9")), LineTax("City", Decimal("5.15")), LineTax("VAT", Decimal(19))
TAXES = st.sampled_from([(), (STATE,), (STATE, CITY), (VAT,)])
PRICES = st.integers(1, 30_000).map(lambda cents: Decimal(cents) / 100)
DISCOUNTS = st.one_of(
    st.none(),
    st.integers(1, 40).map(lambda percent: Discount(value=Decimal(percent), percentage=True)),
    st.just(Discount(value=Decimal("0.01"))),
    st.just(Discount(value=Decimal(10), percentage=True, products=("p-0",))),
)
EXTRAS = st.sampled_from([Extras(), Extras(late_fee=Decimal(5)), Extras(fees=(("Processing fee", Decimal("1.35")),))])


@st.composite
def lines(draw: st.DrawFn, *, included: bool = True) -> list[SoldLine]:
    inclusive = included and draw(st.booleans())
    return [
        SoldLine(
            name=f"Thing {number}",
            amount=draw(PRICES),
            qty=Decimal(draw(st.integers(1, 5))),
            taxes=draw(TAXES),
            tax_inclusive=inclusive,
            product=f"p-{number}",
        )
        for number in range(draw(st.integers(1, 4)))
    ]


@pytest.fixture(scope="module")
def running() -> Iterator[RunningAgency]:
    with start(seed="empty") as agency:
        agency.company.new_contact(firstName="Ida", email="ida@example.com")
        yield agency


def told(running: RunningAgency, path: str) -> Any:
    """What the simulator answers, its fractions exact."""
    client = HighLevelClient(running)
    reply = client.send("GET", path, altId=client.location, altType="location")
    assert reply.status_code == 200, reply.text
    return wire.loads(reply.content)


def good(found: object) -> Order:
    assert isinstance(found, OrderRead), found
    return found.order


def contact(running: RunningAgency) -> str:
    return str(next(running.company.tables.all("contacts"))["id"])


@pytest.mark.parametrize("rounding", ["tax", "line"])
@pytest.mark.parametrize("subtotal", ["net", "gross"])
def test_every_invoice_comes_to_what_highlevel_says(running: RunningAgency, rounding: str, subtotal: str):
    running.agency.options.change("tax_rounding", rounding)
    running.agency.options.change("inclusive_subtotal", subtotal)
    company = running.company

    @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(sold=lines(), discount=DISCOUNTS, extras=EXTRAS)
    def read(sold: list[SoldLine], discount: Discount | None, extras: Extras) -> None:
        invoice = company.new_invoice(contact(running), sold, discount=discount, extras=extras)
        company.send_invoice(invoice)
        total = Decimal(company.required("invoices", invoice, "invoice")["total"])
        paid = [company.record_payment(invoice, to_the_cent(total / 2))] if total > 1 else []
        payments = [told(running, f"/payments/transactions/{payment}") for payment in paid]
        order = good(reading(told(running, f"/invoices/{invoice}"), *payments))
        assert (order.total, order.stated_total) == (total, total)
        assert sum(payment.amount for payment in order.payments) == sum(
            Decimal(payment["amount"]) for payment in payments
        )

    read()


@pytest.mark.parametrize("rounding", ["tax", "line"])
def test_every_sale_comes_to_what_was_paid_with_all_its_lines(running: RunningAgency, rounding: str):
    running.agency.options.change("tax_rounding", rounding)
    company = running.company

    @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(sold=lines(included=False), discount=DISCOUNTS)
    def read(sold: list[SoldLine], discount: Discount | None) -> None:
        sale = company.sell_by_order_form(contact(running), sold, discount=discount)
        payment = told(running, f"/payments/transactions/{sale.transaction}")
        whole = told(running, f"/payments/orders/{sale.order}")
        order = good(read_transaction(payment, order=whole, contact=None, options=OPTIONS, place=PLACE))
        assert order.total == Decimal(payment["amount"])
        # Where the discount is all of the price, nothing was paid, and nothing is to be posted
        kept = len(sold) if order.total else 0
        assert len([line for line in order.lines if line.label.startswith("Thing")]) == kept

    read()
