"""How is a source doing that is asked over the internet: is it being read, and what did it bring lately?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from reconciliation.sync_history import counted_words
from sync.fetching.kinds import LIVE_KINDS
from sync.fetching.planning import Estimate, estimate
from sync.fetching.unread import unread_of
from sync.models import (
    Connection,
    Fetch,
    PlannedReading,
    RunState,
    Telling,
    UnreadOrder,
    WebhookEvent,
)

_SHOWN = 5
_UNREAD = 50
_TELLS = {
    Telling.ON: gettext_lazy("%(source)s reports changes by itself."),
    Telling.REFUSED: gettext_lazy(
        "%(source)s does not report changes to this login. To try another login, connect it again with that one."
    ),
    Telling.UNREACHED: gettext_lazy(
        "%(source)s could not reach this server to report changes, and is asked to try again each time it is read. Ask "
        "the person who runs this server whether it can be reached from the internet."
    ),
}


@dataclass(frozen=True, kw_only=True)
class ReadingState:
    """How it is doing."""

    fetches: list[Fetch]
    #: The newest of the orders that could not be read, and how many there are.
    unread: list[UnreadOrder]
    unread_number: int
    under_way: bool
    rests: bool
    #: Whether it tells of changes by itself, and how often it is asked, in words.
    tells: str
    #: When it last did; None where that is more than some days ago.
    told_at: datetime | None
    #: What waits to be read, or is being read; else what was read of the source at first.
    plan: PlannedReading | None
    takes: Estimate | None
    #: Of what there is, in hundredths; None where that is not known.
    share: int | None

    @property
    def waits(self) -> bool:
        """Whether a person is to start it."""
        return self.plan is not None and self.plan.started_at is None

    @property
    def waits_at_first(self) -> bool:
        """Whether nothing at all is read before a person starts it."""
        return self.waits and self.plan is not None and not self.plan.again

    @property
    def goes_on(self) -> bool:
        """Whether many orders are being read, today or tomorrow."""
        return self.plan is not None and self.plan.started_at is not None and self.plan.finished_at is None


def reading_of(source: Connection) -> ReadingState:
    """Seven queries at most."""
    now = timezone.now()
    plans = PlannedReading.objects.filter(connection=source).order_by("finished_at")
    plan = plans.filter(finished_at=None).first() or plans.last()
    fetches = list(Fetch.objects.filter(connection=source).select_related("run").order_by("-run")[:_SHOWN])
    for fetch in fetches:
        fetch.words = counted_words(fetch.run)  # type: ignore[attr-defined]
    events = WebhookEvent.objects.filter(connection=source).order_by("-received_at")
    told_at = events.values_list("received_at", flat=True).first()
    return ReadingState(
        unread=list(unread_of(source)[:_UNREAD]),
        unread_number=unread_of(source).count(),
        fetches=fetches,
        under_way=any(fetch.run.state == RunState.RUNNING for fetch in fetches),
        rests=source.live.rests_until is not None and source.live.rests_until > now,
        tells=_tells(source, told_at),
        told_at=told_at,
        plan=plan,
        takes=estimate(plan) if plan else None,
        share=min(100, plan.read * 100 // plan.expected) if plan and plan.expected else None,
    )


def _tells(source: Connection, told_at: datetime | None) -> str:
    telling = Telling(source.live.telling)
    # HighLevel is told at its own page where to send its events; that they come is all that is seen here
    telling = Telling.ON if telling == Telling.UNKNOWN and told_at else telling
    words = [str(_TELLS[telling]) % {"source": LIVE_KINDS[source.kind].name}] if telling in _TELLS else []
    minutes = settings.TIEOUT_SYNC_MINUTES
    looks = ngettext("Tieout looks every minute.", "Tieout looks every %(minutes)d minutes.", minutes)
    if telling == Telling.ON:
        looks = ngettext(
            "Beside that, Tieout looks every minute.", "Beside that, Tieout looks every %(minutes)d minutes.", minutes
        )
    return " ".join([*words, looks % {"minutes": minutes}])
