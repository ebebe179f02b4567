"""What does sync do when the accountant decides? It prepares again whatever was not sent."""

from __future__ import annotations

from django.contrib.auth.models import User

from companies.models import Company
from companies.signals import decisions_changed
from sync.preparing.events import follow_events
from sync.preparing.prepare import follow_statuses, prepare_unsent
from sync.readiness import reading_stops

#: More than this would keep the person who decided waiting; the next sync prepares the rest.
AT_ONCE = 500


def connect() -> None:
    """Listen."""
    decisions_changed.connect(_prepare, dispatch_uid="sync.prepare_unsent")


def _prepare(*, company: Company, by: User | None = None, **_: object) -> None:
    follow_statuses(company)
    follow_events(company)
    if reading_stops(company) is None:
        prepare_unsent(company, by=by, at_most=AT_ONCE)
