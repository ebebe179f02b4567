import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0016_cleanup_states"),
        ("sync", "0049_second_person"),
    ]

    operations = [
        migrations.CreateModel(
            name="UndoItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "Planned"), ("done", "Undone"), ("left", "Left")],
                        default="planned",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("request_id", models.CharField(blank=True, max_length=50)),
                ("body", models.BinaryField(default=b"")),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("exchanges", models.JSONField(default=list)),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("used", "QuickBooks has %(about)s with this item."),
                            ("to-post", "Order %(about)s has records with this item that are still to be posted."),
                            ("product", "The product “%(about)s” is sold as this item too."),
                            ("chosen", "It is chosen here: %(about)s."),
                            ("part", "It is a part of “%(about)s” in QuickBooks."),
                            ("stock", "QuickBooks keeps it in stock."),
                            (
                                "too-many",
                                "QuickBooks has too many transactions to look for this item in all that were written since it was created.",
                            ),
                            (
                                "not-told",
                                "QuickBooks does not say whether it has transactions with this item: %(about)s",
                            ),
                            ("gone", "QuickBooks has it inactive already."),
                            ("not-wanted", "A person chose to keep this item active."),
                            ("again", "It was made active again, so that its records can be posted again."),
                            ("said", "%(about)s"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sync.document"
                    ),
                ),
                (
                    "undo",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="reconciliation.undo",
                    ),
                ),
                (
                    "write",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sync.itemwrite"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("undo", "write"), name="undo_item_once")],
            },
        ),
    ]
