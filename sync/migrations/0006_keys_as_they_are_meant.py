"""Find what an earlier release listed under escaped text, such as `Clay &amp; Co`, by the text that it means.

Text is unescaped when it arrives since. A product, customer or payment method that was listed before under the escaped
text would otherwise be listed a second time, without what was decided about the first.
"""

from __future__ import annotations

import html
import re
from typing import Any

from django.db import migrations
from django.utils import timezone

_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,6});")
_WHY = "Was listed twice, the first time under its escaped name"
_PRODUCT = ("quickbooks_product_name", "quickbooks_account_name", "quickbooks_class")
_CUSTOMER = ("email_given", "name_given", "fields_given", "quickbooks_customer_id", "linked_by_id", "linked_at")
_METHOD = ("is_money", "account", "quickbooks_method")


def meant(text: str) -> str:
    """The text with the characters that its entities stand for, also of entities that were escaped themselves."""
    while (plain := _ENTITY.sub(lambda entity: html.unescape(entity.group()), text)) != text:
        text = plain
    return text


def keys_as_meant(apps: Any, editor: Any) -> None:
    """Rename what has no second row; else give the second row what was decided about the first."""
    model = apps.get_model
    writes, orders = model("sync", "ItemWrite"), model("sync", "StagedOrder")
    for row in _escaped(model("mapping", "Product"), "source_key"):
        row.name, row.sku = meant(row.name), meant(row.sku)
        twin = _settle(
            apps, row, key="source_key", scope=("company", "system"), decided=_PRODUCT, texts=("name", "sku")
        )
        if twin is not None:
            writes.objects.filter(product_id=row.pk).update(product_id=twin.pk)
            row.delete()
    for row in _escaped(model("mapping", "SourceCustomer"), "source_key"):
        row.name, before = meant(row.name), row.source_key
        twin = _settle(apps, row, key="source_key", scope=("company", "system"), decided=_CUSTOMER, texts=("name",))
        theirs = orders.objects.filter(company_id=row.company_id, connection__system=row.system, customer_key=before)
        theirs.update(customer_key=meant(before))
        if twin is not None:
            row.delete()
    for row in _escaped(model("mapping", "PaymentMethod"), "name_compared"):
        row.name = meant(row.name)
        twin = _settle(apps, row, key="name_compared", scope=("company",), decided=_METHOD, texts=("name",))
        if twin is not None:
            row.delete()


def _escaped(model: Any, key: str) -> list[Any]:
    rows = model.objects.filter(**{f"{key}__contains": "&"}).order_by("pk")
    return [row for row in rows if meant(getattr(row, key)) != getattr(row, key)]


def _decisions(row: Any, decided: tuple[str, ...]) -> dict[str, Any]:
    """What people decided about a row."""
    return {name: value for name in decided if (value := getattr(row, name))}


def _settle(apps: Any, row: Any, *, key: str, scope: tuple[str, ...], decided: tuple[str, ...], texts: Any) -> Any:
    """The row that has the meant key already, and can do without this one; None where this one is kept.

    Where people decided about both, and not the same, the newer row keeps what it has, and the other stays as it is.
    """
    model, plain = type(row), meant(getattr(row, key))
    of_scope = {name: getattr(row, name) for name in scope}
    twin = model.objects.filter(**of_scope, **{key: plain}).first()
    if twin is None:
        setattr(row, key, plain)
        row.save(update_fields=[key, *texts])
        return None
    ours, theirs = (_decisions(record, decided) for record in (row, twin))
    if not ours or ours == theirs:
        return twin
    if theirs:
        return None
    for name, value in ours.items():
        setattr(twin, name, value)
    twin.save(update_fields=list(ours))
    _remember(apps, twin)
    return twin


def _remember(apps: Any, row: Any) -> None:
    """The history says where the decisions come from."""
    history = apps.get_model("mapping", f"Historical{row._meta.object_name}")
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    history.objects.create(
        **fields, history_date=timezone.now(), history_type="~", history_change_reason=_WHY, history_user=None
    )


class Migration(migrations.Migration):
    dependencies = [("sync", "0005_order_statuses"), ("mapping", "0007_order_statuses")]

    operations = [migrations.RunPython(keys_as_meant, migrations.RunPython.noop, elidable=True)]
