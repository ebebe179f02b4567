"""How are the tables emptied after a test that commits? On PostgreSQL by deleting the few rows that there are.

Django truncates every table: that makes each of them, and each of its indexes, a new file, which took longer than most
of these tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def flush_by_deleting(connection: BaseDatabaseWrapper) -> None:
    """Let this connection empty tables by deleting, where its user may leave foreign keys unchecked meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        row = cursor.fetchone()
    if not row or not row[0]:
        return

    def sql_flush(style: Any, tables: Sequence[str], **_how: Any) -> list[str]:
        quoted = [connection.ops.quote_name(table) for table in tables]
        if not quoted:
            return []
        asked = " UNION ALL ".join(
            f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {table})" for number, table in enumerate(quoted)
        )
        with connection.cursor() as cursor:
            cursor.execute(asked)
            filled = [quoted[number] for (number,) in cursor.fetchall()]
        if not filled:
            return []
        return [
            "SET LOCAL session_replication_role = replica",
            *(f"DELETE FROM {table}" for table in filled),
            "SET LOCAL session_replication_role = DEFAULT",
        ]

    connection.ops.sql_flush = sql_flush  # type: ignore[method-assign]
