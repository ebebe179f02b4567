from typing import Any

from django.db import migrations, models

_BY_A_PERSON = " stopped it."


def to_stopped(apps: Any, schema_editor: Any) -> None:
    """What a person ended did not fail."""
    tie_outs = apps.get_model("reconciliation", "TieOut").objects
    tie_outs.filter(state="failed", message__endswith=_BY_A_PERSON).update(state="stopped")


def to_failed(apps: Any, schema_editor: Any) -> None:
    """An earlier release knows no other end than these two."""
    apps.get_model("reconciliation", "TieOut").objects.filter(state="stopped").update(state="failed")


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0014_undo_customers"),
        ("sync", "0048_column_presets"),
    ]

    operations = [
        migrations.AddField(
            model_name="tieoutline",
            name="settled",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="tieoutsum",
            name="changed_since",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="adoptionsearch",
            name="state",
            field=models.CharField(
                choices=[
                    ("running", "Running"),
                    ("finished", "Finished"),
                    ("failed", "Failed"),
                    ("stopped", "Stopped"),
                ],
                default="running",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="evidencepack",
            name="state",
            field=models.CharField(
                choices=[
                    ("running", "Running"),
                    ("finished", "Finished"),
                    ("failed", "Failed"),
                    ("stopped", "Stopped"),
                ],
                default="running",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="tieout",
            name="state",
            field=models.CharField(
                choices=[
                    ("running", "Running"),
                    ("finished", "Finished"),
                    ("failed", "Failed"),
                    ("stopped", "Stopped"),
                ],
                default="running",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.RunPython(to_stopped, to_failed),
        migrations.AddIndex(
            model_name="tieoutline",
            index=models.Index(
                condition=models.Q(("settled", ""), _negated=True),
                fields=["tie_out", "settled", "id"],
                name="tie_out_line_settled",
            ),
        ),
    ]
