"""Is each spelling that a source uses for one of our kinds understood, and nothing else?"""

from __future__ import annotations

import pytest

from books.orders import LineType, OrderStatus, PaymentStatus
from sync.sources.kinds import line_type, order_status, origin, payment_status

# number | legacy label | version 1 word | version 2 word | our kind; from the facts about Keap's item types
KEAP_LINE_TYPES = """
0  | Unknown                  | UNKNOWN                 | UNKNOWN                   | unknown
1  | Shipping                 | SHIPPING                | SHIPPING                  | shipping
2  | Tax                      | TAX                     | TAX                       | tax
3  | Service & Misc           | SERVICE                 | SERVICE                   | service
4  | Product                  | PRODUCT                 | PRODUCT                   | product
5  | Upsell Product           | UPSELL                  | UPSELL                    | upsell
6  | Finance Charge           | FINANCE_CHARGE          | FINANCE_CHARGE            | finance-charge
7  | Special                  | SPECIAL                 | DISCOUNT                  | special
8  | Program                  | PROGRAM                 | PROGRAM                   | program
9  | Subscription Plan        | SUBSCRIPTION            | SUBSCRIPTION              | subscription
10 | Special: free trial days | SPECIAL_FREE_TRIAL_DAYS | DISCOUNT_FREE_TRIAL       | free-trial-discount
11 | Special: order total     | SPECIAL_ORDER_TOTAL     | DISCOUNT_ORDER_TOTAL      | order-discount
12 | Special: product         | SPECIAL_PRODUCT         | DISCOUNT_PRODUCT          | product-discount
13 | Special: category        | SPECIAL_CATEGORY        | DISCOUNT_PRODUCT_CATEGORY | category-discount
14 | Special: shipping        | SPECIAL_SHIPPING        | DISCOUNT_SHIPPING         | shipping-discount
15 | Tip                      | TIP                     | TIP                       | tip
16 | Other                    | OTHER                   | OTHER                     | other
"""
ROWS = [[cell.strip() for cell in row.split("|")] for row in KEAP_LINE_TYPES.strip().splitlines()]


@pytest.mark.criterion("A52", "A53", "A54")
@pytest.mark.parametrize(("word", "kind"), [(word, row[-1]) for row in ROWS for word in row[:-1]])
def test_a_keap_line_type_is_known_by_number_label_and_word_in_any_letter_case(word: str, kind: str):
    assert {line_type(spelling) for spelling in (word, word.lower(), word.upper(), f" {word} ")} == {LineType(kind)}


def test_every_line_type_of_ours_can_be_named_by_its_own_name():
    assert [line_type(kind.value) for kind in LineType] == list(LineType)


@pytest.mark.parametrize("word", ["", "17", "gift card", "4.0"])
def test_a_line_type_that_nobody_knows_is_not_guessed(word: str):
    assert line_type(word) is None


@pytest.mark.criterion("A02")
@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("DRAFT", OrderStatus.DRAFT),
        ("Quote", OrderStatus.DRAFT),
        ("SENT", OrderStatus.SALE),
        ("Viewed", OrderStatus.SALE),
        ("PAID", OrderStatus.SALE),
        ("Partially Paid", OrderStatus.SALE),
        ("Cancelled", OrderStatus.CANCELLED),
        ("VOID", OrderStatus.CANCELLED),
        ("perhaps", OrderStatus.UNKNOWN),
        ("Closed", OrderStatus.UNKNOWN),
        ("wc-refunded", OrderStatus.SALE),
    ],
)
def test_an_order_status_tells_a_sale_from_a_draft(word: str, status: OrderStatus):
    assert order_status(word) is status


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("MANUAL_PAID", PaymentStatus.RECEIVED),
        ("PAYPAL_PAID", PaymentStatus.RECEIVED),
        ("APPROVED", PaymentStatus.RECEIVED),
        ("PENDING", PaymentStatus.PENDING),
        ("FAILED", PaymentStatus.FAILED),
        ("ERROR", PaymentStatus.FAILED),
        ("VOIDED", PaymentStatus.VOIDED),
        ("maybe", None),
    ],
)
def test_a_payment_status_tells_money_from_hope(word: str, status: PaymentStatus | None):
    assert payment_status(word) is status


@pytest.mark.parametrize(
    ("word", "where"),
    [("QBO_SYNC", "quickbooks"), ("QUICKBOOKS", "quickbooks"), ("CHECKOUT_FORM", "checkout form"), ("UNKNOWN", "")],
)
def test_orders_that_came_from_quickbooks_are_told_apart(word: str, where: str):
    assert origin(word) == where
