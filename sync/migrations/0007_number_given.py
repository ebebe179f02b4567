from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0006_keys_as_they_are_meant")]

    operations = [
        migrations.AddField(
            model_name="stagedorder",
            name="number_given",
            field=models.CharField(blank=True, default="", max_length=21, verbose_name="number in QuickBooks"),
        ),
    ]
