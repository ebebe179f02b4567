"""Which products are found in QuickBooks by no rule, and what is in the way of each? No order has to name them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from books.problems import Unmatched
from companies.models import Company
from mapping.answering import NOT_FOR_SALE
from mapping.company_lists import CompanyLists
from mapping.matching.item_candidates import ItemCandidate, NamedItem, prepared_items
from mapping.matching.item_rules import ItemStep
from mapping.models import Product, QuickBooksItem, SourceSettings
from mapping.product_states import by_rules, found_by_steps, not_said, several_found
from mapping.undecided import undecided


def unmatched(company: Company) -> QuerySet[Product]:
    """Products that are sold, and that neither a person nor a rule matches with one item; each with its `reason`.

    Products of a source whose item sync is off are not among them: nothing looks for their items, see `held_products`.
    """
    off = SourceSettings.objects.filter(company=company, item_sync=False)
    rows = not_said(undecided(Product.objects.filter(company=company), company))
    two = by_rules(company, lambda rules: several_found(company, rules))
    found = by_rules(company, lambda rules: found_by_steps(company, rules))
    asks_sku = by_rules(company, lambda rules: Q(pk__isnull=ItemStep.SKU not in rules.steps))
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


def reasons_of(company: Company, products: Sequence[Product]) -> dict[int, Unmatched]:
    """Why each of these products is not matched, by its primary key; those that are matched are left out."""
    rows: Any = unmatched(company).filter(pk__in=[product.pk for product in products])
    return {pk: Unmatched(reason) for pk, reason in rows.values_list("pk", "reason")}


def unmatched_by(company: Company, reason: Unmatched | None) -> QuerySet[Product]:
    """Those of one reason; all of them for None."""
    rows = unmatched(company)
    return rows if reason is None else rows.filter(Q(("reason", reason.value)))


def counts(company: Company) -> dict[Unmatched, int]:
    """How many products each reason keeps unmatched; one query."""
    rows: Any = unmatched(company).order_by()
    rows = rows.values("reason").annotate(number=Count("pk"))
    numbers = {row["reason"]: row["number"] for row in rows}
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
    lists = CompanyLists(company)
    usable = tuple(NamedItem(item.full_name, item.sku) for item in lists.items if item.active and item.for_sale)
    prepared = prepared_items(usable)
    return {product.pk: prepared.of(NamedItem(product.known_name, product.known_sku)) for product in products}


def _same(items: QuerySet[QuickBooksItem]) -> Q:
    """Whether one of these items has the product's SKU, or its name as QuickBooks compares names."""
    by_sku = items.exclude(sku_compared="").filter(sku_compared=OuterRef("sku_compared"))
    return Q(Exists(by_sku)) | Q(Exists(items.filter(name_folded=OuterRef("name_folded"))))
