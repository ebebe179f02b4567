"""Let the next sync read every list whole: customers are compared by more than what was kept of them until now."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def read_whole(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Forget when each list was read whole."""
    apps.get_model("sync", "Connection").objects.update(lists_whole_at=None)


class Migration(migrations.Migration):
    """The columns themselves are in the room of the lists."""

    dependencies = [("sync", "0020_customer_given"), ("mapping", "0011_customer_rules")]
    operations = [migrations.RunPython(read_whole, migrations.RunPython.noop)]
