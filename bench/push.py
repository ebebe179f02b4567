"""How fast are documents posted? `python -m bench.push 600`, or `--latency-ms 350 --limits on` as Intuit would have it.

In one run, against one rehearsal company in a process of its own: first a plain loop over python-quickbooks' `save()`,
then Tieout, from the file of orders to what is posted. CPU is that of the client's process alone; that of its
PostgreSQL backend is beside it. The books are kept in SQLite, or with `--postgres` in a database of their own on the
server of the benches. With `--resync` a person presses *Re-sync all*, and its job posts: the press and the job are
told apart, since the person waits for the first only. `--costs` names the five parts that each step spends most of its
processor time in.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import simplejson

from bench.costs import profiled
from bench.server import server_address

_POST, _RESYNC = "post", "Re-sync"
_HEAD = f"{'':<16}{'documents':>10}{'seconds':>9}{'a minute':>10}{'CPU ms each':>13}{'database ms':>13}{'queries':>9}"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What some work took; all of it in seconds."""

    seconds: float
    cpu: float
    #: Of the PostgreSQL process that answers; 0 elsewhere.
    database: float = 0
    #: Database queries; 0 for the loop, which has no database.
    queries: int = 0

    def __add__(self, other: Measured) -> Measured:
        return Measured(
            seconds=self.seconds + other.seconds,
            cpu=self.cpu + other.cpu,
            database=self.database + other.database,
            queries=self.queries + other.queries,
        )

    def told(self, name: str, documents: int) -> str:
        """One line of the table."""
        each = 1000 / documents
        return (
            f"{name:<16}{documents:>10}{self.seconds:>9.1f}{documents / self.seconds * 60:>10.0f}"
            f"{self.cpu * each:>13.2f}{self.database * each:>13.2f}{self.queries / documents:>9.2f}"
        )


def main(argv: list[str] | None = None) -> None:
    """Measure in a process with a database of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("documents", type=int, nargs="?", default=600)
    parser.add_argument("--loop", type=int, default=60, help="documents that the plain loop posts")
    parser.add_argument("--latency-ms", type=int, default=0)
    parser.add_argument("--batch-item-ms", type=int, default=0)
    parser.add_argument("--limits", choices=("on", "off"), default="off")
    parser.add_argument("--postgres", action="store_true", help="keep the books in PostgreSQL")
    parser.add_argument("--batch", type=int, default=30, help="the most documents of one request")
    parser.add_argument("--resync", action="store_true", help="post by Re-sync all, in place of a sync")
    parser.add_argument("--costs", action="store_true", help="say where the time goes, in place of how much it is")
    asked = parser.parse_args(argv)
    if os.environ.get("BENCH_PUSH") == "1":
        _measure(asked)
        return
    with tempfile.TemporaryDirectory() as folder, _database(folder, postgres=asked.postgres) as database:
        environment = {
            **os.environ,
            "BENCH_PUSH": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TIEOUT_DATA_DIR": folder,
            "DATABASE_URL": database,
            "TIEOUT_DEBUG": "false",
            "TIEOUT_LOG_LEVEL": "WARNING",
        }
        subprocess.run([sys.executable, "-m", "bench.push", *(argv or sys.argv[1:])], env=environment, check=True)


@contextmanager
def _database(folder: str, *, postgres: bool) -> Iterator[str]:
    if not postgres:
        yield f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        return
    server = server_address()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS tieout_push WITH (FORCE)")
        connection.execute("CREATE DATABASE tieout_push")
        yield urlunsplit(urlsplit(server)._replace(path="/tieout_push"))
        connection.execute("DROP DATABASE tieout_push WITH (FORCE)")


def _measure(asked: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    options = ["--latency-ms", str(asked.latency_ms), "--batch-item-ms", str(asked.batch_item_ms)]
    command = [sys.executable, "-m", "simulators.quickbooks", "--port", "0", "--limits", asked.limits]
    command += ["--seed-books", "sample", *options, "--until-input-ends"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as company:
        assert company.stdout
        ready = simplejson.loads(company.stdout.readline())
        if asked.costs:
            _tell_costs(ready, asked)
        else:
            _tell(ready, asked)
        company.terminate()


def _tell(ready: dict[str, Any], asked: argparse.Namespace) -> None:
    from bench.orders import peak

    print(_HEAD)
    loop = _loop(ready, asked.loop)
    print(loop.told("save()", asked.loop), flush=True)
    before = peak()
    took: dict[str, Measured] = {}
    documents = _tieout(ready, asked, lambda step, work: took.update({step: _measured(work)}))
    for step, measured in took.items():
        print(measured.told(step, documents))
    whole, posting = sum(took.values(), Measured(seconds=0, cpu=0)), took[_RESYNC if asked.resync else _POST]
    print(whole.told("file to posted", documents))
    faster, of_loop = documents / posting.seconds / (asked.loop / loop.seconds), loop.cpu / asked.loop * documents
    print(
        f"Tieout against the loop: {faster:.2f} x documents a minute, {posting.cpu / of_loop:.2f} x CPU a document, "
        f"{whole.cpu / of_loop:.2f} x from the file to what is posted"
    )
    print(f"most memory: {peak():.0f} MiB, {peak() - before:.0f} more than before the file was read")


def _tell_costs(ready: dict[str, Any], asked: argparse.Namespace) -> None:
    parts: dict[str, list[tuple[str, float]]] = {}
    _tieout(ready, asked, lambda step, work: parts.update({step: profiled(work)}))
    for step, shares in parts.items():
        print(step)
        for name, share in shares[:5]:
            print(f"  {share:>4.0%}  {name}")


def _loop(ready: dict[str, Any], documents: int) -> Measured:
    """A plain loop over the library's own objects, as its documentation shows it."""
    import requests
    from quickbooks import QuickBooks
    from quickbooks.objects.base import Ref
    from quickbooks.objects.detailline import SalesItemLine, SalesItemLineDetail
    from quickbooks.objects.invoice import Invoice

    class Session(requests.Session):
        access_token = ready["access_token"]

    client = QuickBooks(company_id=ready["company_id"], minorversion=75)
    client.session = Session()
    client.sandbox = True
    client.sandbox_api_url_v3 = f"{ready['base_url']}/v3"
    begun, cpu = time.perf_counter(), time.process_time()
    for number in range(documents):
        invoice = Invoice()
        invoice.DocNumber = f"L-{number}"
        invoice.CustomerRef = Ref()
        invoice.CustomerRef.value = str(1 + number % 29)
        for _ in range(3):
            line = SalesItemLine()
            line.Amount = 50
            line.SalesItemLineDetail = SalesItemLineDetail()
            line.SalesItemLineDetail.ItemRef = Ref()
            line.SalesItemLineDetail.ItemRef.value = str(1 + number % 12)
            invoice.Line.append(line)
        invoice.save(qb=client)
    return Measured(seconds=time.perf_counter() - begun, cpu=time.process_time() - cpu)


