"""Import and prepare some thousand orders, and say how fast and with how much memory: `python -m bench.orders 1000`."""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - models exist only after the set-up
from django.db import connection, reset_queries  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.screens import of_backend  # noqa: E402
from companies.models import Company  # noqa: E402
from sync.models import Document  # noqa: E402
from sync.preparing.prepare import prepare_new, prepare_orders  # noqa: E402
from sync.sources.base import ReadOptions  # noqa: E402
from sync.sources.files import LAYOUTS  # noqa: E402
from sync.staging.import_file import import_file  # noqa: E402
from tests.factories import the_studio  # noqa: E402

_SKUS = ("WT-101", "KIT-CLAY", "BK-POT", "RK-300", "MB-MONTH")
_HEADER = (
    "Order Number,Order Date,Customer Id,First Name,Last Name,Email,SKU,Line Item Name,Quantity,Price,"
    "Payment Date,Payment Amount,Payment Reference\n"
)


def rows(orders: int) -> Iterator[str]:
    """A spreadsheet of orders with three lines each, a third of them from returning customers, most of them paid."""
    yield _HEADER
    for number in range(orders):
        customer = number % max(orders * 2 // 3, 1)
        buyer = f"{customer},Given{customer},Family{customer},c{customer}@example.com"
        for line in range(3):
            sku = _SKUS[(number + line) % len(_SKUS)]
            paid = f"2026-08-15,150.00,P-{number}" if not line and number % 4 else ",,"
            yield f"B-{number},2026-08-14,{buyer},{sku},,1,50.00,{paid}\n"


def peak() -> float:
    """The most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(orders: int) -> None:
    """Measure and print one line of JSON."""
    call_command("migrate", verbosity=0)
    company = the_studio()
    file = io.BytesIO("".join(rows(orders)).encode())
    before = peak()
    import_seconds = _timed(lambda: imported(company, file))
    begun = _processor()
    prepare_seconds = _timed(lambda: prepare_new(company))
    prepare_processor = _processor() - begun
    after = peak()
    prepared = Document.objects.filter(company=company, kind="invoice", state="ready").count()
    if prepared != orders:
        raise SystemExit(f"{prepared} of {orders} invoices are ready; the figures would mean nothing")
    reset_queries()
    with CaptureQueriesContext(connection) as queries:
        prepare_orders(company, company.orders.order_by("pk")[:1000])
    print(
        json.dumps(
            {
                "orders": orders,
                "import_per_second": round(orders / import_seconds),
                "prepare_per_second": round(orders / prepare_seconds),
                "prepare_cpu_ms": round(1000 * prepare_processor / orders, 2),
                "queries_per_order": round(len(queries) / min(orders, 1000), 2),
                "peak_mib": round(after),
                "growth_mib": round(after - before),
            }
        )
    )


def imported(company: Company, file: io.BytesIO) -> None:
    """Import a file of these rows, all of them or none."""
    options = ReadOptions(currency="USD", time_zone=company.time_zone, decimal_mark=".")
    report = import_file(company, LAYOUTS["orders-csv"], file, name="bench.csv", options=options)
    if report.counts.errors:
        raise SystemExit(report.counts.errors[0].message.explain())


def _processor() -> float:
    """Seconds of processor time so far, of this process and of its PostgreSQL backend."""
    return time.process_time() + (of_backend(connection) if connection.vendor == "postgresql" else 0.0)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(int(sys.argv[1]))
