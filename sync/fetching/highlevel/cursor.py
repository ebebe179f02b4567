"""How far has a HighLevel sub-account been read?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, tzinfo

from books.json_types import Json


@dataclass(frozen=True, kw_only=True)
class HighLevelCursor:
    """Moments are by HighLevel's own clock."""

    #: Invoices that were created before it are never read.
    connected: datetime
    #: Payments that were made before that day were read, once; None when all had been.
    first_reading: date | None
    #: Invoices that were changed before it were read.
    invoices: datetime
    #: Transactions that were changed before it were read.
    transactions: datetime
    #: When everything was looked through last, however old.
    looked_through: datetime

    def plain(self) -> Json:
        """As plain JSON."""
        return {
            "connected": self.connected.isoformat(),
            "first_reading": self.first_reading.isoformat() if self.first_reading else "",
            "invoices": self.invoices.isoformat(),
            "transactions": self.transactions.isoformat(),
            "looked_through": self.looked_through.isoformat(),
        }


def read_cursor(plain: Json, *, starts_on: date, now: datetime) -> HighLevelCursor:
    """The cursor as it was kept; for the first reading, the one that begins with the connection."""
    connected = datetime.fromisoformat(str(plain.get("connected") or now.isoformat()))
    first = str(plain.get("first_reading", starts_on.isoformat()))
    return HighLevelCursor(
        connected=connected,
        first_reading=date.fromisoformat(first) if first else None,
        invoices=datetime.fromisoformat(str(plain.get("invoices") or connected.isoformat())),
        transactions=datetime.fromisoformat(str(plain.get("transactions") or connected.isoformat())),
        looked_through=datetime.fromisoformat(str(plain.get("looked_through") or connected.isoformat())),
    )


def first_cursor(connected: datetime) -> Json:
    """The cursor of a sub-account that was just connected."""
    return {"connected": connected.isoformat()}


def moved_back(plain: Json, day: date, zone: tzinfo) -> Json:
    """The cursor from which all that was changed or paid since a day is read again."""
    start = datetime.combine(day, time.min, zone).astimezone(UTC)
    cursor = read_cursor(plain, starts_on=day, now=datetime.now(UTC))
    first = min(day, cursor.first_reading or day)
    # Never looked through, so that also invoices which were issued long before are listed
    never = datetime(1970, 1, 2, tzinfo=UTC)
    back = replace(cursor, first_reading=first, invoices=min(cursor.invoices, start), looked_through=never)
    return back.plain()
