"""What does a line of the CSV file of Documents cost? `python -m bench.csv_lines`, or with sizes of books.

The books are those of `bench.books`. Figures are milliseconds of processor time a line: of the Python process ("py")
and of its PostgreSQL backend ("pg"), the least of three files each.
"""

from __future__ import annotations

import subprocess
import sys
import time

import django

from bench.screens import of_backend
from bench.server import database_of, environment_of, server_address

_TIMES = 3
#: What a file is filtered by, and its name. Documents that wait for a person have an action in words.
_FILES = {"a month, nearly all posted": "since=2026-08-01&until=2026-08-31", "blocked": "state=blocked"}


def measure() -> None:
    """Write each file, and print a line for it."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(get_user_model().objects.get(username="accountant"), "django.contrib.auth.backends.ModelBackend")
    for name, chosen in _FILES.items():
        found = []
        for _ in range(_TIMES):
            connection.ensure_connection()
            begun, backend = time.process_time(), of_backend(connection)
            lines = 0
            for part in client.get(f"/bramble-birch/documents/export/?{chosen}"):
                lines += part.count(b"\n")
            connection.ensure_connection()
            found.append((time.process_time() - begun, of_backend(connection) - backend))
        ours, theirs = min(found, key=sum)
        print(f"{name:<30}{lines:>8,} lines   {1000 * ours / lines:.3f} py + {1000 * theirs / lines:.3f} pg ms a line")


def main(sizes: list[int]) -> None:
    """Measure each size in a process of its own."""
    server = server_address()
    for size in sizes:
        command = [sys.executable, "-m", "bench.csv_lines", "measure"]
        subprocess.run(command, env=environment_of(database_of(server, size)), check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        django.setup()
        measure()
    else:
        main([int(word) for word in sys.argv[1:]] or [1_000_000])
