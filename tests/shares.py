"""Which tests run on which of the two databases in `make test`, so that not every one of them runs twice?

Each runs wholly on one: on PostgreSQL what is about locks, processes that are killed, many rows and addresses that a
database could choke on, all else on SQLite. Of the others' tests each runs every so manieth, always the same ones. All
on either: `make test-sqlite ONE_OF=1` and `make test-postgres ONE_OF=1`.
"""

from __future__ import annotations

import zlib

import pytest
from django.db import connection

ON_POSTGRES = (
    "tests/config/test_migrations.py",
    "tests/crm/test_killed.py",
    "tests/faults/",
    "tests/fetching/test_lost_answers.py",
    "tests/fetching/test_planned_reading.py",
    "tests/fetching/test_stopped_midway.py",
    "tests/quickbooks_online/test_connecting.py",
    "tests/quickbooks_online/test_counting.py",
    "tests/quickbooks_online/test_login.py",
    "tests/quickbooks_online/test_shared_rows.py",
    "tests/reconciliation/test_drift",
    "tests/reconciliation/test_issues_follow.py",
    "tests/reconciliation/test_tie_out",
    "tests/screens/test_every_address.py",
    "tests/screens/test_nasty_addresses.py",
    "tests/setup/test_walk.py",
    "tests/sync/test_addresses_follow_orders.py",
    "tests/sync/test_adopting_side_by_side.py",
    "tests/sync/test_batches.py",
    "tests/sync/test_changing.py",
    "tests/sync/test_going_on.py",
    "tests/sync/test_importing.py",
    "tests/sync/test_insert.py",
    "tests/sync/test_late_answers.py",
    "tests/sync/test_one_breaks.py",
    "tests/sync/test_pushing.py",
    "tests/sync/test_resync.py",
    "tests/sync/test_side_by_side.py",
    "tests/sync/test_write_each.py",
    "tests/workers/",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--one-of",
        type=int,
        default=1,
        metavar="N",
        help="of the tests that run wholly on the other database, one of N",
    )


def runs_here(test: str, *, on_postgres: bool, one_of: int) -> bool:
    """Whether a test, by its address in pytest's writing, runs on this database."""
    return test.startswith(ON_POSTGRES) == on_postgres or zlib.crc32(test.encode()) % one_of == 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    on_postgres, one_of = connection.vendor == "postgresql", config.getoption("one_of")
    elsewhere = {item for item in items if not runs_here(item.nodeid, on_postgres=on_postgres, one_of=one_of)}
    if elsewhere:
        config.hook.pytest_deselected(items=list(elsewhere))
        items[:] = [item for item in items if item not in elsewhere]
