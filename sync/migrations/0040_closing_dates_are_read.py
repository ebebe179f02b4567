"""Let the next sync read QuickBooks whole: its changes say nothing of a closing date that was set before."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def read_whole(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Forget when everything was read."""
    apps.get_model("sync", "Connection").objects.update(lists_whole_at=None)


class Migration(migrations.Migration):
    """The column itself is in the room of the companies."""

    dependencies = [("sync", "0039_products_of_sources"), ("companies", "0007_closed_periods")]
    operations = [migrations.RunPython(read_whole, migrations.RunPython.noop)]
