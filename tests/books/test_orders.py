"""Does every source's order say the same thing to everything behind it?"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from books.orders import (
    DEFAULT_SECTIONS,
    NO_ADDRESS,
    Address,
    Customer,
    Line,
    LineType,
    PaymentStatus,
    Section,
    line_amount,
    normal_email,
)
from tests.sample_orders import an_order

SECTIONS = {
    LineType.PRODUCT: "Product",
    LineType.SUBSCRIPTION: "Product",
    LineType.UNKNOWN: "Unknown Type",
    LineType.PROGRAM: "Program",
    LineType.SHIPPING: "Shipping",
    LineType.TAX: "Tax",
    LineType.SERVICE: "Service & Misc.",
    LineType.UPSELL: "Upsell Product",
    LineType.FINANCE_CHARGE: "Finance Charge",
    LineType.SPECIAL: "Special",
    LineType.FREE_TRIAL_DISCOUNT: "Special",
    LineType.ORDER_DISCOUNT: "Special",
    LineType.PRODUCT_DISCOUNT: "Special",
    LineType.CATEGORY_DISCOUNT: "Special",
    LineType.SHIPPING_DISCOUNT: "Special",
    LineType.TIP: "Service & Misc.",
    LineType.FEE: "Service & Misc.",
    LineType.OTHER: "Unknown Type",
}


@pytest.mark.criterion("A61")
@pytest.mark.parametrize("line_type", LineType)
def test_every_line_type_posts_by_the_section_that_was_decided(line_type: LineType):
    assert line_type.section.label == SECTIONS[line_type]


def test_the_eight_defaults_are_all_sections_but_product():
    assert [section.label for section in DEFAULT_SECTIONS] == [
        "Unknown Type",
        "Program",
        "Shipping",
        "Tax",
        "Service & Misc.",
        "Upsell Product",
        "Finance Charge",
        "Special",
    ]


# Customers -----------------------------------------------------------------------------------------------------------


def test_a_customer_is_known_by_the_sources_id_before_anything_else():
    assert Customer(source_id="11", email="ann@example.com", given_name="Ann").key == "11"


def test_without_an_id_a_customer_is_known_by_email_whatever_its_case_and_spaces():
    keys = {Customer(email=email, given_name=email).key for email in ("ann@example.com", " Ann@Example.COM\t")}

    assert keys == {"ann@example.com"}


def test_without_id_and_email_a_customer_is_known_by_name_whatever_its_case():
    assert Customer(given_name="Ann ", family_name="LEE").key == Customer(given_name="ann", family_name="Lee").key
    assert Customer(company_name="Old Town Gallery").key == "old town gallery"


def test_an_empty_customer_is_nobody():
    nobody = Customer(given_name=" ", email="  ")

    assert (nobody.key, nobody.name) == ("", "")


@pytest.mark.parametrize(
    ("customer", "name"),
    [
        (Customer(given_name="Ann", family_name="Lee", company_name="Lee & Co"), "Ann Lee"),
        (Customer(given_name=" Ann ", company_name="Lee & Co"), "Ann"),
        (Customer(family_name=" Lee "), "Lee"),
        (Customer(company_name=" Lee & Co ", email="ann@example.com"), "Lee & Co"),
        (Customer(email=" ann@example.com "), "ann@example.com"),
    ],
)
def test_a_customer_is_called_by_the_person_then_the_company_then_the_email(customer: Customer, name: str):
    assert customer.name == name


@pytest.mark.parametrize("text", ["ANN@example.com", " ann@example.com ", "Ann@example.com\n", "\u00a0ann@example.com"])
def test_emails_are_compared_without_case_and_surrounding_spaces(text: str):
    assert normal_email(text) == "ann@example.com"


def test_an_address_is_blank_until_anything_is_known():
    assert NO_ADDRESS.is_blank
    assert not any(Address(**{name: "x"}).is_blank for name in Address.__dataclass_fields__)


# Lines ---------------------------------------------------------------------------------------------------------------


def a_line(**known: str) -> Line:
    blank = Line(key="1", line_type=LineType.TIP, quantity=Decimal(1), unit_price=Decimal(5), amount=Decimal(5))
    return replace(blank, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "label"),
    [
        ({"name": "Mug", "product_name": "Mug kit", "description": "Blue"}, "Mug"),
        ({"product_name": "Mug kit", "description": "Blue"}, "Mug kit"),
        ({"description": "Blue"}, "Blue"),
        ({}, "Service & Misc."),
    ],
)
def test_a_line_is_called_by_what_is_known_of_it(known: dict[str, str], label: str):
    assert a_line(**known).label == label


@pytest.mark.parametrize(
    ("known", "key"),
    [
        ({"product_id": "7", "sku": "MUG", "product_name": "Mug"}, "7"),
        ({"sku": " Mug ", "product_name": "Mug kit"}, "sku:mug"),
        ({"product_name": "Mug kit", "name": "Mug", "sku": " "}, "name:Mug kit"),
        ({"name": "Mug"}, "name:Mug"),
    ],
)
def test_a_product_is_known_by_its_id_then_its_sku_then_its_name(known: dict[str, str], key: str):
    assert a_line(**known).product_key == key


def test_a_line_that_states_only_quantity_and_price_is_rounded_once():
    assert line_amount(Decimal("14.50"), Decimal("128.35"), "USD") == Decimal("1861.08")


# Orders --------------------------------------------------------------------------------------------------------------


def test_an_order_adds_up_its_lines_and_the_money_that_arrived():
    order = an_order("""
        2026-08-14            order 1042
        WT-101                199.00
        order-discount        -20.00
        paid 2026-08-20       Check        100.00
        paid 2026-09-20       Credit Card  29.00
        pending 2026-10-20    Credit Card  50.00
        failed 2026-10-20     Credit Card  50.00
    """)

    assert order.total == 179
    assert order.received == 129
    assert [payment.status for payment in order.payments] == [
        PaymentStatus.RECEIVED,
        PaymentStatus.RECEIVED,
        PaymentStatus.PENDING,
        PaymentStatus.FAILED,
    ]


def test_a_voided_payment_is_not_money():
    order = an_order("""
        2026-08-14       order 1042
        WT-101           199.00
        paid 2026-08-20  Check  100.00
    """)
    voided = tuple(replace(payment, status=PaymentStatus.VOIDED) for payment in order.payments)

    assert replace(order, payments=voided).received == 0


def test_every_section_has_its_own_label():
    assert len({section.label for section in Section}) == len(Section)
