"""Where do the big books of the benches lie? In a PostgreSQL that is started for them and keeps them between runs.

Its data are in `tieout-bench` in the folder for temporary files, or where BENCH_DIR says; deleting that folder
deletes the books. `BENCH_DATABASE_URL` names a server of yours instead: the user in it must be allowed to create
databases, and a superuser fills them faster.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.databases import packaged_postgres

#: Nothing of a bench has to survive a power cut; the cache is what a small server gives its database.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "'1GB'",
    "maintenance_work_mem": "'512MB'",
    "max_wal_size": "'8GB'",
    # As it should be where the data are on flash memory
    "random_page_cost": "1.1",
}


def folder() -> Path:
    """Where the data of the server are kept."""
    return Path(os.environ.get("BENCH_DIR", Path(tempfile.gettempdir()) / "tieout-bench"))


def server_address() -> str:
    """The address of the server, started if it has to be; it is stopped when this process ends."""
    if given := os.environ.get("BENCH_DATABASE_URL"):
        return given
    place = folder()
    is_new = not (place / "postgres").exists()
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o755)  # as root the server runs as a user of its own, which has to walk through
    postgres = packaged_postgres(place)
    server = postgres.get_server(place / "postgres", cleanup_mode="stop")
    if is_new:
        for name, value in _SETTINGS.items():
            server.psql(f"ALTER SYSTEM SET {name} = {value};")
        server.cleanup()
        server = postgres.get_server(place / "postgres", cleanup_mode="stop")
    return str(server.get_uri())


def database_of(server: str, size: int, of: str = "books") -> str:
    """The address of the database that holds books of so many documents, or lists of so many rows."""
    parts = urlsplit(server)
    return urlunsplit(parts._replace(path=f"/tieout_{of}_{size}"))


def has_database(server: str, size: int, of: str = "books") -> bool:
    """Whether books of that size are there."""
    with psycopg.connect(server) as connection:
        name = f"tieout_{of}_{size}"
        return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def new_database(server: str, size: int, of: str = "books") -> str:
    """Make an empty database for books of that size, in place of one that is there; its address."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "tieout_{of}_{size}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "tieout_{of}_{size}"')
    return database_of(server, size, of)


def environment_of(address: str) -> dict[str, str]:
    """The environment of a process that works in a database of the benches."""
    data = folder() / "data"
    data.mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TIEOUT_ENV_FILE": os.devnull,
        "TIEOUT_DATA_DIR": str(data),
        "DATABASE_URL": address,
        "TIEOUT_DEBUG": "false",
        "TIEOUT_LOG_LEVEL": "WARNING",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(Path.cwd()), *sys.path])),
    }
