"""Is a value with other fields what the standard library makes of it?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from books.changed_values import changed
from books.orders import Payment

PAYMENT = Payment(source_id="7", paid_on=date(2026, 8, 15), amount=Decimal("12.50"), method="Cash")


def test_it_is_the_same_as_a_replaced_one_and_the_first_stays_as_it_is() -> None:
    more = changed(PAYMENT, amount=Decimal(20), note="more")

    assert more == replace(PAYMENT, amount=Decimal(20), note="more")
    assert type(more) is Payment
    assert PAYMENT.amount == Decimal("12.50")
    assert PAYMENT.note == ""
