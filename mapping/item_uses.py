"""Which decisions name an item of QuickBooks, beside the product that it was created for?

A product without a QuickBooks Product Name counts where any rule could find the item for it, whether its source uses
that rule or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Lower, Trim

from companies.bulk_sql import chunks
from companies.models import Company
from mapping.matching.item_rules import folded_key, sku_key
from mapping.models import DocumentForms, LineTypeDefault, Product, QuickBooksItem

_AT_ONCE = 50


@dataclass(frozen=True, kw_only=True)
class ItemUse:
    """One decision that names an item."""

    #: The name of the product; in all other cases the place, such as `line type Shipping`.
    where: str
    is_product: bool


def other_uses(company: Company, made_for: Mapping[str, int | None]) -> dict[str, ItemUse]:
    """By QuickBooks id, a decision that names the item; those that no decision names are not in it.

    Args:
        company: Whose decisions.
        made_for: By the id of each item, the number of the product that it was created for; None for one that is
            gone.
    """
    chosen = list(_chosen(company))
    found: dict[str, ItemUse] = {}
    for numbers in chunks(sorted(made_for), _AT_ONCE):
        rows = list(QuickBooksItem.objects.filter(company=company, quickbooks_id__in=numbers))
        products = _products(company, rows)
        for row in rows:
            names, sku = names_of(row), row.sku_compared
            uses = [
                *(use for text, use in chosen if text in names or (sku and sku_key(text) == sku)),
                *(
                    ItemUse(where=product.name, is_product=True)
                    for product in products
                    if product.pk != made_for[row.quickbooks_id] and _may_be(product, row)
                ),
            ]
            if uses:
                found[row.quickbooks_id] = uses[0]
    return found


def names_of(row: QuickBooksItem) -> set[str]:
    """By which names a decision or a line may mean an item."""
    return {row.full_name, row.name} - {""}


def _chosen(company: Company) -> Iterator[tuple[str, ItemUse]]:
    """The names that line types and the choices of forms give, each with its place."""
    for default in LineTypeDefault.objects.filter(company=company).exclude(item_name_default="").order_by("pk"):
        yield default.item_name_default, ItemUse(where=f"line type {default}", is_product=False)
    for forms in DocumentForms.objects.filter(company=company):
        for text, where in ((forms.credit_item, "item for credits"), (forms.refund_item, "item for refunds")):
            if text:
                yield text, ItemUse(where=where, is_product=False)


def _products(company: Company, rows: Iterable[QuickBooksItem]) -> list[Product]:
    """Products that may be sold as any of these items, and perhaps some more; one query."""
    rows = list(rows)
    named = Q(quickbooks_product_name__in={name for row in rows for name in names_of(row)})
    numbered = Q(number__in={row.sku_compared for row in rows} - {""})
    by_rule = (
        Q(sku_compared__in={row.sku_compared for row in rows} - {""})
        | Q(name_folded__in={row.name_folded for row in rows} - {""})
        | Q(name_compared__in={key for row in rows for key in (row.name_compared, row.full_name_compared)} - {""})
    )
    products = Product.objects.filter(company=company).annotate(number=Lower(Trim("quickbooks_product_name")))
    return list(products.filter(named | numbered | (Q(quickbooks_product_name="") & by_rule)).order_by("name", "pk"))


def _may_be(product: Product, row: QuickBooksItem) -> bool:
    """Whether a product is sold as an item, or a rule could find it."""
    if text := product.quickbooks_product_name:
        return text in names_of(row) or (bool(row.sku_compared) and sku_key(text) == row.sku_compared)
    return (
        (bool(row.sku_compared) and product.sku_compared == row.sku_compared)
        or folded_key(product.known_name) == row.name_folded
        or (bool(product.name_compared) and product.name_compared in (row.name_compared, row.full_name_compared))
    )
