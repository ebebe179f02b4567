"""What does each tab of a source cost with a hundred rows and with a hundred thousand? `python -m bench.tabs`.

So many customers and products are added to the demo's, and as many of QuickBooks' customers and items. Most products
have a name that an item has; one in a thousand waits for a person. Figures are those of `bench.screens`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping

import django

from bench.books import free_port, play_demo
from bench.screens import GOAL, cost_of
from bench.server import database_of, environment_of, has_database, new_database, server_address

SIZES = (100, 100_000)


def main(sizes: list[int]) -> None:
    """Make what is missing, measure each size in a process of its own, and print a line for each tab."""
    server = server_address()
    for size in sizes:
        if not has_database(server, size, "lists"):
            with tempfile.TemporaryDirectory() as data:
                address = new_database(server, size, "lists")
                own = {"TIEOUT_DATA_DIR": data, "TIEOUT_REHEARSAL_URL": f"http://127.0.0.1:{free_port()}"}
                _run("fill", size, environment_of(address) | own)
    results = {size: _measured(size, environment_of(database_of(server, size, "lists"))) for size in sizes}
    for name in results[sizes[0]]:
        rows = [results[size][name] for size in sizes]
        cells = "  ".join(f"{row['py'] + row['pg']:>6.0f} ms {row['queries']:>3} queries" for row in rows)
        print(f"{name:<40}{cells}{'  ABOVE' if rows[-1]['py'] + rows[-1]['pg'] >= GOAL else ''}")


def _measured(size: int, environment: Mapping[str, str]) -> dict[str, dict[str, float]]:
    result: dict[str, dict[str, float]] = json.loads(_run("measure", size, environment).splitlines()[-1])
    return result


def _run(what: str, size: int, environment: Mapping[str, str]) -> str:
    command = [sys.executable, "-m", "bench.tabs", what, str(size)]
    return subprocess.run(command, env=dict(environment), check=True, stdout=subprocess.PIPE, text=True).stdout


def fill(size: int) -> None:
    """The demo, and so many rows more in each list."""
    from bench.many_copies import copy_lists, finish

    company = play_demo()
    copy_lists(company, customers=size, products=size)
    finish(company)


def _tabs() -> Iterator[tuple[str, str]]:
    home = "/bramble-birch/"
    source = f"{home}integrations/keap/"
    for tab in ("", "items/", "customers/", "invoices/", "columns/"):
        yield f"Source, {tab.strip('/') or 'general'}", f"{source}{tab}"
    for tab in ("items", "customers", "invoices"):
        waiting = "state=stuck" if tab == "invoices" else "show=waiting"
        yield f"Source, {tab}, needs attention", f"{source}{tab}/?{waiting}"
    yield "Items to match", f"{home}match-items/"
    yield "Match customers", f"{home}match-customers/"
    yield "Match several customers at once", f"{home}match-several/"
    yield "New items", f"{home}new-items/"
    yield "Import items", f"{home}import-items/"
    yield "Item rules", "/mapping/bramble-birch/item-rules/"
    yield "Customer rules", "/mapping/bramble-birch/customer-rules/"
    yield "Sync history", f"{home}sync-history/"


def measure() -> None:
    """Ask for each tab, and print one line of JSON."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(get_user_model().objects.get(username="accountant"), "django.contrib.auth.backends.ModelBackend")
    print(json.dumps({name: cost_of(client, address) for name, address in _tabs()}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["fill"]:
        django.setup()
        fill(int(sys.argv[2]))
    elif sys.argv[1:2] == ["measure"]:
        django.setup()
        measure()
    else:
        main([int(size) for size in sys.argv[1:]] or list(SIZES))
