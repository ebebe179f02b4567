"""Who does the long work that a person asked for on a page? A worker where one is alive, else this process, as ever."""

from __future__ import annotations

from typing import BinaryIO

from django.contrib.auth.models import User
from django.db import connection, transaction

from companies.activation import is_activated
from companies.models import Company
from sync import resync
from sync.fetching.background import read_in_the_background
from sync.jobs.given_up import forget
from sync.jobs.queue import ASKED_FOR, enqueue, is_worked_at, same_job
from sync.lists.refresh_in_background import load_in_the_background
from sync.models import CatalogueFile, Connection, Run
from sync.sources.base import Layout, ReadOptions
from sync.staging.catalogue_file import claim, work_in_the_background
from sync.staging.waiting_file import import_waiting, keep_file, start_again

_WAITING = """
    SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = %s AND status IN ('todo', 'doing'))
"""


def begin_resync(run: Run) -> None:
    """Work at a Re-sync without keeping anybody waiting."""
    if is_worked_at():
        enqueue("resync", company=run.company_id, run=run.pk, priority=ASKED_FOR)
    else:
        resync.carry_on(run)


def is_worked_on(run: Run) -> bool:
    """Whether a thread of this process or a worker has a Re-sync in hand, so that its page need only watch."""
    if resync.is_at_work(run):
        return True
    if not is_worked_at():
        return False
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [same_job("resync", run.company_id, run.pk)])
        return bool(cursor.fetchone()[0])


def begin_import(
    company: Company, layout: Layout, file: BinaryIO, *, name: str, options: ReadOptions, by: User, source: str = ""
) -> Run | None:
    """Have a worker import a file; None where none is alive, and the page imports it itself.

    Raises:
        WhichSource: It is not clear of which source the file is.
    """
    if not is_worked_at():
        return None
    with transaction.atomic():
        run = keep_file(company, layout, file, name=name, options=options, by=by, source=source)
        enqueue("import", company=company.pk, run=run.pk, priority=ASKED_FOR)
    return run


def begin_import_again(run: Run) -> bool:
    """Read the file of an import that broke off once more, here where no worker is alive; False where it cannot be."""
    at_worker = is_worked_at()
    with transaction.atomic():
        if not start_again(run):
            return False
        if at_worker:
            forget(same_job("import", run.company_id, run.pk))
            enqueue("import", company=run.company_id, run=run.pk, priority=ASKED_FOR)
    if not at_worker:
        import_waiting(run.pk)
    return True


def begin_catalogue(kept: CatalogueFile) -> None:
    """Read a large file of items, or take it, without keeping anybody waiting; begun twice, it is done once."""
    if not claim(kept):
        return
    if is_worked_at():
        enqueue("catalogue", company=kept.company_id, file=kept.pk, priority=ASKED_FOR)
    else:
        work_in_the_background(kept)


def begin_first_load(company: Company, *, by: User | None) -> None:
    """Read the lists of a company that was just connected, without keeping anybody waiting."""
    if is_worked_at():
        enqueue("load-lists", company=company.pk, by=by.pk if by else None, priority=ASKED_FOR)
    else:
        load_in_the_background(company, by=by)


def begin_reading(source: Connection, *, by: User | None) -> bool:
    """Read a source on and prepare what it brought, without keeping anybody waiting.

    Where orders could not be read, all of it is read again: a new release of Tieout may read them.

    Returns:
        False where the company is not activated, so that nothing is read for it.
    """
    if not is_activated(source.company):
        return False
    if is_worked_at():
        person = by.pk if by else None
        enqueue("read-source", company=source.company_id, source=source.pk, by=person, priority=ASKED_FOR)
    else:
        read_in_the_background(source, by=by)
    return True
