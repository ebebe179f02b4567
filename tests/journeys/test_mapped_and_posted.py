"""Is what an accountant maps on a product's page in QuickBooks, and on the page of the order?

`make way` draws the path of this test through our files.
"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from companies.models import Company
from mapping.models import Product
from sync.models import DocumentState
from sync.preparing.prepare import prepare_new
from tests.factories import document_of, order_of, prepared
from tests.mapping.people import signed_in, text_of
from tests.mapping.product_form import save
from tests.reconciliation.factories import renamed
from tests.simulators.driver import Books
from tests.sync.pushing import in_quickbooks, push

pytestmark = pytest.mark.django_db(transaction=True)

ORDER = "2026-08-14  order 3001  #7 Zoë O'Brien & Søn <zoe@example.com>\nRK-300  249.00"
RAKU = {"product_id": "4711", "product_name": "Two days at the raku kiln", "name": "Raku kiln", "sku": ""}


@pytest.fixture
def accountant(studio: Company) -> Client:
    """An accountant of the studio, whose one order waits for the mapping of its product."""
    prepared(studio, renamed(ORDER, "RK-300", **RAKU))
    return signed_in(studio)


def test_a_mapped_product_is_posted_and_its_order_shows_the_invoice(
    accountant: Client, studio: Company, quickbooks: Books
) -> None:
    assert document_of(studio, "3001").state == DocumentState.BLOCKED
    product = Product.objects.get(company=studio)

    assert save(accountant, product, "Raku Weekend").status_code == 302
    prepare_new(studio)
    push(studio)
    page = accountant.get(reverse("reconciliation:order", args=[studio.slug, order_of(studio, "3001").pk]))

    assert "Posted" in text_of(page)
    assert in_quickbooks(quickbooks) == (1, 1, 0)
