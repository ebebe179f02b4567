"""How many metered reads does a day of syncs cost? `python -m bench.metered_reads 500`, so many orders in a day.

Intuit counts what an app reads, and charges for many reads; writes are free. A day is 24 syncs, and the clock of Tieout
and of the test company goes on by an hour between one and the next. What a company reads when it is connected, all of
its lists, is not counted.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import time_machine

if TYPE_CHECKING:
    from companies.models import Company
    from tests.simulators.driver import Books

#: What Intuit meters: queries, records by their id, change data capture, reports.
_METERED = ("query", "read", "cdc", "report")
_HOURS = 24
_BEGIN = datetime(2026, 8, 24, 9, tzinfo=UTC)
_KNOWN = "Priya Natarajan <priya.natarajan@example.com>"


def main() -> None:
    """Measure in a process with a database of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("orders", type=int, nargs="?", default=500)
    asked = parser.parse_args()
    if os.environ.get("BENCH_READS") == "1":
        _measure(asked.orders)
        return
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "BENCH_READS": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TIEOUT_DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite3'}",
            "TIEOUT_DEBUG": "false",
            "TIEOUT_LOG_LEVEL": "ERROR",
        }
        subprocess.run([sys.executable, "-m", "bench.metered_reads", str(asked.orders)], env=environment, check=True)


def _measure(orders: int) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from simulators.quickbooks.server import start
    from tests.rehearsal import connected_to
    from tests.simulators.driver import Books

    call_command("migrate", verbosity=0)
    with time_machine.travel(_BEGIN, tick=True) as clock, start() as running:
        settings.TIEOUT_REHEARSAL_URL = running.base_url
        company, books = connected_to(running.ready()), Books(running)
        measured = partial(_tell, company=company, books=books, pass_an_hour=partial(clock.shift, timedelta(hours=1)))
        print(f"{'a day of':<28}{'documents':>10}{'reads':>7}{'of 1,000 documents':>20}  reads by kind")
        measured("nothing to post", orders=0, new=False)
        measured("customers it knows", orders=orders, new=False)
        measured("customers it knows, paid", orders=orders, new=False, paid=True)
        measured("new customers all day", orders=orders, new=True)
        measured("new customers, paid", orders=orders, new=True, paid=True)
        books.close()


def _tell(
    name: str,
    *,
    company: Company,
    books: Books,
    pass_an_hour: Callable[[], None],
    orders: int,
    new: bool,
    paid: bool = False,
) -> None:
    from sync.models import Document, StagedOrder
    from sync.run import sync_company
    from tests.factories import staged

    reads: Counter[str] = Counter()
    posted = Document.objects.filter(company=company, state="posted").count()
    first = 1 + StagedOrder.objects.count()
    for hour in range(_HOURS):
        numbers = range(first + orders * hour // _HOURS, first + orders * (hour + 1) // _HOURS)
        if numbers:
            staged(company, *(_order(number, new=new, paid=paid) for number in numbers))
        books.control("log", method="DELETE")  # it keeps the latest requests alone, so it is read after each sync
        report = sync_company(company)
        entries = books.control("log", method="GET")["entries"]
        reads.update(entry["operation"] for entry in entries if entry["operation"] in _METERED)
        if report.cannot_run or report.stopped:
            raise SystemExit(f"the sync of hour {hour} stopped: {report.cannot_run or report.stopped}")
        pass_an_hour()
    documents = Document.objects.filter(company=company, state="posted").count() - posted
    if documents < orders:
        raise SystemExit(f"{documents} of {orders} orders were posted; the figures would mean nothing")
    each = f"{1000 * reads.total() / documents:.1f}" if documents else "—"
    kinds = ", ".join(f"{kind} {count}" for kind, count in reads.most_common())
    print(f"{name:<28}{documents:>10}{reads.total():>7}{each:>20}  {kinds}", flush=True)


def _order(number: int, *, new: bool, paid: bool) -> str:
    buyer = f"New {number} <new{number}@example.com>" if new else _KNOWN
    payment = "\npaid 2026-08-20  Credit Card  48.00" if paid else ""
    return f"2026-08-20  order D{number}  {buyer}\nKIT-CLAY  48.00{payment}"


if __name__ == "__main__":
    main()
