"""Which products may wait for a person? Each question about what is left to map is asked of these alone.

All others are known to be found in QuickBooks: they were looked at since they, QuickBooks' lists, and the rules and
switches of their source were last changed.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from companies.bulk_sql import chunks
from companies.models import Company
from mapping.models import Product, UndecidedProduct
from mapping.product_states import not_in_quickbooks, two_fit, without_mapping

#: So many that were changed are asked about with every question; more are looked at once.
_MOST = 200
_AT_ONCE = 1000


def undecided(products: QuerySet[Product], company: Company) -> QuerySet[Product]:
    """Those of some products of a company that may wait for a person; no other has no mapping, or one that fails."""
    _look_again(company)
    return products.filter(pk__in=UndecidedProduct.objects.filter(company=company).values("product"))


def _look_again(company: Company) -> None:
    """Look at what was changed, where it is much; one query where it is not."""
    changed = UndecidedProduct.objects.filter(company=company, waits=False)
    numbers = list(changed.values_list("product", flat=True)[: _MOST + 1])
    if len(numbers) <= _MOST and None not in numbers:
        return
    with transaction.atomic():
        # In one order, so that two who look at once do not wait for each other; the second finds it done
        rows = UndecidedProduct.objects.select_for_update().filter(company=company).order_by("pk")
        seen = dict(rows.values_list("pk", "product"))
        waiting = _waiting(company, everything=None in seen.values())
        new = (UndecidedProduct(company=company, product=number, waits=True) for number in waiting)
        UndecidedProduct.objects.bulk_create(new, batch_size=_AT_ONCE)
        # Only those that were read: what is changed meanwhile is looked at the next time
        for keys in chunks(seen, _AT_ONCE):
            UndecidedProduct.objects.filter(pk__in=keys).delete()


def _waiting(company: Company, *, everything: bool) -> list[int]:
    """The keys of the products that wait, of all or of those that may."""
    products = Product.objects.filter(company=company)
    if not everything:
        products = products.filter(pk__in=UndecidedProduct.objects.filter(company=company).values("product"))
    found: set[int] = set()
    for rule in (without_mapping, not_in_quickbooks, two_fit):
        found.update(rule(products, company).values_list("pk", flat=True))
    return sorted(found)
