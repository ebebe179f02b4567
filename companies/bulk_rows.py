"""How does a row become a model, and a model a row, when there are very many of them?

Django makes each model by asking every field what to do, and by telling everybody before and after. That takes several
times as long as the database needs. Here what is the same for all rows of a model is found out once. What comes of it
is what Django would make: no model of Tieout has a constructor of its own, and nobody listens to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState
from django.db.models.query import RelatedPopulator
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from books import json_text

Row = TypeVar("Row", bound=models.Model)
Values = Sequence[Any]


# New ones -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Blank:
    #: What every field is at first, by its attribute.
    values: dict[str, Any]
    #: Those that are made anew for each, such as an empty list.
    made: tuple[tuple[str, Callable[[], Any]], ...]
    links: dict[str, models.ForeignKey[Any, Any]]


def new_row(model: type[Row], **values: Any) -> Row:
    """A row that is not stored yet, as the constructor of its model would make it.

    Args:
        model: Its table.
        values: By the name of the field, or by that of its column, such as `order_id`.
    """
    blank = _blank(model)
    row = model.__new__(model)
    state, attributes = ModelState(), row.__dict__
    row._state = state
    attributes.update(blank.values)
    for name, make in blank.made:
        attributes[name] = make()
    for name, value in values.items():
        link = blank.links.get(name)
        if link is None:
            attributes[name] = value
            continue
        attributes[link.attname] = value.pk if value is not None else None
        state.fields_cache[name] = value
        if value is None:
            continue
        state.db = state.db or value._state.db or DEFAULT_DB_ALIAS
        if not link.remote_field.multiple:
            link.remote_field.set_cached_value(value, row)
    return row


@cache
def _blank(model: type[models.Model]) -> _Blank:
    values = {name: value for name, value in vars(model()).items() if name != "_state"}
    fields = model._meta.concrete_fields
    return _Blank(
        values=values,
        made=tuple(
            (field.attname, field.get_default) for field in fields if field.has_default() and callable(field.default)
        ),
        links={field.name: field for field in fields if isinstance(field, models.ForeignKey)},
    )


# Read ones ------------------------------------------------------------------------------------------------------------


Converter = Callable[[Any], Any]


def converters(compiler: SQLCompiler) -> tuple[tuple[int, Converter], ...]:
    """How the columns of what a query reads become values, each by its place; the others are values already."""
    columns = [column for column, _sql, _alias in compiler.select]
    found = compiler.get_converters(columns)
    return tuple((place, _converter(steps, column, compiler.connection)) for place, (steps, column) in found.items())


def _converter(steps: Sequence[Callable[..., Any]], column: Any, connection: BaseDatabaseWrapper) -> Converter:
    field = getattr(column, "target", None)
    if isinstance(field, models.JSONField) and field.decoder is None:
        return lambda value: None if value is None else json_text.read(value)
    if len(steps) == 1:
        (step,) = steps
        return lambda value: step(value, column, connection)

    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value, column, connection)
        return value

    return convert


def converted(rows: Iterable[Values], places: Sequence[tuple[int, Converter]]) -> Iterable[Values]:
    """Rows as the database gives them, with the values that the columns mean."""
    return _each_converted(rows, places) if places else rows


def _each_converted(rows: Iterable[Values], places: Sequence[tuple[int, Converter]]) -> Iterator[Values]:
    for row in map(list, rows):
        for place, convert in places:
            row[place] = convert(row[place])
        yield row


class ModelReader:
    """Makes models of rows: those of one query, with what its `select_related` names."""

    def __init__(self, compiler: SQLCompiler) -> None:
        """Find out what is the same for all rows.

        Args:
            compiler: Of the query, after it has written its statement.
        """
        selected: Any = compiler.klass_info
        places = selected["select_fields"]
        self._columns = slice(places[0], places[-1] + 1)
        self._names = [column[0].target.attname for column in compiler.select[self._columns]]
        self._model = selected["model"]
        self._alias = compiler.connection.alias
        related = selected.get("related_klass_infos", [])
        # The types are those of Django 6, which asks for one thing more
        self._related = [_Related(RelatedPopulator(joined, compiler.select, self._alias)) for joined in related]  # type: ignore[call-arg]

    def read(self, rows: Iterable[Values]) -> list[Any]:
        """The models of these rows, in their order."""
        made = []
        for row in rows:
            instance = stored_row(self._model, self._alias, self._names, row[self._columns])
            for related in self._related:
                related.populate(row, instance)
            made.append(instance)
        return made


class _Related:
    """Joins a row to what it belongs to, as Django's own does, which is asked for what is where."""

    def __init__(self, populator: Any) -> None:
        self._of = populator
        self._related = [_Related(joined) for joined in populator.related_populators]

    def populate(self, row: Values, owner: models.Model) -> None:
        of = self._of
        values = of.reorder_for_init(row) if of.reorder_for_init else row[of.cols_start : of.cols_end]
        instance = None
        if values[of.pk_idx] is not None:
            instance = stored_row(of.model_cls, of.db, of.init_list, values)
            for related in self._related:
                related.populate(row, instance)
        of.local_setter(owner, instance)
        if instance is not None:
            of.remote_setter(instance, owner)


