"""A product, and its form as a person fills it in."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from companies.models import Company
from mapping.models import Product


def a_product(company: Company, name: str = "Glazing basics", **facts: Any) -> Product:
    """A product of the source `keap`."""
    number = Product.objects.count()
    return Product.objects.create(company=company, system="keap", source_key=f"key-{number}", name=name, **facts)


def page_of(product: Product) -> str:
    return reverse("admin:mapping_product_change", args=[product.pk])


def save(client: Client, product: Product, item: str = "", account: str = "", **more: str) -> Any:
    """Send the product's page as the person filled it in."""
    data = {"quickbooks_product_name": item, "quickbooks_account_name": account, "_save": "Save", **more}
    return client.post(page_of(product), data)
