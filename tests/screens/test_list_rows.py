"""Are the rows of the admin's lists drawn exactly as Unfold draws them?"""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from unfold.templatetags.unfold_list import result_list

from companies.models import Company
from companies.templatetags.list_rows import drawn
from mapping.models import Product, QuickBooksAccount, QuickBooksCustomer, QuickBooksItem, SourceCustomer
from tests.factories import a_book_customer, prepared, the_studio
from tests.reconciliation.factories import as_role

pytestmark = pytest.mark.django_db

LISTS = (Product, SourceCustomer, QuickBooksItem, QuickBooksAccount, QuickBooksCustomer, Company, User)


def a_request(path: str) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = User.objects.create_superuser("root")
    request.session = {}  # type: ignore[assignment]
    return request


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("asked", ["", "?o=-1", "?o=2.-1&all="])
def test_each_row_says_what_unfold_would_have_said(model: type, asked: str) -> None:
    company = the_studio()
    prepared(company, "2026-08-14  order 1042\nWT-101  199.00", "2026-08-15  order 1043  #8 Zoë <Lee>\nWT-101  1.00")
    options = admin.site._registry[model]
    request = a_request(f"/admin/{asked}")
    changes = options.get_changelist_instance(request)
    changes.formset = None

    by_unfold = [list(map(str, row)) for row in result_list({"request": request}, changes)["results"]]
    by_us = [list(map(str, row)) for row in drawn({"request": request}, changes)["results"]]

    assert by_us == by_unfold
    assert len(by_us) == len(changes.result_list) > 0


def test_the_page_of_a_list_has_a_box_and_a_link_for_each_row() -> None:
    company = the_studio()
    client = as_role(company, "accountant")

    page = client.get("/admin/mapping/product/").content.decode()

    numbers = re.findall(r'name="_selected_action" value="(\d+)"', page)
    assert sorted(map(int, numbers)) == sorted(Product.objects.values_list("pk", flat=True))
    assert all(f"/admin/mapping/product/{number}/change/" in page for number in numbers)


def test_a_search_that_finds_little_looks_through_the_list_once() -> None:
    company = the_studio()
    client = as_role(company, "accountant")
    client.get("/admin/mapping/quickbookscustomer/")

    with CaptureQueriesContext(connection) as captured:
        page = client.get("/admin/mapping/quickbookscustomer/?q=a").content.decode()

    found = QuickBooksCustomer.objects.filter(company=company, name_compared__contains="a").count()
    asked = [query["sql"] for query in captured if 'FROM "mapping_quickbookscustomer"' in query["sql"]]
    assert len(asked) == 1, asked
    assert page.count('<th class="field-display_name') == found > 1


def test_a_search_that_finds_more_than_a_page_is_counted_and_has_pages() -> None:
    company = the_studio()
    client = as_role(company, "accountant")
    for number in range(60):
        a_book_customer(company, f"Zuri {number}", quickbooks_id=f"8{number:03}")

    client.get("/admin/mapping/quickbookscustomer/")

    with CaptureQueriesContext(connection) as captured:
        page = client.get("/admin/mapping/quickbookscustomer/?q=zuri").content.decode()
    asked = [query["sql"] for query in captured if 'FROM "mapping_quickbookscustomer"' in query["sql"]]
    second = client.get("/admin/mapping/quickbookscustomer/?q=zuri&p=2").content.decode()

    assert len(asked) == 2, asked
    assert page.count('<th class="field-display_name') == 50
    assert second.count('<th class="field-display_name') == 10


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("wheel", {"Wheel throwing", "Kick wheel"}),
        ("WHEEL kw-1", {"Kick wheel"}),
        ("'wheel throwing'", {"Wheel throwing"}),
        ("'throwing wheel'", set()),
        ("throwingwt-7", set()),
        ("wheel nowhere", set()),
        ("100%", {"100% wool"}),
    ],
)
def test_a_search_finds_the_rows_that_have_every_word_in_one_field_or_another(asked: str, found: set[str]) -> None:
    company = the_studio()
    Product.objects.filter(company=company).delete()
    for name, sku in (("Wheel throwing", "WT-7"), ("Kick wheel", "KW-1"), ("100% wool", "W"), ("1000 beads", "B")):
        Product.objects.create(company=company, system="files", source_key=f"sku:{sku}", name=name, sku=sku)

    page = as_role(company, "accountant").get("/admin/mapping/product/", {"q": asked}).content.decode()

    shown = set(re.findall(r'class="field-name[^>]*>\s*<a[^>]*>\s*([^<]*?)\s*</a>', page))
    assert shown == found
