"""Is a database that is away, full, busy or closed a sentence with a cure, on every page and from every command?"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.db import Error, connection, transaction
from django.db.utils import ConnectionHandler
from django.test import Client

from companies.database_faults import AWAY, BUSY, FULL, NO_RIGHT, READ_ONLY, DatabaseFault, database_fault
from sync.management.guarded_command import GuardedCommand
from tests.commands_in_turn import Ended, in_turn
from tests.factories import the_studio
from tests.mapping.people import signed_in
from tests.mapping.product_form import a_product, page_of, save

OURS = ("companies", "mapping", "sync", "setup", "reconciliation", "demo")
NOWHERE = "sqlite:////nowhere/at/all.sqlite3"
STOPPED = "postgres://tieout:secret@127.0.0.1:1/tieout"


# Pages ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def closed(transactional_db: None) -> Iterator[Callable[[], DatabaseFault]]:
    """Closes the database to writing, as a real fault of this one does, and says which; it is open again afterwards."""
    is_sqlite = connection.vendor == "sqlite"

    def close() -> DatabaseFault:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON" if is_sqlite else "SET default_transaction_read_only = on")
        return READ_ONLY

    yield close
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = OFF" if is_sqlite else "SET default_transaction_read_only = off")


def test_a_step_that_cannot_be_saved_is_said_and_not_half_done(closed: Callable[[], DatabaseFault]) -> None:
    product = a_product(the_studio())
    client = signed_in(product.company)
    fault = closed()

    answer = save(client, product, item="WT-101")

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Content-Security-Policy" in answer.headers
    page = answer.content.decode()
    assert fault.sentence in page
    assert fault.cure in page
    assert "What you entered was not saved." in page
    assert "Traceback" not in page
    assert "readonly" not in page
    product.refresh_from_db()
    assert product.quickbooks_product_name == ""
    assert product.history.count() == 1


def test_a_program_that_asks_for_json_gets_it(closed: Callable[[], DatabaseFault]) -> None:
    product = a_product(the_studio())
    client = signed_in(product.company)
    fault = closed()

    answer = client.post(page_of(product), {"_save": "Save"}, headers={"Accept": "application/json"})

    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unavailable",
        "sentence": fault.sentence,
        "cure": fault.cure,
        "safe": "Nothing is lost, and nothing is posted twice.",
    }


@pytest.mark.django_db
def test_a_defect_of_ours_is_no_fault_of_the_database() -> None:
    with pytest.raises(Error) as raised, connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")

    assert database_fault(raised.value) is None
    assert database_fault(ValueError("the database is away")) is None


ASK = """
import sys
from django.test import Client
client = Client(raise_request_exception=False)
client.cookies["sessionid"] = "abcdefghijklmnopqrstuvwxyz123456"
answer = client.get(sys.argv[1], headers={"Accept": sys.argv[2]})
print(answer.status_code, answer.content.decode())
"""

COMMANDS = {NOWHERE: [["demo"], ["sync"], ["sync", "--json"]], STOPPED: [["rotate_keys"], ["after_restore", "--json"]]}


@cache
def without(database: str) -> list[Ended]:
    """The start page, the health page and some commands without that database, asked once of one process."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TIEOUT_ENV_FILE": os.devnull,
        "TIEOUT_ALLOWED_HOSTS": "testserver",
        "TIEOUT_DEBUG": "true" if database == NOWHERE else "false",
        "DATABASE_URL": database,
    }
    pages = ["-c", ASK, "/", "text/html"], ["-c", ASK, "/healthz", "application/json"]
    return in_turn(environment, *pages, *(["manage.py", *command] for command in COMMANDS[database]))


@pytest.mark.parametrize("database", [NOWHERE, STOPPED])
def test_a_page_whose_session_cannot_be_read_is_the_same_plain_page_and_health_says_what_is_missing(
    database: str,
) -> None:
    page, health, *_ = without(database)

    assert (page.returncode, health.returncode) == (0, 0), page.stderr + health.stderr
    assert page.stdout.startswith("503 ")
    assert AWAY.sentence in page.stdout
    assert "127.0.0.1" not in page.stdout
    assert "Traceback" not in page.stdout
    status, _, body = health.stdout.partition(" ")
    assert status == "503"
    assert json.loads(body)["sentence"] == AWAY.sentence


