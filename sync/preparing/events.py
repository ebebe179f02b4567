"""Which event makes the documents of a source, and which orders wait for it?

Source:
    docs/decisions/0057-which-event-makes-the-document.md
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from books.statuses import OrderStage
from companies.bulk_sql import KeptQuery
from companies.models import Company
from mapping.models import SourceEvent, StatusWord
from sync.models import StagedOrder


def event_of(company: Company, system: str) -> tuple[OrderStage, Mapping[str, OrderStage]]:
    """What makes the documents of a source, and by status, how far an order has come where that matters."""
    rows = _EVENT.rows(company.pk, system)
    event = OrderStage(rows[0][0]) if rows else OrderStage.PLACED
    if event is OrderStage.PLACED:
        return event, {}
    words = StatusWord.objects.filter(company=company, system=system).values_list("name_compared", "stage")
    return event, {key: OrderStage(stage) for key, stage in words}


_EVENT = KeptQuery(
    lambda company, system: SourceEvent.objects.filter(company=company, system=system).values_list("event")
)


def follow_events(company: Company) -> None:
    """Let waiting orders follow what was decided: another event, or that their status means more.

    Those that are ready or blocked follow every decision. These have no document that could.
    """
    waiting = StagedOrder.objects.filter(company=company).exclude(waits_for="")
    if not waiting.exists():
        return
    events = dict(SourceEvent.objects.filter(company=company).values_list("system", "event"))
    reached: dict[str, list[str]] = defaultdict(list)
    words = StatusWord.objects.filter(company=company)
    for system, key, stage in words.values_list("system", "name_compared", "stage"):
        if not _still_waits(OrderStage(events.get(system, OrderStage.PLACED)), OrderStage(stage)):
            reached[system].append(key)
    for system in waiting.order_by().values_list("connection__system", flat=True).distinct():
        of_source = waiting.filter(connection__system=system)
        moved = of_source.exclude(waits_for=events.get(system, OrderStage.PLACED))
        moved = moved | of_source.filter(status_key__in=reached[system])
        StagedOrder.objects.filter(pk__in=moved.values("pk")).update(prepared_version=0)


def _still_waits(event: OrderStage, stage: OrderStage) -> bool:
    if event is OrderStage.PAID:
        return stage is not OrderStage.PAID
    stages = list(OrderStage)
    return stages.index(stage) < stages.index(event)
