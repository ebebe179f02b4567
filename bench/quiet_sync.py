"""What does a sync cost that finds nothing to do? `python -m bench.quiet_sync`, or with sizes: it has to be the same.

The books are those of `bench.books`; sizes that are missing are made first. What is ready to be sent is held back while
it is measured, what is posted or waits for a person stays. Milliseconds are of processor time, the median of several
syncs in one process, of Python and of its PostgreSQL backend.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import django

from bench.books import SIZES
from bench.books import main as make_books
from bench.server import database_of, environment_of, has_database, server_address

if TYPE_CHECKING:
    from companies.models import Company

_TIMES = 7


def main(sizes: list[int]) -> None:
    """Measure each size in a process of its own."""
    server = server_address()
    if missing := [size for size in sizes if not has_database(server, size)]:
        make_books(missing)
    print(f"{'documents':>12}{'Python ms':>12}{'database ms':>13}{'queries':>9}{'requests to QuickBooks':>24}")
    for size in sizes:
        command = [sys.executable, "-m", "bench.quiet_sync", "measure"]
        environment = environment_of(database_of(server, size))
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        told = json.loads(done.stdout.splitlines()[-1])
        print(
            f"{size:>12,}{told['py']:>12.1f}{told['pg']:>13.1f}{told['queries']:>9}{told['requests']:>24}", flush=True
        )


@contextmanager
def _listening() -> Iterator[tuple[str, list[str]]]:
    """An address in the place of QuickBooks, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(503)

        do_POST = do_GET

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


@contextmanager
def _nothing_to_do(company: Company) -> Iterator[None]:
    """As if all that is ready had been sent, by a company that answered a moment ago."""
    from django.utils import timezone

    from sync.models import QUICKBOOKS_ONLINE, Document, Run
    from sync.models import Connection as Login

    ready = list(Document.objects.filter(company=company, state="ready").values_list("pk", flat=True))
    runs = Run.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    now = timezone.now()
    Document.objects.filter(pk__in=ready).update(state="ignored")
    fresh = {"lists_refreshed_at": now, "lists_whole_at": now, "proven_at": now, "documents_known_until": now}
    Login.objects.filter(company=company, system=QUICKBOOKS_ONLINE).update(state="connected", **fresh)
    try:
        yield
    finally:
        Document.objects.filter(pk__in=ready).update(state="ready")
        Run.objects.filter(pk__gt=runs).delete()


def measure() -> None:
    """Sync several times, and print one line of JSON."""
    from django.conf import settings
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench.screens import of_backend
    from companies.models import Company
    from sync.run import sync_company

    company = Company.objects.get(slug="bramble-birch")
    ours, theirs = [], []
    with _listening() as (address, asked), _nothing_to_do(company):
        settings.TIEOUT_REHEARSAL_URL = address
        sync_company(company)  # what is read once in a process
        with CaptureQueriesContext(connection) as queries:
            report = sync_company(company)
            number = len(queries)
        done = [name for name in ("prepared_orders", "posted", "updated", "failed") if report.counts.get(name)]
        if report.cannot_run or report.stopped or done:
            raise SystemExit(f"this was no sync with nothing to do: {report.cannot_run or report.stopped or done}")
        asked.clear()
        for _ in range(_TIMES):
            begun, backend = time.process_time(), of_backend(connection)
            sync_company(company)
            ours.append(1000 * (time.process_time() - begun))
            theirs.append(1000 * (of_backend(connection) - backend))
    told = {"py": statistics.median(ours), "pg": statistics.median(theirs), "queries": number, "requests": len(asked)}
    print(json.dumps(told))


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
        measure()
    else:
        main([int(size) for size in sys.argv[1:]] or list(SIZES))
