"""What of the events that QuickBooks and sources tell of is kept? That each came, so that it counts once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.models import Connection, WebhookEvent

#: None is sent again after so long.
_KEPT = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class HeardEvent:
    """One event, as far as it is kept."""

    #: What it has in common with the same event when it comes again, 100 characters at most.
    webhook_id: str
    #: What happened, in the teller's word, 60 characters at most.
    name: str
    #: By the teller's clock.
    told_at: datetime


def keep_events(connection: Connection, events: Collection[HeardEvent]) -> bool:
    """Keep events; whether one of them is new."""
    wanted = {event.webhook_id: event for event in events}
    rows = WebhookEvent.objects.filter(connection=connection, webhook_id__in=wanted)
    known = set(rows.values_list("webhook_id", flat=True))
    new = [
        WebhookEvent(connection=connection, webhook_id=key, event=event.name, told_at=event.told_at)
        for key, event in wanted.items()
        if key not in known
    ]
    # Another delivery of the same may be kept at this moment
    WebhookEvent.objects.bulk_create(new, ignore_conflicts=True)
    return bool(new)


def forget_old_events(company: int, *, now: datetime) -> None:
    """Forget what a company was told of too long ago to be sent again."""
    WebhookEvent.objects.filter(connection__company=company, received_at__lt=now - _KEPT).delete()
