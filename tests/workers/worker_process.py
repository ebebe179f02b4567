"""`manage.py worker` in a process of its own: `python -m tests.workers.worker_process URL …`."""

from __future__ import annotations

import sys

import django

django.setup()

from django.conf import settings  # noqa: E402 - models exist only after the set-up
from django.core.management import call_command  # noqa: E402

from tests.workers.told_to_end import say_when_jobs_are_told  # noqa: E402

if __name__ == "__main__":
    say_when_jobs_are_told()
    settings.TIEOUT_REHEARSAL_URL = sys.argv[1]
    call_command("worker", *sys.argv[2:])
