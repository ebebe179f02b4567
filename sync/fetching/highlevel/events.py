"""What becomes of an event that HighLevel sends? It is kept, and its sub-account is read soon; no word is believed.

HighLevel sends an event again only after an answer of 429; after any other failure it is lost. So it is kept first and
answered at once, and where it cannot be kept the answer is 429. What a lost event would have said is read anyway.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, transaction

from sync.fetching.highlevel.signatures import is_signed
from sync.models import CompanySchedule, Connection, ConnectionState, LiveSource, WebhookEvent

#: An event that is older, or from so far ahead, is a replay.
_FRESH = timedelta(minutes=5)
_KEPT = timedelta(days=7)
_LONGEST_ID, _LONGEST_NAME = 100, 60


@dataclass(frozen=True, kw_only=True)
class ToldEvent:
    """What an event says about itself."""

    webhook_id: str
    #: The id of the sub-account.
    location: str
    name: str
    told_at: datetime
    is_deletion: bool


def receive(body: bytes, headers: Mapping[str, str], *, now: datetime) -> HTTPStatus:
    """Take an event, and say what HighLevel is answered.

    Args:
        body: As it came.
        headers: With the signature.
        now: The present moment.
    """
    if not is_signed(body, headers, keys=settings.TIEOUT_HIGHLEVEL_WEBHOOK_KEYS):
        return HTTPStatus.UNAUTHORIZED
    event = read_event(body)
    if event is None:
        return HTTPStatus.BAD_REQUEST
    if abs(now - event.told_at) > _FRESH:
        return HTTPStatus.UNAUTHORIZED
    try:
        with transaction.atomic():
            _keep(event, now)
    except DatabaseError:
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.OK


def read_event(body: bytes) -> ToldEvent | None:
    """What an event says about itself; None where it is none.

    Events of invoices name neither their kind nor the sub-account in the field where others do.
    """
    try:
        told = json.loads(body)
        moment = datetime.fromisoformat(str(told["timestamp"]))
        webhook_id = str(told["webhookId"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    name = str(told.get("type") or f"invoice {told.get('status') or ''}".strip())
    location = str(told.get("locationId") or told.get("altId") or "")
    if not webhook_id or len(webhook_id) > _LONGEST_ID:
        return None
    return ToldEvent(
        webhook_id=webhook_id,
        location=location,
        name=name[:_LONGEST_NAME],
        told_at=moment if moment.tzinfo else moment.replace(tzinfo=UTC),
        is_deletion=name.casefold().endswith("delete") or str(told.get("status")).casefold() in ("delete", "deleted"),
    )


def _keep(event: ToldEvent, now: datetime) -> None:
    """Keep an event once for each source that reads the sub-account, and let their companies have the next turn."""
    sources = Connection.objects.filter(kind="highlevel", external_id=event.location, live__isnull=False)
    for source in sources.exclude(state=ConnectionState.DISCONNECTED):
        facts = {"event": event.name, "told_at": event.told_at}
        _row, is_new = WebhookEvent.objects.get_or_create(
            connection=source, webhook_id=event.webhook_id, defaults=facts
        )
        if not is_new:
            continue
        if event.is_deletion:  # the ids of all are compared with the next reading
            LiveSource.objects.filter(pk=source.pk).update(compared_at=None)
        CompanySchedule.objects.filter(company=source.company_id, due_at__gt=now).update(due_at=now)


def forget_old_events(source: Connection, *, now: datetime) -> None:
    """Forget events that are too old to be sent again."""
    WebhookEvent.objects.filter(connection=source, received_at__lt=now - _KEPT).delete()
