"""Does the menu mark the section that the open page belongs to?"""

from __future__ import annotations

import re

import pytest
from django.test import Client

from companies.models import Company, Role
from mapping.models import Product
from tests.factories import prepared, the_studio
from tests.reconciliation.factories import an_unmapped_product, as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    company = the_studio()
    prepared(company, "2026-08-14  order 1042\nWT-101  10.00")
    return company


def marked(content: bytes) -> list[str]:
    """The entries that the menu marks as open."""
    links = re.findall(r'<a href="([^"]+)"\s+class="[^"]* active">', content.decode())
    return list(dict.fromkeys(links))


@pytest.mark.parametrize(
    ("address", "entry"),
    [
        ("/studio/", "/studio/"),
        ("/studio/documents/", "/studio/documents/"),
        ("/studio/orders/statuses/", "/studio/orders/"),
        ("/studio/new-items/", "/admin/mapping/product/"),
        ("/sync/studio/quickbooks/", "/studio/integrations/"),
        ("/studio/integrations/keap/invoices/", "/studio/integrations/"),
        ("/studio/activation/", "/studio/setup/"),
        ("/mapping/studio/products/import/", "/admin/mapping/product/"),
        ("/mapping/studio/copy/", "/admin/mapping/product/"),
        ("/mapping/studio/products/export/", "/admin/mapping/product/"),
        ("/studio/what-if/line-types/", "/mapping/studio/line-types/"),
        ("/studio/what-if/posting-accounts/", "/mapping/studio/posting-accounts/"),
        ("/studio/what-if/transaction-types/", "/mapping/studio/transaction-types/"),
        ("/mapping/studio/customer-rules/", "/admin/mapping/sourcecustomer/"),
        ("/studio/what-if/customer-rules/", "/admin/mapping/sourcecustomer/"),
        ("/mapping/studio/item-rules/", "/admin/mapping/product/"),
        ("/studio/what-if/item-rules/", "/admin/mapping/product/"),
    ],
)
def test_a_page_marks_its_own_section_and_no_other(company: Company, address: str, entry: str) -> None:
    assert marked(as_role(company, Role.ACCOUNTANT).get(address).content) == [entry]


def test_what_belongs_to_no_section_marks_none(company: Company) -> None:
    assert marked(as_role(company, Role.ACCOUNTANT).get("/studio/search/?q=1042").content) == []


def test_what_a_product_would_do_is_under_products(company: Company) -> None:
    product = Product.objects.create(company=company, system="keap", source_key="77", name="Mug")
    client = as_role(company, Role.ACCOUNTANT)

    page = client.get(f"/studio/what-if/product/{product.pk}/")

    assert marked(page.content) == ["/admin/mapping/product/"]


@pytest.mark.parametrize("scope", ["shown", "issue"])
def test_the_question_before_a_large_re_sync_is_under_the_list_that_asked(company: Company, scope: str) -> None:
    client: Client = as_role(company)
    if scope == "shown":
        prepared(company, *(f"2026-08-14  order {number}\nWT-101  10.00" for number in range(6000, 6060)))
        page = client.post("/studio/resync/", {"scope": scope, "filter": ""})
        assert marked(page.content) == ["/studio/documents/"]
    else:
        issue = an_unmapped_product(company, *(str(number) for number in range(7000, 7055)))
        page = client.post("/studio/resync/", {"scope": scope, "issue": issue.pk})
        assert marked(page.content) == ["/studio/issues/"]
