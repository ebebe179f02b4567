"""What reading QuickBooks' lists once left in the database, to be written there again for the next test.

A rehearsal begins with the same books each time, and to read their lists over HTTP took an eighth of the time of all
tests that need a company. What is kept is what the product itself wrote: nothing of it is made up here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from companies.models import Company
from mapping.models import QuickBooksAccount
from sync.models import Connection

Values = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class _Left:
    at: datetime
    #: New rows of each model, as `values` gives them.
    rows: dict[type[models.Model], list[Values]]
    #: What changed in the rows of the company and of its connection.
    company: Values
    connection: Values


class KeptReading:
    """The rows that a reading left, of the first company that read."""

    def __init__(self) -> None:
        self._left: _Left | None = None

    def keep(self, company: Company, read: Callable[[Company], None]) -> None:
        """Let it read, and keep what that changed."""
        connection = Connection.objects.get(company=company)
        known = {model: set(model._base_manager.values_list("pk", flat=True)) for model in apps.get_models()}
        before = _row(company), _row(connection)
        at = timezone.now()
        read(company)
        self._left = _Left(
            at=at,
            rows={
                model: rows
                for model, numbers in known.items()
                if (rows := list(model._base_manager.exclude(pk__in=numbers).values()))
            },
            company=_changed(before[0], _row(company)),
            connection=_changed(before[1], _row(connection)),
        )

    def write_again(self, company: Company) -> bool:
        """Write for this company what was kept, with today's moments; whether there was anything, and room for it."""
        left = self._left
        if left is None or QuickBooksAccount.objects.exists():
            return False
        connection = Connection.objects.get(company=company)
        later = timezone.now() - left.at
        whose: dict[Any, int] = {Company: company.pk, Connection: connection.pk}

        def told(model: type[models.Model], values: Values) -> Values:
            fields = {field.attname: field for field in model._meta.concrete_fields}
            return {
                name: value + later
                if isinstance(value, datetime)
                else whose.get(fields[name].related_model, value)
                if value is not None
                else None
                for name, value in values.items()
            }

        with transaction.atomic():
            for model, rows in left.rows.items():
                model._base_manager.bulk_create([model(**told(model, row)) for row in rows])
            for row, values in ((company, left.company), (connection, left.connection)):
                if values:
                    type(row)._base_manager.filter(pk=row.pk).update(**told(type(row), values))
        company.refresh_from_db()
        return True


def _row(row: models.Model) -> Values:
    return type(row)._base_manager.filter(pk=row.pk).values().get()


def _changed(before: Values, after: Values) -> Values:
    return {name: value for name, value in after.items() if before[name] != value}
