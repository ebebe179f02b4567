"""`manage.py worker` in a process of its own, for a rehearsal company."""

from __future__ import annotations

import django

django.setup()

from django.conf import settings  # noqa: E402 - models exist only after the set-up
from django.core.management import call_command  # noqa: E402

from tests.workers.told_to_end import say_when_jobs_are_told  # noqa: E402


def main(url: str, *options: str) -> None:
    """Work until asked to stop."""
    say_when_jobs_are_told()
    settings.TIEOUT_REHEARSAL_URL = url
    call_command("worker", *options)
