"""How does the database answer what is asked all the time, and take very many rows, with no statement made anew?

Django puts a query together anew each time it is asked, which takes several times as long as asking. Here the statement
is kept, and only its values change. What the rows are made of stays Django's own business.

New rows go in at once: PostgreSQL takes them by COPY, SQLite by one prepared statement. They are what `bulk_create`
would write. Their numbers are taken before they are written, since neither way tells them afterwards. Rows that are
changed get their new values, each its own or all the same, in one statement; no signal is sent and no `save` is called.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from typing import Any, Generic, TypeVar

from django.db import connection, connections, models, router, transaction
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from companies.bulk_rows import Converter, ModelReader, ModelWriter, converted, converters

Row = TypeVar("Row", bound=models.Model)

Value = int | str
#: A value, or several of one type that a column is compared with.
Given = Value | Sequence[Value]

#: Stands for a value while a statement is put together; no row has such a key.
_STAND_IN = 2**62
#: Statements that are kept of one query: one for each number of values, rounded up, that it was asked for.
_MOST = 100
#: In place of no text at all; no row has it.
_NO_TEXT = "\x1a"


@dataclass(frozen=True, kw_only=True)
class _Statement:
    sql: str
    #: What it is given: the place among the values, those of its own behind them.
    places: tuple[int, ...]
    #: What is always the same.
    own: tuple[Any, ...]
    #: Knows how a row's values are read.
    compiler: SQLCompiler
    converters: tuple[tuple[int, Converter], ...]
    locks: bool

    @cached_property
    def reader(self) -> ModelReader:
        """Makes models of what is read; a `values_list` has none."""
        return ModelReader(self.compiler)


class KeptQuery(Generic[Row]):
    """A query whose statement is kept."""

    def __init__(self, make: Callable[..., models.QuerySet[Row, Any]]) -> None:
        """Ask nothing yet.

        Args:
            make: Puts the query together, of as many values as it is given. They are compared with and nothing else;
                whatever more is in it is always the same.
        """
        self._make = make
        self._statements: dict[object, _Statement] = {}

    def rows(self, *given: Given) -> list[tuple[Any, ...]]:
        """The rows for these values, of a query that is a `values_list`; several values are never none.

        Raises:
            TransactionManagementError: It locks rows, and there is no transaction to keep them locked for.
        """
        _, rows = self._asked(given)
        return list(map(tuple, rows))

    def instances(self, *given: Given) -> list[Row]:
        """The same, of a query of models, with what `select_related` names; it prefetches and annotates nothing."""
        statement, rows = self._asked(given)
        return statement.reader.read(rows)

    def _asked(self, given: Sequence[Given]) -> tuple[_Statement, Iterable[Any]]:
        given = [_rounded_up(part) for part in given]
        statement = self._statement(given)
        if statement.locks and connection.get_autocommit():
            raise TransactionManagementError("rows are locked only inside a transaction")
        values = [*_flat(given), *statement.own]
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, [values[place] for place in statement.places])
            rows = cursor.fetchall()
        return statement, converted(rows, statement.converters)

    def _statement(self, given: Sequence[Given]) -> _Statement:
        shape = (connection.alias, *(None if isinstance(part, int | str) else len(part) for part in given))
        statement = self._statements.get(shape)
        if statement is None:
            if len(self._statements) >= _MOST:
                self._statements.clear()
            statement = self._statements[shape] = self._put_together(given)
        return statement

    def _put_together(self, given: Sequence[Given]) -> _Statement:
        known: dict[Any, int] = {}
        queryset = self._make(*(_stand_ins(part, known) for part in given))
        compiler = queryset.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        places: list[int] = []
        own: list[Any] = []
        for parameter in parameters:
            if parameter not in known:
                places.append(len(known) + len(own))
                own.append(parameter)
            else:
                places.append(known[parameter])
        return _Statement(
            sql=sql,
            places=tuple(places),
            own=tuple(own),
            compiler=compiler,
            converters=converters(compiler),
            locks=queryset.query.select_for_update and connection.features.has_select_for_update,
        )


def some(texts: Iterable[str]) -> Sequence[str]:
    """Texts that a kept query compares a column with, sorted; for none, one that no row has."""
    return sorted(texts) or [_NO_TEXT]


def _rounded_up(part: Given) -> Given:
    """So many values that few statements are enough: the last one is asked for again and again."""
    if isinstance(part, int | str):
        return part
    values = list(part)
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))


def _flat(given: Iterable[Given]) -> list[Value]:
    flat: list[Value] = []
    for part in given:
        flat += [part] if isinstance(part, int | str) else part
    return flat


def _stand_ins(part: Given, known: dict[Any, int]) -> Given:
    """Values that are like no other, in place of those that are given."""

    def stand_in(value: Value) -> Value:
        number = _STAND_IN + len(known)
        made: Value = f"\x1a{number}" if isinstance(value, str) else number
        known[made] = len(known)
        return made

    return stand_in(part) if isinstance(part, int | str) else [stand_in(value) for value in part]


# Many rows at once ----------------------------------------------------------------------------------------------------


#: What a column's values are sent to PostgreSQL as.
_ARRAYS = ((models.CharField, "text[]"), (models.TextField, "text[]"), (models.Field, "bigint[]"))


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
        writer = _writer(model, numbered=numbered or not counts)
        _write(model, writer.columns, writer.rows(rows, connections[connection.alias]))
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def insert_alike(row: models.Model, name: str, keys: Iterable[int]) -> None:
    """Insert a row like this one for each of some keys, all of them or none: they differ in nothing else.

    Nobody is told of it, and none of them gets to know its number.

    Args:
        row: Not stored, and left so.
        name: Of the column that has the key, such as `order_id`.
        keys: Of what each is to belong to.
    """
    model = type(row)
    writer = _writer(model, numbered=False)
    with transaction.atomic(using=router.db_for_write(model), savepoint=False):
        (written,) = writer.rows([row], connections[connection.alias])
        place = writer.columns.index(name)
        _write(model, writer.columns, ([*written[:place], key, *written[place + 1 :]] for key in keys))


def _write(model: type[models.Model], columns: Sequence[str], written: Iterable[Sequence[Any]]) -> None:
    (_copy if connection.vendor == "postgresql" else _execute)(model, columns, written)


@cache
def _writer(model: type[models.Model], *, numbered: bool) -> ModelWriter:
    return ModelWriter(model, numbered=numbered)


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
            # Found once, not once for each number
            sequence = "(SELECT pg_get_serial_sequence(%s, %s)::regclass OFFSET 0)"
            cursor.execute(f"SELECT nextval({sequence}) FROM generate_series(1, %s)", [table, column, count])
            return [number for (number,) in cursor.fetchall()]
        # The only one who writes: its transactions take the lock when they begin
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
    first = (last[0] if last else 0) + 1
    return range(first, first + count)


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
        given += [list(rows), *map(list, zip(*rows.values(), strict=True)), list(rows)]
        # Named once more: of a new table, whose rows it has not counted, PostgreSQL reads all in place of these
        chosen = f" AND {_table(model)}.id = ANY (%s)"
    else:
        chosen = ""
        gaps = f"({', '.join(['%s'] * (len(columns) + 1))})"
        source = f"(VALUES {', '.join([gaps] * len(rows))}) AS v"
        given += [part for key, own in rows.items() for part in (key, *own)]
    table = _table(model)
    _change(f"UPDATE {table} SET {', '.join(settings)} FROM {source} WHERE {table}.id = v.column1{chosen}", given)


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
