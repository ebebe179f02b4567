"""What to do about a fault of QuickBooks is called a cure everywhere; stored problems called it advice."""

from __future__ import annotations

from typing import Any

from django.db import migrations

_CODE = "refused-by-quickbooks"


def renamed(model: Any, old: str, new: str) -> None:
    """Give one fact of the stored problems its new name; what was stored without it stays as it is."""
    changed = []
    for row in model.objects.filter(code=_CODE).only("facts").order_by("pk").iterator(chunk_size=500):
        if old in row.facts:
            row.facts = {new if name == old else name: fact for name, fact in row.facts.items()}
            changed.append(row)
    model.objects.bulk_update(changed, ["facts"], batch_size=500)


def to_cure(apps: Any, editor: Any) -> None:
    """Advice becomes cure."""
    renamed(apps.get_model("sync", "DocumentProblem"), "advice", "fault_cure")


def to_advice(apps: Any, editor: Any) -> None:
    """The way back."""
    renamed(apps.get_model("sync", "DocumentProblem"), "fault_cure", "advice")


class Migration(migrations.Migration):
    dependencies = [("sync", "0008_nothing_to_do")]

    operations = [migrations.RunPython(to_cure, to_advice, elidable=True)]
