"""How fast are documents posted? `python -m bench.push 600`, or `--latency-ms 350 --limits on` as Intuit would have it.

In one run, against one rehearsal company in a process of its own: first a plain loop over python-quickbooks' `save()`,
then Tieout with a backlog. CPU is that of the client's process alone, so that of PostgreSQL is not in it. The books are
kept in SQLite, or with `--postgres` in a database of their own on the server of the benches.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import os
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import simplejson

from bench.server import server_address

LATENCY, ITEM = 350, 60


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What posting some documents took."""

    documents: int
    seconds: float
    cpu: float
    #: Database queries; 0 for the loop, which has no database.
    queries: int = 0

    @property
    def a_minute(self) -> float:
        """Documents a minute."""
        return self.documents / self.seconds * 60

    def told(self, name: str) -> str:
        """One line of the table."""
        milliseconds = self.cpu / self.documents * 1000
        return (
            f"{name:<10}{self.documents:>10}{self.seconds:>10.1f}{self.a_minute:>12.0f}{milliseconds:>14.2f}"
            f"{self.queries / self.documents:>12.2f}"
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
    parser.add_argument("--profile", action="store_true", help="say where the time went")
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
        print(f"{'':<10}{'documents':>10}{'seconds':>10}{'a minute':>12}{'CPU ms each':>14}{'queries':>12}")
        loop = _loop(ready, asked.loop)
        print(loop.told("save()"), flush=True)
        ours = _tieout(ready, asked)
        print(ours.told("Tieout"))
        print(f"Tieout against the loop: {ours.a_minute / loop.a_minute:.2f} x documents a minute, ", end="")
        print(f"{(ours.cpu / ours.documents) / (loop.cpu / loop.documents):.2f} x CPU a document")
        company.terminate()


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
    return Measured(documents=documents, seconds=time.perf_counter() - begun, cpu=time.process_time() - cpu)


def _tieout(ready: dict[str, Any], asked: argparse.Namespace) -> Measured:
    from django.conf import settings
    from django.db import connection

    from bench.orders import imported, rows
    from sync.models import Document
    from sync.preparing.prepare import prepare_new
    from sync.pushing.lease import leased
    from sync.pushing.push import Pusher
    from sync.quickbooks_online.destination import open_destination
    from tests.rehearsal import connected_to

    settings.TIEOUT_REHEARSAL_URL = ready["base_url"]
    company = connected_to(ready)
    imported(company, io.BytesIO("".join(rows(asked.documents // 2)).encode()))
    prepare_new(company)
    waiting = Document.objects.filter(company=company, state="ready").count()

    def pushed() -> None:
        with leased(company) as lease:
            assert lease is not None
            with open_destination(
                company.connections.get(system="quickbooks-online"), limited=asked.limits == "on"
            ) as to:
                counts = Pusher(company=company, destination=to, lease=lease, may_wait=600).push()
        if counts.stopped or set(counts.outcomes) - {"posted", "new_customers"}:
            raise SystemExit(f"not all was posted: {counts}")

    begun, cpu = time.perf_counter(), time.process_time()
    queries = 0

    def counted(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*arguments)

    with connection.execute_wrapper(counted):
        (_profiled if asked.profile else _plain)(pushed)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    return Measured(documents=waiting, seconds=seconds, cpu=cpu, queries=queries)


def _plain(work: Callable[[], None]) -> None:
    work()


def _profiled(work: Callable[[], None]) -> None:
    profile = cProfile.Profile()
    profile.runcall(work)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(60)


if __name__ == "__main__":
    main()
