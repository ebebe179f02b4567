from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0043_undoing"),
    ]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="documents_known_until",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