def _tieout(ready: dict[str, Any], asked: argparse.Namespace, do: Callable[[str, Callable[[], object]], None]) -> int:
    """Import a file, prepare its orders and post them, each by `do`; the number of documents."""
    from django.conf import settings

    from bench.orders import imported, rows
    from sync import resync
    from sync.models import Document, RunState
    from sync.preparing.prepare import prepare_new
    from sync.pushing import batch_sender
    from sync.pushing.lease import leased
    from sync.pushing.push import Pusher
    from sync.quickbooks_online.destination import open_destination
    from tests.rehearsal import connected_to

    settings.TIEOUT_REHEARSAL_URL = ready["base_url"]
    batch_sender.LARGEST_BATCH = asked.batch  # type: ignore[attr-defined]
    company = connected_to(ready)
    file = io.BytesIO("".join(rows(asked.documents // 2)).encode())

    def posted() -> None:
        with leased(company) as lease:
            assert lease is not None
            with open_destination(
                company.connections.get(system="quickbooks-online"), limited=asked.limits == "on"
            ) as to:
                counts = Pusher(company=company, destination=to, lease=lease, may_wait=600).push()
        if counts.stopped or set(counts.outcomes) - {"posted", "new_customers"}:
            raise SystemExit(f"not all was posted: {counts}")

    do("import", lambda: imported(company, file))
    do("prepare", partial(prepare_new, company))
    to_post = Document.objects.filter(company=company, state="ready")
    documents = to_post.count()
    if not asked.resync:
        do(_POST, posted)
        return documents
    run = resync.start(company, [], by=None)
    do("press Re-sync", lambda: resync.start(company, company.orders.values_list("pk", flat=True), by=None))
    do(_RESYNC, lambda: resync.finish_resyncs(company))
    run.refresh_from_db()
    if to_post.exists() or run.state == RunState.RUNNING:
        raise SystemExit(f"not all was posted: {run.message}")
    return documents


def _measured(work: Callable[[], object]) -> Measured:
    from django.db import connection

    from bench.screens import of_backend

    queries = 0

    def counted(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*arguments)

    def backend() -> float:
        return of_backend(connection) if connection.vendor == "postgresql" else 0.0

    begun, cpu, database = time.perf_counter(), time.process_time(), backend()
    with connection.execute_wrapper(counted):
        work()
    return Measured(
        seconds=time.perf_counter() - begun,
        cpu=time.process_time() - cpu,
        database=backend() - database,
        queries=queries,
    )


if __name__ == "__main__":
    main()
