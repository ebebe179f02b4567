"""What does a worker do for one company in one turn? What the command and the screen do, for a bounded time."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.contrib.auth.models import User

from companies.models import Company
from sync.database_clock import shared_now
from sync.fetching.background import read_and_prepare
from sync.jobs.schedule import note_begun, note_broken, note_turn
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.models import OF_ORDERS, Connection, ConnectionState, Run, RunState
from sync.readiness import companies_to_sync
from sync.resync import advance
from sync.run import sync_company
from sync.turn import turn_of

logger = logging.getLogger(__name__)

Stops = Callable[[], bool]

#: Seconds of a turn. With more companies than a worker has places each waits for the turns of those before it.
TURN = 30.0
#: Seconds that a turn may wait for QuickBooks: one that wants a longer rest is left alone, and others are served.
_MAY_WAIT = 2.0
#: Seconds of one step of a Re-sync, after which its page shows how far it has come.
_STEP = 5.0
#: A Re-sync that found another process at work for its company looks again after so many seconds.
_AGAIN = 2


def serve(number: int, *, stops: Stops, seconds: float = TURN) -> bool:
    """Give a company its turn.

    Args:
        number: Of the company; one that was switched off meanwhile has no turn.
        stops: Whether the worker is to end.
        seconds: How long the turn may last.

    Returns:
        Whether there is more to do at once.
    """
    company = companies_to_sync().filter(pk=number).first()
    if company is None:
        return False
    began = shared_now()
    note_begun(company, began=began)
    try:
        report = sync_company(company, may_wait=_MAY_WAIT, turn=turn_of(seconds, stops=stops))
    except Exception as fault:
        note_broken(company, began=began, fault=fault)
        raise
    note_turn(report, began=began)
    done = ", ".join(f"{count} {name}" for name, count in report.counts.items() if count) or "nothing to do"
    logger.info("company %s: %s%s", company.slug, done, "; its turn was over" if report.more else "")
    return report.more


def work_at_resync(number: int, *, stops: Stops, seconds: float = TURN) -> int | None:
    """Work at a Re-sync for one turn.

    Returns:
        After how many seconds to go on with it; None when it has ended.
    """
    run = Run.objects.select_related("company", "asked_by").filter(pk=number, kind__in=OF_ORDERS).first()
    turn = turn_of(seconds, stops=stops)
    if run is not None and run.state != RunState.RUNNING:  # a person stopped it, and its proof may be left
        advance(run)
    while run is not None and run.state == RunState.RUNNING and not turn.is_over():
        done = run.items.filter(done=True).count()
        run = advance(run, seconds=turn.ends_within(_STEP), asked_to_stop=stops)
        if run.state == RunState.RUNNING and run.items.filter(done=True).count() == done and not stops():
            return _AGAIN
    return 0 if run is not None and run.state == RunState.RUNNING else None


def load_lists(number: int, *, by: int | None) -> None:
    """Read the lists of a company that was just connected."""
    company = Company.objects.filter(pk=number).first()
    if company is not None:
        refresh_and_prepare(company, by=User.objects.filter(pk=by).first() if by else None)


def read_source(number: int, *, by: int | None) -> None:
    """Read a source on that a person asked for; one that was disconnected meanwhile is left alone."""
    source = Connection.objects.select_related("company").filter(pk=number, live__isnull=False).first()
    if source is not None and source.state != ConnectionState.DISCONNECTED:
        read_and_prepare(source, by=User.objects.filter(pk=by).first() if by else None)
