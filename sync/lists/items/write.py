"""How is one write to an item sent once and only once? As a push is: committed first, the same bytes on a retry.

1. The row with its request id and the exact bytes is committed before anything is sent; nothing is sent inside a
   transaction of ours.
2. No clear answer leaves the row open. When a person presses again, QuickBooks is asked first whether it has it; if
   not, the same bytes go under the same id for as long as that can be trusted. QuickBooks takes a name once only.
3. While another process posts for the company, that one holds the lease; this does not wait, and says so.
Source: docs/decisions/0023-creating-items.md
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from books.messages import Message, all_worded
from books.outcomes import Exchange, Refused, TryLater, Unknown
from books.translation import gettext_noop
from companies.models import Company
from companies.stored_texts import retold
from mapping.matching.item_rules import item_columns
from mapping.models import QuickBooksItem
from sync.models import ItemWrite, PushState, touch_names
from sync.pushing.arrival import TRUSTED_FOR
from sync.pushing.lease import leased
from sync.quickbooks_online.addresses import AddressRefused
from sync.quickbooks_online.destination import QuickBooksOnline, open_destination
from sync.quickbooks_online.faults import InTheWay
from sync.quickbooks_online.items import ItemOutcome, Stored, put
from sync.quickbooks_online.list_parsers import read_item
from sync.readiness import BUSY, NO_LISTS, quickbooks_connection, reading_stops

_NEVER_ARRIVED = gettext_noop("It never arrived.")


class CannotWrite(Exception):
    """Nothing was written, or nobody knows whether; the message is for the person who pressed."""


#: Looks whether an unanswered write has arrived: the item, None when not, or why nobody can say.
LookUp = Callable[[], Stored | Refused | TryLater | Unknown | None]


@contextmanager
def items_of(company: Company) -> Iterator[QuickBooksOnline]:
    """Open the company's QuickBooks to write items, and keep everybody else from writing meanwhile.

    Raises:
        CannotWrite: The company may not write now; the message says why and what to do.
    """
    stops = reading_stops(company)
    connection = stops or quickbooks_connection(company)
    if isinstance(connection, Message):
        raise CannotWrite(connection.worded(_))
    if not connection.lists_refreshed_at:
        raise CannotWrite(NO_LISTS.worded(_))
    with leased(company) as lease:
        if lease is None:
            raise CannotWrite(BUSY.worded(_))
        try:
            destination = open_destination(connection, for_person=True)
        except AddressRefused as refused:
            raise CannotWrite(refused.message.worded(_)) from refused
        with destination:
            yield destination


def begin(company: Company, **facts: object) -> ItemWrite:
    """Commit a write, ready to be sent."""
    with transaction.atomic():
        return ItemWrite.objects.create(
            company=company, request_id=str(uuid.uuid4()), created_at=timezone.now(), **facts
        )


def send(write: ItemWrite, destination: QuickBooksOnline, *, look_up: LookUp) -> Stored:
    """Send a write that is open, and record what came of it.

    Raises:
        CannotWrite: It was refused, put off, or nobody knows. An unclear one stays open for the next press.
    """
    if write.first_sent_at:
        found, age = look_up(), timezone.now() - write.first_sent_at
        if found is not None or age > TRUSTED_FOR:
            return _looked_up(write, found)
    if write.first_sent_at is None:
        write.first_sent_at = timezone.now()
        write.save(update_fields=["first_sent_at"])
    outcome = put(destination, bytes(write.body), request_id=write.request_id)
    if isinstance(outcome, InTheWay):
        _note(write, outcome.refused.exchange)
        found = look_up()
        return _settled(write, found if isinstance(found, Stored) else outcome.refused, adopted=True)
    return _settled(write, outcome)


def _looked_up(write: ItemWrite, found: Stored | Refused | TryLater | Unknown | None) -> Stored:
    if isinstance(found, Stored):
        return _settled(write, found, adopted=True)
    if found is None:
        _close(write, PushState.ABANDONED, _NEVER_ARRIVED)
        raise CannotWrite(_("An earlier attempt never arrived. Press again to send it again."))
    raise CannotWrite(retold(_said(found)))


def _settled(write: ItemWrite, outcome: ItemOutcome, *, adopted: bool = False) -> Stored:
    match outcome:
        case Stored():
            _note(write, outcome.exchange)
            write.quickbooks_id = str(outcome.row["Id"])
            _close(write, PushState.ADOPTED if adopted else PushState.ACCEPTED)
            learn_item(write.company, outcome)
            return outcome
        case Refused():
            _note(write, outcome.exchange)
            _close(write, PushState.REFUSED, _said(outcome))
        case TryLater():  # nothing happened, so the next press begins anew
            _note(write, outcome.exchange)
            _close(write, PushState.ABANDONED, _said(outcome))
        case Unknown():
            _note(write, outcome.exchange)
            write.reason = _said(outcome)
            write.save(update_fields=["reason", "exchanges"])
            again = _("Press again: the same request is sent, so nothing is written twice.")
            raise CannotWrite(f"{retold(write.reason)} {again}")
        case InTheWay():
            return _settled(write, outcome.refused)
    raise CannotWrite(retold(write.reason))


def _note(write: ItemWrite, exchange: Exchange) -> None:
    write.exchanges = [*write.exchanges, {"at": timezone.now().isoformat(), **asdict(exchange)}]


def _close(write: ItemWrite, state: PushState, reason: str = "") -> None:
    write.state, write.reason, write.settled_at = state, reason, timezone.now()
    write.save(update_fields=["state", "reason", "settled_at", "quickbooks_id", "exchanges"])


def learn_item(company: Company, stored: Stored) -> None:
    """The item joins our copy of the list as it is now; the next reading of the lists finds nothing different."""
    row = read_item(stored.row)
    QuickBooksItem.objects.update_or_create(
        company=company,
        quickbooks_id=row.quickbooks_id,
        defaults={
            "name": row.name,
            "full_name": row.full_name,
            "sku": row.sku,
            **item_columns(name=row.name, full_name=row.full_name, sku=row.sku),
            "item_type": row.item_type,
            "income_account_id": row.income_account_id,
            "sync_token": row.sync_token,
            "active": row.active,
            "changed_at": timezone.now(),
        },
    )
    touch_names(company)


def _said(outcome: Refused | TryLater | Unknown) -> str:
    """Why, in English, as it is kept."""
    return all_worded(problem.words for problem in outcome.problems) if isinstance(outcome, Refused) else outcome.reason
