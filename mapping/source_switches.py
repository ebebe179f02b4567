"""For which sources are items and customers not matched by themselves? As the problem that their orders have."""

from __future__ import annotations

from books.problems import CustomerSyncOff, ItemSyncOff, Problem
from companies.bulk_sql import KeptQuery
from companies.models import Company
from companies.source_names import SourceNames
from mapping.models import SourceSettings


def item_sync_off(company: Company) -> dict[str, Problem]:
    """The sources whose item sync is off, by their keys; one query, and one more for their names."""
    rows = _WITHOUT_ITEM_SYNC.rows(company.pk)
    names = SourceNames(company)
    return {system: ItemSyncOff(system=system, source=names.called(system)) for (system,) in rows}


def customer_sync_off(company: Company, system: str) -> Problem | None:
    """The problem of a source whose customer sync is off; None while it is on."""
    off = _WITHOUT_CUSTOMER_SYNC.rows(company.pk, system)
    return CustomerSyncOff(system=system, source=SourceNames(company).called(system)) if off else None


_WITHOUT_ITEM_SYNC = KeptQuery(
    lambda company: SourceSettings.objects.filter(company=company, item_sync=False).values_list("system")
)
_WITHOUT_CUSTOMER_SYNC = KeptQuery(
    lambda company, system: SourceSettings.objects.filter(
        company=company, system=system, customer_sync=False
    ).values_list("system")
)
