"""QuickBooks' items, prepared to be offered for products."""

from __future__ import annotations

from companies.models import Company
from mapping.answering import NOT_FOR_SALE
from mapping.kept_lists import KeptList
from mapping.matching.item_candidates import ItemCandidates, NamedItem
from mapping.models import QuickBooksItem


def offered_items(company: Company) -> ItemCandidates:
    """The items of a company that can be on a line."""
    return _ITEMS.of(company)


_ITEMS = KeptList(
    lambda company: (
        QuickBooksItem.objects.filter(company=company, active=True)
        .exclude(item_type__in=NOT_FOR_SALE)
        .order_by("full_name", "pk")
    ),
    ("full_name", "sku"),
    lambda rows: ItemCandidates(NamedItem(*row) for row in rows),
)
