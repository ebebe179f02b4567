from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection

from tests.databases import CONNECTION_VARIABLE, PREFIX, clear_away_what_killed_runs_left

ROOT = Path(__file__).resolve().parents[2]
COUNT_PEOPLE = """
import django; django.setup()
from django.contrib.auth.models import User
print(User.objects.count())
User.objects.create(username="child")
"""
START_POSTGRES_AND_DIE = """
import os, signal
from tests.databases import connection_for_tests
print(connection_for_tests()["OPTIONS"]["host"], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
SHOW_JIT = """
import django; django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SHOW jit")
    print(cursor.fetchone()[0])
"""


def test_another_process_reads_and_writes_the_same_database(child_environment: dict[str, str]) -> None:
    User.objects.create(username="parent")

    child = subprocess.run(
        [sys.executable, "-c", COUNT_PEOPLE], env=child_environment, cwd=ROOT, capture_output=True, text=True
    )

    assert child.stdout == "1\n", child.stderr
    assert {user.username for user in User.objects.all()} == {"parent", "child"}


@pytest.mark.django_db(transaction=True)
def test_another_thread_reads_and_writes_the_same_database() -> None:
    User.objects.create(username="parent")
    seen: list[int] = []

    def count_and_write() -> None:
        seen.append(User.objects.count())
        User.objects.create(username="thread")
        connection.close()

    thread = threading.Thread(target=count_and_write)
    thread.start()
    thread.join(timeout=60)

    assert seen == [1]
    assert User.objects.count() == 2


def test_the_server_of_a_killed_run_is_stopped_by_the_next() -> None:
    environment = {
        name: value for name, value in os.environ.items() if name not in (CONNECTION_VARIABLE, "TEST_DATABASE_URL")
    }
    killed = subprocess.run(
        [sys.executable, "-c", START_POSTGRES_AND_DIE],
        env=environment | {"TIEOUT_TEST_DATABASE": "postgres"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (folder,) = (path for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*") if str(path) in killed.stdout)
    assert (folder / "postgres" / "postmaster.pid").exists()

    clear_away_what_killed_runs_left()

    assert not folder.exists()


def test_a_connection_to_postgresql_never_compiles_a_plan() -> None:
    environment = {name: value for name, value in os.environ.items() if name != CONNECTION_VARIABLE}

    shown = subprocess.run(
        [sys.executable, "-c", SHOW_JIT],
        env=environment | {"TIEOUT_TEST_DATABASE": "postgres", "DJANGO_SETTINGS_MODULE": "tests.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert shown.stdout == "off\n", shown.stderr
