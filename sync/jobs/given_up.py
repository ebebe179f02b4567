"""What becomes of work that a person asked for, and that broke off each time a worker began it? It ends, and says why.

Else its page would say for ever that it runs. What comes again by itself is not meant: a company's turn, and what the
company's next sync goes on with, such as a Re-sync or an undo.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db import Error, close_old_connections, connection
from procrastinate import JobContext
from procrastinate.middleware import SyncCallNext, TaskMiddleware
from procrastinate.worker import Worker

from books.messages import Message
from books.translation import gettext_noop
from companies.database_faults import database_fault

logger = logging.getLogger(__name__)

#: How often work is begun.
MOST_ATTEMPTS = 3
#: What procrastinate counts when that is so: each failure, and each time that it was begun again.
LAST_COUNT = 2 * MOST_ATTEMPTS - 1
#: A database that is back after so many attempts, a second apart, is told at once; else the next rescue does it.
_PATIENCE = 10

_BROKE_OFF = gettext_noop("It was begun three times, and broke off each time.")
_BECAUSE = gettext_noop("It was begun three times, and broke off each time, the last time with this: %(reason)s")
_DEFECT = gettext_noop("Tieout itself failed over it, and the log of the worker says where.")
_NOT_KNOWN = gettext_noop("Either the database was away or the worker was ended; its log says which.")

#: Ends rows by their numbers, those that still run, with a text that says why.
Ends = Callable[[Collection[int], str], object]

# A failed job that waits for a person would end again what the person has begun again
_FORGET = "DELETE FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'failed'"


@dataclass(frozen=True, kw_only=True)
class _Subject:
    """What a task works at."""

    #: The argument of the task that is its number.
    argument: str
    ends: Ends


_subjects: dict[str, _Subject] = {}


def told_of(task: str, argument: str, ends: Ends) -> list[TaskMiddleware]:
    """What a task is wrapped in, so that what it works at ends when it has broken off for the last time.

    Args:
        task: Its name.
        argument: Of the task: the number of what it works at.
        ends: Ends it.
    """
    _subjects[task] = _Subject(argument=argument, ends=ends)

    def told(call_next: SyncCallNext, context: JobContext, worker: Worker) -> Any:
        try:
            return call_next()
        except Exception as fault:
            if context.job.attempts + 1 >= LAST_COUNT:
                _tell_in_time(task, int(str(context.job.task_kwargs[argument])), fault)
            raise

    return [told]


def tell(jobs: Collection[tuple[str, dict[str, Any]]]) -> None:
    """End what jobs worked at that will not be begun again, where it was not told already.

    Args:
        jobs: The task and the arguments of each.
    """
    for task, subject in _subjects.items():
        numbers = [arguments[subject.argument] for name, arguments in jobs if name == task]
        if numbers:
            subject.ends(numbers, f"{_BROKE_OFF} {_NOT_KNOWN}")


def forget(lock: str) -> None:
    """Forget the failed jobs of what a person begins again, as part of the present transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [lock])


def _tell_in_time(task: str, number: int, fault: Exception) -> None:
    away = database_fault(fault)
    why = Message.of(_BECAUSE, reason=away.sentence if away else _DEFECT).worded()
    for _attempt in range(_PATIENCE):
        close_old_connections()
        try:
            _subjects[task].ends([number], why)
        except Error as still:
            logger.warning("that %s %s has ended cannot be written yet: %s", task, number, still)
            time.sleep(1)
        else:
            return