def stored_row(model: type[Row], alias: str, names: Sequence[str], values: Values) -> Row:
    """A row as it is stored. What is not among the names is read when it is asked for."""
    row = model.__new__(model)
    state = row._state = ModelState()
    state.adding, state.db = False, alias
    row.__dict__.update(zip(names, values, strict=True))
    return row


# Written ones ---------------------------------------------------------------------------------------------------------


#: Fields whose value is written as the model bears it.
_PLAIN = (models.CharField, models.TextField, models.BooleanField, models.IntegerField)

_Adapt = Callable[[Any, Any], Any]


class ModelWriter:
    """Makes rows of models: the values of their columns, as the database takes them."""

    def __init__(self, model: type[models.Model], *, numbered: bool) -> None:
        """Find out what is the same for all rows.

        Args:
            model: Their table.
            numbered: With their primary keys.
        """
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        self._fields = [field for field in fields if numbered or not field.primary_key]
        self.columns = tuple(str(field.column) for field in self._fields)
        self._values = attrgetter(*(field.attname for field in self._fields))
        places = list(enumerate(self._fields))
        self._links = [(place, field) for place, field in places if isinstance(field, models.ForeignKey)]
        self._clocks = [(place, field) for place, field in places if _tells_the_time(field)]
        known = {place for place, _ in (*self._links, *self._clocks)}
        self._others = [
            (place, field) for place, field in places if place not in known and not isinstance(field, _PLAIN)
        ]

    def rows(self, rows: Iterable[models.Model], writer: BaseDatabaseWrapper) -> Iterator[list[Any]]:
        """The values of each, in the order of the columns.

        Args:
            rows: Not stored yet. They get the time at which they are, and the numbers of what they belong to.
            writer: The connection that writes them.
        """
        now = timezone.now()
        clocks = [(place, field.attname, field.get_db_prep_save(now, writer)) for place, field in self._clocks]
        others = [(place, _adapted(field, writer)) for place, field in self._others]
        for row in rows:
            values = list(self._values(row))
            for place, field in self._links:
                if values[place] is None:
                    values[place] = _number_of(row, field)
            for place, name, written in clocks:
                setattr(row, name, now)
                values[place] = written
            for place, adapt in others:
                if values[place] is not None:
                    values[place] = adapt(row, values[place])
            yield values


def _tells_the_time(field: Any) -> bool:
    return type(field) is models.DateTimeField and (field.auto_now or field.auto_now_add)


def _adapted(field: Any, writer: BaseDatabaseWrapper) -> _Adapt:
    if type(field) is models.JSONField and field.encoder is None:
        return lambda row, value: json_text.written(value)
    if type(field) is models.DateField and not (field.auto_now or field.auto_now_add):
        adapt = writer.ops.adapt_datefield_value
        return lambda row, value: adapt(value if type(value) is date else field.to_python(value))
    return lambda row, value: field.get_db_prep_save(field.pre_save(row, True), writer)


def _number_of(row: models.Model, field: models.ForeignKey[object, object]) -> object:
    """The number of the row that it belongs to, which may have got it only after they were joined."""
    if field.is_cached(row) and (other := getattr(row, field.name)) is not None:
        setattr(row, field.attname, other.pk)
        return other.pk
    return None
