"""What has changed in QuickBooks' lists since they were read? One request for all, and only changes are written.

Where something may have been left out, the lists have to be read whole.

Source:
    docs/decisions/0051-changes-of-lists.md
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from books.outcomes import Refused, TryLater, Unknown
from companies.models import Company
from sync.lists.changed_documents import beside_lists
from sync.lists.due import KnownLists, asked_from, leaves_a_gap
from sync.lists.list_sync import LISTS, ListCounts, ListKind, keep_page, mark_deleted
from sync.models import Connection, DoubtedList
from sync.quickbooks_online.changed_objects import Changes
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.faults import UNREADABLE
from sync.quickbooks_online.list_parsers import AccountRow, DimensionRow, ItemRow, ListRow
from sync.quickbooks_online.wire import Unreadable

_TOLD = tuple(kind for kind in LISTS if kind.tells_changes)
#: The company's settings, with its closing date.
PREFERENCES = "Preferences"


def ask_for_changes(connection: Connection, destination: QuickBooksOnline) -> Changes | TryLater | Unknown | None:
    """What has changed since the lists were read last; None when they have to be read whole.

    The documents that we posted are asked for with them, where the answer holds them all.

    Args:
        connection: Of QuickBooks Online.
        destination: Its company.
    """
    known = KnownLists(
        whole_at=connection.lists_whole_at,
        until=connection.changes_known_until,
        is_doubted=DoubtedList.objects.filter(company=connection.company_id).exists(),
    )
    since = asked_from(known, now=timezone.now())
    if since is None:
        return None
    lists = [*(kind.entity for kind in _TOLD), PREFERENCES]
    documents = beside_lists(connection)
    changes = destination.changes_since([*lists, *documents], since)
    if documents and isinstance(changes, Changes) and not changes.is_whole:
        changes = destination.changes_since(lists, since)
    if isinstance(changes, Refused):
        return None
    if isinstance(changes, TryLater | Unknown):
        return changes
    return None if leaves_a_gap(since, answered=changes.at) or not changes.is_whole else changes


def keep_changes(company: Company, changes: Changes, *, now: datetime) -> dict[str, ListCounts] | Unknown | None:
    """Bring our copy up to date with what changed; by the list's name, what became of it.

    None when the lists have to be read whole, because a row has another name below which others are.

    Args:
        company: Whose copy.
        changes: Since the lists were read last.
        now: The moment that new rows and changed ones are marked with.
    """
    try:
        read = [(kind, [kind.read(row) for row in changes.rows[kind.entity]]) for kind in _TOLD]
    except Unreadable:
        return Unknown(reason=UNREADABLE)
    if any(_renames_others(company, kind, rows) for kind, rows in read):
        return None
    lists = {}
    for kind, rows in read:
        # An object that changed twice may be told twice, the newest last
        newest = list({row.quickbooks_id: row for row in rows}.values())
        counts = keep_page(company, kind, newest, now=now)
        counts.add(_deleted(company, kind, changes))
        # How many rows the list has is known only when all of them are read
        lists[kind.name] = replace(counts, total=0)
    return lists


def _renames_others(company: Company, kind: ListKind, rows: Sequence[ListRow]) -> bool:
    """Whether a row was renamed or moved that others are below: whether they are told too is not documented."""
    told = {row.quickbooks_id: row.full_name for row in rows if isinstance(row, AccountRow | ItemRow | DimensionRow)}
    held = kind.model.objects.filter(company=company)
    ours = held.filter(quickbooks_id__in=told).values_list("quickbooks_id", "full_name") if told else ()
    moved = [name for key, name in ours if name != told[key]]
    return any(held.filter(full_name__startswith=f"{name}:").exists() for name in moved)


def _deleted(company: Company, kind: ListKind, changes: Changes) -> ListCounts:
    deleted = changes.deleted[kind.entity]
    return mark_deleted(company, kind, deleted) if deleted else ListCounts()
