"""The lists of a kind, of a form and of what posts nothing are read in the order in which they are shown."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0010_second_person"),
        ("mapping", "0021_undecided_products"),
        ("sync", "0050_undone_in_parts"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["company", "kind", "dated", "id"], name="document_kind_dated"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["company", "form", "dated", "id", "kind"], name="document_form_dated"),
        ),
        migrations.RemoveIndex(model_name="document", name="document_kind"),
        migrations.RemoveIndex(model_name="document", name="document_form"),
        migrations.AddIndex(
            model_name="stagedorder",
            index=models.Index(
                condition=models.Q(("status__in", ("draft", "cancelled", "left-out", "unknown"))),
                fields=["company", "placed_on", "id", "status"],
                name="order_posts_nothing",
            ),
        ),
    ]
