"""Which products may wait for a person? Each question about what is left to map is asked of these alone.

All others are known to be found in QuickBooks: they were looked at since they, QuickBooks' lists, and the rules and
switches of their source were last changed.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from companies.bulk_sql import KeptQuery, chunks
from companies.models import Company
from mapping.models import Product, UndecidedProduct
from mapping.product_states import not_in_quickbooks, two_fit, without_mapping

#: So many are named to the database, which then looks for each along an index. Of more that were changed, those that
#: wait are found once.
_MOST = 300
_AT_ONCE = 1000


def undecided(products: QuerySet[Product], company: Company) -> QuerySet[Product]:
    """Those of some products of a company that may wait for a person; no other has no mapping, or one that fails."""
    few = few_undecided(company)
    if few is None:
        return products.filter(pk__in=UndecidedProduct.objects.filter(company=company).values("product"))
    return products.filter(pk__in=few)


def few_undecided(company: Company) -> list[int] | None:
    """The keys of the products that may wait; None where there are more than are named to the database."""
    rows = _some(company)
    if _is_much_changed(company, rows):
        _look_again(company)
        rows = _some(company)
    return None if len(rows) > _MOST else sorted({number for number in rows if number is not None})


def _some(company: Company) -> list[int | None]:
    """The keys that are kept; of very many one more than the most that are named."""
    return [number for (number,) in _KEPT.rows(company.pk)]


_KEPT = KeptQuery(lambda company: UndecidedProduct.objects.filter(company=company).values_list("product")[: _MOST + 1])


def _is_much_changed(company: Company, rows: Sequence[int | None]) -> bool:
    """Whether more were changed than can be asked about with every question."""
    if len(rows) <= _MOST:
        return None in rows
    changed = UndecidedProduct.objects.filter(company=company, waits=False).values_list("product", flat=True)
    some = list(changed[: _MOST + 1])
    return len(some) > _MOST or None in some


def _look_again(company: Company) -> None:
    """Find those that wait among all that were changed."""
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
