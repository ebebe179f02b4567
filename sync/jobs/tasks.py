"""Which jobs are there? Each is a name for something that a command or a screen does too."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

from sync.database_clock import shared_now
from sync.ending import close_what_died
from sync.jobs.given_up import told_of
from sync.jobs.queue import HOUSEKEEPING, enqueue
from sync.jobs.rescue import rescue
from sync.jobs.schedule import due_companies
from sync.jobs.serve import TURN, load_lists, read_source, serve, work_at_resync
from sync.staging.catalogue_file import work_at
from sync.staging.waiting_file import break_off, import_waiting


@app.task(name="sync", pass_context=True)
def sync(context: JobContext, company: int) -> None:
    """Give a company its turn; when there is more to do it goes to the back of the queue."""
    if serve(company, stops=context.should_abort, seconds=_turn(context)):
        enqueue("sync", company=company)


@app.task(name="resync", pass_context=True)
def resync(context: JobContext, company: int, run: int) -> None:
    """Work at a Re-sync for one turn. The first one goes ahead of the backlog, the others take their place in it."""
    after = work_at_resync(run, stops=context.should_abort, seconds=_turn(context))
    if after is not None:
        enqueue("resync", company=company, run=run, after=after)


def _turn(context: JobContext) -> float:
    return float(context.additional_context.get("turn", TURN))


@app.task(name="load-lists")
def load(company: int, by: int | None = None) -> None:
    """Read the lists of a company that was just connected."""
    load_lists(company, by=by)


@app.task(name="read-source")
def read(company: int, source: int, by: int | None = None) -> None:
    """Read a source on that is asked over the internet."""
    read_source(source, by=by)


@app.task(name="import", task_middleware=told_of("import", "run", break_off))
def import_orders(company: int, run: int) -> None:
    """Import the file that a person sent."""
    import_waiting(run)


@app.task(name="catalogue")
def catalogue(company: int, file: int) -> None:
    """Read the file of items that a person sent, or take it."""
    work_at(file)


@app.periodic(cron="* * * * * */10")
@app.task(name="enqueue-due", queueing_lock="enqueue-due", lock="enqueue-due", priority=HOUSEKEEPING)
def enqueue_due(timestamp: int = 0) -> None:
    """Put every company into the queue whose turn it is."""
    for number in due_companies(shared_now()):
        enqueue("sync", company=number)


@app.periodic(cron="* * * * * */10")
@app.task(name="rescue", queueing_lock="rescue", lock="rescue", priority=HOUSEKEEPING)
def rescue_stalled(timestamp: int = 0) -> None:
    """Take up again what a worker was doing when it died, and end what another process was doing."""
    rescue(app)
    close_what_died()
