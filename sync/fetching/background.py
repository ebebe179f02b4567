"""Who reads a source that a person asked for on a page? A thread of this process; a sync goes on where it ended."""

from __future__ import annotations

import logging
import threading

from django.contrib.auth.models import User
from django.db import connections

from companies.activation import is_activated
from sync.fetching.fetch import close_dead_fetches, fetch_source
from sync.fetching.unread import unread_of
from sync.models import Connection, LiveSource
from sync.pushing.lease import leased
from sync.staging.import_file import prepare_imported

logger = logging.getLogger(__name__)


def read_in_the_background(source: Connection, *, by: User | None) -> threading.Thread | None:
    """Read a source on, and prepare what it brought, without keeping anybody waiting.

    Where orders could not be read, all of it is read again: a new release of Tieout may read them.

    Returns:
        None where the company is not activated, so that nothing is read for it.
    """
    if not is_activated(source.company):
        return None
    thread = threading.Thread(target=_read, args=(source, by), name=f"fetch-{source.pk}", daemon=True)
    thread.start()
    return thread


def _read(source: Connection, by: User | None) -> None:
    try:
        with leased(source.company) as lease:
            if lease is None:  # a sync is at work, and reads the source too
                return
            close_dead_fetches(source.company)
            since = LiveSource.objects.get(pk=source.pk).starts_on if unread_of(source).exists() else None
            fetch_source(source, since=since, by=by, keep=lease.keep)
        prepare_imported(source.company, by=by)
    except Exception:
        logger.exception("reading the source %s failed", source.pk)
    finally:
        connections.close_all()
