"""What becomes of what QuickBooks tells by itself? Its lists are read again with the next turn, which comes soon.

No field of what is told becomes part of a list, and none of it is money. What was told of an object that this company
made itself is known already.

Source:
    docs/decisions/0066-what-is-told-is-a-reason-to-look.md
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Q

from sync.lists.list_sync import LISTS
from sync.models import QUICKBOOKS_ONLINE, Connection, ConnectionState, CrmUpdates
from sync.quickbooks_online.webhooks import CREATED, SIGNATURE_HEADER, ToldChange, is_signed_by_intuit, read_changes
from sync.webhook_events import HeardEvent, keep_events

_LISTS = {kind.entity.casefold(): kind for kind in LISTS if kind.tells_changes}
#: What a CRM may have to hear of, where a switch says so.
_FOR_CRM = frozenset({"customer", "invoice", "payment"})


@dataclass(frozen=True, kw_only=True)
class ToldAnswer:
    """What QuickBooks is answered, and whose sync has something to read."""

    status: HTTPStatus
    #: Companies that are to be read soon.
    wakes: tuple[int, ...] = ()


def receive_changes(body: bytes, headers: Mapping[str, str], *, now: datetime) -> ToldAnswer:
    """Take what QuickBooks tells, of several companies at once.

    Args:
        body: As it came.
        headers: With the signature.
        now: The present moment.
    """
    signature = next((value for name, value in headers.items() if name.casefold() == SIGNATURE_HEADER), "")
    if not is_signed_by_intuit(body, signature, tokens=settings.TIEOUT_QUICKBOOKS_WEBHOOK_TOKENS):
        return ToldAnswer(status=HTTPStatus.UNAUTHORIZED)
    changes = read_changes(body, now=now)
    if changes is None:
        return ToldAnswer(status=HTTPStatus.BAD_REQUEST)
    try:
        with transaction.atomic():
            return ToldAnswer(status=HTTPStatus.OK, wakes=_keep(changes, now))
    except DatabaseError:
        return ToldAnswer(status=HTTPStatus.SERVICE_UNAVAILABLE)  # QuickBooks tells it again


def _keep(changes: Collection[ToldChange], now: datetime) -> tuple[int, ...]:
    """Keep what concerns a company, and mark its lists; the companies for which something of it is new."""
    realms = {change.realm for change in changes}
    books = Connection.objects.filter(system=QUICKBOOKS_ONLINE, external_id__in=realms)
    wakes = []
    for connection in books.exclude(state=ConnectionState.DISCONNECTED):
        of_books = [change for change in changes if change.realm == connection.external_id]
        of_lists = _not_ours(connection, [change for change in of_books if change.entity in _LISTS])
        wanted = _FOR_CRM if _feeds_a_crm(connection) else frozenset()
        concerning = {change.event_id: change for change in of_books if change.entity in wanted}
        concerning |= {change.event_id: change for change in of_lists}
        heard = [
            HeardEvent(webhook_id=key, name=f"{change.entity} {change.what}"[:60], told_at=change.told_at)
            for key, change in concerning.items()
        ]
        if not heard or not keep_events(connection, heard):
            continue
        if of_lists:
            Connection.objects.filter(pk=connection.pk).update(lists_told_at=now)
        wakes.append(connection.company_id)
    return tuple(wakes)


def _not_ours(connection: Connection, changes: Collection[ToldChange]) -> list[ToldChange]:
    """Without the objects that a push has just created: our copy has them."""
    known: set[tuple[str, str]] = set()
    for entity in {change.entity for change in changes if change.what == CREATED}:
        ids = [change.id for change in changes if change.entity == entity]
        rows = _LISTS[entity].model.objects.filter(company=connection.company_id, quickbooks_id__in=ids)
        known |= {(entity, key) for key in rows.values_list("quickbooks_id", flat=True)}
    return [change for change in changes if change.what != CREATED or (change.entity, change.id) not in known]


def _feeds_a_crm(connection: Connection) -> bool:
    switched = Q(adds_contacts=True) | Q(asks_for_reviews=True)
    return CrmUpdates.objects.filter(switched, company=connection.company_id).exists()
