"""Which parts of Tieout, and of what it builds on, does a piece of work spend its processor time in?"""

from __future__ import annotations

import cProfile
import pstats
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

#: The first that a file's path contains; what is built into Python counts for its caller.
_PARTS = (
    ("/sync/preparing/", "preparing: what becomes of each order"),
    ("/sync/pushing/", "posting: claims, answers and events"),
    ("/sync/quickbooks_online/", "what is sent to QuickBooks, and what it answers"),
    ("/sync/sources/", "reading the file"),
    ("/sync/staging/", "keeping what was read"),
    ("/sync/", "the rest of sync"),
    ("/mapping/", "what the mapping answers"),
    ("/companies/", "rows to and from the database"),
    ("/books/", "documents, orders and their JSON"),
    ("cattrs", "documents, orders and their JSON"),
    ("<string>", "documents, orders and their JSON"),
    ("/json/", "documents, orders and their JSON"),
    ("/django/db/", "Django's queries and models"),
    ("/django/", "the rest of Django"),
    ("/psycopg", "the driver of PostgreSQL"),
    ("/requests/", "HTTP"),
    ("/urllib3/", "HTTP"),
    ("/http/", "HTTP"),
    ("/quickbooks/", "HTTP"),
)
_STATEMENTS = ("sqlite3.Cursor", "sqlite3.Connection")
_Function = tuple[str, int, str]


def profiled(work: Callable[[], object]) -> list[tuple[str, float]]:
    """Do the work; the parts that it spent its time in and the share of each, the largest first."""
    profile = cProfile.Profile(time.process_time)
    profile.runcall(work)
    shares: Counter[str] = Counter()
    stats: dict[_Function, Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    for function, (_calls, _all, own, _below, callers) in stats.items():
        if function[0] != "~":
            shares[_part_of(function)] += own
        elif any(name in function[2] for name in _STATEMENTS):
            shares["SQLite's statements"] += own
        else:
            for caller, (_of_it, _of_all, within, _with_below) in callers.items():
                shares[_part_of(caller)] += within
    total = sum(shares.values())
    return [(name, seconds / total) for name, seconds in shares.most_common()]


def _part_of(function: _Function) -> str:
    path = function[0]
    return next((name for part, name in _PARTS if part in path), "everything else")
