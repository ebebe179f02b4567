"""What does every test have at hand?"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator

import hypothesis
import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from companies.collecting import leave_out_for_good
from tests.databases import environment_of_a_child
from tests.long_first import spread
from tests.tables import are_made, copy_tables, drop_copy, quick_between_tests

pytest_plugins = [
    "tests.browsers",
    "tests.criteria",
    "tests.languages",
    "tests.shares",
    "tests.side_by_side",
    "tests.written_again",
]

# How long one example takes says more about what else the machine is doing than about the code. Each run tries others;
# make properties tries many at once
hypothesis.settings.register_profile(
    "tieout", deadline=None, print_blob=True, max_examples=int(os.environ.get("TIEOUT_EXAMPLES", "30"))
)
hypothesis.settings.load_profile("tieout")

# Thousands of test functions and modules stay to the end: to walk through them for what may be thrown away, again and
# again, took an eighth of all time, and a quarter while they are collected
gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The tables are there: a copy of those that were made before this process was forked, or new ones."""
    if are_made(request.config):
        process = request.config.workerinput["workerid"]  # type: ignore[attr-defined]
        with django_db_blocker.unblock():
            before = copy_tables(process)
        yield
        with django_db_blocker.unblock():
            drop_copy(process, before)
        return
    request.getfixturevalue("django_db_setup")
    with django_db_blocker.unblock():
        quick_between_tests()
    yield


@pytest.fixture(autouse=True)
def no_thread_is_left_at_work(_django_db_marker: None) -> Iterator[None]:
    """What carries on in a thread, such as a Re-sync or a file of items, has ended before the tables are emptied."""
    yield
    if any(thread.name.startswith("fetch-woken-") for thread in threading.enumerate()):
        from sync.jobs.wake import let_go  # models exist only after the set-up

        let_go()
    for thread in threading.enumerate():
        work = (
            *("adoption-", "catalogue-", "cleanup-", "evidence-", "fetch-", "first-load-", "preview-", "resync-"),
            *("tie-out-", "undo-"),
        )
        if thread.name.startswith(work):
            thread.join(60)


def pytest_collection_finish() -> None:
    """What has been collected is not looked at again."""
    leave_out_for_good()


@pytest.hookimpl(trylast=True)  # after they have been shuffled
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long tests begin first, in each process its share of them.

    What only PostgreSQL has is tested in the run on PostgreSQL; a list of all tests has them in either.
    """
    if not config.option.collectonly and connection.vendor != "postgresql":
        left_out = [item for item in items if item.get_closest_marker("postgres")]
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if item not in left_out]
    long = [item for item in items if item.get_closest_marker("long")]
    others = [item for item in items if not item.get_closest_marker("long")]
    items[:] = spread(long, others, processes=int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


@pytest.fixture
def child_environment(transactional_db: None) -> dict[str, str]:
    """The environment for a Python process that is to use this test's database; it sees only what is committed."""
    return environment_of_a_child(connection.settings_dict)
