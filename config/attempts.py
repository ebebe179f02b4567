"""How often may someone try to sign in? A few times at once, then with waits that double.

Failures are counted by name, whatever the address, and by address, whatever the name, for as long as none is older
than a day. An attempt during a wait is refused unseen, right password or not, and makes the wait no longer.
Source: docs/decisions/0041-waits-between-attempts.md
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt, AccessFailureLog
from django.db.models import F, Max, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from config.models import AttemptsDuringWait

logger = logging.getLogger(__name__)

#: Failures before the first wait. An address may be an office full of people.
BY_NAME, BY_ADDRESS = 5, 20
FIRST_WAIT = timedelta(minutes=1)
#: A name stays reachable for its owner while others guess at it; an address that goes on guessing need not be.
LONGEST_BY_NAME, LONGEST_BY_ADDRESS = timedelta(minutes=15), timedelta(hours=1)
#: So many rows of attempts during waits one address can fill in an hour.
MOST_ROWS = 100
#: How long the list of failed attempts reaches back.
KEPT = timedelta(days=90)


def wait_after(failures: int, *, allowed: int, longest: timedelta) -> timedelta:
    """How long nobody may try after so many failures; zero while they are fewer than `allowed`."""
    if failures < allowed:
        return timedelta()
    doublings = min(failures - allowed, 16)
    return min(longest, FIRST_WAIT * (1 << doublings))


def remaining(wait: timedelta, *, since: datetime, now: datetime) -> timedelta:
    """What is left of a wait. A failure that a wrong clock dated into the future begins none."""
    left = since + wait - now
    return left if timedelta() < left <= wait else timedelta()


class GrowingWaits(AxesDatabaseHandler):
    """Keeps failures as django-axes does, and judges them by the rules above."""

    def is_locked(self, request: HttpRequest, credentials: Mapping[str, object] | None = None) -> bool:
        return bool(self.wait_of(request, credentials))

    def wait_of(self, request: HttpRequest, credentials: Mapping[str, object] | None = None) -> timedelta:
        """How long this name, from this address, has to wait still; the longer one of both."""
        now = timezone.now()
        return max(remaining(wait, since=since, now=now) for wait, since in self._waits(request, credentials, now))

    def get_failures(self, request: HttpRequest, credentials: Mapping[str, object] | None = None) -> int:
        """One while there is a wait, else none: the library compares it with a limit of one."""
        return int(self.is_locked(request, credentials))

    def user_login_failed(
        self, sender: object, credentials: Mapping[str, object], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        if request is not None and getattr(request, "axes_locked_out", False):  # django-axes keeps nothing of these
            _note_during_wait(request, credentials)
        super().user_login_failed(sender, credentials, request, **kwargs)
        AccessFailureLog.objects.filter(attempt_time__lt=timezone.now() - KEPT).delete()

    def reset_user_attempts(self, request: Any, credentials: Mapping[str, Any] | None = None) -> int:
        """Forget the failures of this person at this address; what others tried elsewhere with the name stays."""
        row = AccessAttempt.objects.filter(username=name_of(request, credentials), ip_address=request.axes_ip_address)
        return int(row.delete()[0])

    def _waits(
        self, request: HttpRequest, credentials: Mapping[str, object] | None, now: datetime
    ) -> Iterator[tuple[timedelta, datetime]]:
        # In the order of AXES_LOCKOUT_PARAMETERS, and none of them older than AXES_COOLOFF_TIME
        by_name, by_address = self.get_user_attempts(request, credentials)
        for attempts, allowed, longest in (
            (by_name, BY_NAME, LONGEST_BY_NAME),
            (by_address, BY_ADDRESS, LONGEST_BY_ADDRESS),
        ):
            failures, last = _counted(attempts)
            yield wait_after(failures, allowed=allowed, longest=longest), last or now


def _note_during_wait(request: Any, credentials: Mapping[str, Any]) -> None:
    """Write down an attempt that was refused unseen, with name and address; those of one wait share a row."""
    name, address, now = name_of(request, credentials), request.axes_ip_address, timezone.now()
    logger.warning("Sign-in refused during a wait: %s", who(name, address))
    lately = AttemptsDuringWait.objects.filter(ip_address=address, last_at__gt=now - LONGEST_BY_ADDRESS)
    row = lately.filter(username=name).order_by("-pk").first()
    if row is None and lately.count() >= MOST_ROWS:
        row = lately.order_by("-pk").first()  # names by the thousand fill no table; the log has each
    if row is None:
        AttemptsDuringWait.objects.create(
            username=name,
            ip_address=address,
            user_agent=request.axes_user_agent,
            http_accept=request.axes_http_accept,
            path_info=request.axes_path_info,
            last_at=now,
        )
    else:
        AttemptsDuringWait.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1, last_at=now)


def name_of(request: HttpRequest | None, credentials: Mapping[str, object] | None) -> str | None:
    """The name that was tried, in one spelling: `Ada` and `ada ` share their attempts."""
    given = credentials.get("username") if credentials else request.POST.get("username") if request else None
    return None if given is None else unicodedata.normalize("NFKC", str(given)).strip().casefold()[:255]


def who(name: str | None, address: str | None, *_rest: Any) -> str:
    """Name and address for the log, on one line whatever was typed."""
    return f"{name!r} from {address}"


def _counted(attempts: QuerySet[Any]) -> tuple[int, datetime | None]:
    counted = attempts.aggregate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
    return counted["failures"] or 0, counted["last"]
