"""Make books of many documents to measure on: `python -m bench.books 1000000`, or several sizes; 10,000 to a million.

The demo is played into an empty database of the bench's PostgreSQL (`bench.server`). Its orders, with their documents,
postings, answers and problems, are the patterns of all the others: copied in the database, with customers, numbers and
days of their own. What waits for a person or was never posted is copied into the last weeks only, as in books that are
kept. Beside them are 100,000 customers, 10,000 products and items, and 5,000 accounts, whatever the size.

Columns are true to each other; what only one page of one order reads (bodies, payloads, answers) is the pattern's, and
of the copies shortened to its first kilobyte where it is no JSON.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import django

from bench.server import database_of, environment_of, new_database, server_address

if TYPE_CHECKING:
    from companies.models import Company

SIZES = (10_000, 100_000, 1_000_000)


def main(sizes: list[int]) -> None:
    """Make books of each size, in place of those that are there."""
    server = server_address()
    for size in sizes:
        begun = time.perf_counter()
        with tempfile.TemporaryDirectory() as data:
            environment = environment_of(new_database(server, size)) | {
                "TIEOUT_DATA_DIR": data,
                "TIEOUT_REHEARSAL_URL": f"http://127.0.0.1:{free_port()}",
            }
            command = [sys.executable, "-m", "bench.books", "fill", str(size)]
            subprocess.run(command, env=environment, check=True)
        print(f"{size:>10,} documents in {time.perf_counter() - begun:.0f} s: {database_of(server, size)}", flush=True)


def fill(size: int) -> None:
    """Play the demo, copy it until there are so many documents, and let the database learn what it has."""
    from bench.many_copies import copy_lists, copy_orders, finish

    company = play_demo()
    copy_lists(company)
    copy_orders(company, size)
    finish(company)


def play_demo() -> Company:
    """Play the demo into an empty database; its studio."""
    from django.core.management import call_command

    from demo.rehearsal import Rehearsal
    from demo.sample_company import open_studio
    from demo.story import tell

    call_command("migrate", verbosity=0)
    data = Path(os.environ["TIEOUT_DATA_DIR"]) / "rehearsal.json"
    with Rehearsal(os.environ["TIEOUT_REHEARSAL_URL"], data=data) as rehearsal:
        company = open_studio()
        tell(company, rehearsal.ready, say=lambda _: None, observe=lambda *_: None)
    return company


def free_port() -> int:
    """One that no program listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    if sys.argv[1:2] == ["fill"]:
        django.setup()
        fill(int(sys.argv[2]))
    else:
        main([int(size) for size in sys.argv[1:]] or list(SIZES))
