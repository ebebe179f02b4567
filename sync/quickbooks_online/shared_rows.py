"""Where is it kept how fast a company is asked? In the database, for all processes and machines of an installation.

Places are taken by one UPDATE that goes through only if nobody else took places since they were read; it is committed
at once. A process that is alone takes several at a time, and asks the database once for each lot.

Source:
    docs/decisions/0050-limits-are-shared.md
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from django.db import transaction

from companies.bulk_sql import write_where
from sync.database_clock import DatabaseClock, own_connection
from sync.models import RequestRow
from sync.quickbooks_online.pacing import PACES, Places, RequestKind, reserve, rested


class SharedRows:
    """The rows of places of one company. Safe for threads; never used inside a transaction."""

    def __init__(self, realm: str, clock: DatabaseClock) -> None:
        """Read nothing yet.

        Args:
            realm: The QuickBooks company id.
            clock: The present moment.
        """
        self.now = clock
        self._realm = realm
        self._locks = {kind: threading.Lock() for kind in RequestKind}
        #: As last read or written; others can only have moved them since.
        self._free_from: dict[RequestKind, datetime] = {}

    def reserve(self, kind: RequestKind, *, count: int, ahead: timedelta) -> Places:
        """Take the next places of a row; see `pacing.reserve`."""
        with self._locks[kind], own_connection():
            while True:
                free_from = self._known(kind)
                places = reserve(free_from, PACES[kind], count=count, now=self.now(), ahead=ahead)
                if not places.moments or self._moved(kind, free_from, places.free_from):
                    return places

    def rest(self, kind: RequestKind, rest: timedelta) -> None:
        """Give out no place of a row for a while, in any process."""
        with self._locks[kind], own_connection():
            while True:
                free_from = self._known(kind)
                if self._moved(kind, free_from, rested(free_from, now=self.now(), rest=rest)):
                    return

    def _known(self, kind: RequestKind) -> datetime:
        if kind not in self._free_from:
            moments = RequestRow.objects.filter(realm=self._realm, kind=kind).values_list("free_from", flat=True)
            moment = moments.first()
            if moment is None:
                new = RequestRow(realm=self._realm, kind=kind, free_from=self.now())
                RequestRow.objects.bulk_create([new], ignore_conflicts=True)
                moment = moments.get()
            self._free_from[kind] = moment
        return self._free_from[kind]

    def _moved(self, kind: RequestKind, before: datetime, after: datetime) -> bool:
        """Whether the row was still as it was known, and is moved; if not, it is read the next time."""
        with transaction.atomic(durable=True):
            row = {"realm": self._realm, "kind": kind, "free_from": before}
            moved = write_where(RequestRow, row, free_from=after) == 1
        if moved:
            self._free_from[kind] = after
        else:
            del self._free_from[kind]
        return moved
