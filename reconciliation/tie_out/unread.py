"""Of which orders does a tie-out not know what the source says now? Of those that could not be read."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from reconciliation.models import TieOut
from sync.models import UnreadOrder


@dataclass(frozen=True, kw_only=True)
class UnreadOfSource:
    """So many orders of a source could not be read."""

    #: The source by its key, and as people call it.
    system: str
    name: str
    number: int


def unread_at(tie_out: TieOut) -> list[UnreadOfSource]:
    """The orders that could not be read when a tie-out was made and still cannot, by source; none before it has ended.

    An order that was read before is compared as it was then, and a new one is in no figure. Their days are not known,
    so they count in every period.
    """
    if tie_out.finished_at is None:
        return []
    unread = UnreadOrder.objects.filter(
        connection__company=tie_out.company_id, noticed_at__lte=tie_out.finished_at
    ).order_by("connection")
    counted = unread.values_list("connection__system", "connection__name").annotate(number=Count("pk"))
    return [UnreadOfSource(system=system, name=name, number=number) for system, name, number in counted]
