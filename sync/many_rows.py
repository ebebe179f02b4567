"""How are very many rows inserted, changed and worked through, without a statement put together value by value?

New rows go in at once: PostgreSQL takes them by COPY, SQLite by one prepared statement. They are what `bulk_create`
would write. Their numbers are taken before they are written, since neither way tells them afterwards. Rows that are
changed get their new values, each its own or all the same, in one statement; no signal is sent and no `save` is called.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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

#: What a column's values are sent to PostgreSQL as.
_ARRAYS = ((models.CharField, "text[]"), (models.TextField, "text[]"), (models.Field, "bigint[]"))

_Value = Callable[[Any, BaseDatabaseWrapper], Any]


def insert(rows: Sequence[models.Model], *, numbered: bool = True) -> None:
    """Insert new rows of one model, all of them or none: a failure ends the transaction that it is in.

    Nobody is told of it.

    Args:
        rows: Not stored yet.
        numbered: Afterwards they have their numbers; what nobody needs is not asked for.
    """
    if not rows:
        return
    model = type(rows[0])
    counts = model._meta.pk.get_internal_type() == "BigAutoField"
    with transaction.atomic(using=router.db_for_write(model), savepoint=False):
        if counts and numbered:
            for row, number in zip(rows, _numbers(model, len(rows)), strict=True):
                row.pk = number
        columns, values = _columns(model, numbered=numbered or not counts)
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
def _columns(model: type[models.Model], *, numbered: bool) -> tuple[tuple[str, ...], tuple[_Value, ...]]:
    """The columns of a table, and how each of a row's values is made."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    if not numbered:
        fields = [field for field in fields if not field.primary_key]
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


def write_all(model: type[models.Model], keys: Collection[int], **values: Any) -> None:
    """Give rows of a table, whose key is `id`, the same values.

    Args:
        model: Its table.
        keys: The rows.
        values: By the name of the field.
    """
    if not keys:
        return
    settings, given = _settings(model, values)
    if connection.vendor == "postgresql":
        chosen = "= ANY (%s)"
        given.append(list(keys))
    else:
        chosen = f"IN ({', '.join(['%s'] * len(keys))})"
        given += keys
    _change(f"UPDATE {_table(model)} SET {', '.join(settings)} WHERE id {chosen}", given)


def write_each(
    model: type[models.Model], columns: Sequence[str], rows: Mapping[int, Sequence[str | int]], **values: Any
) -> None:
    """Give each row of a table, whose key is `id`, values of its own in some columns, and the same ones in others.

    Args:
        model: Its table.
        columns: The fields with values of their own.
        rows: Those, in the order of the columns, by primary key: plain texts, numbers or keys, of one type in a column.
        values: What is the same for all rows, by the name of the field.
    """
    if not rows:
        return
    settings, given = _settings(model, values)
    # Both databases call the columns of VALUES column1, column2 and so on
    settings += [f"{_column(model, name)} = v.column{place}" for place, name in enumerate(columns, start=2)]
    if connection.vendor == "postgresql":
        source = ", ".join(["%s::bigint[]", *(f"%s::{_array(model, name)}" for name in columns)])
        names = ", ".join(f"column{place}" for place in range(1, len(columns) + 2))
        source = f"unnest({source}) AS v ({names})"
        given += [list(rows), *map(list, zip(*rows.values(), strict=True))]
    else:
        gaps = f"({', '.join(['%s'] * (len(columns) + 1))})"
        source = f"(VALUES {', '.join([gaps] * len(rows))}) AS v"
        given += [part for key, own in rows.items() for part in (key, *own)]
    table = _table(model)
    _change(f"UPDATE {table} SET {', '.join(settings)} FROM {source} WHERE {table}.id = v.column1", given)


def write_where(model: type[models.Model], where: Mapping[str, Any], **values: Any) -> int:
    """Give the rows whose fields have certain values new ones; how many rows there were."""
    settings, given = _settings(model, values)
    conditions, compared = _settings(model, where)
    return _change(
        f"UPDATE {_table(model)} SET {', '.join(settings)} WHERE {' AND '.join(conditions)}", given + compared
    )


def _settings(model: type[models.Model], values: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    fields = [(model._meta.get_field(name), value) for name, value in values.items()]
    given = [field.get_db_prep_save(value, connection) for field, value in fields]  # type: ignore[union-attr]
    return [f"{_column(model, name)} = %s" for name in values], given


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _column(model: type[models.Model], name: str) -> str:
    _, column = model._meta.get_field(name).get_attname_column()  # type: ignore[union-attr]
    return connection.ops.quote_name(str(column))


def _array(model: type[models.Model], name: str) -> str:
    field = model._meta.get_field(name)
    return next(array for kind, array in _ARRAYS if isinstance(field, kind))


def _change(statement: str, given: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        changed: int = cursor.rowcount
        return changed


Item = TypeVar("Item")


def chunks(rows: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """All rows in their order, `size` at a time."""
    rest = iter(rows)
    while chunk := list(islice(rest, size)):
        yield chunk
