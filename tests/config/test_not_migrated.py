"""Does an installation with an older database, or with wrong settings, say so and never end as done?"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from companies.database_faults import OLDER
from sync.management.guarded_command import GuardedCommand
from tests.commands_in_turn import in_turn

ASK = """
from django.test import Client
answer = Client(raise_request_exception=False).post("/login/", {"username": "a", "password": "b"})
print(answer.status_code, answer.content.decode())
"""


def of_an_installation(data: Path, **settings: str) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TIEOUT_ENV_FILE": os.devnull,
        "TIEOUT_ALLOWED_HOSTS": "testserver",
        "TIEOUT_DATA_DIR": str(data),
        "DATABASE_URL": f"sqlite:///{data}/new.sqlite3",
        **settings,
    }


def test_before_migrate_has_run_every_command_and_every_page_says_what_to_run(tmp_path: Path) -> None:
    page, *commands = in_turn(
        of_an_installation(tmp_path),
        ["-c", ASK],
        ["manage.py", "sync"],
        ["manage.py", "sync", "--json"],
        ["manage.py", "status"],
    )

    assert page.stdout.startswith("503 "), page.stderr
    assert OLDER.sentence in page.stdout
    for command in commands:
        assert command.returncode == 2
        assert "does not have the tables of this version of Tieout: no such table: " in command.stderr
        assert OLDER.cure in command.stderr
        assert "Traceback" not in command.stderr
    assert OLDER.cure in json.loads(commands[1].stdout)["cannot_run"]


def test_a_sync_with_a_wrong_setting_ends_as_one_that_could_not_run(tmp_path: Path) -> None:
    (sync,) = in_turn(of_an_installation(tmp_path, TIEOUT_ENCRYPTION_KEYS="short"), ["manage.py", "sync"])

    assert sync.returncode == 2
    assert "tieout.E004" in sync.stderr


HEALTH = """
from django.test import Client
for kind in ("text/plain", "application/json"):
    answer = Client().get("/healthz", headers={"Accept": kind})
    print(answer.status_code, answer.content.decode().strip())
"""
LOSE_A_MIGRATION = """
from django.db import connection
connection.cursor().execute("DELETE FROM django_migrations WHERE app = 'reconciliation' AND name LIKE '0018%'")
"""


def test_while_tables_are_missing_a_load_balancer_is_told_so(tmp_path: Path) -> None:
    settings = of_an_installation(tmp_path)
    # Only what is said to have been made is looked at, and to make it takes a minute
    migrate, health = ["manage.py", "migrate", "--fake", "--verbosity", "0"], ["-c", HEALTH]

    before, _, after, _, older = in_turn(settings, health, migrate, health, ["-c", LOSE_A_MIGRATION], health)

    for answers in (before, older):
        plain, as_json = answers.stdout.splitlines()
        assert plain == f"503 {OLDER.sentence} {OLDER.cure}"
        assert as_json.startswith("503 ")
        assert OLDER.sentence in as_json
    assert after.stdout.splitlines() == ["200 ok", '200 {"status": "ok"}']


class BreakingCommand(GuardedCommand):
    """Has a defect."""

    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        raise ZeroDivisionError("a defect")


def test_a_command_that_breaks_ends_as_one_that_could_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        BreakingCommand().run_from_argv(["manage.py", "sync"])

    assert ended.value.code == 2
    assert "ZeroDivisionError: a defect" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_command_whose_output_nobody_reads_any_more_goes_on_to_its_end() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", closefd=True) as pipe:
        command = TellingCommand(stdout=pipe)
        command.run_from_argv(["manage.py", "tell"])

    assert command.told == 3


class TellingCommand(GuardedCommand):
    """Has something to say, and to do."""

    requires_system_checks = ()
    told = 0

    def handle(self, *args: object, **options: object) -> None:
        for number in range(3):
            self.stdout.write(f"number {number}")
            self.told += 1
