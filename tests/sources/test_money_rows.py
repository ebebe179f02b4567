"""Are payments, credits and refunds told apart as the source means them, and refused where it cannot be told?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from books.orders import PaymentStatus
from sync.sources.base import Place
from sync.sources.money_rows import MoneyMoved, MoneyRow, sort_out
from sync.sources.values import Faults


def rows(text: str) -> list[MoneyRow]:
    """Rows written as `id | amount | label | status | counterpart`."""
    cells = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [
        MoneyRow(
            column=f"payments[{index}]",
            source_id=source_id,
            day=date(2026, 8, 4),
            amount=Decimal(amount),
            label=label,
            status=status,
            counterpart=counterpart,
        )
        for index, (source_id, amount, label, status, counterpart) in enumerate(cells)
    ]


def sorted_out(text: str) -> str:
    """What each row turned out to be."""
    faults = Faults(Place(order=1))
    moved = sort_out(rows(text), faults=faults)
    assert faults.errors() == ()
    return described(moved)


def described(moved: MoneyMoved) -> str:
    """`p1 received 50.00`, in the order payments, credits, refunds."""
    parts = [f"{payment.source_id} {payment.status.value} {payment.amount}" for payment in moved.payments]
    parts += [f"{credit.source_id} credit {credit.amount}" for credit in moved.credits]
    parts += [f"{refund.source_id} refund {refund.amount} of {refund.payment_id or '-'}" for refund in moved.refunds]
    return ", ".join(parts)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 | 50.00 | Credit Card | APPROVED |", "1 received 50.00"),
        ("1 | 50.00 | Our own label | |", "1 received 50.00"),
        ("1 | 50.00 | | MANUAL_PAID |", "1 received 50.00"),
        ("1 | 50.00 | Check | PENDING |", "1 pending 50.00"),
        ("1 | 50.00 | Credit Card | FAILED |", "1 failed 50.00"),
        ("1 | 50.00 | Credit Card | VOIDED |", "1 voided 50.00"),
        ("1 | 0.00 | Cash | |", "1 received 0.00"),
        ("1 | 10.00 | Credit | |", "1 credit 10.00"),
        ("1 | 10.00 | Write-off | |", "1 credit 10.00"),
        ("1 | 10.00 | ADJUSTMENT | |", "1 credit 10.00"),
        ("1 | 50.00 | Cash | | \n 2 | -20.00 | Refund | |", "1 received 50.00, 2 refund 20.00 of -"),
        ("1 | 50.00 | Cash | | \n 2 | 20.00 | Refund | | 1", "1 received 50.00, 2 refund 20.00 of 1"),
        ("1 | 50.00 | Cash | | 2 \n 2 | -20.00 | | |", "1 received 50.00, 2 refund 20.00 of 1"),
        ("1 | 50.00 | Card | REFUNDED | \n 2 | -50.00 | Refund | |", "1 received 50.00, 2 refund 50.00 of -"),
        ("1 | 50.00 | Card | APPROVED | \n 2 | 50.00 | Card | REFUNDED |", "1 received 50.00, 2 refund 50.00 of -"),
        ("1 | 50.00 | Card | | \n 2 | -50.00 | Void | |", "1 voided 50.00"),
        ("1 | 50.00 | Card | | \n 2 | 50.00 | Void | | 1", "1 voided 50.00"),
        ("1 | 50.00 | Card | | \n 2 | 50.00 | Card | | \n 3 | -50.00 | Void | | 2", "1 received 50.00, 2 voided 50.00"),
        (
            "1 | 50.00 | Card | | \n 2 | 50.00 | Card | | \n 3 | -50.00 | Void | |",
            "1 received 50.00, 2 received 50.00, 3 refund 50.00 of -",
        ),
        ("1 | 50.00 | Card | | \n 2 | -30.00 | Void | |", "1 received 50.00, 2 refund 30.00 of -"),
        ("1 | 10.00 | Credit | | \n 2 | -10.00 | Void | |", "1 credit 0"),
        ("1 | 10.00 | Write-off | | 2 \n 2 | -10.00 | Void | |", "1 credit 0"),
        ("1 | 10.00 | Card | | \n 2 | 10.00 | Credit | | \n 3 | -10.00 | Void | | 2", "1 received 10.00, 2 credit 0"),
        ("1 | 10.00 | Card | | \n 2 | 10.00 | Credit | | \n 3 | -10.00 | Void | |", "1 voided 10.00, 2 credit 10.00"),
    ],
)
def test_label_and_status_decide_first_and_the_sign_second(text: str, found: str):
    assert sorted_out(text) == found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1 | 50.00 | Card | REFUNDED |", "refund-without-payment"),
        ("1 | 50.00 | Card | SOMETHING |", "unknown-payment-status"),
        ("1 | -5.00 | Adjustment | |", "negative-credit"),
    ],
)
def test_a_row_that_could_be_two_things_is_a_fault(text: str, code: str):
    faults = Faults(Place(order=1), order="2001")

    moved = sort_out(rows(text), faults=faults)

    assert moved == MoneyMoved()
    assert [(error.code, error.column, error.order) for error in faults.errors()] == [(code, "payments[0]", "2001")]


def test_only_what_was_received_is_money():
    moved = sort_out(rows("1 | 5 | | PENDING | \n 2 | 7 | | PAID |"), faults=Faults(Place(order=1)))

    assert [payment.amount for payment in moved.payments if payment.status is PaymentStatus.RECEIVED] == [7]
