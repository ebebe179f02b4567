"""How does a worker run? Some threads, each with one job at a time, until the process is asked to stop.

When it is, each job finishes the document in hand, gives its company's lease back, and puts what is left into the queue
again. A worker that is killed loses nothing either: its leases run out, and another one takes its jobs up. One whose
connections break ends in the same way, but as one that failed, so that whatever started it starts it again.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import CancelledError
from concurrent.futures import ThreadPoolExecutor

import psycopg
from django.db import OperationalError, connection, connections
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.signals import on_stop

from sync.database_clock import shared_now
from sync.jobs.queue import DEAD_AFTER, HEARTBEAT, enqueue
from sync.jobs.rescue import rescue
from sync.jobs.schedule import due_companies
from sync.jobs.serve import TURN

_WAITING = "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status = 'todo')"
#: A worker that nobody wakes looks for jobs so often, in seconds.
_POLL = 2.0
_AS_LONG_AS_IT_TAKES = 86_400.0


def work(*, concurrency: int, turn: float = TURN) -> None:
    """Do what is in the queue until the process is asked to stop.

    Raises:
        OperationalError: The connections to the database broke; what was in hand goes on with the next worker.
    """
    rescue(app)
    _run(concurrency, turn, wait=True)


def work_off(*, concurrency: int, turn: float = TURN) -> None:
    """Put every company into the queue whose turn it is, and work until nothing is left in it.

    Raises:
        OperationalError: The connections to the database broke.
    """
    rescue(app)
    for number in due_companies(shared_now()):
        enqueue("sync", company=number)
    while _anything_waits():
        if _run(concurrency, turn, wait=False):
            return


def _anything_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return bool(cursor.fetchone()[0])


def _run(concurrency: int, turn: float, *, wait: bool) -> bool:
    """Work; whether the process was asked to stop."""
    connections.close_all()  # it may be a while until this thread asks the database for something
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4)
    broken = _WhatEnds()
    logger = logging.getLogger("procrastinate.worker")
    logger.addHandler(broken)
    try:
        # An application beside the usual one, so that jobs still put others into the queue in their own transactions
        asked = asyncio.run(_work(app.with_connector(connector), concurrency, turn, wait=wait))
    except (ConnectorException, psycopg.Error) as fault:
        raise _told(fault) from fault.__cause__
    finally:
        logger.removeHandler(broken)
    if broken.by is not None and not asked:
        raise _told(broken.by) from broken.by.__cause__
    return asked


class _WhatEnds(logging.Handler):
    """Notes what went wrong beside the jobs, such as with the sign of life, for which procrastinate ends."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.by: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "action", "") == "side_task_failed" and record.exc_info:
            self.by = record.exc_info[1]


def _told(fault: BaseException) -> BaseException:
    """A fault of procrastinate's connections as Django would raise it, which a command can say; any other as it is."""
    cause = fault.__cause__ if isinstance(fault, ConnectorException) else fault
    return OperationalError(str(cause)) if isinstance(cause, psycopg.Error) else fault


async def _work(worker_app: App, concurrency: int, turn: float, *, wait: bool) -> bool:
    """Work; whether the process was asked to stop."""
    # Each job has a thread. The loop itself stays free to say that the worker is alive
    pool = ThreadPoolExecutor(max_workers=concurrency + 1, thread_name_prefix="job")
    asyncio.get_running_loop().set_default_executor(pool)
    async with worker_app.open_async():
        working = asyncio.ensure_future(
            worker_app.run_worker_async(
                concurrency=concurrency,
                wait=wait,
                additional_context={"turn": turn},
                fetch_job_polling_interval=_POLL,
                delete_jobs=DeleteJobCondition.SUCCESSFUL,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=DEAD_AFTER,
                # Asked to stop, jobs are told at once, and waited for
                shutdown_graceful_timeout=0.0 if wait else _AS_LONG_AS_IT_TAKES,
                install_signal_handlers=False,
            )
        )
        asked = False

        def stop() -> None:
            nonlocal asked
            asked = True
            working.cancel()

        with on_stop(stop):
            try:
                await working
            except (CancelledError, ConnectorException):
                if not asked:
                    raise
    return asked
