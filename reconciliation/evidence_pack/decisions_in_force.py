"""Which decisions were in force at any time from the first day of a period until now, who made them, and when?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Field, ForeignKey, Model

from companies.history import tracked
from companies.models import Company
from mapping.models import CustomerDecision
from reconciliation.evidence_pack.records import json_line, person
from reconciliation.evidence_pack.removed import SecretTexts

_AT_ONCE = 500


def kinds_of_decisions() -> list[str]:
    """The kinds of rows whose history is kept, by their names."""
    return sorted(tracked())


def decision_lines(company: Company, kind: str, since: datetime, secrets: SecretTexts) -> Iterator[bytes]:
    """The rows of one kind, one state after the other; a row that no person ever saved has one.

    Args:
        company: Whose they are.
        kind: One of `kinds_of_decisions`.
        since: What ended before that moment is left out.
        secrets: What is taken out.
    """
    model = tracked()[kind]
    records = model.history.model.objects  # type: ignore[attr-defined]
    owned = records.filter(id=company.pk) if model is Company else records.filter(company_id=company.pk)
    rows = (
        owned.select_related("history_user", *_references(model))
        .order_by("id", "history_id")
        .iterator(chunk_size=_AT_ONCE)
    )
    for _number, saved in groupby(rows, key=lambda record: record.id):
        yield from _in_force(model, saved, since, secrets)
    unsaved = model._default_manager.exclude(pk__in=owned.values("id"))
    unsaved = unsaved.filter(pk=company.pk) if model is Company else unsaved.filter(company=company)
    unsaved = unsaved.select_related(*_references(model))
    for row in unsaved.order_by("pk").iterator(chunk_size=_AT_ONCE):
        yield _line(model, row, secrets, since=None, until=None, by=None)


def _in_force(model: type[Model], saved: Iterator[Any], since: datetime, secrets: SecretTexts) -> Iterator[bytes]:
    """The states of one row that were in force; the next one ends each."""
    state = next(saved)
    for following in [*saved, None]:
        until = following.history_date if following else None
        if state.history_type != "-" and (until is None or until >= since):
            yield _line(model, state, secrets, since=state.history_date, until=until, by=state.history_user)
        state = following


def _line(
    model: type[Model],
    row: Any,
    secrets: SecretTexts,
    *,
    since: datetime | None,
    until: datetime | None,
    by: User | None,
) -> bytes:
    fields = {field.name: _value(field, row) for field in model._meta.concrete_fields}
    return json_line({"from": since, "until": until, "by": person(by), "is": secrets.value(fields)}, secrets)


def _references(model: type[Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if _is_reference(field)]


def _is_reference(field: Field[Any, Any]) -> bool:
    """Whether it names a row of which a reader has to know which one it is, and not the company of the pack."""
    return isinstance(field, ForeignKey) and field.related_model is not Company


def _value(field: Field[Any, Any], row: Any) -> Any:
    """A value as a reader of the archive knows it again: a person by name, a customer by the id in QuickBooks."""
    if not _is_reference(field):
        return getattr(row, field.attname)
    try:
        named = getattr(row, field.name)
    except ObjectDoesNotExist:
        return f"#{getattr(row, field.attname)}, deleted"
    if named is None or isinstance(named, User):
        return person(named)
    return {"name": str(named), "quickbooks_id": getattr(named, "quickbooks_id", None)}


def customer_lines(company: Company, secrets: SecretTexts) -> Iterator[bytes]:
    """Who the customers of the sources were said to be, each decision once, with whom a person was offered."""
    rows = CustomerDecision.objects.filter(company=company).select_related(
        "customer", "chosen", "decided_by", "undone_by"
    )
    for row in rows.order_by("pk").iterator(chunk_size=_AT_ONCE):
        told = {
            "source": row.customer.system,
            "customer": row.customer.name,
            "id_in_source": row.customer.source_key,
            "decision": row.kind,
            "where": row.decided_on,
            "quickbooks_id": row.chosen.quickbooks_id if row.chosen else None,
            "name": row.name,
            "offered": row.offered,
            "at": row.decided_at,
            "by": person(row.decided_by),
            "undone_at": row.undone_at,
            "undone_by": person(row.undone_by),
        }
        yield json_line(secrets.value(told), secrets)
