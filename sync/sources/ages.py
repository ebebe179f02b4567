"""Which of two versions of an order is the newer one, by the source's own date?"""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sync.sources.days import read_instant
from sync.sources.values import BadValue


def is_older(found: datetime | None, known: datetime | None, *, zone: ZoneInfo) -> bool:
    """Whether what was found is certainly older than what is known; without both dates it is not.

    A source that states days only is compared by days: a moment at exactly midnight is a day.
    """
    if found is None or known is None:
        return False
    found, known = found.astimezone(zone), known.astimezone(zone)
    if time.min in (found.time(), known.time()):
        return found.date() < known.date()
    return found < known


def stated_moment(value: object, *, zone: ZoneInfo) -> datetime | None:
    """When something was changed, as a program wrote it; None for nothing, and for what is no moment.

    Args:
        value: Of any type; a moment that names no zone is in universal time.
        zone: The company's time zone, for a day alone.
    """
    try:
        return read_instant(str(value or ""), date_order="ymd", zone=zone, unnamed=UTC)
    except BadValue:
        return None


def latest(*moments: datetime | None) -> datetime | None:
    """The last of those that are there."""
    return max((moment for moment in moments if moment), default=None)


def newest_is_certain(listings: list[tuple[int, datetime | None]]) -> bool:
    """Whether one version of an order that is in a file several times is newer than all others.

    Args:
        listings: What tells each version's content apart, and its date.
    """
    dates = [moment for _, moment in listings if moment]
    if len(dates) < len(listings):
        return False
    newest = max(dates)
    return len({content for content, moment in listings if moment == newest}) == 1
