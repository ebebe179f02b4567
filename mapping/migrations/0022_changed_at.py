"""Rows of QuickBooks' lists say when our copy of them changed: one that is read again and is the same is not written."""

from __future__ import annotations

from django.db import migrations, models

_LISTS = (
    *("quickbooksaccount", "quickbooksclass", "quickbookscustomer", "quickbooksitem", "quickbookslocation"),
    *("quickbookspaymentmethod", "quickbookstaxcode", "quickbookstaxrate", "quickbooksterm"),
)


class Migration(migrations.Migration):
    dependencies = [("mapping", "0021_undecided_products")]

    operations = [
        operation
        for list_name in _LISTS
        for operation in (
            migrations.RenameField(list_name, "refreshed_at", "changed_at"),
            migrations.AlterField(list_name, "changed_at", models.DateTimeField(verbose_name="changed")),
        )
    ]
