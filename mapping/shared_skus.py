"""Which SKUs would two active products of one source share? That is refused wherever a person says what an SKU is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext as _

from companies.models import Company
from mapping.models import Product


def shared_skus(company: Company, changed: Sequence[Product]) -> dict[tuple[str, str], str]:
    """Why some products cannot have the SKU that they would have; one query.

    Args:
        company: Theirs.
        changed: Products as they would be, saved or not; nothing is said of those that keep another one's company.

    Returns:
        By source and key in it, a sentence in the reader's language.
    """
    for product in changed:
        product.keep_compared()
    mine = {(product.system, product.source_key): product for product in changed}
    wanted = {product.sku_compared for product in changed if product.active} - {""}
    holders: dict[tuple[str, str], list[Product]] = defaultdict(list)
    stored = Product.objects.filter(company=company, active=True, sku_compared__in=wanted) if wanted else ()
    for product in [*(row for row in stored if (row.system, row.source_key) not in mine), *changed]:
        if product.active and product.sku_compared:
            holders[product.system, product.sku_compared].append(product)
    faults = {}
    for place, product in mine.items():
        others = [row for row in holders[product.system, product.sku_compared] if row is not product]
        if product.active and product.sku_compared and others:
            faults[place] = shared_sku_sentence(others[0], product.known_sku)
    return faults


def shared_sku_sentence(other: Product, sku: str) -> str:
    """What a person reads where an SKU is taken, in their language."""
    sentence = _("“%(other)s” has the SKU “%(sku)s” already. Two active items of one source cannot share one.")
    return sentence % {"other": other, "sku": sku}
