"""What does every test have at hand?"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models.signals import post_migrate
from pytest_django import DjangoDbBlocker

from companies.collecting import leave_out_for_good
from tests.databases import environment_of_a_child
from tests.long_first import spread
from tests.quick_flush import flush_by_deleting

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

_content_types: list[ContentType] = []


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """After a test that commits, nothing is put back but the names of the models, which the admin's history refers to.

    Django writes hundreds of rows after each such test, one by one, which took longer than the tests.
    """
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(create_permissions)
    with django_db_blocker.unblock():
        _content_types.extend(ContentType.objects.all())
        if connection.vendor == "postgresql":
            _make_queue()
        flush_by_deleting(connection)
    post_migrate.connect(_put_content_types_back, dispatch_uid="tests.put_content_types_back")


def _make_queue() -> None:
    """The job queue comes with migrations, which tests leave out."""
    from procrastinate.contrib.django import app

    app.schema_manager.apply_schema()


def _put_content_types_back(app_config: AppConfig, **_: Any) -> None:
    """The same rows as before under the same ids, in one query, where they were deleted.

    Made anew by the first test that asks, they would be rolled back with it and stay in Django's cache: the next test
    would then refer to a row that is not there.
    """
    if app_config.name == ContentType._meta.app_config.name and not ContentType.objects.exists():
        ContentType.objects.bulk_create(_content_types)


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
