"""Say of a tie-out that runs how often it was begun, and when it was last heard of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0009_undo")]

    operations = [
        migrations.AddField(model_name="tieout", name="attempt", field=models.PositiveIntegerField(default=0)),
        migrations.AddField(model_name="tieout", name="worked_at", field=models.DateTimeField(null=True)),
    ]
