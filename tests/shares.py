"""Which tests run on which of the two databases in `make test`, so that not every one of them runs twice?

Each runs wholly on one: on PostgreSQL what is about locks, processes that are killed, many rows and addresses that a
database could choke on, all else on SQLite. Of the others' tests each runs every so manieth, always the same ones, out
of one file in ten. The other files are not even imported on PostgreSQL; on SQLite they are, for the page of criteria.
All on either: `make test-sqlite ONE_OF=1` and `make test-postgres ONE_OF=1`.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from django.db import connection

ON_POSTGRES = (
    "tests/config/test_migrations.py",
    "tests/crm/test_killed.py",
    "tests/faults/",
    "tests/fetching/test_lost_answers.py",
    "tests/fetching/test_planned_reading.py",
    "tests/fetching/test_stopped_midway.py",
    "tests/mapping/test_kept_lists.py",
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
#: Of the files of the other database one in so many is read, unless more of its tests are asked for than that.
ONE_FILE_OF = 10


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--one-of",
        type=int,
        default=1,
        metavar="N",
        help="of the tests that run wholly on the other database, one of N",
    )


def is_read_here(file: str, *, on_postgres: bool, one_of: int) -> bool:
    """Whether any test of a file may run on this database."""
    return file.startswith(ON_POSTGRES) == on_postgres or _is_drawn(file, one_of=min(one_of, ONE_FILE_OF))


def runs_here(test: str, *, on_postgres: bool, one_of: int, is_alike: bool = False) -> bool:
    """Whether a test, by its address in pytest's writing, runs on this database.

    Args:
        test: Its file, a double colon, and its name.
        on_postgres: Which of the two this is.
        one_of: Of the tests of the other database, one of so many runs here too.
        is_alike: It is marked `same_on_either`, which PostgreSQL leaves out: then SQLite does all of it.
    """
    file = test.partition("::")[0]
    if is_alike and not on_postgres:
        return True
    if file.startswith(ON_POSTGRES) == on_postgres:
        return True
    left = max(1, one_of // ONE_FILE_OF)
    return is_read_here(file, on_postgres=on_postgres, one_of=one_of) and _is_drawn(test, one_of=left)


def _is_drawn(name: str, *, one_of: int) -> bool:
    return zlib.crc32(name.encode()) % one_of == 0


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    is_test = collection_path.match("test_*.py") and collection_path.is_relative_to(config.rootpath)
    if connection.vendor != "postgresql" or not is_test:
        return None
    file = collection_path.relative_to(config.rootpath).as_posix()
    return None if is_read_here(file, on_postgres=True, one_of=config.getoption("one_of")) else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    on_postgres, one_of = connection.vendor == "postgresql", config.getoption("one_of")
    elsewhere = {item for item in items if not _runs(item, on_postgres=on_postgres, one_of=one_of)}
    if elsewhere:
        config.hook.pytest_deselected(items=list(elsewhere))
        items[:] = [item for item in items if item not in elsewhere]


def _runs(item: pytest.Item, *, on_postgres: bool, one_of: int) -> bool:
    is_alike = item.get_closest_marker("same_on_either") is not None
    return runs_here(item.nodeid, on_postgres=on_postgres, one_of=one_of, is_alike=is_alike)
