"""Who reads a source that a person asked for on a page? A thread of this process; a sync goes on where it ended."""

from __future__ import annotations

from django.contrib.auth.models import User

from companies.background import in_a_thread
from sync.fetching.fetch import close_dead_fetches, fetch_source
from sync.fetching.unread import unread_of
from sync.models import Connection, LiveSource
from sync.pushing.lease import leased
from sync.staging.import_file import prepare_imported


def read_in_the_background(source: Connection, *, by: User | None) -> None:
    """Read a source on in a thread, and prepare what it brought."""
    in_a_thread(f"fetch-{source.pk}", lambda: read_and_prepare(source, by=by))


def read_and_prepare(source: Connection, *, by: User | None) -> None:
    """Read a source on, all of it where orders could not be read before, and prepare what it brought."""
    with leased(source.company) as lease:
        if lease is None:  # a sync is at work, and reads the source too
            return
        close_dead_fetches(source.company)
        since = LiveSource.objects.get(pk=source.pk).starts_on if unread_of(source).exists() else None
        fetch_source(source, since=since, by=by, keep=lease.keep)
    prepare_imported(source.company, by=by)
