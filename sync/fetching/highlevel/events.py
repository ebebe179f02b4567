"""What becomes of an event that HighLevel sends? It is kept, and its sub-account is read soon; no word is believed.

HighLevel sends an event again only after an answer of 429; after any other failure it is lost. So it is kept first and
answered at once, and where it cannot be kept the answer is 429. What a lost event would have said is read anyway.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, transaction

from sync.fetching.highlevel.signatures import is_signed
from sync.models import Connection, ConnectionState, LiveSource
from sync.webhook_events import HeardEvent, keep_events

logger = logging.getLogger(__name__)

#: An event that is older, or from so far ahead, is a replay.
_FRESH = timedelta(minutes=5)
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


@dataclass(frozen=True, kw_only=True)
class EventAnswer:
    """What an event is answered, and whose sync has something to read."""

    status: HTTPStatus
    #: Companies that are to be read soon.
    wakes: tuple[int, ...] = ()


def receive(body: bytes, headers: Mapping[str, str], *, now: datetime) -> EventAnswer:
    """Take an event, and say what HighLevel is answered.

    Args:
        body: As it came.
        headers: With the signature.
        now: The present moment.
    """
    if not is_signed(body, headers, keys=settings.TIEOUT_HIGHLEVEL_WEBHOOK_KEYS):
        return EventAnswer(status=HTTPStatus.UNAUTHORIZED)
    event = read_event(body)
    if event is None:
        return EventAnswer(status=HTTPStatus.BAD_REQUEST)
    if abs(now - event.told_at) > _FRESH:
        logger.warning("an event of HighLevel is of %s and was not taken: a replay, or a clock is wrong", event.told_at)
        return EventAnswer(status=HTTPStatus.UNAUTHORIZED)
    try:
        with transaction.atomic():
            return EventAnswer(status=HTTPStatus.OK, wakes=_keep(event))
    except DatabaseError:
        return EventAnswer(status=HTTPStatus.TOO_MANY_REQUESTS)


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


def _keep(event: ToldEvent) -> tuple[int, ...]:
    """Keep an event once for each source that reads the sub-account; the companies for which it is new."""
    sources = Connection.objects.filter(kind="highlevel", external_id=event.location, live__isnull=False)
    heard = [HeardEvent(webhook_id=event.webhook_id, name=event.name, told_at=event.told_at)]
    new = [source for source in sources.exclude(state=ConnectionState.DISCONNECTED) if keep_events(source, heard)]
    if event.is_deletion:  # the ids of all are compared with the next reading
        LiveSource.objects.filter(pk__in=[source.pk for source in new]).update(compared_at=None)
    if event.name.startswith(("Product", "Price")):  # the list is read with the next reading
        LiveSource.objects.filter(pk__in=[source.pk for source in new]).update(products_read_at=None)
    return tuple(source.company_id for source in new)
