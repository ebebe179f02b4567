from django.db import migrations, models

import sync.processes


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0053_names_as_they_are_compared"),
    ]

    operations = [
        # Of the runs that are there it is not known
        migrations.AddField(
            model_name="run",
            name="process",
            field=models.CharField(blank=True, default="", editable=False, max_length=40),
        ),
        migrations.AlterField(
            model_name="run",
            name="process",
            field=models.CharField(blank=True, default=sync.processes.this_process, editable=False, max_length=40),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("state", "running")), fields=["company", "kind"], name="run_running"
            ),
        ),
    ]
