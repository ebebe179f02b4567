"""What reading QuickBooks' lists once left in the database, to be written there again for the next test.

A rehearsal begins with the same books each time, and to read their lists over HTTP took an eighth of the time of all
tests that need a company. What is kept is what the product itself wrote: nothing of it is made up here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.apps import apps
from django.db import connection as database
from django.db import models, transaction
from django.utils import timezone

from companies.models import Company
from mapping.models import QuickBooksAccount
from sync.models import Connection

Values = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """New rows of a model, as the database takes them: made ready once, since hundreds of tests write them."""

    sql: str
    rows: list[list[Any]]
    #: Of the columns that have a moment, and of those that name a company or a connection.
    moments: list[int]
    whose: list[tuple[int, Any]]
    prepare: Sequence[Callable[[Any], Any]]

    @classmethod
    def of(cls, model: type[models.Model], rows: list[Values]) -> _Rows:
        fields = [field for field in model._meta.concrete_fields if field.attname in rows[0]]
        quote = database.ops.quote_name
        columns = ", ".join(quote(str(field.column)) for field in fields)
        places = ", ".join("%s" for _field in fields)
        moments = [place for place, field in enumerate(fields) if isinstance(field, models.DateTimeField)]
        whose = [
            (place, field.related_model)
            for place, field in enumerate(fields)
            if field.related_model in (Company, Connection)
        ]
        as_they_are = {*moments, *(place for place, _model in whose)}
        prepare = [partial(field.get_db_prep_save, connection=database) for field in fields]
        return cls(
            sql=f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})",
            rows=[
                [
                    row[field.attname] if place in as_they_are else prepare[place](row[field.attname])
                    for place, field in enumerate(fields)
                ]
                for row in rows
            ],
            moments=moments,
            whose=whose,
            prepare=prepare,
        )

    def write(self, *, later: timedelta, whose: Mapping[Any, int]) -> None:
        """Write them with moments that are so much later, as rows of this company and this connection."""
        written = []
        for row in self.rows:
            values = list(row)
            for place in self.moments:
                values[place] = self.prepare[place](values[place] and values[place] + later)
            for place, model in self.whose:
                values[place] = values[place] and whose[model]
            written.append(values)
        with database.cursor() as cursor:
            cursor.executemany(self.sql, written)


@dataclass(frozen=True, kw_only=True)
class _Left:
    at: datetime
    rows: list[_Rows]
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
            rows=[
                _Rows.of(model, rows)
                for model, numbers in known.items()
                if (rows := list(model._base_manager.exclude(pk__in=numbers).values()))
            ],
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

        with transaction.atomic():
            for rows in left.rows:
                rows.write(later=later, whose=whose)
            for row, values in ((company, left.company), (connection, left.connection)):
                if values:
                    changed = {
                        name: value + later if isinstance(value, datetime) else value for name, value in values.items()
                    }
                    type(row)._base_manager.filter(pk=row.pk).update(**changed)
        company.refresh_from_db()
        return True


def _row(row: models.Model) -> Values:
    return type(row)._base_manager.filter(pk=row.pk).values().get()


def _changed(before: Values, after: Values) -> Values:
    return {name: value for name, value in after.items() if before[name] != value}
