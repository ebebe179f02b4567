"""Let a large file of items be read and taken in the background; one that waits to be taken stays as it is."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0007_closed_periods"),
        ("sync", "0040_closing_dates_are_read"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="cataloguefile", name="catalogue_file_once"),
        migrations.AddField(model_name="cataloguefile", name="in_background", field=models.BooleanField(default=False)),
        migrations.AddField(
            model_name="cataloguefile",
            name="run",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="catalogue_file",
                to="sync.run",
            ),
        ),
        migrations.AddField(model_name="cataloguefile", name="preview", field=models.JSONField(null=True)),
        migrations.AddField(model_name="cataloguefile", name="fault", field=models.TextField(blank=True, default="")),
        migrations.AddField(model_name="cataloguefile", name="read", field=models.PositiveIntegerField(default=0)),
        migrations.AddField(model_name="cataloguefile", name="worked_at", field=models.DateTimeField(null=True)),
        migrations.AddConstraint(
            model_name="cataloguefile",
            constraint=models.UniqueConstraint(
                condition=models.Q(("run__isnull", True)), fields=("company", "by"), name="catalogue_file_once"
            ),
        ),
    ]
