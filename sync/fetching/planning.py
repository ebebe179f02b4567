"""What does it take to read a source from a day on, and how far has it come? Counted before any of it is read.

A few hundred orders are read at once. More of them wait for a person, who sees how many there are, how many requests
they take, and when the limits of the source let them be done.

Source:
    docs/decisions/0067-many-orders-are-counted-first.md
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from books.messages import Message
from books.outcomes import TryLater
from books.translation import gettext_noop
from sync.fetching.base import Reader, ReadingSize
from sync.fetching.kinds import LIVE_KINDS
from sync.models import Connection, LiveSource, PlannedReading

#: So many are read without asking.
_FEW = 500
#: Seconds that a request takes with what is done with its answer, where no limit makes it longer.
_A_REQUEST = 0.5
_TOO_EARLY = gettext_noop("The source begins with %(begins)s: nothing placed before that day is ever read of it.")
_UNDER_WAY = gettext_noop("It is being read from %(begins)s on already. Wait until that is done.")


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """How long a reading takes, about."""

    minutes: int
    #: On how many days requests are sent; more than one where the day's limit is reached meanwhile.
    days: int


def plan_reading(
    source: Connection, size: ReadingSize | TryLater, *, begins_on: date, again: bool, by: User | None
) -> PlannedReading:
    """Keep what was counted, in place of a plan that was not started. A small one is started at once.

    Args:
        source: Which was connected.
        size: As `Reader.size` counted; where that failed, a person decides.
        begins_on: The first day.
        again: Whether it was read before.
        by: The person who asked.
    """
    plan = counted(source, size, begins_on=begins_on, again=again)
    with transaction.atomic():
        PlannedReading.objects.filter(connection=source, started_at=None, finished_at=None).delete()
        plan.save()
        if is_small(plan):
            _begin(plan, by)
    return plan


def counted(
    source: Connection, size: ReadingSize | TryLater, *, begins_on: date, again: bool = False
) -> PlannedReading:
    """A plan that is not kept."""
    plan = PlannedReading(connection=source, begins_on=begins_on, again=again)
    if isinstance(size, ReadingSize):
        plan.expected, plan.at_most, plan.requests = size.records, size.at_most, size.requests
        limits = size.limits
        plan.left_today, plan.a_day, plan.a_minute = limits.today, limits.a_day, limits.a_minute
    return plan


def replan(source: Connection, reader: Reader, *, begins_on: date, by: User | None) -> PlannedReading | Message:
    """Count what there is from another day on: for the first reading while it waits, else to read it again.

    Args:
        source: Which was connected.
        reader: Of it.
        begins_on: The first day.
        by: The person who asked.
    """
    live = LiveSource.objects.get(pk=source.pk)
    plan = open_plan(source)
    waits = plan is not None and plan.started_at is None
    first = plan is not None and waits and not plan.again
    if plan is not None and not waits:
        return Message.of(_UNDER_WAY, begins=f"{plan.begins_on:%Y-%m-%d}")
    if not first and begins_on < live.starts_on:
        return Message.of(_TOO_EARLY, begins=f"{live.starts_on:%Y-%m-%d}")
    size = reader.size(starts_on=begins_on)
    if first:
        LiveSource.objects.filter(pk=source.pk).update(starts_on=begins_on)
    return plan_reading(source, size, begins_on=begins_on, again=not first, by=by)


def is_small(plan: PlannedReading) -> bool:
    """Whether it is read at once, without asking."""
    if plan.expected is None or plan.requests is None:
        return False
    return plan.expected <= _FEW and (plan.left_today is None or plan.requests <= plan.left_today)


def start_reading(source: Connection, *, by: User | None) -> bool:
    """Start what waits. Whether there was anything."""
    with transaction.atomic():
        waiting = PlannedReading.objects.select_for_update().filter(
            connection=source, started_at=None, finished_at=None
        )
        plan = waiting.first()
        if plan is None:
            return False
        _begin(plan, by)
    return True


def leave_plan(source: Connection) -> None:
    """Let go of a plan to read again that was not started; a first reading waits on."""
    PlannedReading.objects.filter(connection=source, started_at=None, finished_at=None, again=True).delete()


def open_plan(source: Connection) -> PlannedReading | None:
    """What waits or is being read; None where neither is so."""
    return PlannedReading.objects.filter(connection=source, finished_at=None).first()


def waits_for_start(source: Connection) -> bool:
    """Whether nothing is read of a source, because its first reading waits for a person."""
    waiting = PlannedReading.objects.filter(connection=source, started_at=None, finished_at=None, again=False)
    return waiting.exists()


def estimate(plan: PlannedReading) -> Estimate | None:
    """How long it takes, about; None where it was not counted."""
    if plan.requests is None:
        return None
    a_request = max(_A_REQUEST, 60 / plan.a_minute if plan.a_minute else 0)
    days = 1
    if plan.left_today is not None and plan.requests > plan.left_today:
        a_day = plan.a_day or plan.left_today
        days += ceil((plan.requests - plan.left_today) / max(a_day, 1))
    return Estimate(minutes=max(1, ceil(plan.requests * a_request / 60)), days=days)


def reading_under_way(live: LiveSource) -> PlannedReading | None:
    """What a fetch that begins now is to count for; None where nothing was planned, or it waits.

    What is read again begins by moving the cursor back, so it is resumed as every reading is. That is done by the fetch
    itself, since one that is at work keeps its own cursor.
    """
    plan = open_plan(live.connection)
    if plan is None or plan.started_at is None:
        return None
    if plan.again and not plan.calls:
        source = live.connection
        live.cursor = LIVE_KINDS[source.kind].moved_back(live.cursor, plan.begins_on, source.company.zone)
        live.save(update_fields=["cursor"])
    return plan


def note_progress(plan: PlannedReading | None, *, read: int, calls: int, is_done: bool = False) -> None:
    """Take note of what one page brought.

    Args:
        plan: What is being read; None where none is.
        read: Orders of the page.
        calls: Requests since the page before.
        is_done: Everything was read.
    """
    if plan is None:
        return
    plan.read += read
    plan.calls += calls
    plan.finished_at = timezone.now() if is_done else None
    plan.save(update_fields=["read", "calls", "finished_at"])


def _begin(plan: PlannedReading, by: User | None) -> None:
    plan.started_at, plan.started_by = timezone.now(), by
    plan.save(update_fields=["started_at", "started_by"])
