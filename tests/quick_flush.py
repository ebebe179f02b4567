"""How are the tables emptied after a test that commits? By deleting the few rows that there are.

On PostgreSQL Django truncates every table: that makes each of them, and each of its indexes, a new file, which took
longer than most of these tests. On SQLite it deletes from every table. The names of the models stay where they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.backends.base.base import BaseDatabaseWrapper


def flush_by_deleting(connection: BaseDatabaseWrapper) -> None:
    """Let this connection empty tables by deleting, where its user may leave foreign keys unchecked meanwhile."""
    if connection.vendor == "postgresql" and not _is_superuser(connection):
        return

    def sql_flush(style: Any, tables: Sequence[str], **_how: Any) -> list[str]:
        emptied = sorted({*tables} - {ContentType._meta.db_table})
        quoted = [connection.ops.quote_name(table) for table in emptied]
        if not quoted:
            return []
        asked = " UNION ALL ".join(
            f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {table})" for number, table in enumerate(quoted)
        )
        with connection.cursor() as cursor:
            cursor.execute(asked)
            filled = [quoted[number] for (number,) in cursor.fetchall()]
        deletes = [f"DELETE FROM {table}" for table in filled]
        if not deletes or connection.vendor == "sqlite":  # which looks at foreign keys when all is deleted
            return deletes
        return [
            "SET LOCAL session_replication_role = replica",
            *deletes,
            "SET LOCAL session_replication_role = DEFAULT",
        ]

    connection.ops.sql_flush = sql_flush  # type: ignore[method-assign]


def _is_superuser(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        row = cursor.fetchone()
    return bool(row and row[0])