@pytest.mark.django_db
def test_health_in_json_is_ok(client: Client) -> None:
    assert client.get("/healthz", headers={"Accept": "application/json"}).json() == {"status": "ok"}


# Which fault it is ---------------------------------------------------------------------------------------------------


def fault_of(statements: list[str], **connection: Any) -> DatabaseFault | None:
    """What is the matter with a SQLite database of its own, as these statements find."""
    databases = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", **connection}})
    try:
        with databases["default"].cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    except Error as error:
        return database_fault(error)
    finally:
        databases.close_all()
    return None


FILL = "INSERT INTO kept SELECT hex(randomblob(5000)) FROM (VALUES (1), (2), (3), (4))"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("mode", "options", "statements", "fault"),
    [
        ("mode=ro", {}, ["INSERT INTO kept VALUES ('')"], READ_ONLY),
        ("mode=rw", {"init_command": "PRAGMA max_page_count=2"}, [FILL], FULL),
        ("mode=rw", {"timeout": 0}, ["INSERT INTO kept VALUES ('')"], BUSY),
    ],
)
def test_what_is_the_matter_with_a_file_is_told_apart(
    tmp_path: Path, mode: str, options: dict[str, Any], statements: list[str], fault: DatabaseFault
) -> None:
    file = tmp_path / "books.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("CREATE TABLE kept (text TEXT)")
        if fault is BUSY:
            other.execute("BEGIN EXCLUSIVE")

        assert fault_of(statements, NAME=f"file:{file}?{mode}", OPTIONS=options) == fault


@pytest.mark.django_db
def test_a_file_that_is_no_database_cannot_be_reached(tmp_path: Path) -> None:
    file = tmp_path / "books.sqlite3"
    file.write_bytes(b"a spreadsheet, perhaps" * 1000)

    assert fault_of(["SELECT * FROM kept"], NAME=str(file)) == AWAY


#: What PostgreSQL answers, by how it is brought about; on SQLite the nearest thing that can be.
FAULTS = {
    "postgresql": (
        (["CREATE ROLE outsider", "SET LOCAL ROLE outsider", "SELECT * FROM companies_company"], NO_RIGHT),
        (["SET TRANSACTION READ ONLY", "DELETE FROM companies_company"], READ_ONLY),
        (["SET LOCAL statement_timeout = 20", "SELECT pg_sleep(5)"], BUSY),
        (["SET LOCAL lock_timeout = 20", "SELECT pg_terminate_backend(pg_backend_pid())"], AWAY),
    ),
    "sqlite": ((["PRAGMA query_only = ON", "DELETE FROM companies_company"], READ_ONLY),),
}


@pytest.mark.django_db(transaction=True)
def test_what_is_the_matter_with_this_database_is_told_apart() -> None:
    for statements, fault in FAULTS[connection.vendor]:
        with pytest.raises(Error) as raised:
            in_one_transaction(statements)
        connection.close()

        assert database_fault(raised.value) == fault, statements


def in_one_transaction(statements: list[str]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


# Commands ------------------------------------------------------------------------------------------------------------


def test_every_command_of_ours_has_the_guard() -> None:
    commands = {name: app for name, app in get_commands().items() if app in OURS}

    assert {"sync", "after_restore", "rotate_keys", "demo", "check_iif"} <= set(commands)
    for name, app in commands.items():
        assert isinstance(load_command_class(app, name), GuardedCommand), name


@pytest.mark.parametrize("database", [NOWHERE, STOPPED])
def test_a_command_without_a_database_says_so_and_how_to_mend_it(database: str) -> None:
    _page, _health, *results = without(database)

    for command, result in zip(COMMANDS[database], results, strict=True):
        assert result.returncode == 2, (command, result.stderr)
        assert "The database cannot be reached or written: " in result.stderr, command
        assert AWAY.cure in result.stderr, command
        assert "Traceback" not in result.stderr, command
        if "--json" in command:
            assert AWAY.cure in json.loads(result.stdout)["cannot_run"]


def test_a_sync_without_a_database_says_what_is_the_matter_in_words_and_in_json() -> None:
    *_others, words, told = without(NOWHERE)

    assert "The database cannot be reached or written: unable to open database file." in words.stderr
    assert json.loads(told.stdout)["cannot_run"].startswith("The database cannot be reached")
