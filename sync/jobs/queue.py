"""Is there a job queue, does anybody work at it, and how does a job get into it?"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from sync.database_clock import shared_now

#: A worker says that it is alive so often; after so many seconds of silence it counts as dead.
HEARTBEAT = 5.0
DEAD_AFTER = 30.0

# A job that a person waits for goes first, what keeps the queue going before everything
BACKLOG, ASKED_FOR, HOUSEKEEPING = 0, 10, 100

_ALIVE = "SELECT EXISTS (SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - %s * interval '1 second')"


def has_queue() -> bool:
    """Whether there is a queue at all: it lives in PostgreSQL."""
    return connection.vendor == "postgresql"


def is_worked_at() -> bool:
    """Whether a worker is alive that would take a job now."""
    if not has_queue():
        return False
    with connection.cursor() as cursor:
        cursor.execute(_ALIVE, [DEAD_AFTER])
        return bool(cursor.fetchone()[0])


def same_job(task: str, *arguments: int | None) -> str:
    """What two jobs have in common of which one is enough."""
    return ":".join(map(str, (task, *arguments)))


def enqueue(
    task: str, *, company: int, priority: int = BACKLOG, after: int = 0, beside: bool = False, **arguments: int | None
) -> bool:
    """Put a job of a company into the queue, as part of the present transaction.

    Jobs of one company never run at once, but for those that only read; one that waits already is not put in twice.

    Args:
        task: Its name.
        company: Whose it is.
        priority: Higher goes first.
        after: Seconds before which it is not begun.
        beside: Whether it may run while another job of the company does; never beside one of its own name.
        **arguments: Of the task, beside the company.

    Returns:
        False when the same waits already.
    """
    job = app.configure_task(
        task,
        lock=same_job(task, company) if beside else f"company:{company}",
        queueing_lock=same_job(task, company, *arguments.values()),
        priority=priority,
        schedule_at=shared_now() + timedelta(seconds=after) if after else None,
    )
    try:
        with transaction.atomic():  # what is refused must not end the transaction around it
            job.defer(company=company, **arguments)
    except AlreadyEnqueued:
        return False
    return True
