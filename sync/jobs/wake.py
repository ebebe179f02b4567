"""What does a company do about what it was told of? It has its next turn soon: one for many events, one a minute.

Where a worker is alive it serves the company as soon as its turn has come. Elsewhere a thread of the web server does.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from datetime import datetime

from django.db import DatabaseError

from companies.background import in_a_thread
from sync.database_clock import shared_now
from sync.jobs.queue import is_worked_at
from sync.jobs.schedule import LATE, wakes_at
from sync.jobs.serve import serve
from sync.models import CompanySchedule, WebhookEvent
from sync.readiness import companies_to_sync
from sync.webhook_events import forget_old_events

logger = logging.getLogger(__name__)

_guard = threading.Lock()
#: The companies that a thread of this process has in hand.
_in_hand: set[int] = set()
_ends = threading.Event()
_NAME = "fetch-woken-"


def wake(companies: Iterable[int]) -> None:
    """Let companies have their next turn soon. What was told is kept already, so nothing hangs on it."""
    for number in companies:
        try:
            _wake(number, now=shared_now())
        except DatabaseError:
            logger.exception("company %s was not woken, and is read at its usual time", number)


def let_go() -> None:
    """End the threads of this process that wait for a turn, which then comes at its usual time."""
    _ends.set()
    for thread in threading.enumerate():
        if thread.name.startswith(_NAME):
            thread.join()
    _ends.clear()


def _wake(number: int, *, now: datetime) -> None:
    row = CompanySchedule.objects.filter(company=number).first()
    at = wakes_at(row.served_at if row else None, now=now)
    if row and (row.failures or now - LATE <= row.due_at <= at):
        return  # it waits until it can be reached; or its turn comes by then
    if not companies_to_sync().filter(pk=number).exists():
        return
    if row:  # of many that are told at once, one is the first
        is_first = bool(CompanySchedule.objects.filter(company=number, due_at=row.due_at).update(due_at=at))
    else:
        is_first = CompanySchedule.objects.get_or_create(company_id=number, defaults={"due_at": at})[1]
    if not is_first:
        return
    forget_old_events(number, now=now)
    if not is_worked_at():
        _serve_in_the_background(number)


def _serve_in_the_background(number: int) -> None:
    with _guard:
        if number in _in_hand:  # the thread looks again when its turn is over
            return
        _in_hand.add(number)
    in_a_thread(f"{_NAME}{number}", lambda: _serve(number))


def _serve(number: int) -> None:
    """Give a company the turns that it was woken for, each at its time."""
    began: datetime | None = None
    try:
        while (wait := _seconds_to_wait(number, began=began)) is not None:
            if _ends.wait(wait):
                return
            began = shared_now()
            while serve(number, stops=lambda: False):
                pass
    finally:
        with _guard:
            _in_hand.discard(number)


def _seconds_to_wait(number: int, *, began: datetime | None) -> float | None:
    """Seconds until the turn that a company was woken for; None where there is none more, and the thread has ended.

    Args:
        number: Of the company.
        began: When the last turn of the thread began; None before the first.
    """
    with _guard:
        now = shared_now()
        row = CompanySchedule.objects.filter(company=number).first()
        told = began is None or WebhookEvent.objects.filter(connection__company=number, received_at__gte=began).exists()
        if row and told and row.due_at <= wakes_at(now, now=now):
            return max(0.0, (row.due_at - now).total_seconds())
        _in_hand.discard(number)
        return None
