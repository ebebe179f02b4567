"""Do the migrations make the tables of the models? The other tests make theirs from the models, which is faster."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from tests.databases import environment_of_a_child, scratch_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "migrated"
#: What `manage.py migrate` does, and then which tables there are. Thousands of models come and go on the way, each with
#: its fields: looking for those that may be thrown away, at Python's own pace, would take a fifth of the time, and
#: making each field from its description, instead of copying it, a third. The demo's check does the latter.
MIGRATE = """
import copy, gc, django
gc.set_threshold(50_000, 20, 20)
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.models import Field

def copied(field):
    made = copy.deepcopy(field)
    if made.auto_created:  # columns are in this order
        made.creation_counter = Field.auto_creation_counter
        Field.auto_creation_counter -= 1
    else:
        made.creation_counter = Field.creation_counter
        Field.creation_counter += 1
    return made

Field.clone = copied
call_command("migrate", verbosity=0)
print(*connection.introspection.table_names())
"""


@contextmanager
def an_empty_database() -> Iterator[dict[str, Any]]:
    """The settings of a database without tables, beside the one of the tests."""
    settings: dict[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        file = scratch_folder("migrations") / "migrated.sqlite3"
        file.unlink(missing_ok=True)
        yield {**settings, "NAME": str(file)}
        return
    name = f"{settings['NAME']}_{NAME}"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield {**settings, "NAME": name}
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_migrations_make_the_tables_of_the_models_on_an_empty_database() -> None:
    tables = {model for model in connection.introspection.table_names() if not model.startswith("sqlite_")}

    with an_empty_database() as settings:
        child = environment_of_a_child(settings)
        made = subprocess.run([sys.executable, "-c", MIGRATE], env=child, check=True, capture_output=True, text=True)

    assert set(made.stdout.split()) - {"django_migrations", "sqlite_sequence"} == tables - {"django_migrations"}
