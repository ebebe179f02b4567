"""Which products are found in QuickBooks by no rule, and what is in the way of each? No order has to name them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When

from books.problems import Unmatched
from companies.bulk_sql import KeptQuery
from companies.models import Company
from mapping.answering import NOT_FOR_SALE
from mapping.lookup import item_rules_of
from mapping.matching.item_candidates import ItemCandidate, NamedItem
from mapping.matching.item_rules import ItemRules, ItemStep
from mapping.models import Product, QuickBooksItem, SourceSettings
from mapping.offered_items import offered_items
from mapping.product_states import by_rules, found_by_steps, not_said, several_found
from mapping.undecided import few_undecided, undecided


def unmatched(company: Company) -> QuerySet[Product]:
    """Products that are sold, and that neither a person nor a rule matches with one item; each with its `reason`.

    Products of a source whose item sync is off are not among them: nothing looks for their items, see `held_products`.
    """
    rows = not_said(undecided(Product.objects.filter(company=company), company))
    return _with_reasons(rows, company.pk, item_rules_of(company))


def _with_reasons(rows: QuerySet[Product], company: int, decided: Mapping[str, ItemRules]) -> QuerySet[Product]:
    """Those of some products that no person has decided about which are unmatched, each with its `reason`."""
    off = SourceSettings.objects.filter(company=company, item_sync=False)
    two = by_rules(decided, lambda rules: several_found(company, rules))
    found = by_rules(decided, lambda rules: found_by_steps(company, rules))
    asks_sku = by_rules(decided, lambda rules: Q(pk__isnull=ItemStep.SKU not in rules.steps))
    items = QuickBooksItem.objects.filter(company=company)
    reasons = (
        (two, Unmatched.TWO_FIT),
        (_same(items.filter(active=True, item_type__in=NOT_FOR_SALE)), Unmatched.NOT_SOLD),
        (_same(items.filter(active=False).exclude(item_type__in=NOT_FOR_SALE)), Unmatched.INACTIVE),
        (Q(sku_compared="") & asks_sku, Unmatched.NO_SKU),
        (Q(Exists(items.filter(name_folded=OuterRef("name_folded")))), Unmatched.NAME_TAKEN),
    )
    whens = [When(condition, then=Value(reason.value)) for condition, reason in reasons]
    rows = rows.filter(two | ~found).exclude(system__in=off.values("system"))
    return rows.annotate(reason=Case(*whens, default=Value(Unmatched.NOT_FOUND.value)))


def _few_unmatched(company: Company) -> dict[int, Unmatched] | None:
    """Why each unmatched product is unmatched, by its key; None where very many may be."""
    few = few_undecided(company)
    if few is None:
        return None
    rows = _asked(tuple(sorted(item_rules_of(company).items()))).rows(company.pk, few) if few else []
    return {key: Unmatched(reason) for key, reason in rows}


@lru_cache(maxsize=200)
def _asked(decided: tuple[tuple[str, ItemRules], ...]) -> KeptQuery[Product]:
    """The statement for these rules: to put it together takes Django longer than PostgreSQL takes to answer it."""
    rules = dict(decided)

    def make(company: int, products: Any) -> QuerySet[Any, Any]:
        some = not_said(Product.objects.filter(company=company, pk__in=products))
        found: Any = _with_reasons(some, company, rules)
        return cast(QuerySet[Any, Any], found.values_list("pk", "reason"))

    return KeptQuery(make)


def reasons_of(company: Company, products: Sequence[Product]) -> dict[int, Unmatched]:
    """Why each of these products is not matched, by its primary key; those that are matched are left out."""
    keys, few = [product.pk for product in products], _few_unmatched(company)
    if few is not None:
        return {key: few[key] for key in keys if key in few}
    rows: Any = unmatched(company).filter(pk__in=keys)
    return {pk: Unmatched(reason) for pk, reason in rows.values_list("pk", "reason")}


def unmatched_by(company: Company, reason: Unmatched | None) -> QuerySet[Product]:
    """Those of one reason; all of them for None."""
    few = _few_unmatched(company)
    if few is None:
        rows = unmatched(company)
        return rows if reason is None else rows.filter(Q(("reason", reason.value)))
    keys = {known: sorted(key for key, why in few.items() if why is known) for known in Unmatched}
    whens = [When(pk__in=keys[known], then=Value(known.value)) for known in Unmatched if keys[known]]
    chosen = sorted(few) if reason is None else keys[reason]
    rows = Product.objects.filter(company=company, pk__in=chosen)
    return rows.annotate(reason=Case(*whens, default=Value(""), output_field=CharField()))


def counts(company: Company) -> dict[Unmatched, int]:
    """How many products each reason keeps unmatched."""
    few = _few_unmatched(company)
    if few is not None:
        numbers: Mapping[str, int] = Counter(few.values())
    else:
        rows: Any = unmatched(company).order_by()
        numbers = {row["reason"]: row["number"] for row in rows.values("reason").annotate(number=Count("pk"))}
    return {reason: numbers.get(reason.value, 0) for reason in Unmatched}


def held_products(company: Company) -> dict[str, int]:
    """How many products wait because the item sync of their source is off, by the source's key; one query."""
    off = SourceSettings.objects.filter(company=company, item_sync=False)
    rows = Product.objects.filter(company=company, active=True, quickbooks_product_name="")
    found = (
        rows.filter(system__in=off.values("system")).values("system").annotate(number=Count("pk")).order_by("system")
    )
    return {row["system"]: row["number"] for row in found}


def candidates(company: Company, products: Sequence[Product]) -> dict[int, tuple[ItemCandidate, ...]]:
    """Up to five items for each product by its number, the likeliest first; one query."""
    prepared = offered_items(company)
    return {product.pk: prepared.of(NamedItem(product.known_name, product.known_sku)) for product in products}


def _same(items: QuerySet[QuickBooksItem]) -> Q:
    """Whether one of these items has the product's SKU, or its name as QuickBooks compares names."""
    by_sku = items.exclude(sku_compared="").filter(sku_compared=OuterRef("sku_compared"))
    return Q(Exists(by_sku)) | Q(Exists(items.filter(name_folded=OuterRef("name_folded"))))
