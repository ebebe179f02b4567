"""What becomes of a job that broke off? It goes back into the queue: a job that runs twice finds nothing to do.

A job whose worker died is left as it is by procrastinate for ever, with its lock, so that the company would never be
served again. One that failed, most often since the database went away for a moment, is forgotten by it, so that what a
person asked for would never be done. One that its worker has not survived three times is taken out, and its company has
its next turn in time; one that failed three times is left as that. What either worked at has ended, and says so.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from django.db import connection, transaction
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from sync.database_clock import shared_now
from sync.jobs.given_up import LAST_COUNT, MOST_ATTEMPTS, tell
from sync.jobs.queue import DEAD_AFTER

logger = logging.getLogger(__name__)

#: Seconds until one that failed is begun again.
_LATER = 10
#: These come again by themselves.
_COME_AGAIN = ["sync", "enqueue-due", "rescue"]
#: Failed jobs are kept so long; what failed is in the schedule and in the log as well.
_KEPT_DAYS = 7
_STALLED = """
    SELECT job.id, job.task_name, job.args, job.attempts
      FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
     WHERE job.status = 'doing'
       AND (worker.id IS NULL OR worker.last_heartbeat < now() - %s * interval '1 second')
"""
_FAILED = """
    SELECT job.id, job.task_name, job.args
      FROM procrastinate_jobs job
      JOIN (SELECT job_id, max(at) AS at FROM procrastinate_events WHERE type = 'failed' GROUP BY job_id) failed
        ON failed.job_id = job.id
     WHERE job.status = 'failed' AND job.attempts < %s AND job.task_name <> ALL (%s)
       AND failed.at BETWEEN now() - interval '1 hour' AND now() - %s * interval '1 second'
"""
_GIVEN_UP = """
    SELECT job.task_name, job.args
      FROM procrastinate_jobs job
      JOIN (SELECT job_id, max(at) AS at FROM procrastinate_events WHERE type = 'failed' GROUP BY job_id) failed
        ON failed.job_id = job.id
     WHERE job.status = 'failed' AND job.task_name <> ALL (%s)
       AND (job.attempts >= %s OR failed.at < now() - interval '1 hour')
"""
_OLD = """
    DELETE FROM procrastinate_jobs WHERE status IN ('failed', 'aborted', 'cancelled', 'succeeded')
       AND NOT EXISTS (SELECT 1 FROM procrastinate_events event
                        WHERE event.job_id = procrastinate_jobs.id AND event.at > now() - %s * interval '1 day')
"""


def rescue(app: App) -> int:
    """Take up what dead workers left and what failed just now, and forget what failed long ago.

    Returns:
        How many jobs are to be done again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STALLED, [DEAD_AFTER])
        stalled = cursor.fetchall()
        cursor.execute(_FAILED, [LAST_COUNT, _COME_AGAIN, _LATER])
        failed = cursor.fetchall()
        cursor.execute(_GIVEN_UP, [_COME_AGAIN, LAST_COUNT])
        given_up = cursor.fetchall()
        cursor.execute(_OLD, [_KEPT_DAYS])
    tell([(task, _read(arguments)) for task, arguments in given_up])
    again = sum(_again(app, number, task, arguments, attempts) for number, task, arguments, attempts in stalled)
    return again + sum(_put_back(app, number, f"{task} {arguments}") for number, task, arguments in failed)


def _put_back(app: App, number: int, what: str) -> bool:
    """Put a job into the queue again, unless the same waits there already, or another worker has just done so."""
    try:
        with transaction.atomic():
            app.job_manager.retry_job_by_id(number, shared_now())
    except ConnectorException:
        return False
    logger.info("begun again: %s", what)
    return True


def _again(app: App, number: int, task: str, arguments: str, attempts: int) -> bool:
    what = f"{task} {arguments}"
    logger.warning("a worker died over %s", what)
    may_go_on = attempts + 1 < MOST_ATTEMPTS
    if may_go_on and _put_back(app, number, what):
        return True
    # Done too often; or the same waits in the queue already, behind the lock of this one
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'doing'", [number])
        if not may_go_on:
            tell([(task, _read(arguments))])
    return False


def _read(arguments: str | dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(arguments) if isinstance(arguments, str) else arguments
    return read
