"""What do products and QuickBooks' items look like in these tests?"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from companies.models import Company
from mapping.matching.item_rules import item_columns
from mapping.models import Product, QuickBooksItem


def an_item(company: Company, name: str, *, sku: str = "", active: bool = True, kind: str = "Service") -> None:
    """An item of QuickBooks; the last level of a path is its own name."""
    like = QuickBooksItem.objects.filter(company=company).exclude(income_account_id="").earliest("pk")
    QuickBooksItem.objects.create(
        company=company,
        quickbooks_id=str(5000 + QuickBooksItem.objects.count()),
        name=name.rpartition(":")[2],
        full_name=name,
        sku=sku,
        item_type=kind,
        income_account_id=like.income_account_id,
        active=active,
        changed_at=timezone.now(),
        **item_columns(name=name.rpartition(":")[2], full_name=name, sku=sku),
    )


def a_product(company: Company, name: str, *, sku: str = "", system: str = "keap", **more: Any) -> Product:
    """A product of a source."""
    number = Product.objects.count() + 1
    return Product.objects.create(company=company, system=system, source_key=str(number), name=name, sku=sku, **more)
