"""Export some thousand documents to an IIF file, and say how fast and with how much memory: `python -m bench.export`.

For each size, 10,000 and 100,000 documents unless others are named, orders are imported and prepared in one process,
and exported in another, so that the memory is the export's own. The file is written, read back by the strict reader,
stored in the database and taken out again, as `export_iif` does it. CPU seconds are those of the process: they say the
same on a machine that does other things as well.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.utils import timezone

if TYPE_CHECKING:
    from sync.quickbooks_desktop.batches.create_batch import Made

SIZES = (10_000, 100_000)
#: Documents that come of one order of the sample on average: customers, invoices, payments.
_PER_ORDER = 2 / 3 + 1 + 3 / 4
_COLUMNS = ("documents", "seconds", "per_second", "cpu_seconds", "per_cpu_second", "peak_mib", "growth_mib", "file_mib")


def main(sizes: list[int]) -> None:
    """Measure each size and print figures, and what became of them from the first to the last."""
    results = [_measured(size) for size in sizes]
    print("  ".join(f"{name:>12}" for name in _COLUMNS))
    for result in results:
        print("  ".join(f"{result[name]:>12}" for name in _COLUMNS))
    if len(results) > 1:
        first, last = results[0], results[-1]
        for name in ("per_cpu_second", "peak_mib"):
            print(
                f"{name}: {last['documents']} documents against {first['documents']}: x {last[name] / first[name]:.2f}"
            )


def _measured(size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TIEOUT_DATA_DIR": folder,
            "DATABASE_URL": os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{Path(folder) / 'bench.sqlite3'}"),
            "TIEOUT_DEBUG": "false",
        }
        for step in ("fill", "export"):
            command = [sys.executable, "-m", "bench.export", step, str(size)]
            done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def fill(size: int) -> None:
    """An empty database with so many documents that are ready."""
    from django.core.management import call_command

    from bench.orders import rows
    from sync.preparing.prepare import prepare_new
    from sync.sources.base import ReadOptions
    from sync.sources.files import LAYOUTS
    from sync.staging.import_file import import_file
    from tests.quickbooks_desktop.factories import a_desktop_company

    call_command("migrate", verbosity=0)
    company = a_desktop_company()
    file = io.BytesIO("".join(rows(round(size / _PER_ORDER))).encode())
    options = ReadOptions(currency="USD", time_zone=company.time_zone, decimal_mark=".")
    import_file(company, LAYOUTS["orders-csv"], file, name="bench.csv", options=options)
    prepare_new(company)


def export(size: int) -> None:
    """Export everything that is ready, and print one line of JSON."""
    from bench.orders import peak
    from companies.models import Company
    from sync.models import BatchKind, ExportBatch
    from sync.quickbooks_desktop.batches.create_batch import Made, make_batch
    from sync.quickbooks_desktop.batches.export_request import Wish

    company = Company.objects.get()
    # The first live file asks for a rehearsal; one of everything would be measured along
    now = timezone.now()
    ExportBatch.objects.create(
        company=company, number=1, kind=BatchKind.REHEARSAL, sha256="0", size=0, documents=0, made_at=now
    )
    wish = Wish(kind=BatchKind.LIVE, backup_confirmed=True)
    before, begun, worked = peak(), time.perf_counter(), time.process_time()
    made = make_batch(company, wish)
    if not isinstance(made, Made):
        raise SystemExit(made.worded())
    if sum(map(len, made.batch.content())) != made.batch.size:
        raise SystemExit("the stored file is not as long as it should be")
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - worked
    if abs(made.batch.documents - size) > size // 50:
        raise SystemExit(f"{made.batch.documents} documents went; the figures would mean nothing")
    print(json.dumps(_figures(made, seconds, cpu_seconds, before, peak())))


def _figures(made: Made, seconds: float, cpu_seconds: float, before: float, after: float) -> dict[str, float]:
    return {
        "documents": made.batch.documents,
        "seconds": round(seconds, 1),
        "per_second": round(made.batch.documents / seconds),
        "cpu_seconds": round(cpu_seconds, 1),
        "per_cpu_second": round(made.batch.documents / cpu_seconds),
        "peak_mib": round(after),
        "growth_mib": round(after - before),
        "file_mib": round(made.batch.size / 1024 / 1024, 1),
    }


if __name__ == "__main__":
    if sys.argv[1:2] in (["fill"], ["export"]):
        django.setup()
        {"fill": fill, "export": export}[sys.argv[1]](int(sys.argv[2]))
    else:
        main([int(size) for size in sys.argv[1:]] or list(SIZES))
