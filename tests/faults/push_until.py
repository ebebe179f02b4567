"""A pusher in a process of its own, which kills itself at a step."""

from __future__ import annotations

import os
import signal

import django

from books.messages import Message

django.setup()

from django.conf import settings  # noqa: E402 - models exist only after the set-up

from companies.models import Company  # noqa: E402
from sync.models import Document  # noqa: E402
from sync.pushing.lease import leased  # noqa: E402
from sync.pushing.push import Pusher  # noqa: E402
from sync.readiness import destination_of  # noqa: E402


def main(url: str, step: str, times: str) -> None:
    """Push for the only company there is; die, without any clean-up, at the given step for the nth time."""
    settings.TIEOUT_REHEARSAL_URL = url
    left = int(times)

    def observe(now: str, _: Document) -> None:
        nonlocal left
        left -= now == step
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    company = Company.objects.get()
    destination = destination_of(company)
    if isinstance(destination, Message):
        raise SystemExit(destination.worded())
    with leased(company) as lease:
        if lease is None:
            raise SystemExit("someone else holds the lease")
        Pusher(company=company, destination=destination, lease=lease, observe=observe).push()
