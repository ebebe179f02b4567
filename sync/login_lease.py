"""Who may change the secret of a connection? One process at a time, to QuickBooks and to sources alike.

What is secret is written only by the holder of the lease on the connection's row: connecting, renewing, rotating the
encryption key, disconnecting.

Source: docs/decisions/0016-one-renews-the-login.md
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from sync.database_clock import shared_now
from sync.models import Connection, ConnectionState
from sync.secrets import rotate

#: Longer than a renewal can take, so that nobody takes over from one that is still going to succeed.
LEASE = timedelta(seconds=120)
#: Seconds.
_PATIENCE = 60.0
_GLANCE = 0.05


class LoginBusy(Exception):
    """Another process has been holding the lease for longer than anything takes."""

    def __init__(self) -> None:
        super().__init__("A login is being renewed by another process. Wait two minutes and try again.")


def needs_attention(pk: int, sentence: str) -> None:
    """Mark a connection as needing a person, unless it was disconnected meanwhile."""
    living = Connection.objects.filter(pk=pk).exclude(state=ConnectionState.DISCONNECTED)
    living.update(state=ConnectionState.NEEDS_ATTENTION, last_error=sentence)


@contextmanager
def lease(pk: int) -> Iterator[Connection]:
    """Be the only one to change a connection's secret; waits for its turn, then reads the row.

    Raises:
        LoginBusy: Nobody let go within a minute.
        RuntimeError: Inside a transaction, whose end could take back the only copy of a new pair of tokens.
    """
    holder = uuid.uuid4().hex
    _take(pk, holder)
    try:
        yield Connection.objects.select_related("company").get(pk=pk)
    finally:
        Connection.objects.filter(pk=pk, refreshing_by=holder).update(refreshing_by="", refreshing_until=None)


def rotate_keys() -> int:
    """Rewrite every stored secret under the first key; returns how many there were.

    Raises:
        SecretUnreadable: One of them was written with a key that is not there any more.
        LoginBusy: One of them is being changed all the time.
    """
    keys = Connection.objects.exclude(secret="").order_by("pk").values_list("pk", flat=True)
    for pk in list(keys):
        with lease(pk) as row:
            if row.secret:
                Connection.objects.filter(pk=pk).update(secret=rotate(row.secret))
    return len(keys)


def _take(pk: int, holder: str) -> None:
    give_up = time.monotonic() + _PATIENCE
    while not _taken(pk, holder):
        if time.monotonic() > give_up:
            raise LoginBusy
        time.sleep(_GLANCE)


def _taken(pk: int, holder: str) -> bool:
    now = shared_now()
    # No lease lasts longer than one; such a one was written by a clock that ran far ahead
    free = Q(refreshing_until__isnull=True) | Q(refreshing_until__lt=now) | Q(refreshing_until__gt=now + 2 * LEASE)
    with transaction.atomic(durable=True):
        return Connection.objects.filter(free, pk=pk).update(refreshing_by=holder, refreshing_until=now + LEASE) == 1
