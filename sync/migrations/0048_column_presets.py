"""Keep what people say about the columns of files, and a file that waits for them to say it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0008_look_before_posting"),
        ("sync", "0047_trial_balance_proofs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ColumnPreset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("system", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("meanings", models.JSONField(default=list)),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("saved_at", models.DateTimeField(auto_now=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "saved columns",
                "verbose_name_plural": "saved columns",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "system", "kind", "digest"), name="columns_saved_once"),
                    models.UniqueConstraint(
                        fields=("company", "system", "kind", "name"), name="column_preset_name_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FileToUnderstand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("system", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=255)),
                ("options", models.JSONField(default=dict)),
                ("data", models.BinaryField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.company"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("company", "by"), name="file_to_understand_once")],
            },
        ),
    ]
