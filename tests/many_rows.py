"""How does a table get as many rows as years of work would leave, in one statement?"""

from __future__ import annotations

import json
import re
from typing import Any

from django.db import connection, models


def copies(row: models.Model, number: int, /, **columns: str) -> None:
    """Copy a stored row so many times.

    Args:
        row: The pattern.
        number: How many copies.
        columns: By column, the SQL that it holds instead; `n.i` counts from 1 to `number`.
    """
    fields = [field for field in row._meta.concrete_fields if not field.generated]
    names = [str(field.column) for field in fields if not field.primary_key or field.column in columns]
    table, quoted = row._meta.db_table, [connection.ops.quote_name(name) for name in names]
    values = [columns.get(name, f"pattern.{column}") for name, column in zip(names, quoted, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s) "
            f"INSERT INTO {table} ({', '.join(quoted)}) SELECT {', '.join(values)} "
            f"FROM {table} AS pattern, n WHERE pattern.{row._meta.pk.column} = %s",
            [number, row.pk],
        )


def analyzed(*tables: type[models.Model]) -> None:
    """Let PostgreSQL learn how many rows there are, as it does by itself after a while; SQLite never does."""
    if connection.vendor == "sqlite":
        return
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {table._meta.db_table}")


#: What a scan of a whole table counts as, where nobody counts.
_ALL = 1_000_000


def most_rows(statement: str) -> int:
    """The most rows that one step of the statement reads, on PostgreSQL as it is run, on SQLite by its plan."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
            scans = [
                row[3] for row in cursor.fetchall() if re.match(r"SCAN sync_(document|push|stagedorder)\b", row[3])
            ]
            return _ALL if any("USING" not in scan for scan in scans) else 0
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        (answer,) = cursor.fetchone()
    plan = json.loads(answer) if isinstance(answer, str) else answer
    return max(_read(plan[0]["Plan"]))


def _read(step: dict[str, Any]) -> list[int]:
    removed = sum(step.get(name, 0) for name in ("Rows Removed by Filter", "Rows Removed by Join Filter"))
    own = (step["Actual Rows"] + removed) * step["Actual Loops"]
    return [round(own), *(number for part in step.get("Plans", ()) for number in _read(part))]
