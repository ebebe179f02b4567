"""How does a connection to PostgreSQL begin?"""

from __future__ import annotations

from typing import Any

#: Compiling a plan pays for reports that run for minutes. Here it took 700 ms of a page whose query takes 40.
_JIT_OFF = "-c jit=off"


def without_jit(database: dict[str, Any]) -> dict[str, Any]:
    """The connection settings of a PostgreSQL, with its just-in-time compiler off from the first query on.

    What the address itself asks for in `options` comes behind it and wins.
    """
    if "postgresql" not in database["ENGINE"]:
        return database
    options = database.get("OPTIONS", {})
    return {**database, "OPTIONS": {**options, "options": f"{_JIT_OFF} {options.get('options', '')}".strip()}}
