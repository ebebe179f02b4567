"""What becomes of a job whose worker died? It goes back into the queue: a job that runs twice finds nothing to do.

procrastinate itself leaves it as it is for ever, and keeps its lock, so that the company would never be served again.
"""

from __future__ import annotations

import logging

from django.db import connection, transaction
from procrastinate import App
from procrastinate.exceptions import UniqueViolation

from sync.database_clock import shared_now
from sync.jobs.queue import DEAD_AFTER

logger = logging.getLogger(__name__)

#: A job that its worker has not survived so often is taken out; its company has its next turn in time.
_MOST_ATTEMPTS = 3
#: Failed jobs are kept so long; what failed is in the schedule and in the log as well.
_KEPT_DAYS = 7
_STALLED = """
    SELECT job.id, job.task_name, job.args, job.attempts
      FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
     WHERE job.status = 'doing'
       AND (worker.id IS NULL OR worker.last_heartbeat < now() - %s * interval '1 second')
"""
_OLD = """
    DELETE FROM procrastinate_jobs WHERE status IN ('failed', 'aborted', 'cancelled', 'succeeded')
       AND NOT EXISTS (SELECT 1 FROM procrastinate_events event
                        WHERE event.job_id = procrastinate_jobs.id AND event.at > now() - %s * interval '1 day')
"""


def rescue(app: App) -> int:
    """Take up what dead workers left, and forget what failed long ago.

    Returns:
        How many jobs are to be done again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STALLED, [DEAD_AFTER])
        stalled = cursor.fetchall()
        cursor.execute(_OLD, [_KEPT_DAYS])
    return sum(_again(app, number, f"{task} {arguments}", attempts) for number, task, arguments, attempts in stalled)


def _again(app: App, number: int, what: str, attempts: int) -> bool:
    logger.warning("a worker died over %s", what)
    if attempts + 1 < _MOST_ATTEMPTS:
        try:
            with transaction.atomic():
                app.job_manager.retry_job_by_id(number, shared_now())
            return True
        except UniqueViolation:
            pass  # the same waits in the queue already, behind the lock of this one
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'doing'", [number])
    return False
