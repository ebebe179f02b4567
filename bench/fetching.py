"""Read a Keap account from its beginning, and say how fast, in how many requests and in how much memory.

`python -m bench.fetching`: for each size, 10,000 and 100,000 orders unless others are named, a test account is filled
in one process and read by another, so that the memory is the reader's own. The limits of Keap are off: what they leave
is worked out from the requests. CPU seconds are those of the reading process.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import django

SIZES = (10_000, 100_000)
_COLUMNS = (
    *("orders", "seconds", "per_second", "cpu_seconds", "requests", "per_order", "minutes_at_240", "peak_mib"),
    "second_requests",
)


def main(sizes: list[int]) -> None:
    """Measure each size and print figures, and what became of them from the first to the last."""
    results = [_measured(size) for size in sizes]
    print("  ".join(f"{name:>15}" for name in _COLUMNS))
    for result in results:
        print("  ".join(f"{result[name]:>15}" for name in _COLUMNS))
    if len(results) > 1:
        first, last = results[0], results[-1]
        grown = last["peak_mib"] / first["peak_mib"]
        print(f"memory: {last['orders']} orders against {first['orders']}: x {grown:.2f}")


def _measured(size: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TIEOUT_DATA_DIR": folder,
            "DATABASE_URL": os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{Path(folder) / 'bench.sqlite3'}"),
            "TIEOUT_DEBUG": "false",
            "TIEOUT_LOG_LEVEL": "WARNING",
        }
        itself = [sys.executable, "-m", "bench.fetching"]
        with subprocess.Popen(
            [*itself, "account", str(size)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as account:
            assert account.stdout is not None
            ready = account.stdout.readline()
            done = subprocess.run([*itself, "read", ready], env=environment, check=True, capture_output=True, text=True)
            account.terminate()
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def account(size: int) -> None:
    """A test account with so many orders, half of them paid; prints how to reach it, and listens until it is ended."""
    from simulators.keap.server import start

    with start(seed="empty") as running:
        kept = running.company
        kept.new_product("Wheel Throwing 101", "199.00", sku="WT-101")
        contacts = [
            kept.new_contact("Amara", f"Lindqvist {number}", email=f"a{number}@example.org") for number in range(500)
        ]
        for number in range(size):
            if number % 100 == 0:
                kept.clock.advance(600)
            order = kept.place_order(contacts[number % 500], [("WT-101", 1, "199.00")], on=date(2026, 3, 2))
            if number % 2:
                kept.pay(order)
        print(json.dumps(running.ready()), flush=True)
        sys.stdin.read()


def read(ready: dict[str, str]) -> None:
    """Read the account twice; the second time nothing is new."""
    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from companies.activation import put_practice_to_work
    from companies.models import Company
    from sync.fetching.connecting import Connected, NewSource, connect_by_key
    from sync.fetching.fetch import fetch_source
    from sync.fetching.planning import start_reading
    from sync.models import StagedOrder

    call_command("migrate", verbosity=0)
    company = Company.objects.create(name="Bench", slug="bench", time_zone="America/Denver", is_rehearsal=True)
    put_practice_to_work(company, by=get_user_model().objects.create(username="bench"))
    wanted = NewSource(kind="keap", starts_on=date(2026, 1, 1), address=ready["api_url"])
    made = connect_by_key(company, wanted, key=ready["api_key"], by=None)
    assert isinstance(made, Connected)
    start_reading(made.source, by=None)
    began, cpu = time.perf_counter(), time.process_time()
    report = fetch_source(made.source)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    peak = _peak()
    again = fetch_source(made.source)
    orders = StagedOrder.objects.count()
    assert report.complete, report.stopped
    assert not report.counts.rejected
    assert not again.counts.staged
    print(
        json.dumps(
            {
                "orders": orders,
                "seconds": round(seconds, 1),
                "per_second": round(orders / seconds),
                "cpu_seconds": round(cpu, 1),
                "requests": report.calls,
                "per_order": round(report.calls / orders, 3),
                "minutes_at_240": round(report.calls / 240, 1),
                "peak_mib": round(peak, 1),
                "second_requests": again.calls,
            }
        )
    )


def _peak() -> float:
    """The most memory that this process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["account", size]:
            account(int(size))
        case ["read", told]:
            read(json.loads(told))
        case sizes:
            main([int(size.replace(",", "")) for size in sizes] or list(SIZES))
