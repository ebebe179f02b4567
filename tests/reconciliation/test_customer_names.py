"""Are orders and documents found by a part of the name that they bear?"""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from companies.models import Company
from mapping.models import SourceCustomer
from reconciliation.filters import DocumentFilter, OrderFilter
from sync.models import CustomerName
from tests.factories import prepared, the_studio

pytestmark = pytest.mark.django_db

ORDER = "2026-08-14  order {}  {}\nWT-101  199.00"


@pytest.fixture
def company() -> Company:
    studio = the_studio()
    prepared(studio, ORDER.format(1042, "#501 Zoë Vandermeer"), ORDER.format(1043, "#502 Owen O'Rourke"))
    return studio


def numbers(company: Company, text: str) -> tuple[set[str], set[str]]:
    """The numbers of the orders and of the documents of customers whose name contains the text."""
    given = {"customer": text}
    orders = OrderFilter(given, company=company).qs.values_list("number", flat=True)
    return set(orders), set(DocumentFilter(given, company=company).qs.values_list("number", flat=True))


@pytest.mark.parametrize("text", ["VANDER", "zoë", "ZOË V"])
def test_a_part_of_the_name_finds_them_in_any_letter_case(company: Company, text: str) -> None:
    assert numbers(company, text) == ({"1042"}, {"1042"})


def test_signs_that_databases_read_as_any_letter_are_only_themselves(company: Company) -> None:
    assert numbers(company, "%") == numbers(company, "_") == (set(), set())


def test_an_order_is_found_by_the_name_that_it_bears_after_the_customer_has_another(company: Company) -> None:
    prepared(company, ORDER.format(1044, "#501 Zoë Brook"))

    assert numbers(company, "vandermeer") == ({"1042"}, {"1042"})
    assert "1044" in numbers(company, "brook")[0]


def test_names_of_another_company_are_not_looked_through(company: Company) -> None:
    other = the_studio("Other", "other")
    prepared(other, ORDER.format(1, "#7 Uma Lindqvist"))

    assert numbers(company, "uma") == (set(), set())


def test_an_upgrade_lists_the_names_that_are_there(company: Company) -> None:
    CustomerName.objects.all().delete()
    SourceCustomer.objects.update(name_compared="")

    import_module("sync.migrations.0015_customer_names").gather(apps, None)
    import_module("mapping.migrations.0010_names_are_looked_for").fold(apps, connection.schema_editor())

    assert numbers(company, "zoë") == ({"1042"}, {"1042"})
    assert SourceCustomer.objects.get(source_key="501").name_compared == "zoë vandermeer"
