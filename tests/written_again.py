"""What a step of a test's beginning wrote, to be written again when another test begins with the same steps.

Thousands of tests begin with the studio and an order or two, and to make them took a fifth of the time of all tests
that need a database. Each process takes every such step once, by the product's own code; where a later test comes to
the same step from the same rows, the statements that it sent are sent again, moments moved to today. A step is taken
by the code itself wherever that could come out otherwise: on PostgreSQL, outside a test's transaction, when anything
else was written before it, when settings, the clock or the code were changed for the test, or its queries are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

import pytest
import time_machine
from django.conf import UserSettingsHolder, settings
from django.db import connection, models
from django.utils import timezone, translation

Step = TypeVar("Step", bound=Callable[..., Any])
#: With the rows of its parameters.
Statement = tuple[str, list[tuple[Any, ...]]]

#: As SQLite's columns have a moment: 2026-08-14 09:00:00, or with its fraction.
_SHORTEST, _LONGEST = len("2026-08-14 09:00:00"), len("2026-08-14 09:00:00.000000")
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


@dataclass(frozen=True, kw_only=True)
class _Kept:
    statements: tuple[Statement, ...]
    rows: int
    begun: datetime
    ended: datetime
    #: What the step gave back, and what it left its arguments as.
    result: Any
    given: tuple[Any, ...]


@dataclass(kw_only=True)
class _Beginning:
    """How far the test that runs has come, as long as it has written nothing but steps that are kept."""

    steps: tuple[Hashable, ...] | None = None
    #: How many rows its connection had written then.
    rows: int = 0
    #: What it changes code and environment with.
    patches: pytest.MonkeyPatch | None = None


_kept: dict[tuple[Hashable, ...], _Kept | None] = {}
_beginning = _Beginning()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """A test begins with empty tables."""
    begin()


def begin() -> None:
    """From here on nothing has been written: the tables are as every test has them when it begins."""
    _beginning.steps = () if connection.vendor == "sqlite" else None
    _beginning.rows, _beginning.patches = _rows(), None


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
    value = yield
    if isinstance(value, pytest.MonkeyPatch):
        _beginning.patches = value
    return value


def steps_so_far() -> int:
    """How many steps of this test are kept; none once it has written anything else."""
    return len(_beginning.steps or ())


def written_again(step: Step) -> Step:
    """A function that writes rows, whose statements are sent again where it would write the same.

    Its arguments are models, texts and other values that can be compared; models may be changed by it.
    """

    @wraps(step)
    def taken(*args: Any, **kwargs: Any) -> Any:
        came_by = _beginning.steps
        if came_by is None or not is_as_ever() or _rows() != _beginning.rows:
            _beginning.steps = None
            return step(*args, **kwargs)
        try:
            key = (
                *came_by,
                (step.__qualname__, *map(_told, args), *((k, _told(v)) for k, v in sorted(kwargs.items()))),
            )
            known = key in _kept
        except TypeError:  # an argument that cannot be compared
            _beginning.steps = None
            return step(*args, **kwargs)
        if not known:
            return _first(step, key, args, kwargs)
        kept = _kept[key]
        if kept is None:
            _beginning.steps = None
            return step(*args, **kwargs)
        return _again(kept, key, args)

    return cast(Step, taken)


def _first(step: Callable[..., Any], key: tuple[Hashable, ...], args: Any, kwargs: Any) -> Any:
    before, hooks, begun = _rows(), len(connection.run_on_commit), timezone.now()
    _beginning.steps = None  # a step inside this one is part of it
    with _watched() as (statements, faults):
        result = step(*args, **kwargs)
    if faults or len(connection.run_on_commit) != hooks or not connection.in_atomic_block:
        _kept[key] = None
        return result
    ended = timezone.now()
    result_kept, given = deepcopy((result, args))
    _kept[key] = _Kept(
        statements=tuple(statements), rows=_rows() - before, begun=begun, ended=ended, result=result_kept, given=given
    )
    _beginning.steps, _beginning.rows = key, _rows()
    return result


def _again(kept: _Kept, key: tuple[Hashable, ...], args: tuple[Any, ...]) -> Any:
    before, later = _rows(), timezone.now() - kept.ended
    with connection.cursor() as cursor:
        for sql, rows in kept.statements:
            for params in rows:
                cursor.cursor.execute(sql, [_moved(param, kept, later) for param in params])
    assert _rows() - before == kept.rows, "what was written again is not what was written"
    _beginning.steps, _beginning.rows = key, _rows()
    return _copied(kept, args, later)


def _copied(kept: _Kept, args: tuple[Any, ...], later: timedelta) -> Any:
    """The result anew, in which the test's own arguments are what the step's were, and are left as it left them."""
    pairs = [pair for pair in zip(kept.given, args, strict=True) if isinstance(pair[0], models.Model)]
    copies: dict[int, Any] = {id(given): own for given, own in pairs}
    for given, own in pairs:
        own.__dict__.update(deepcopy(given.__dict__, copies))
    result = deepcopy(kept.result, copies)
    for row in list(copies.values()):
        if isinstance(row, models.Model):
            for name, value in row.__dict__.items():
                if isinstance(value, datetime) and value.tzinfo and kept.begun <= value <= kept.ended:
                    row.__dict__[name] = value + later
    return result


@contextmanager
def _watched() -> Iterator[tuple[list[Statement], list[str]]]:
    """The statements that write, and what cannot be done again."""
    statements: list[Statement] = []
    faults: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if many:
            params = [tuple(row) for row in params]
        if sql.lstrip().upper().startswith(_WRITES):
            statements.append((sql, params if many else [tuple(params or ())]))
        elif not sql.startswith(("SELECT", "SAVEPOINT", "RELEASE")):
            faults.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield statements, faults


def is_as_ever() -> bool:
    """Whether nothing but the rows decides what a step writes."""
    patches = _beginning.patches
    return (
        not (patches and (patches._setattr or patches._setitem))
        and connection.in_atomic_block
        and not connection.execute_wrappers
        and not connection.force_debug_cursor
        and not isinstance(cast(Any, settings)._wrapped, UserSettingsHolder)
        and not time_machine.escape_hatch.is_travelling()
        and translation.get_language() == settings.LANGUAGE_CODE
    )


def _rows() -> int:
    """How many rows this connection has written since it was opened."""
    raw = connection.connection
    return int(raw.total_changes) if raw and connection.vendor == "sqlite" else 0


def _told(argument: Any) -> Hashable:
    """An argument as it can be compared: of a model all of its fields, but for moments, which are those of the test."""
    if not isinstance(argument, models.Model):
        hash(argument)
        return cast(Hashable, argument)
    values = (getattr(argument, field.attname) for field in argument._meta.concrete_fields)
    told = tuple("moment" if isinstance(value, datetime) else value for value in values)
    hash(told)
    return (type(argument).__qualname__, told)


def _moved(param: Any, kept: _Kept, later: timedelta) -> Any:
    """A parameter of a statement; a moment at which the step was taken is as much later as it is taken again."""
    if not isinstance(param, str) or not _SHORTEST <= len(param) <= _LONGEST or param[10] != " ":
        return param
    try:
        moment = datetime.fromisoformat(param).replace(tzinfo=kept.begun.tzinfo)
    except ValueError:
        return param
    return str((moment + later).replace(tzinfo=None)) if kept.begun <= moment <= kept.ended else param
