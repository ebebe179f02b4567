from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0010_second_person"),
    ]

    operations = [
        migrations.AlterField(
            model_name=name,
            name="proves_syncs",
            field=models.BooleanField(
                default=False,
                help_text=(
                    "On: QuickBooks' trial balance is read before the first posting of a sync, a Re-sync or an undo "
                    "and after the last. Each account must have moved by what was posted, to the cent, or it has "
                    "failed. Two reads where anything is posted."
                ),
                verbose_name="prove each sync with the trial balance",
            ),
        )
        for name in ("company", "historicalcompany")
    ]
