"""Does a few letters find the order that is meant, and never one of another company?"""

from __future__ import annotations

from typing import Any

import pytest

from companies.models import Company
from reconciliation.search import MOST, find
from sync.models import Document
from tests.factories import document_of, prepared, the_studio
from tests.reconciliation.factories import posted

pytestmark = pytest.mark.django_db

FIVE = (
    "2026-08-14  order 1042\nWT-101  199.00\npaid 2026-08-20  Cash  50.00",
    "2026-08-15  order 1043  #7 Zoë O'Brien <zoe@example.com>\nWT-101  199.00",
    "2026-08-16  order 2042  #8 ana petrova <Ana.P@Example.com>\nWT-101  199.00",
    "2026-08-17  order W-77  #9 Ana Lund <ana.lund@example.com>\nWT-101  199.00",
)


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    prepared(company, *FIVE)
    return company


def orders(company: Company, words: str) -> set[str]:
    return {order.number for order in find(company, words).orders}


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("1042", {"1042"}),
        ("104", {"1042", "1043"}),
        ("W-77", {"W-77"}),
        ("zoë", {"1043"}),
        ("ZOË", {"1043"}),
        ("Ana", {"2042", "W-77"}),
        ("ana", {"2042", "W-77"}),
        ("O'Brien", {"1043"}),
        ("lund", {"W-77"}),
        ("zoe@example.com", {"1043"}),
        ("ANA.P@", {"2042"}),
        ("", set()),
        ("%", set()),
        ("_", set()),
        ("nobody", set()),
        ("' OR 1=1 --", set()),
        ("\U0010ffff", set()),
        ("petr", {"2042"}),
        ("ana.lund@example.com", {"W-77"}),
    ],
)
def test_an_order_is_found_by_number_customer_or_email(studio: Company, words: str, numbers: set[str]) -> None:
    assert orders(studio, words) == numbers


def test_a_document_is_found_by_its_own_number_and_by_its_id_in_quickbooks(studio: Company) -> None:
    invoice = document_of(studio, "1042")
    posted(invoice, quickbooks_id="9001")
    payment = document_of(studio, "1042", "payment")

    assert invoice in find(studio, "9001").documents
    assert payment in find(studio, payment.number).documents


def test_customers_are_never_listed_as_documents(studio: Company) -> None:
    kinds = {document.kind for document in find(studio, "1").documents}

    assert Document.objects.filter(company=studio, kind="customer").exists()
    assert "customer" not in kinds


def test_one_hit_is_the_order_and_several_are_none(studio: Company) -> None:
    only = find(studio, "W-77").only_order

    assert only == document_of(studio, "W-77").order_id
    assert find(studio, "Ana").only_order is None
    assert find(studio, "nobody").only_order is None


def test_another_company_is_never_searched(studio: Company) -> None:
    other = the_studio("Lindqvist Pottery", "lindqvist")
    prepared(other, "2026-08-14  order 7777  #7 Zoë O'Brien <zoe@example.com>\nWT-101  199.00")

    assert orders(other, "1043") == set()
    assert orders(other, "zoe@example.com") == {"7777"}
    assert orders(studio, "7777") == set()


def test_a_long_list_is_cut_and_says_so(studio: Company) -> None:
    prepared(studio, *(f"2026-08-14  order 30{number}\nWT-101  199.00" for number in range(10, MOST + 15)))

    found = find(studio, "30")

    assert len(found.orders) == MOST
    assert found.more


def test_searching_takes_the_same_few_queries_for_any_number_of_hits(
    studio: Company, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(5):
        find(studio, "1")
    with django_assert_max_num_queries(5):
        find(studio, "no one at all")
