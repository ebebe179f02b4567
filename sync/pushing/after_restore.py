"""The database was restored from a backup: which documents may be in QuickBooks without our knowing?

Any that was posted after the backup was made. So each is looked up before its first send, by its mark and by what
people know it by, until a person says that everything since the backup is here again. Nothing ends it by itself: orders
that have not been imported again yet cannot be counted.

Source:
    docs/decisions/0032-looked-up-before-a-resend.md
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from books.json_types import Json
from companies.models import Company
from sync.models import QUICKBOOKS_ONLINE, UNSENT_STATES, Connection, Document, Push, PushState


@dataclass(frozen=True, kw_only=True)
class Restored:
    """The state of one company's look-up."""

    company: Company
    #: None when it is off.
    since: datetime | None
    looked_up: int = 0
    #: How many of those QuickBooks had already.
    adopted: int = 0
    waiting: int = 0

    def plain(self) -> Json:
        """As plain JSON."""
        return {
            "company": self.company.slug,
            "since": self.since.isoformat() if self.since else "",
            "looked_up": self.looked_up,
            "adopted": self.adopted,
            "waiting": self.waiting,
        }


def looking(company: Company) -> Restored | None:
    """Its state; None for a company that is not connected to QuickBooks Online."""
    connection = Connection.objects.filter(company=company, system=QUICKBOOKS_ONLINE).first()
    if connection is None:
        return None
    if connection.restored_at is None:
        return Restored(company=company, since=None)
    looked_up = Push.objects.filter(company=company, looks_first=True, created_at__gte=connection.restored_at)
    return Restored(
        company=company,
        since=connection.restored_at,
        looked_up=looked_up.exclude(state=PushState.OPEN).count(),
        adopted=looked_up.filter(state=PushState.ADOPTED).count(),
        waiting=Document.objects.filter(company=company, state__in=UNSENT_STATES).count(),
    )


def begin_looking(company: Company) -> Restored | None:
    """Look each document up before its first send, from now on; pressing twice changes nothing."""
    rows = Connection.objects.filter(company=company, system=QUICKBOOKS_ONLINE, restored_at=None)
    rows.update(restored_at=timezone.now())
    return looking(company)


def end_looking(company: Company) -> Restored | None:
    """Everything since the backup is here again."""
    Connection.objects.filter(company=company, system=QUICKBOOKS_ONLINE).update(restored_at=None)
    return looking(company)
