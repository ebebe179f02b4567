from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0051_lists_of_few"),
    ]

    operations = [
        migrations.AddField(
            model_name="runproof",
            name="last_push",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="runproof",
            name="open_pushes",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="runproof",
            name="begun_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="run",
            name="kind",
            field=models.CharField(
                choices=[
                    ("sync", "Sync"),
                    ("import", "Import"),
                    ("resync", "Re-sync"),
                    ("prepare", "Preparing"),
                    ("refresh", "Refresh of the lists"),
                    ("catalogue", "Import of items"),
                    ("items", "Creating items"),
                    ("fetch", "Reading the source"),
                    ("undo", "Undo"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
    ]
