"""QuickBooks' items, prepared to be offered for products: once for as long as the list is the same.

A hundred thousand items take half a second to read. Whether they are still those that were prepared is told by
PostgreSQL, which reads them where they lie; elsewhere they are read each time.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from django.db import connection
from django.db.models import Count, DecimalField, Func, QuerySet, Sum

from companies.models import Company
from mapping.answering import NOT_FOR_SALE
from mapping.matching.item_candidates import ItemCandidates, NamedItem, prepared_items
from mapping.models import QuickBooksItem

#: What an item is compared by.
_COLUMNS = ("full_name", "sku")
_WHOLE = DecimalField(max_digits=60, decimal_places=0)
#: So many companies' items are kept in a process.
_MOST = 8
_prepared: OrderedDict[tuple[int, object], ItemCandidates] = OrderedDict()
_lock = Lock()


def offered_items(company: Company) -> ItemCandidates:
    """The items of a company that can be on a line."""
    if connection.vendor != "postgresql":
        return prepared_items(_read(company))
    key = (company.pk, _mark(company))
    with _lock:
        found = _prepared.get(key)
        if found is not None:
            _prepared.move_to_end(key)
            return found
    found = ItemCandidates(_read(company))
    # What changed while it was read is not kept under a mark that may have been another list's
    if _mark(company) == key[1]:
        with _lock:
            _prepared[key] = found
            while len(_prepared) > _MOST:
                _prepared.popitem(last=False)
    return found


def _usable(company: Company) -> QuerySet[QuickBooksItem]:
    return QuickBooksItem.objects.filter(company=company, active=True).exclude(item_type__in=NOT_FOR_SALE)


def _read(company: Company) -> tuple[NamedItem, ...]:
    rows = _usable(company).order_by("full_name", "pk").values_list(*_COLUMNS)
    return tuple(NamedItem(name, sku) for name, sku in rows)


def _mark(company: Company) -> tuple[object, ...]:
    """The same for two states of the list with the same items."""
    marks = {column: Sum(Func(column, "pk", function="hashtextextended"), output_field=_WHOLE) for column in _COLUMNS}
    told = _usable(company).aggregate(number=Count("pk"), **marks)
    return tuple(told.values())
