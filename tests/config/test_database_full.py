"""Does a sync or an import say in words and in JSON that the database is away or full, and is nothing lost?"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands_in_turn import in_turn
from tests.databases import environment_of_a_child
from tests.sync.commands import HEADER


def test_a_database_that_is_away_is_said_in_words_and_in_json() -> None:
    ours = {"DJANGO_SETTINGS_MODULE": "config.settings", "TIEOUT_ENV_FILE": os.devnull}
    environment = {**os.environ, **ours, "DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"}

    words, told = in_turn(environment, ["manage.py", "sync"], ["manage.py", "sync", "--json"])

    assert (words.returncode, told.returncode) == (2, 2)
    assert "The database cannot be reached or written: unable to open database file." in words.stderr
    assert "Traceback" not in words.stderr
    assert json.loads(told.stdout)["cannot_run"].startswith("The database cannot be reached")


def on_its_own_database(file: Path, *, pages: int = 0) -> dict[str, str]:
    """The environment for a child with a SQLite database of its own, which cannot grow beyond so many pages."""
    options = {"transaction_mode": "IMMEDIATE"} | ({"init_command": f"PRAGMA max_page_count={pages}"} if pages else {})
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


@pytest.mark.long
def test_a_database_that_is_full_is_said_in_words_and_in_json_and_nothing_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "tieout.sqlite3"
    roomy = on_its_own_database(file)
    (staged,) = in_turn(roomy, ["-c", STAGE_SOME_ORDERS])
    assert staged.returncode == 0, staged.stderr
    with closing(sqlite3.connect(file)) as database:
        (pages,) = database.execute("PRAGMA page_count").fetchone()
    full = on_its_own_database(file, pages=pages)
    orders = tmp_path / "orders.csv"
    rows = (f"N-{number},2026-08-14,Priya,Natarajan,priya@example.com,WT-101,Wheel,1,199.00" for number in range(300))
    orders.write_text("\n".join((HEADER, *rows)))
    importing = ("manage.py", "import_orders", str(orders), "--company", "desktop", "--layout", "orders-csv")

    syncing, syncing_json = ["manage.py", "sync"], ["manage.py", "sync", "--json"]
    words, told, import_words, import_told = in_turn(full, syncing, syncing_json, importing, [*importing, "--json"])

    said = "The database cannot be reached or written: database or disk is full."
    for result in (words, import_words):
        assert (result.returncode, said in result.stderr) == (2, True), result.stderr
        assert "Traceback" not in result.stderr
    assert json.loads(told.stdout)["companies"][0]["cannot_run"].startswith(said)
    assert json.loads(import_told.stdout)["cannot_run"].startswith(said)

    synced, imported = in_turn(roomy, syncing_json, importing)
    (company,) = json.loads(synced.stdout)["companies"]
    assert (company["counts"]["prepared_orders"], company["counts"]["failed"]) == (30, 0)
    assert imported.returncode == 0
