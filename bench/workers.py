"""Measure workers: how much they post together, and how long a company waits. `python -m bench.workers`.

So many companies have some documents each, and one of them a backlog. The same is posted by 1, 2 and 4 worker
processes, one after the other, on a PostgreSQL that is started for it or that BENCH_DATABASE_URL names. Companies and
QuickBooks are on this machine too, so its cores limit the figures; the ratios and the waits are what counts.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

import django

from bench.server import environment_of, new_database, server_address

#: The number in the name of its database, which no bench of screens has.
_NUMBER = 3
_HEAD = f"{'workers':>8} {'documents':>10} {'seconds':>8} {'a second':>9} {'ratio':>6} {'first by':>9} {'small by':>9}"


def main(wanted: argparse.Namespace) -> None:
    """Set everything up, measure each number of workers, and print the figures."""
    address = new_database(server_address(), _NUMBER)
    books = subprocess.Popen(
        [sys.executable, "-m", "bench.many_companies", str(wanted.companies), str(wanted.latency)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert books.stdin
    assert books.stdout
    logins = json.loads(books.stdout.readline())
    environment = environment_of(address) | {"TIEOUT_REHEARSAL_URL": logins[0]["base_url"]}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=environment, check=True)
    os.environ.update(environment)
    django.setup()
    from bench.worker_load import set_up

    set_up(logins)
    print(f"{wanted.companies} companies, {wanted.documents} documents each, one of them {wanted.backlog} more")
    print(f"{wanted.latency} ms a call, {wanted.concurrency} companies at the same time in each worker")
    print(f"{_HEAD}   (the last company's first document, and all but the backlog)", flush=True)
    first = 0.0
    try:
        for turn, workers in enumerate(wanted.workers):
            told = _measured(wanted, turn, workers, environment)
            first = first or told["rate"]
            print(
                f"{workers:>8} {told['documents']:>10} {told['seconds']:>8.1f} {told['rate']:>9.1f}"
                f" {told['rate'] / first:>6.2f} {told['longest']:>7.1f} s {told['small']:>7.1f} s",
                flush=True,
            )
    finally:
        books.stdin.close()
        books.wait()


def _measured(wanted: argparse.Namespace, turn: int, workers: int, environment: dict[str, str]) -> dict[str, Any]:
    """Post the load of one run with so many workers."""
    from bench.worker_load import outcome, sell

    sell(wanted.documents, wanted.backlog, first=1 + turn * 100_000)
    command = [sys.executable, "manage.py", "worker", "--concurrency", str(wanted.concurrency), "--turn", "10"]
    began = time.time()
    processes = [subprocess.Popen(command, env=environment) for _ in range(workers)]
    try:
        _wait(processes, until=began + wanted.patience)
        return outcome(began)
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(180)


def _wait(processes: list[subprocess.Popen[bytes]], *, until: float) -> None:
    """Return when all is posted.

    Raises:
        SystemExit: It takes too long, or a worker has ended; the figures would mean nothing.
    """
    from bench.worker_load import states, waiting

    while waiting():
        time.sleep(0.5)
        if time.time() > until:
            raise SystemExit(f"not all was posted in time: {states()}")
        if any(process.poll() is not None for process in processes):
            raise SystemExit("a worker ended")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=300)
    parser.add_argument("--documents", type=int, default=5)
    parser.add_argument("--backlog", type=int, default=300)
    parser.add_argument("--latency", type=int, default=350, metavar="MS")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--patience", type=int, default=1800, metavar="SECONDS", help="after that a run has failed")
    return parser.parse_args()


if __name__ == "__main__":
    main(_arguments())
