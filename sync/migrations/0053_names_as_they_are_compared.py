"""Bring what names, addresses and customers are found by into the form in which they are compared now.

Spaces to spare, marks that nobody sees and the two ways to write an accent made different names of one until now. What
was listed under such a name is found by the new one, with what was decided about it and with its orders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import migrations
from django.utils import timezone

from books.contact_details import emails, first_email
from books.customer_fields import company_zip_key, name_key
from books.orders import normal_email
from books.outside.texts import compared, key_text

_AT_ONCE = 2000
_WHY = "Was listed twice, under two ways to write one name"
_DECIDED = ("email_given", "name_given", "fields_given", "quickbooks_customer_id", "linked_by_id", "linked_at")


def compare_anew(apps: Any, editor: Any) -> None:
    """Write anew what has another form now, and nothing else."""
    mapping = apps.get_app_config("mapping")
    _write(mapping.get_model("QuickBooksCustomer"), _of_customer, mapping.get_model("QuickBooksCustomerEmail"))
    _write(mapping.get_model("SourceCustomer"), _of_source, mapping.get_model("SourceCustomerEmail"))
    _write(mapping.get_model("DesktopOtherName"), lambda row: {"name_compared": name_key(row.name)})
    _write(apps.get_model("sync", "CustomerName"), lambda row: {"compared": compared(row.name)})
    for row in [row for page in _pages(mapping.get_model("SourceCustomer")) for row in page if _key_now(row)]:
        _rename(apps, row)


def _pages(model: Any) -> Iterator[list[Any]]:
    last = 0
    while page := list(model.objects.filter(pk__gt=last).order_by("pk")[:_AT_ONCE]):
        yield page
        last = page[-1].pk


def _write(model: Any, columns_of: Callable[[Any], dict[str, str]], further: Any = None) -> None:
    for page in _pages(model):
        changed: list[Any] = []
        columns: tuple[str, ...] = ()
        for row in page:
            now = columns_of(row)
            columns = tuple(now)
            if any(getattr(row, name) != text for name, text in now.items()):
                changed.append(row)
            for name, text in now.items():
                setattr(row, name, text)
        if changed:
            model.objects.bulk_update(changed, columns)
        if further is not None:
            _write_further(further, [row for row in page if not _billed(row).isascii()])


def _write_further(model: Any, rows: list[Any]) -> None:
    model.objects.filter(customer__in=[row.pk for row in rows]).delete()
    model.objects.bulk_create(
        [
            model(company_id=row.company_id, customer_id=row.pk, address=address)
            for row in rows
            for address in emails(_billed(row))[1:]
        ]
    )


def _billed(row: Any) -> str:
    """The email field that counts: of the source's customers the one that a person entered."""
    return str(getattr(row, "email_given", "") or row.email)


def _of_customer(row: Any) -> dict[str, str]:
    return {
        "name_compared": name_key(row.display_name),
        "email_compared": first_email(row.email),
        "company_compared": name_key(row.company_name),
        "person_compared": name_key(f"{row.given_name} {row.family_name}"),
        "check_compared": name_key(row.check_name),
        "company_zip_compared": company_zip_key(row.company_name, row.postal_code),
    }


def _of_source(row: Any) -> dict[str, str]:
    return {"name_compared": name_key(row.name), "email_compared": first_email(_billed(row))}


def _key_now(row: Any) -> str:
    """The key that a customer without an id has now; empty where it is the same, or an id."""
    email, name = key_text(row.email), key_text(row.name)
    if row.source_key == email.strip().casefold():
        now = normal_email(email)
    else:
        now = compared(name) if row.source_key == name.casefold() else ""
    return now if now != row.source_key else ""


def _decisions(customer: Any) -> dict[str, Any]:
    """What people decided about a customer, by its field."""
    return {name: getattr(customer, name) for name in _DECIDED if getattr(customer, name)}


def _rename(apps: Any, row: Any) -> None:
    """Give a customer, and the orders, the new key; where another one has it, that one is the customer.

    Where people decided about both, and not the same, the other one keeps what it has, and this one stays as it is.
    """
    before, now = row.source_key, _key_now(row)
    orders = apps.get_model("sync", "StagedOrder").objects.filter(company_id=row.company_id)
    orders.filter(connection__system=row.system, customer_key=before).update(customer_key=now)
    twin = type(row).objects.filter(company_id=row.company_id, system=row.system, source_key=now).first()
    if twin is None:
        row.source_key = now
        row.save(update_fields=["source_key"])
        return
    ours, theirs = _decisions(row), _decisions(twin)
    if ours and theirs and ours != theirs:
        return
    if ours and not theirs:
        for name, value in ours.items():
            setattr(twin, name, value)
        twin.email_compared = first_email(_billed(twin))
        twin.save(update_fields=[*ours, "email_compared"])
        history = apps.get_model("mapping", "HistoricalSourceCustomer")
        fields = {field.attname: getattr(twin, field.attname) for field in twin._meta.concrete_fields}
        history.objects.create(
            **fields, history_date=timezone.now(), history_type="~", history_change_reason=_WHY, history_user=None
        )
    apps.get_model("mapping", "CustomerDecision").objects.filter(customer=row).update(customer=twin)
    row.delete()


class Migration(migrations.Migration):
    dependencies = [("sync", "0052_proof_in_parts"), ("mapping", "0021_undecided_products")]

    operations = [migrations.RunPython(compare_anew, migrations.RunPython.noop, elidable=True)]
