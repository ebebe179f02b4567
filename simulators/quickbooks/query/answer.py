"""Which records does a query find? An index narrows the search where there is one; the rest is a plain filter."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from .. import refusals
from ..entities import BY_PATH
from ..entities.base import Column, Entity
from ..fields import Record
from ..known_names import NOT_KEPT
from ..store import by_id
from .parser import Condition, Order, Select, parse

if TYPE_CHECKING:
    from ..books import Books

Test = Callable[[Record], bool]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda value, wanted: bool(value == wanted),
    "<": lambda value, wanted: bool(value < wanted),
    ">": lambda value, wanted: bool(value > wanted),
    "<=": lambda value, wanted: bool(value <= wanted),
    ">=": lambda value, wanted: bool(value >= wanted),
}


def answer(books: Books, text: str) -> Record:
    """The `QueryResponse` of a query.

    Raises:
        Refused: 4000 or 4001.
    """
    select = parse(text)
    entity = BY_PATH.get(select.entity.lower())
    if entity is None and select.entity.lower() in NOT_KEPT:
        return {"totalCount": 0} if select.counts else {}
    if entity is None:
        raise refusals.invalid_query(f"invalid context declaration: {select.entity}")
    found = _find(books, entity, select)
    if select.counts:
        return {"totalCount": len(found)}
    records = books.store.tables[entity.name].records
    page = [records[identifier] for identifier in found[select.start - 1 : select.start - 1 + select.most]]
    if not page:
        return {}
    shown = [_projected(entity, entity.show(record, books), select.attributes) for record in page]
    return {entity.name: shown, "startPosition": select.start, "maxResults": len(shown)}


def _find(books: Books, entity: Entity, select: Select) -> list[str]:
    """The ids of all that a query finds, in its order."""
    conditions = [(_column(entity, condition.attribute), condition) for condition in select.conditions]
    for column, condition in conditions:
        _check(entity, column, condition)
    hidden = entity.is_list and not any(condition.attribute.lower() == "active" for condition in select.conditions)
    candidates, fulfilled = _candidates(books, entity, conditions)
    tests = [_test(books, column, condition) for column, condition in conditions if condition is not fulfilled]
    if hidden:
        tests.append(lambda record: bool(record.get("Active", True)))
    records = books.store.tables[entity.name].records
    found = (
        [candidate for candidate in candidates if all(test(records[candidate]) for test in tests)]
        if tests
        else candidates
    )
    return _sorted(books, entity, found, select.orders)


def _projected(entity: Entity, shown: Record, attributes: tuple[str, ...]) -> Record:
    if not attributes:
        return shown
    wanted = {_column_or_property(entity, attribute).split(".")[0].lower() for attribute in attributes}
    return {name: value for name, value in shown.items() if name.lower() in wanted | {"domain", "sparse"}}


def _column_or_property(entity: Entity, name: str) -> str:
    known = entity.column(name)
    if known is not None:
        return known[0]
    first = name.split(".")[0].lower()
    for field in entity.shape.fields:
        if field.lower() == first:
            return field
    raise refusals.invalid_query(f"Property {name} not found for Entity {entity.name}")


def _column(entity: Entity, name: str) -> Column:
    known = entity.column(name)
    if known is not None:
        return known[1]
    raise refusals.invalid_query(f"property '{_column_or_property(entity, name)}' is not queryable")


def _check(entity: Entity, column: Column, condition: Condition) -> None:
    if not column.filterable:
        raise refusals.invalid_query(f"property '{condition.attribute}' is not queryable")
    if column.kind == "id" and condition.operator not in ("=", "in"):
        raise refusals.invalid_query(
            f"operator {condition.operator} is not supported for property '{condition.attribute}'"
        )
    if condition.operator == "like" and column.kind not in ("text", "id"):
        raise refusals.invalid_query(f"operator LIKE is not supported for property '{condition.attribute}'")


# Narrowing by index


def _candidates(
    books: Books, entity: Entity, conditions: list[tuple[Column, Condition]]
) -> tuple[list[str], Condition | None]:
    """The ids by ascending number that may be found, and the condition that all of them are known to fulfil."""
    table = books.store.tables[entity.name]
    best: list[str] | None = None
    by: Condition | None = None
    for column, condition in conditions:
        ids = _ids(books, entity, column, condition)
        if ids is not None and (best is None or len(ids) < len(best)):
            best, by = ids, condition
    if best is None or by is None:
        return table.in_order(), None
    return by_id(best), by if by.operator in ("=", "in") else None


def _ids(books: Books, entity: Entity, column: Column, condition: Condition) -> list[str] | None:
    """The ids that can fulfil a condition, or None when no index tells."""
    table = books.store.tables[entity.name]
    wanted = [str(value).strip().lower() for value in condition.values]
    exact = condition.operator in ("=", "in")
    if column.kind == "id" and exact:
        either = dict.fromkeys(spelling for value in wanted for spelling in (value, value.upper()))
        return [identifier for identifier in either if identifier in table.records]
    by_change = condition.attribute.lower() == "metadata.lastupdatedtime" and condition.operator in (">", ">=")
    if by_change:
        return _changed_since(books, entity, condition)
    if column.index is None or "" in wanted or condition.operator == "like":
        return None
    if column.kind == "day":
        wanted = [value[:10] for value in wanted]
    if exact:
        return [identifier for key in dict.fromkeys(wanted) for identifier in table.ids(column.index, key)]
    if column.kind == "day":
        test = COMPARE[condition.operator]
        index = table.indexes[column.index]
        return [identifier for key, ids in index.items() if test(key, wanted[0]) for identifier in ids]
    return None


def _changed_since(books: Books, entity: Entity, condition: Condition) -> list[str]:
    """The latest changed first, until one is older than asked."""
    table = books.store.tables[entity.name]
    since = _moment(books, condition.attribute, condition.values[0])
    found = []
    for identifier in reversed(table.by_change):
        if datetime.fromisoformat(table.records[identifier]["LastUpdatedTime"]) < since:
            break
        found.append(identifier)
    return found


# Comparing


def _test(books: Books, column: Column, condition: Condition) -> Test:
    if condition.operator == "like":
        pattern = _pattern(str(condition.values[0]))
        return lambda record: bool(pattern.fullmatch(str(column.value(record, books) or "")))
    read = _READERS[column.kind]
    wanted = [_wanted(books, column, condition, value) for value in condition.values]
    if condition.operator == "in":
        return lambda record: read(column.value(record, books)) in wanted
    compare = COMPARE[condition.operator]
    one = wanted[0]

    def test(record: Record) -> bool:
        value = read(column.value(record, books))
        if value is None or one is None:
            return condition.operator == "=" and value is None and one is None
        return compare(value, one)

    return test


def _pattern(text: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in text.split("%"))
    return re.compile(".*".join(parts), re.IGNORECASE | re.DOTALL)


def _wanted(books: Books, column: Column, condition: Condition, value: str | bool) -> object:
    if column.kind == "flag":
        if isinstance(value, str) and value.lower() not in ("true", "false"):
            raise refusals.invalid_query(f"value {value} is not a boolean for property '{condition.attribute}'")
        return value if isinstance(value, bool) else value.lower() == "true"
    text = str(value).lower() if isinstance(value, bool) else value
    if text.strip() == "":
        return None
    if column.kind == "moment":
        return _moment(books, condition.attribute, text)
    if column.kind == "number":
        return _number(condition.attribute, text)
    if column.kind == "day":
        return _day(condition.attribute, text)
    return text.strip().lower()


def _moment(books: Books, attribute: str, value: str | bool) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError:
        raise refusals.invalid_query(f"value {value} is not a date for property '{attribute}'") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=books.clock.zone)


def _number(attribute: str, value: str) -> Decimal:
    try:
        return Decimal(value.strip())
    except InvalidOperation:
        raise refusals.invalid_query(f"value {value} is not a number for property '{attribute}'") from None


def _day(attribute: str, value: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}(T.*)?", value):
        raise refusals.invalid_query(f"value {value} is not a date for property '{attribute}'")
    return value[:10]


def _as_text(value: object) -> str | None:
    return None if value is None or value == "" else str(value).strip().lower()


_READERS: dict[str, Callable[[Any], Any]] = {
    "id": _as_text,
    "text": _as_text,
    "day": lambda value: value,
    "moment": lambda value: None if value is None else datetime.fromisoformat(value),
    "number": lambda value: None if value is None else Decimal(value),
    "flag": bool,
}


def _sorted(books: Books, entity: Entity, found: list[str], orders: tuple[Order, ...]) -> list[str]:
    records = books.store.tables[entity.name].records
    for order in reversed(orders):
        column = _column(entity, order.attribute)
        if column.kind == "id":
            alone = len(orders) == 1  # what was found is by ascending id already
            ascending = found if alone else by_id(found)
            found = ascending[::-1] if order.descending else ascending
            continue
        read = _READERS[column.kind]

        def key(each: str, column: Column = column, read: Callable[[Any], Any] = read) -> tuple[bool, Any]:
            value = read(column.value(records[each], books))
            return value is not None, value if value is not None else 0

        found = sorted(found, key=key, reverse=order.descending)
    return found
