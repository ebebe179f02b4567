"""Who carries on with a Re-sync when its page is closed?

A thread of the web server, which begins when the button is pressed. What it was doing when the server stopped is done
by the next `sync`, or by whoever opens the page of the run: the list of what is left is in the database.
"""

from __future__ import annotations

import logging
import threading
import time

from django.db import connections, transaction

from sync.models import Run, RunState
from sync.pushing.resync import advance

logger = logging.getLogger(__name__)

_STEP_SECONDS = 3.0
# Another process is at work for the company: it is asked again so often, then left to the next sync
_PAUSE_SECONDS = 2.0
_MOST_PAUSES = 150

_at_work: set[int] = set()
_lock = threading.Lock()


def carry_on(run: Run) -> None:
    """Work at a Re-sync once the present transaction is committed, without keeping anybody waiting."""
    transaction.on_commit(lambda: _begin(run.pk))


def is_at_work(run: Run) -> bool:
    """Whether a thread of this process works at the run now."""
    return run.pk in _at_work


def _begin(pk: int) -> None:
    with _lock:
        if pk in _at_work:
            return
        _at_work.add(pk)
    threading.Thread(target=_work, args=(pk,), name=f"resync-{pk}", daemon=True).start()


def _work(pk: int) -> None:
    try:
        _until_done(Run.objects.select_related("company", "asked_by").get(pk=pk))
    except Exception:
        logger.exception("re-sync %s broke", pk)
    finally:
        with _lock:
            _at_work.discard(pk)
        connections.close_all()


def _until_done(run: Run) -> None:
    pauses = 0
    while run.state == RunState.RUNNING and pauses < _MOST_PAUSES:
        done = run.items.filter(done=True).count()
        run = advance(run, seconds=_STEP_SECONDS)
        if run.state == RunState.RUNNING and run.items.filter(done=True).count() == done:
            pauses += 1
            time.sleep(_PAUSE_SECONDS)
        else:
            pauses = 0
