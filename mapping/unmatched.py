"""Which products are found in QuickBooks by no rule, and what is in the way of each? No order has to name them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When

from books.translation import gettext_noop
from companies.models import Company
from mapping.answering import NOT_FOR_SALE
from mapping.company_lists import CompanyLists
from mapping.matching.item_candidates import ItemCandidate, NamedItem, prepared_items
from mapping.matching.item_rules import ItemRules, ItemStep
from mapping.models import Product, QuickBooksItem
from mapping.product_states import by_rules, found_by_steps


class Unmatched(StrEnum):
    """Why a product is not matched, in the order in which it is asked."""

    TWO_FIT = "two-fit"
    NOT_SOLD = "not-sold"
    INACTIVE = "inactive"
    NO_SKU = "no-sku"
    NAME_TAKEN = "name-taken"
    NOT_FOUND = "not-found"

    @property
    def label(self) -> str:
        """The kind of issue, as it is listed."""
        return _LABELS[self]

    @property
    def cure(self) -> str:
        """What a person can do about it."""
        return _CURES[self]


_LABELS = {
    Unmatched.TWO_FIT: gettext_noop("Two items fit"),
    Unmatched.NOT_SOLD: gettext_noop("Item cannot be sold"),
    Unmatched.INACTIVE: gettext_noop("Item inactive in QuickBooks"),
    Unmatched.NO_SKU: gettext_noop("Item is missing a SKU"),
    Unmatched.NAME_TAKEN: gettext_noop("Duplicate item name in QuickBooks"),
    Unmatched.NOT_FOUND: gettext_noop("Item not found in QuickBooks"),
}
_CURES = {
    Unmatched.TWO_FIT: gettext_noop("Choose which of them it is."),
    Unmatched.NOT_SOLD: gettext_noop(
        "QuickBooks has it as a category, bundle or tax, which cannot be on a line. Choose another item."
    ),
    Unmatched.INACTIVE: gettext_noop("Make it active in QuickBooks and press Re-sync, or choose another item."),
    Unmatched.NO_SKU: gettext_noop("Enter the SKU: it is looked for at once. Or choose the item, or create it."),
    Unmatched.NAME_TAKEN: gettext_noop(
        "QuickBooks takes no second item of one name. If it is that item, choose it. If not, give this one another "
        "name here; or rename the other in QuickBooks and press Re-sync."
    ),
    Unmatched.NOT_FOUND: gettext_noop(
        "Choose the item; or enter the SKU on the item in QuickBooks and press Re-sync; or create it."
    ),
}


def unmatched(company: Company) -> QuerySet[Product]:
    """Products that are sold, and that neither a person nor a rule matches with one item; each with its `reason`."""
    known = Case(When(name_given="", then=F("name")), default=F("name_given"))
    rows = Product.objects.filter(company=company, active=True, quickbooks_product_name="").annotate(known=known)
    two = by_rules(company, lambda rules: _two_fit(company, rules))
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
    return rows.filter(two | ~found).annotate(reason=Case(*whens, default=Value(Unmatched.NOT_FOUND.value)))


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


def _two_fit(company: Company, rules: ItemRules) -> Q:
    """Whether the first step that finds anything finds more than one item."""
    several = Q(pk__in=())
    for number, step in enumerate(rules.steps):
        earlier = found_by_steps(company, ItemRules(steps=rules.steps[:number]))
        several |= ~earlier & _several(company, step)
    return several


def _several(company: Company, step: ItemStep) -> Q:
    usable = QuickBooksItem.objects.filter(company=company, active=True).exclude(item_type__in=NOT_FOR_SALE)
    if step is ItemStep.SKU:
        return ~Q(sku_compared="") & _more_than_one(usable.filter(sku_compared=OuterRef("sku_compared")))
    if step is ItemStep.LIKE_NAME:
        like = Q(name_compared=OuterRef("name_compared")) | Q(full_name_compared=OuterRef("name_compared"))
        return _more_than_one(usable.filter(like))
    # A full name is one item's alone; the last level of a path may be that of several
    whole = Exists(usable.filter(full_name=OuterRef("known")))
    return ~Q(whole) & _more_than_one(usable.filter(name=OuterRef("known")))


def _more_than_one(items: QuerySet[QuickBooksItem]) -> Q:
    return Q(Exists(items.order_by("pk")[1:2]))
