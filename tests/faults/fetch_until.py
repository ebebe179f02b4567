"""A fetch in a process of its own, which kills itself after so many writes to the database."""

from __future__ import annotations

import os
import signal
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 - models exist only after the set-up

from companies.models import Company  # noqa: E402
from sync.fetching.fetch import close_dead_fetches, fetch_source, live_sources  # noqa: E402
from sync.preparing.prepare import prepare_new  # noqa: E402
from sync.pushing.lease import leased  # noqa: E402

_WRITES = ("INSERT", "UPDATE", "DELETE")


def main(writes: str) -> None:
    """Read the only source of the only company on; die, without any clean-up, after the given number of writes."""
    left = int(writes)

    def count(execute: Any, sql: str, *given: Any) -> Any:
        nonlocal left
        result = execute(sql, *given)
        left -= sql.startswith(_WRITES)
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    company = Company.objects.get()
    (source,) = live_sources(company)
    with connection.execute_wrapper(count):
        with leased(company) as lease:
            if lease is None:
                raise SystemExit("someone else holds the lease")
            close_dead_fetches(company)
            report = fetch_source(source, keep=lease.keep)
        prepare_new(company)
    if report.stopped or not report.complete:
        raise SystemExit(report.stopped or "it is not complete")
