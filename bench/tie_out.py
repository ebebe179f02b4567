"""How long does a tie-out of many documents take? `python -m bench.tie_out 2400`, or several sizes.

Each size in a process and a SQLite of its own: orders are imported, prepared and posted to a rehearsal company that is
a process beside it, then their days are tied out, the second time measured. CPU is that of Tieout's process alone;
memory is what it grew by meanwhile. `--profile` says where the time went.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import os
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import simplejson

_MEBIBYTE = 1024


def main(argv: list[str] | None = None) -> None:
    """Measure each size in a process of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("documents", type=int, nargs="*", default=[2000, 10_000])
    parser.add_argument("--profile", action="store_true", help="say where the time went")
    asked = parser.parse_args(argv)
    if os.environ.get("BENCH_TIE_OUT") == "1":
        _measure(asked.documents[0], profile=asked.profile)
        return
    print(
        f"{'documents':>10}{'seconds':>10}{'CPU s':>10}{'CPU ms each':>14}{'grew MiB':>10}{'requests':>10}", flush=True
    )
    for size in asked.documents:
        with tempfile.TemporaryDirectory() as folder:
            environment = {
                **os.environ,
                "BENCH_TIE_OUT": "1",
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "TIEOUT_DATA_DIR": folder,
                "DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite3'}",
                "TIEOUT_DEBUG": "false",
                "TIEOUT_LOG_LEVEL": "WARNING",
            }
            command = [sys.executable, "-m", "bench.tie_out", str(size), *(["--profile"] if asked.profile else [])]
            subprocess.run(command, env=environment, check=True)


def _measure(documents: int, *, profile: bool) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    command = [sys.executable, "-m", "simulators.quickbooks", "--port", "0", "--limits", "off"]
    command += ["--seed-books", "sample", "--until-input-ends"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as company:
        assert company.stdout
        ready = simplejson.loads(company.stdout.readline())
        _tied_out(ready, documents, profile=profile)
        company.terminate()


def _tied_out(ready: dict[str, str], documents: int, *, profile: bool) -> None:
    from django.conf import settings
    from django.db.models import Max, Min

    from bench.orders import imported, rows
    from reconciliation.tie_out.comparing import Period
    from reconciliation.tie_out.run import begin, carry_out
    from sync.models import Document
    from sync.preparing.prepare import prepare_new
    from tests.rehearsal import connected_to
    from tests.sync.pushing import push

    settings.TIEOUT_REHEARSAL_URL = ready["base_url"]
    company = connected_to(ready)
    imported(company, io.BytesIO("".join(rows(documents // 2)).encode()))
    prepare_new(company)
    push(company)
    posted = Document.objects.filter(company=company, state="posted").exclude(kind="customer")
    days = posted.aggregate(first=Min("dated"), last=Max("dated"))
    first, last = days["first"], days["last"]
    assert isinstance(first, date)
    assert isinstance(last, date)
    period = Period(first=first, last=last)
    carry_out(begin(company, period, by=None))  # what is loaded once is not measured
    tie_out = begin(company, period, by=None)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
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
    grew = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / _MEBIBYTE
    each = cpu / tie_out.records * 1000
    print(
        f"{tie_out.records:>10,}{seconds:>10.1f}{cpu:>10.1f}{each:>14.2f}{grew:>10.1f}{tie_out.requests:>10,}",
        flush=True,
    )


if __name__ == "__main__":
    main()
