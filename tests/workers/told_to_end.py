"""What does a worker's process say when its jobs have been told that it is to stop? Nothing else shows it outside."""

from __future__ import annotations

import logging

TOLD_TO_END = "its jobs have been told to come to an end"


class ToldToEnd(logging.Handler):
    """Prints a line for each job that was told."""

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "action", "") == "abort_job":
            print(TOLD_TO_END, flush=True)


def say_when_jobs_are_told() -> None:
    """Print it from now on, in this process."""
    logger = logging.getLogger("procrastinate.worker")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(ToldToEnd())
