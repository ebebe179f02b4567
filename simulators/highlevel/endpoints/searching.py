"""Which contacts does a search find? Filters by field and operator, all of which have to hold, and pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from ..asked import AskedOf
from ..refusals import ApiProblem
from ..tables import Row

MOST = 500
_KNOWN = ("locationId", "page", "pageLimit", "query", "filters", "sort", "searchAfter")
_FIELDS = ("email", "phone", "firstNameLowerCase", "lastNameLowerCase", "tags", "dateAdded", "dateUpdated", "id", "dnd")


def _range(held: Any, value: Any) -> bool:
    bounds = value if isinstance(value, dict) else {}
    return str(bounds.get("gte", "")) <= str(held) <= str(bounds.get("lte", "~"))


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda held, value: value in held if isinstance(held, list) else held == value,
    "not_eq": lambda held, value: value not in held if isinstance(held, list) else held != value,
    "contains": lambda held, value: str(value).lower() in str(held or "").lower(),
    "not_contains": lambda held, value: str(value).lower() not in str(held or "").lower(),
    "exists": lambda held, value: held not in (None, "", []),
    "not_exists": lambda held, value: held in (None, "", []),
    "range": _range,
}


def searched(rows: Iterable[Row], body: dict[str, Any]) -> tuple[list[Row], int]:
    """The contacts of a page, newest first, and how many there are.

    Raises:
        ApiProblem: A filter or the page cannot be understood.
    """
    asked = AskedOf(body, _KNOWN)
    limit, page = asked.whole("pageLimit", 20, required=True, most=MOST), asked.whole("page", 1)
    words = asked.text("query").lower()
    asked.check()
    tests = _filters(body.get("filters"))
    listed = [
        row
        for row in rows
        if words in f"{row['name']} {row.get('email', '')} {row.get('phone', '')}".lower()
        and all(test(row) for test in tests)
    ]
    began = (max(page, 1) - 1) * limit
    after = body.get("searchAfter")
    if after is not None:
        began = next((number for number, row in enumerate(listed, start=1) if place_of(row) == after), len(listed))
    return listed[began : began + limit], len(listed)


def place_of(row: Row) -> list[Any]:
    """What a search goes on after: the moment a contact was made, in milliseconds, and its id."""
    return [round(datetime.fromisoformat(str(row["dateAdded"])).timestamp() * 1000), row["id"]]


def _filters(told: Any) -> list[Callable[[Row], bool]]:
    if told is None:
        return []
    if not isinstance(told, list):
        raise ApiProblem(422, ["filters must be an array"])
    return [_filter(row) for row in told]


def _filter(told: Any) -> Callable[[Row], bool]:
    field = told.get("field") if isinstance(told, dict) else None
    test = _TESTS.get(str(told.get("operator"))) if isinstance(told, dict) else None
    if field not in _FIELDS or test is None:
        raise ApiProblem(422, [f"a filter has a field ({', '.join(_FIELDS)}) and an operator ({', '.join(_TESTS)})"])
    return lambda row: test(_held(row, field), told.get("value"))


def _held(row: Row, field: str) -> Any:
    if field.endswith("LowerCase"):
        return str(row.get(field.removesuffix("LowerCase"), "")).lower()
    return row.get(field)
