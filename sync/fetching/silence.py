"""Has a source that usually brings orders brought none for too long? By its own usual pauses, and not by a fixed time.

Source:
    docs/decisions/0067-many-orders-are-counted-first.md
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from django.utils import timezone

from sync.models import LiveSource, StagedOrder

#: So many of its last orders are looked at; fewer than the least of them say nothing about what is usual.
_LOOKED_AT, _LEAST_ORDERS = 300, 5
#: So many times its longest pause, and so many days at least.
_TIMES, _LEAST = 2, timedelta(days=2)


def silent_since(placed: Sequence[date], *, today: date, quiet_until: date | None = None) -> date | None:
    """The day of the last order of a source that is silent; None where it is not, or too little is known.

    Args:
        placed: The days on which its last orders were placed, in any order.
        today: The company's own day.
        quiet_until: Before that day a person expects no orders; from then on the time counts anew.
    """
    if len(placed) < _LEAST_ORDERS or (quiet_until and today < quiet_until):
        return None
    days = sorted({min(day, today) for day in placed})
    longest = max((later - earlier for earlier, later in pairwise(days)), default=timedelta(days=1))
    begins = max(days[-1], quiet_until or days[-1])
    return days[-1] if today - begins > max(_LEAST, _TIMES * longest) else None


def note_silence(live: LiveSource) -> date | None:
    """Take note of whether a source that was just read is silent; the day of its last order where it is."""
    source = live.connection
    placed: list[date] = []
    if live.read_whole_at is not None:
        orders = StagedOrder.objects.filter(company=source.company_id, connection=source)
        placed = list(orders.order_by("-placed_on", "-pk").values_list("placed_on", flat=True)[:_LOOKED_AT])
    today = timezone.localdate(timezone=source.company.zone)
    found = silent_since(placed, today=today, quiet_until=live.quiet_until)
    if found != live.silent_since:
        live.silent_since = found
        live.save(update_fields=["silent_since"])
    return found


def expect_none_until(live: LiveSource, day: date | None) -> None:
    """Switch the alarm off until a day, as for a season without orders; None switches it on."""
    live.quiet_until = day
    live.save(update_fields=["quiet_until"])
    note_silence(live)
