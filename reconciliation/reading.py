"""How is a source doing that is asked over the internet: is it being read, what did it bring lately, is it silent?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.utils import timezone

from reconciliation.sync_history import counted_words
from sync.fetching.unread import unread_of
from sync.models import Connection, Fetch, RunState, StagedOrder, UnreadOrder

_SHOWN = 5
_UNREAD = 50
#: A source is silent when it has brought nothing for three times the longest pause of its last orders …
_TIMES, _LOOKED_AT = 3, 30
#: … and for two days at least.
_LEAST = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class ReadingState:
    """How it is doing."""

    fetches: list[Fetch]
    #: The newest of the orders that could not be read, and how many there are.
    unread: list[UnreadOrder]
    unread_number: int
    under_way: bool
    rests: bool
    is_silent: bool


def reading_of(source: Connection) -> ReadingState:
    """Five queries."""
    now = timezone.now()
    fetches = list(Fetch.objects.filter(connection=source).select_related("run").order_by("-run")[:_SHOWN])
    for fetch in fetches:
        fetch.words = counted_words(fetch.run)  # type: ignore[attr-defined]
    newest = StagedOrder.objects.filter(connection=source).order_by("-pk").values_list("staged_at", flat=True)
    return ReadingState(
        unread=list(unread_of(source)[:_UNREAD]),
        unread_number=unread_of(source).count(),
        fetches=fetches,
        under_way=any(fetch.run.state == RunState.RUNNING for fetch in fetches),
        rests=source.live.rests_until is not None and source.live.rests_until > now,
        is_silent=is_silent(list(newest[:_LOOKED_AT]), now=now),
    )


def is_silent(brought: list[datetime], *, now: datetime) -> bool:
    """Whether a source that usually brings orders has brought none for a while.

    Args:
        brought: When its last orders came in, the newest first. Fewer than five say nothing.
        now: The present moment.
    """
    if len(brought) < 5:
        return False
    pauses = [later - earlier for later, earlier in pairwise(brought)]
    return now - brought[0] > max(_LEAST, _TIMES * max(pauses))
