"""How does each of many rows get a value of its own in one statement? Django's own way compiles a case for each row."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connections, models, router


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
