"""The tables of a test run: made once, copied for each of its processes, and emptied after a test that commits.

Django makes them anew for each process, and after a test that commits it writes hundreds of rows one by one, and
connects anew. Each took longer than most tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections
from django.db.models.signals import post_migrate
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from pytest_django.plugin import blocking_manager_key

from tests.quick_flush import flush_by_deleting

#: What is to be put back at the end of a run whose tables were made before its processes were forked.
_BEFORE = pytest.StashKey[Any]()
_content_types: list[ContentType] = []


class _NoMigrations:
    """Every application makes its tables from its models."""

    def __contains__(self, _application: str) -> bool:
        return True

    def __getitem__(self, _application: str) -> None:
        return None


@contextmanager
def tables_for_all(config: pytest.Config, tests: Sequence[pytest.Item]) -> Iterator[None]:
    """Make the tables before processes are forked; each of them copies them."""
    if config.option.reuse_db or not config.option.nomigrations or not any(map(_uses_tables, tests)):
        yield
        return
    blocked = config.stash[blocking_manager_key]
    settings.MIGRATION_MODULES = _NoMigrations()
    with blocked.unblock():
        config.stash[_BEFORE] = setup_databases(verbosity=0, interactive=False, aliases={"default": None})
        quick_between_tests()
        connections.close_all()  # else the processes would speak through the same one
    try:
        yield
    finally:
        with blocked.unblock():
            teardown_databases(config.stash[_BEFORE], verbosity=0)


def _uses_tables(test: pytest.Item) -> bool:
    named = getattr(test, "fixturenames", ())
    return test.get_closest_marker("django_db") is not None or "db" in named or "transactional_db" in named


def are_made(config: pytest.Config) -> bool:
    """Whether this process was forked from one that made them."""
    return _BEFORE in config.stash


def copy_tables(process: str) -> dict[str, Any]:
    """Connect this process to a database of its own; how it was connected before."""
    creation, before = connection.creation, dict(connection.settings_dict)
    creation.clone_test_db(suffix=process, verbosity=0)
    connection.settings_dict.update(creation.get_test_db_clone_settings(process))
    return before


def drop_copy(process: str, before: dict[str, Any]) -> None:
    """Remove that database, also from under a thread of a web server that has not hung up yet."""
    copy = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict.update(before)
    if connection.vendor == "postgresql":
        with connection.creation._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f"DROP DATABASE {connection.ops.quote_name(copy)} WITH (FORCE)")
    else:
        connection.creation.destroy_test_db(suffix=process, verbosity=0)


def quick_between_tests() -> None:
    """After a test that commits, put nothing back but the names of the models, which the admin's history refers to."""
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(create_permissions)
    _content_types.extend(ContentType.objects.all())
    if connection.vendor == "postgresql":
        _make_queue()
    flush_by_deleting(connection)
    post_migrate.connect(_put_content_types_back, dispatch_uid="tests.put_content_types_back")
    TransactionTestCase._should_reload_connections = _is_worn_out  # type: ignore[attr-defined]


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


def _is_worn_out(_test: TransactionTestCase) -> bool:
    """Whether the connection that a test leaves must not be the next one's: something went wrong with it.

    Django connects anew after each such test. Nothing of Tieout changes a connection for longer than a transaction.
    """
    return any(used.errors_occurred or used.execute_wrappers for used in connections.all(initialized_only=True))
