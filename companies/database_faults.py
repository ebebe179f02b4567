"""Is a fault the database's own: away, full, busy or closed to writing? Every command and every page asks here."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from functools import cache

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from books.translation import gettext_noop

_SAFE = gettext_noop("Nothing is lost, and nothing is posted twice.")


@dataclass(frozen=True, kw_only=True)
class DatabaseFault:
    """What is the matter with the database. Its sentence names no address and no login, so anybody may read it."""

    sentence: str
    #: For the person who runs Tieout.
    cure: str
    #: That what was begun is safe.
    safe: str = _SAFE


AWAY = DatabaseFault(
    sentence=gettext_noop("The database cannot be reached."),
    cure=gettext_noop("See that it runs, and that DATABASE_URL names it."),
)
FULL = DatabaseFault(
    sentence=gettext_noop("The database has no room left."),
    cure=gettext_noop("See that its disk has room."),
)
NO_ROOM = DatabaseFault(
    sentence=gettext_noop("The disk of the server has no room left."),
    cure=gettext_noop("See that it has room, also where large files are kept while they are sent."),
)
READ_ONLY = DatabaseFault(
    sentence=gettext_noop("The database can be read, but not written."),
    cure=gettext_noop("See that its file and folder belong to the user who runs Tieout, and that it is no standby."),
)
NO_RIGHT = DatabaseFault(
    sentence=gettext_noop("The database login of Tieout has no right to read or write the tables."),
    cure=gettext_noop("Grant the login in DATABASE_URL the rights on all tables and sequences of Tieout."),
)
BUSY = DatabaseFault(
    sentence=gettext_noop("The database is busy with something else."),
    cure=gettext_noop("Try again in a minute."),
)
OLDER = DatabaseFault(
    sentence=gettext_noop("The database does not have the tables of this version of Tieout."),
    cure=gettext_noop("Run manage.py migrate, with the settings that everything else runs with."),
)

#: By the beginning of SQLite's name of an error. Its plain SQLITE_ERROR is a fault of a statement, or of a table that
#: a migration has not made yet.
_SQLITE = {
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_PERM": READ_ONLY,
    "SQLITE_FULL": FULL,
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "SQLITE_CANTOPEN": AWAY,
    "SQLITE_IOERR": AWAY,
    "SQLITE_NOTADB": AWAY,
    "SQLITE_CORRUPT": AWAY,
}
#: PostgreSQL's SQLSTATE, and SQLite's words, for a table or a column that is not there.
_NOT_THERE = ("42P01", "42703")
_NOT_THERE_IN_SQLITE = ("no such table", "no such column", "has no column named")
#: By the beginning of PostgreSQL's SQLSTATE.
_POSTGRES = {
    "08": AWAY,
    "25006": READ_ONLY,
    "28": AWAY,
    "3D000": AWAY,
    "40": BUSY,
    "42501": NO_RIGHT,
    "53100": FULL,
    "53": BUSY,
    "55P03": BUSY,
    "57014": BUSY,
    "57": AWAY,
    "58": AWAY,
}


def database_fault(error: BaseException | None) -> DatabaseFault | None:
    """What is the matter with the database; None where the error is another, such as a defect of ours."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    cause = error.__cause__
    if _misses_a_table(cause):
        return OLDER if _has_migrations_to_run() else None
    if name := getattr(cause, "sqlite_errorname", ""):
        return _beginning(name, _SQLITE)
    if state := getattr(cause, "sqlstate", None):
        return _beginning(state, _POSTGRES)
    # A connection that was never made, or broke, has no code
    return AWAY if isinstance(error, OperationalError | InterfaceError) else None


def disk_fault(error: BaseException | None) -> DatabaseFault | None:
    """That there was no room for a file that was sent; None where the error is another."""
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return NO_ROOM if full else None


def _misses_a_table(cause: BaseException | None) -> bool:
    if getattr(cause, "sqlite_errorname", "") == "SQLITE_ERROR":
        return any(words in str(cause) for words in _NOT_THERE_IN_SQLITE)
    return getattr(cause, "sqlstate", None) in _NOT_THERE


def _has_migrations_to_run() -> bool:
    """Whether a table may be missing because `migrate` has not made it yet, and not through a defect of ours."""
    try:
        return older_tables() is not None
    except DatabaseError:  # in a transaction that has failed nothing can be asked any more
        return False


def older_tables() -> DatabaseFault | None:
    """Whether the database lacks tables of this version; two small queries, since a load balancer asks all day."""
    made = MigrationRecorder(connections[DEFAULT_DB_ALIAS]).applied_migrations()
    return None if all(migration in made for migration in _last_migrations()) else OLDER


@cache
def _last_migrations() -> tuple[tuple[str, str], ...]:
    """The last migration of each app in this version; a newer version may have made more since."""
    return tuple(MigrationLoader(None).graph.leaf_nodes())


def first_line(error: BaseException) -> str:
    """The database's own words, for a log or a terminal; they may name its address."""
    return str(error).strip().rstrip(".").partition("\n")[0]


def _beginning(code: str, faults: dict[str, DatabaseFault]) -> DatabaseFault | None:
    return next((fault for start, fault in faults.items() if code.startswith(start)), None)
