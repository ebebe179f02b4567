"""How are very many rows inserted, changed and worked through, without a statement put together value by value?

New rows go in at once: PostgreSQL takes them by COPY, SQLite by one prepared statement. They are what `bulk_create`
would write. Their numbers are taken before they are written, since neither way tells them afterwards. Rows that each
get a value of their own get it in one statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

#: Fields whose value is written as the model bears it.
_PLAIN = (
    models.CharField,
    models.TextField,
    models.BooleanField,
    models.IntegerField,
)

_Value = Callable[[Any, BaseDatabaseWrapper], Any]


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model, all of them or none; afterwards they have their numbers. Nobody is told of it."""
    if not rows:
        return
    model = type(rows[0])
    with transaction.atomic(using=router.db_for_write(model)):
        if model._meta.pk.get_internal_type() == "BigAutoField":
            for row, number in zip(rows, _numbers(model, len(rows)), strict=True):
                row.pk = number
        columns, values = _columns(model)
        writer = connections[connection.alias]  # itself, where `connection` is looked up anew at each use
        written = ([value(row, writer) for value in values] for row in rows)
        (_copy if connection.vendor == "postgresql" else _execute)(model, columns, written)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _copy(model: type[models.Model], columns: Sequence[str], written: Any) -> None:
    """By COPY."""
    names = ", ".join(map(connection.ops.quote_name, columns))
    statement = f"COPY {model._meta.db_table} ({names}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.cursor.copy(statement) as copy:
        for values in written:
            copy.write_row(values)


def _execute(model: type[models.Model], columns: Sequence[str], written: Any) -> None:
    """By a statement that is prepared once."""
    names = ", ".join(map(connection.ops.quote_name, columns))
    gaps = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({gaps})", list(written))


def _numbers(model: type[models.Model], count: int) -> Sequence[int]:
    """The numbers of new rows, which nobody else gets."""
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sequence, [table, column, count])
            return [number for (number,) in cursor.fetchall()]
        # The only one who writes: its transactions take the lock when they begin
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
    first = (last[0] if last else 0) + 1
    return range(first, first + count)


@cache
def _columns(model: type[models.Model]) -> tuple[tuple[str, ...], tuple[_Value, ...]]:
    """The columns of a table, and how each of a row's values is made."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    return tuple(str(field.column) for field in fields), tuple(map(_value_of, fields))


def _value_of(field: models.Field[object, object]) -> _Value:
    name = field.attname
    if isinstance(field, models.ForeignKey):
        return lambda row, writer: _number_of(row, field)
    if isinstance(field, _PLAIN):
        return lambda row, writer: getattr(row, name)
    return lambda row, writer: field.get_db_prep_save(field.pre_save(row, True), writer)


def _number_of(row: models.Model, field: models.ForeignKey[object, object]) -> object:
    """The number of the row that it belongs to, which may have got it only after they were joined."""
    if field.is_cached(row) and (other := getattr(row, field.name)) is not None:
        setattr(row, field.attname, other.pk)
    return getattr(row, field.attname)


def write_each(model: type[models.Model], column: str, values: Mapping[int, str | int]) -> None:
    """Give each row, by its primary key, its own value of one column.

    Args:
        model: Its table, whose key is `id`; no signal is sent and no `save` is called.
        column: The field's name.
        values: By primary key; plain texts, numbers or keys, of one type.
    """
    if not values:
        return
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    _, name = model._meta.get_field(column).get_attname_column()  # type: ignore[union-attr]
    table, key, written = quote(model._meta.db_table), quote("id"), quote(str(name))
    rows = ", ".join(["(%s, %s)"] * len(values))
    # Both databases call the columns of VALUES column1 and column2
    statement = f"UPDATE {table} SET {written} = v.column2 FROM (VALUES {rows}) AS v WHERE {table}.{key} = v.column1"
    given: list[str | int] = [part for pair in values.items() for part in pair]
    with connection.cursor() as cursor:
        cursor.execute(statement, given)


Item = TypeVar("Item")


def chunks(rows: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """All rows in their order, `size` at a time."""
    rest = iter(rows)
    while chunk := list(islice(rest, size)):
        yield chunk
