"""What does it cost to read QuickBooks' lists? `python -m bench.lists 100000 20000`: so many customers and items.

A test company with such lists listens in one process; another reads them into PostgreSQL, so that its memory is its
own: first all of them, then all of them again when nothing changed, then again after a hundred customers and items were
renamed, and at last only what changed. A row is counted as written when PostgreSQL says it was inserted or updated.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import django
import requests

from bench.screens import of_backend
from bench.server import environment_of, new_database, server_address

if TYPE_CHECKING:
    from companies.models import Company
    from simulators.quickbooks.company import Company as Books

#: The number in the name of its database, which no other bench has.
_NUMBER = 9
_RENAMED = 100
_EACH = 1000
_A_DAY = 86_400
_HEAD = (
    f"{'':<28}{'rows':>9}{'requests':>10}{'written':>9}{'queries':>9}"
    f"{'py s':>8}{'pg s':>7}{'ms a row':>10}{'most memory':>13}"
)


def main(customers: int, items: int) -> None:
    """Fill a test company, and read it in a process of its own."""
    address = new_database(server_address(), _NUMBER)
    environment = environment_of(address)
    command = [sys.executable, "-m", "bench.lists", "company", str(customers), str(items)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as company:
        assert company.stdout
        ready = company.stdout.readline()
        environment |= {"TIEOUT_REHEARSAL_URL": json.loads(ready)["base_url"], "BENCH_READY": ready}
        subprocess.run([sys.executable, "-m", "bench.lists", "read"], env=environment, check=True)
        company.terminate()


def company(customers: int, items: int) -> None:
    """A test company with so many of each; prints how to connect to it, and listens until its input ends."""
    from simulators.quickbooks.server import start

    with start() as running:
        books = running.company
        income = next(row["Id"] for row in books.books.all("Account") if row["Name"] == "Sales")
        for number in range(customers):
            email = {"Address": f"buyer{number}@example.com"}
            books.make("Customer", DisplayName=f"Buyer {number} of Denver", PrimaryEmailAddr=email)
            _forget(books, number)
        for number in range(items):
            account = {"IncomeAccountRef": {"value": income}}
            books.make("Item", Name=f"Mug no. {number}", Sku=f"MUG-{number}", Type="Service", **account)
            _forget(books, number)
        books.clock.advance(_A_DAY)  # what was there long before is no change
        print(json.dumps(running.ready()), flush=True)
        sys.stdin.read()


def _forget(books: Books, number: int) -> None:
    if number % _EACH == 0:
        books.store.take_changes()
        books.store.take_events()


def read() -> None:
    """Read the lists in each of the ways, and print a line for it."""
    django.setup()
    from django.core.management import call_command

    from companies.models import Company
    from sync.quickbooks_online.connecting import connect_rehearsal

    call_command("migrate", verbosity=0)
    ready = json.loads(os.environ["BENCH_READY"])
    company = Company.objects.create(name="Bench", slug="bench", time_zone="America/Denver", is_rehearsal=True)
    connect_rehearsal(company, ready)
    print(_HEAD)
    _measured(company, ready, "all, for the first time")
    _measured(company, ready, "all, nothing changed")
    _rename(company, ready, "Pitcher")
    _measured(company, ready, f"all, {2 * _RENAMED} renamed")
    _rename(company, ready, "Teapot")
    _measured(company, ready, f"what changed, {2 * _RENAMED} renamed", whole=False)
    _measured(company, ready, "what changed, nothing did", whole=False)


def _measured(company: Company, ready: dict[str, str], name: str, *, whole: bool = True) -> None:
    from django.db import connection

    from bench.orders import peak
    from sync.lists.refresh import refresh_lists

    queries, asked = _Counted(), _asked(ready)
    written, ours, theirs = _written(), time.process_time(), of_backend(connection)
    with connection.execute_wrapper(queries):
        counts = refresh_lists(company, whole=whole)
    ours, theirs = time.process_time() - ours, of_backend(connection) - theirs
    if counts.failed:
        raise SystemExit(f"the lists were not read: {counts.failed}")
    rows = sum(counted.total for counted in counts.lists.values())
    told = f"{1000 * (ours + theirs) / rows:.3f}" if rows and whole else "—"
    print(
        f"{name:<28}{rows:>9}{_asked(ready) - asked:>10}{_written() - written:>9}{queries.number:>9}"
        f"{ours:>8.2f}{theirs:>7.2f}{told:>10}{peak():>9.0f} MiB",
        flush=True,
    )


def _asked(ready: dict[str, str]) -> int:
    """How many requests the test company has answered until now."""
    return int(requests.get(f"{ready['base_url']}/control/log", timeout=30).json()["requests"])


class _Counted:
    """Counts queries; to keep their texts would take more memory than the lists."""

    number = 0

    def __call__(self, execute: Callable[..., Any], *given: Any) -> Any:
        self.number += 1
        return execute(*given)


def _written() -> int:
    """How many rows of the lists PostgreSQL has inserted and updated until now."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd) FROM pg_stat_user_tables WHERE relname LIKE 'mapping_quickbooks%'"
        )
        return int(cursor.fetchone()[0])


def _rename(company: Company, ready: dict[str, str], name: str) -> None:
    """A hundred customers and a hundred items get another name in QuickBooks."""
    from mapping.models import QuickBooksCustomer, QuickBooksItem

    for entity, rows in (("Customer", QuickBooksCustomer.objects), ("Item", QuickBooksItem.objects)):
        for number in rows.filter(company=company, active=True).order_by("-pk").values_list("quickbooks_id")[:_RENAMED]:
            renamed = {"entity": entity, "id": number[0], "name": f"{name} {number[0]}"}
            requests.post(f"{ready['base_url']}/control/rename", json=renamed, timeout=30).raise_for_status()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["company", customers, items]:
            company(int(customers), int(items))
        case ["read"]:
            read()
        case []:
            main(100_000, 20_000)
        case [customers, items]:
            main(int(customers), int(items))
