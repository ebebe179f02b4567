"""What happens when a person turns a switch of a CRM? It begins at that moment, and what is off sends nothing more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from books.translation import gettext_noop
from companies.models import Company
from sync.models import Connection, ConnectionState, CrmContact, CrmContactState, CrmUpdates

_WAS_OFF = gettext_noop("The switch was turned off before the contact was added.")
_TRY_AGAIN = gettext_noop("Press Try again to add it all the same.")


def updates_of(source: Connection) -> CrmUpdates:
    """The switches of a source; all of them are off where none was ever turned, and nothing is saved."""
    row = CrmUpdates.objects.filter(connection=source).first()
    return row or CrmUpdates(company=source.company, connection=source, system=source.system)


def updates_at_work(company: Company) -> QuerySet[CrmUpdates]:
    """Those of a company with a switch that is on, of sources that are connected."""
    on = Q(adds_contacts=True) | Q(asks_for_reviews=True)
    rows = CrmUpdates.objects.filter(on, company=company, connection__live__isnull=False)
    rows = rows.exclude(connection__state=ConnectionState.DISCONNECTED)
    return rows.select_related("company", "connection__company", "connection__live").order_by("pk")


def begins_at(updates: CrmUpdates) -> datetime | None:
    """From when on something in QuickBooks counts for one of the switches; None while both are off."""
    return min(filter(None, (updates.contacts_from, updates.reviews_from)), default=None)


def next_second(moment: datetime) -> datetime:
    """A moment in whole seconds, as QuickBooks tells moments: what it had before is never after it."""
    whole = moment.replace(microsecond=0)
    return whole if whole == moment else whole + timedelta(seconds=1)


@transaction.atomic
def turn_contacts(source: Connection, *, on: bool, by: User | None, now: datetime | None = None) -> CrmUpdates:
    """Turn the switch for contacts. Hold the company's turn; a switch that is as it was is left alone.

    Args:
        source: One that can be written to.
        on: How it is to be.
        by: Who turned it.
        now: The present moment.
    """
    updates = updates_of(source)
    if updates.adds_contacts == on:
        return updates
    moment = next_second(now or timezone.now())
    if begins_at(updates) is None:
        updates.read_to = None
    updates.adds_contacts, updates.contacts_from = on, moment if on else None
    updates._history_user = by  # type: ignore[attr-defined]
    updates.save()
    # What waited before is a person's to decide, also where it was noted while the switch was being turned
    waiting = CrmContact.objects.filter(connection=source, state=CrmContactState.WAITING)
    waiting.update(state=CrmContactState.ATTENTION, reason=_WAS_OFF, cure=_TRY_AGAIN, settled_at=timezone.now())
    return updates
