"""Which products may wait for a person is kept; at first any product of a company may."""

from __future__ import annotations

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def look_at_all(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Have all products of each company looked at."""
    product, undecided = apps.get_model("mapping", "Product"), apps.get_model("mapping", "UndecidedProduct")
    companies = product.objects.order_by().values_list("company_id", flat=True).distinct()
    undecided.objects.bulk_create([undecided(company_id=company) for company in companies])


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0010_second_person"),
        ("mapping", "0020_items_by_last_level"),
    ]

    operations = [
        migrations.CreateModel(
            name="UndecidedProduct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("product", models.BigIntegerField(null=True)),
                ("waits", models.BooleanField(default=False)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.company"
                    ),
                ),
            ],
        ),
        migrations.RunPython(look_at_all, migrations.RunPython.noop),
    ]
