from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0017_undo_items"),
        ("sync", "0052_proof_in_parts"),
    ]

    operations = [
        migrations.AddField(
            model_name="undo",
            name="runs",
            field=models.ManyToManyField(related_name="undos", to="sync.run", verbose_name="runs"),
        ),
    ]
