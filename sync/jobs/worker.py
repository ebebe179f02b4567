"""How does a worker run? Some threads, each with one job at a time, until the process is asked to stop.

When it is, each job finishes the document in hand, gives its company's lease back, and puts what is left into the queue
again. A worker that is killed loses nothing either: its leases run out, and another one takes its jobs up.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.jobs import DeleteJobCondition
from procrastinate.psycopg_connector import PsycopgConnector

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
    """Do what is in the queue until the process is asked to stop."""
    rescue(app)
    _run(concurrency, turn, wait=True)


def work_off(*, concurrency: int, turn: float = TURN) -> None:
    """Put every company into the queue whose turn it is, and work until nothing is left in it."""
    rescue(app)
    for number in due_companies(shared_now()):
        enqueue("sync", company=number)
    while _anything_waits():
        _run(concurrency, turn, wait=False)


def _anything_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return bool(cursor.fetchone()[0])


def _run(concurrency: int, turn: float, *, wait: bool) -> None:
    connections.close_all()  # it may be a while until this thread asks the database for something
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4)
    # An application beside the usual one, so that jobs still put others into the queue in their own transactions
    asyncio.run(_work(app.with_connector(connector), concurrency, turn, wait=wait))


async def _work(worker_app: App, concurrency: int, turn: float, *, wait: bool) -> None:
    # Each job has a thread. The loop itself stays free to say that the worker is alive
    pool = ThreadPoolExecutor(max_workers=concurrency + 1, thread_name_prefix="job")
    asyncio.get_running_loop().set_default_executor(pool)
    async with worker_app.open_async():
        await worker_app.run_worker_async(
            concurrency=concurrency,
            wait=wait,
            additional_context={"turn": turn},
            fetch_job_polling_interval=_POLL,
            delete_jobs=DeleteJobCondition.SUCCESSFUL,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=DEAD_AFTER,
            # Asked to stop, jobs are told at once, and waited for
            shutdown_graceful_timeout=0.0 if wait else _AS_LONG_AS_IT_TAKES,
        )
