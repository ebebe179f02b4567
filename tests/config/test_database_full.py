"""Does a sync or an import say in words and in JSON that the database is full, and is nothing lost?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands_in_turn import in_turn
from tests.databases import environment_of_a_child
from tests.sync.commands import HEADER


def on_its_own_database(file: Path) -> dict[str, str]:
    """The environment for a child with a SQLite database of its own."""
    options = {"transaction_mode": "IMMEDIATE"}
    return environment_of_a_child({"ENGINE": "django.db.backends.sqlite3", "NAME": str(file), "OPTIONS": options})


STAGE_SOME_ORDERS = """
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}  # a quarter of a minute less
call_command("migrate", run_syncdb=True, verbosity=0)
from tests.databases import environment_of_a_child
from tests.factories import staged
from tests.quickbooks_desktop.factories import SOLD, a_desktop_company
staged(a_desktop_company(), *(SOLD.replace("1042", str(number)) for number in range(1, 31)))
"""

#: Runs manage.py with a database that cannot grow beyond what it has.
IN_A_FULL_ONE = """
import runpy, sys
from django.db import connection
with connection.cursor() as cursor:
    (pages,) = cursor.execute("PRAGMA page_count").fetchone()
connection.close()
connection.settings_dict["OPTIONS"]["init_command"] = f"PRAGMA max_page_count={pages}"
sys.argv[0] = "manage.py"
runpy.run_path("manage.py", run_name="__main__")
"""


@pytest.mark.long
def test_a_database_that_is_full_is_said_in_words_and_in_json_and_nothing_is_lost(tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    rows = (f"N-{number},2026-08-14,Priya,Natarajan,priya@example.com,WT-101,Wheel,1,199.00" for number in range(300))
    orders.write_text("\n".join((HEADER, *rows)))
    syncing, syncing_json = ["sync"], ["sync", "--json"]
    importing = ["import_orders", str(orders), "--company", "desktop", "--layout", "orders-csv"]

    staged, *in_a_full_one, synced, imported = in_turn(
        on_its_own_database(tmp_path / "tieout.sqlite3"),
        ["-c", STAGE_SOME_ORDERS],
        *(["-c", IN_A_FULL_ONE, *words] for words in (syncing, syncing_json, importing, [*importing, "--json"])),
        ["manage.py", *syncing_json],
        ["manage.py", *importing],
    )

    assert staged.returncode == 0, staged.stderr
    words, told, import_words, import_told = in_a_full_one
    said = "The database cannot be reached or written: database or disk is full."
    for result in (words, import_words):
        assert (result.returncode, said in result.stderr) == (2, True), result.stderr
        assert "Traceback" not in result.stderr
    assert json.loads(told.stdout)["companies"][0]["cannot_run"].startswith(said)
    assert json.loads(import_told.stdout)["cannot_run"].startswith(said)

    (company,) = json.loads(synced.stdout)["companies"]
    assert (company["counts"]["prepared_orders"], company["counts"]["failed"]) == (30, 0)
    assert imported.returncode == 0
