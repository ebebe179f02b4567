"""Which products are left to map, and why? Answered by a statement that is kept.

To put this question together takes Django longer than PostgreSQL takes to answer it, and it is asked on pages that are
opened all day. What is in the statement follows from the rules that the company decided on for its sources; the number
of the company and the products that may wait are given to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import CharField, QuerySet, Value

from companies.bulk_sql import KeptQuery
from companies.models import Company
from mapping.lookup import item_rules_of
from mapping.matching.item_rules import ItemRules
from mapping.models import Product
from mapping.product_states import not_in_quickbooks, two_fit_by, without_mapping_by
from mapping.undecided import few_undecided

#: By the key of a source: what was decided about it.
_Decided = tuple[tuple[str, ItemRules], ...]


class Left(StrEnum):
    """Why a product is left; it may be for two reasons."""

    WITHOUT_MAPPING = "without-mapping"
    NOT_IN_QUICKBOOKS = "not-in-quickbooks"
    TWO_FIT = "two-fit"


class LeftProduct(NamedTuple):
    """One of the products that are left, for one reason."""

    key: int
    reason: str
    system: str
    quickbooks_account_name: str


def left_to_map(company: Company, *reasons: Left) -> list[LeftProduct] | None:
    """The products that are left for any of these reasons; None where so many may be that only to count them is quick.

    What is asked then is `mapping.undecided.undecided`.
    """
    few = few_undecided(company)
    if few is None:
        return None
    if not few:
        return []
    decided = tuple(sorted(item_rules_of(company).items()))
    return [LeftProduct(*row) for row in _asked(decided, reasons).rows(company.pk, few)]


@lru_cache(maxsize=200)
def _asked(decided: _Decided, reasons: tuple[Left, ...]) -> KeptQuery[Product]:
    """The statement for these rules, which most companies leave as they are."""
    rules = dict(decided)

    def make(company: int, products: Any) -> QuerySet[Any, Any]:
        some = Product.objects.filter(company=company, pk__in=products)
        first, *others = (_for(reason, some, company, rules) for reason in reasons)
        return first.union(*others, all=True) if others else first

    return KeptQuery(make)


def _for(
    reason: Left, products: QuerySet[Product], company: int, decided: Mapping[str, ItemRules]
) -> QuerySet[Product, Any]:
    if reason is Left.WITHOUT_MAPPING:
        found = without_mapping_by(products, company, decided)
    elif reason is Left.TWO_FIT:
        found = two_fit_by(products, company, decided)
    else:
        found = not_in_quickbooks(products, company)
    marked = found.order_by().annotate(reason=Value(reason.value, CharField()))
    return marked.values_list("pk", "reason", "system", "quickbooks_account_name")
