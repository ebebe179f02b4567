"""Keep what Home adds up in one index, and the orders of each status in another."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0044_changes_of_documents"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="document",
            name="sync_docume_company_e44a72_idx",
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                fields=["company", "posted_at", "state", "kind", "currency", "total"], name="document_posted"
            ),
        ),
        migrations.AddIndex(
            model_name="stagedorder",
            index=models.Index(
                condition=models.Q(("status_key", ""), _negated=True),
                fields=["company", "connection", "status_key"],
                name="order_status_key",
            ),
        ),
    ]
