"""Which orders of a source could not be read, and still are not? Each is kept until it is read or is gone there.

The cursor moves past an order that cannot be read, or it would hold all others up. It is asked for again when it
changes, which is what correcting it there does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from sync.models import Connection, UnreadOrder
from sync.sources.base import OrderRead, Record, RowError


def note_unread(source: Connection, records: Sequence[Record]) -> None:
    """Keep what of these records could not be read, and let go of what was unread before and was read now."""
    faults: dict[str, list[RowError]] = defaultdict(list)
    for record in records:
        if isinstance(record, RowError):
            faults[_key(record)].append(record)
    read = [_key(record) for record in records if isinstance(record, OrderRead)]
    if read:
        unread_of(source).filter(source_id__in=read).delete()
    for key, errors in faults.items():
        told = {
            "number": (errors[0].place.number or str(errors[0].place))[:120],
            "what": "\n".join(dict.fromkeys(error.message.explain() for error in errors)),
            "cure": "\n".join(dict.fromkeys(error.message.advise() for error in errors)),
        }
        UnreadOrder.objects.update_or_create(connection=source, source_id=key, defaults=told)


def forget_unread(source: Connection, gone: Collection[str]) -> None:
    """Let go of orders that do not exist any more, by their keys."""
    unread_of(source).filter(source_id__in=gone).delete()


def unread_of(source: Connection) -> QuerySet[UnreadOrder]:
    """The orders that could not be read, the newest first."""
    return UnreadOrder.objects.filter(connection=source).order_by("-pk")


def _key(record: Record) -> str:
    return (record.place.source_id or str(record.place))[:120]
