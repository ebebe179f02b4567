"""How long does a tie-out of many documents take? `python -m bench.tie_out 2400 100000`, or other sizes.

Each size in a SQLite of its own: up to 2,400 documents are imported, prepared and posted to a rehearsal company that is
a process beside it, and copied on both sides until there are as many as asked. Then their days are tied out in a
process that has tied out one empty day. CPU is that of this process alone, memory the most that it ever held, and
what of it the tie-out added. `--profile` says where the time went.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import os
import pstats
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import simplejson

if TYPE_CHECKING:
    from reconciliation.models import TieOut

#: In a mebibyte.
#: A screen is asked for so often.
_TIMES = 7
_KIBIBYTES = 1024
#: So many documents are posted; the others are copies.
_POSTED = 2400


def main(argv: list[str] | None = None) -> None:
    """Measure each size in a process of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("documents", type=int, nargs="*", default=[2000, 10_000])
    parser.add_argument("--screens", action="store_true", help="open the screens of such a period, too")
    parser.add_argument("--profile", action="store_true", help="say where the time went")
    asked = parser.parse_args(argv)
    options = [f"--{name}" for name in ("screens", "profile") if getattr(asked, name)]
    role = os.environ.get("BENCH_TIE_OUT")
    if role == "books":
        _posted(asked.documents[0], options=options)
        return
    if role:
        _measure(role, profile=asked.profile, screens=asked.screens)
        return
    columns = ("documents", "seconds", "CPU s", "CPU ms each", "most MiB", "grew MiB", "requests")
    print("".join(f"{column:>{14 if column == 'CPU ms each' else 10}}" for column in columns), flush=True)
    for size in asked.documents:
        with tempfile.TemporaryDirectory() as folder:
            environment = {
                **os.environ,
                "BENCH_TIE_OUT": "books",
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "TIEOUT_DATA_DIR": folder,
                "DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite3'}",
                "TIEOUT_DEBUG": "false",
                "TIEOUT_LOG_LEVEL": "WARNING",
            }
            command = [sys.executable, "-m", "bench.tie_out", str(size), *options]
            subprocess.run(command, env=environment, check=True)


@contextmanager
def _rehearsal() -> Iterator[tuple[dict[str, str], Callable[[int], None]]]:
    """A rehearsal company: how to connect to it, and what copies what was posted to it."""
    command = [sys.executable, "-m", "bench.copied_sales"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as company:
        assert company.stdin
        assert company.stdout
        asked, told = company.stdin, company.stdout

        def copied(times: int) -> None:
            print(times, file=asked, flush=True)
            told.readline()

        yield simplejson.loads(told.readline()), copied
        company.terminate()


def _posted(documents: int, *, options: Sequence[str]) -> None:
    """Make the books, then measure in another process."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from bench.copied_sales import copied_here
    from bench.orders import imported, rows
    from sync.preparing.prepare import prepare_new
    from tests.rehearsal import connected_to
    from tests.sync.pushing import push

    call_command("migrate", verbosity=0)
    with _rehearsal() as (ready, copied_there):
        settings.TIEOUT_REHEARSAL_URL = ready["base_url"]
        company = connected_to(ready)
        imported(company, io.BytesIO("".join(rows(min(documents, _POSTED) // 2)).encode()))
        prepare_new(company)
        push(company)
        posted = company.documents.filter(state="posted").exclude(kind="customer").count()
        times = -(-documents // posted) - 1
        if documents > _POSTED and times:
            copied_here(company, times)
            copied_there(times)
        environment = {**os.environ, "BENCH_TIE_OUT": ready["base_url"]}
        command = [sys.executable, "-m", "bench.tie_out", str(documents), *options]
        subprocess.run(command, env=environment, check=True)


def _measure(base_url: str, *, profile: bool, screens: bool) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db.models import Max, Min

    from companies.models import Company
    from reconciliation.tie_out.comparing import Period
    from reconciliation.tie_out.run import begin, carry_out

    settings.TIEOUT_REHEARSAL_URL = base_url
    company = Company.objects.get()
    posted = company.documents.filter(state="posted").exclude(kind="customer")
    days = posted.aggregate(first=Min("dated"), last=Max("dated"))
    first, last = days["first"], days["last"]
    assert isinstance(first, date)
    assert isinstance(last, date)
    long_ago = date(1990, 1, 1)
    carry_out(begin(company, Period(first=long_ago, last=long_ago), by=None))  # what is loaded once is not measured
    tie_out = begin(company, Period(first=first, last=last), by=None)
    before = _peak()
    begun, cpu = time.perf_counter(), time.process_time()
    if profile:
        profiler = cProfile.Profile()
        profiler.runcall(carry_out, tie_out)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(45)
    else:
        carry_out(tie_out)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    tie_out.refresh_from_db()
    if tie_out.matching != posted.count():
        raise SystemExit(f"{tie_out.matching} of {posted.count()} match: {tie_out.message}")
    peak, each = _peak(), cpu / tie_out.records * 1000
    print(
        f"{tie_out.records:>10,}{seconds:>10.1f}{cpu:>10.1f}{each:>14.2f}{peak:>10.1f}{peak - before:>10.1f}"
        f"{tie_out.requests:>10,}",
        flush=True,
    )
    if screens:
        _screens(tie_out, tie_out.records)


def _screens(tie_out: TieOut, lines: int) -> None:
    """Open the screens of a period in which so many records differ.

    Each several times, the median is told: one of them may have the walk of Python's collector over the whole process.
    """
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from companies.models import Role
    from reconciliation.models import TieOutLine
    from tests.reconciliation.factories import a_person

    numbers = tie_out.company.documents.exclude(kind="customer").values_list("pk", flat=True)[:lines]
    TieOutLine.objects.bulk_create(
        (
            TieOutLine(
                tie_out=tie_out,
                document_id=number,
                kind="invoice",
                reason=("changed-there", "blocked")[place % 2],
                dated=tie_out.last,
                currency="USD",
                source=1,
                should=1,
                there=2,
                moved={"4": "1.00"},
            )
            for place, number in enumerate(numbers)
        ),
        batch_size=500,
    )
    client = Client(SERVER_NAME="localhost")
    client.force_login(a_person(tie_out.company, Role.OPS, name=f"ops {tie_out.pk}"))
    home = f"/{tie_out.company.slug}/tie-out/"
    period = f"{home}{tie_out.pk}/"
    figures = {
        "periods": home,
        "a period": period,
        "a figure of it": f"{period}?column=changed-in-quickbooks&kind=invoice&currency=USD",
        "an account of it": f"{period}?column=changed-in-quickbooks&account=4&currency=USD",
    }
    for name, address in figures.items():
        assert client.get(address).status_code == 200, address
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
            number = len(queries)
        spent = []
        for _ in range(_TIMES):
            begun = time.process_time()
            client.get(address)
            spent.append(1000 * (time.process_time() - begun))
        each = statistics.median(spent)
        print(f"{name:>30}: {number} queries, {each:.0f} ms with {tie_out.lines.count():,} records that differ")


def _peak() -> float:
    """The most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIBIBYTES


if __name__ == "__main__":
    main()
