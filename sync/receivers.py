"""What does sync do when the accountant decides? It prepares again whatever was not sent, in the background if much."""

from __future__ import annotations

from django.contrib.auth.models import User

from companies.models import Company
from companies.signals import decisions_changed
from sync.jobs.begin import begin_resync
from sync.models import RunKind
from sync.preparing.events import follow_events
from sync.preparing.prepare import follow_statuses, mark_unsent, not_prepared, prepare_unsent
from sync.readiness import reading_stops
from sync.resync import start

#: More than this would keep the person who decided waiting; the rest are prepared in the background.
AT_ONCE = 100
#: More than this would take long to list; what is left is prepared by the next sync, before it sends anything.
IN_THE_BACKGROUND = 10_000


def connect() -> None:
    """Listen."""
    decisions_changed.connect(_prepare, dispatch_uid="sync.prepare_unsent")


def _prepare(*, company: Company, by: User | None = None, **_: object) -> None:
    follow_statuses(company)
    follow_events(company)
    if reading_stops(company) is not None:  # the first sync after that prepares them
        mark_unsent(company)
        return
    done = prepare_unsent(company, by=by, at_most=AT_ONCE)
    if by is None or done.orders + done.failed < AT_ONCE:  # all of them, or no one waits for the rest
        return
    if left := list(not_prepared(company).values_list("pk", flat=True)[:IN_THE_BACKGROUND]):
        begin_resync(start(company, left, by=by, kind=RunKind.PREPARE))
