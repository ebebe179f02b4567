"""How is a question that is asked of the database all the time put together only once?

Django puts a query together anew each time it is asked, which takes several times as long as asking. Here the statement
is kept, and only its values change. What the rows are made of stays Django's own business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row", bound=models.Model)

Value = int | str
#: A value, or several of one type that a column is compared with.
Given = Value | Sequence[Value]

#: Stands for a value while a statement is put together; no row has such a key.
_STAND_IN = 2**62
#: Statements that are kept of one query: one for each number of values that it was asked for.
_MOST = 100


@dataclass(frozen=True, kw_only=True)
class _Statement:
    sql: str
    #: What it is given: the place among the values, those of its own behind them.
    places: tuple[int, ...]
    #: What is always the same.
    own: tuple[Any, ...]
    #: Knows how a row's values are read.
    compiler: SQLCompiler
    locks: bool


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
        return list(rows)

    def instances(self, *given: Given) -> list[Row]:
        """The same, of a query of models, with what `select_related` names; it prefetches and annotates nothing."""
        compiler, rows = self._asked(given)
        selected = compiler.klass_info["select_fields"]
        start, end = selected[0], selected[-1] + 1
        names = [column[0].target.attname for column in compiler.select[start:end]]
        # The types are those of Django 6, which asks for one thing more
        related = get_related_populators(compiler.klass_info, compiler.select, connection.alias)  # type: ignore[call-arg]
        made: list[Row] = []
        for row in rows:
            instance = compiler.klass_info["model"].from_db(connection.alias, names, row[start:end])
            for populator in related:
                populator.populate(row, instance)
            made.append(instance)
        return made

    def _asked(self, given: Sequence[Given]) -> tuple[Any, Iterable[Any]]:
        statement = self._statement(given)
        if statement.locks and connection.get_autocommit():
            raise TransactionManagementError("rows are locked only inside a transaction")
        values = [*_flat(given), *statement.own]
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, [values[place] for place in statement.places])
            rows = cursor.fetchall()
        return statement.compiler, statement.compiler.results_iter(results=[rows], tuple_expected=True)

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
            locks=queryset.query.select_for_update and connection.features.has_select_for_update,
        )


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
