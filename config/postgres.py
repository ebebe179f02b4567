"""What is different on PostgreSQL? How a connection begins, and a job queue that lives in it."""

from __future__ import annotations

from typing import Any

#: Compiling a plan pays for reports that run for minutes: here it took 700 ms of a page whose query takes 40. On flash
#: memory any page of a table is as near as the next: PostgreSQL read all orders to find 30 documents.
_PLANS = "-c jit=off -c random_page_cost=1.1"


def with_quick_plans(database: dict[str, Any]) -> dict[str, Any]:
    """The connection settings of a PostgreSQL whose plans are made for short queries, from the first one on.

    What the address itself asks for in `options` comes behind it and wins.
    """
    if "postgresql" not in database["ENGINE"]:
        return database
    options = database.get("OPTIONS", {})
    return {**database, "OPTIONS": {**options, "options": f"{_PLANS} {options.get('options', '')}".strip()}}


def queue_apps(database: dict[str, Any]) -> list[str]:
    """The Django application of the job queue, where there can be one.

    On SQLite `manage.py sync` does the same work in its own process.
    """
    return ["procrastinate.contrib.django"] if "postgresql" in database["ENGINE"] else []
