"""What does a request ask for in its query or its body? Read as strictly as HighLevel's validators do.

Everything that is wrong is told at once, in one answer of 422.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from ..common import wire
from ..common.http import Request
from .refusals import ApiProblem

MOST_PER_PAGE = 100


class AskedOf:
    """The parameters of a request: `query` of its address, or the fields of its body."""

    def __init__(self, told: Mapping[str, Any], known: Iterable[str]) -> None:
        self._told = told
        self._problems = [f"property {name} should not exist" for name in told if name not in set(known)]

    def text(self, name: str, *, required: bool = False) -> str:
        """A text; an empty one when it is not there."""
        value = self._told.get(name)
        if value is None or value == "":
            if required:
                self._problems.append(f"{name} should not be empty")
            return ""
        if not isinstance(value, str):
            self._problems.append(f"{name} must be a string")
            return ""
        return value

    def choice(self, name: str, *choices: str, required: bool = False) -> str:
        """One of some words."""
        value = self.text(name, required=required)
        if value and value not in choices:
            self._problems.append(f"{name} must be one of the following values: {', '.join(choices)}")
        return value

    def whole(self, name: str, default: int, *, required: bool = False, most: int | None = None) -> int:
        """A whole number, which the query says as text."""
        value = self._told.get(name)
        if value is None or value == "":
            if required:
                self._problems.append(f"{name} should not be empty")
            return default
        text = str(value)
        if not (text.isascii() and text.isdecimal()):
            self._problems.append(f"{name} must be a number string")
            return default
        number = int(text)
        if most is not None and number > most:
            self._problems.append(f"{name} must not be greater than {most}")
        return number

    def day(self, name: str) -> date | None:
        """A day as YYYY-MM-DD."""
        value = self.text(name)
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            self._problems.append(f"{name} must be a valid date in the format YYYY-MM-DD")
            return None

    def moment(self, name: str, *, end: bool = False) -> datetime | None:
        """A moment; a day alone is its beginning, or with `end` its last instant, in UTC."""
        value = self.text(name)
        if not value:
            return None
        try:
            if len(value) == 10:
                began = datetime.combine(date.fromisoformat(value), time(), UTC)
                return began + timedelta(days=1, microseconds=-1) if end else began
            told = datetime.fromisoformat(value)
            return told if told.tzinfo else told.replace(tzinfo=UTC)
        except ValueError:
            self._problems.append(f"{name} must be a valid ISO 8601 date string")
            return None

    def location(self, required: str, location_id: str, *, typed: bool = True) -> None:
        """The location that is asked about has to be the one that the token is for.

        Raises:
            ApiProblem: Something was missing or wrong so far, or it is another location.
        """
        asked = self.text(required, required=True)
        if typed:
            self.choice("altType", "location", required=True)
        self.check()
        if asked != location_id:
            raise ApiProblem(403, "The token does not have access to this location.")

    def check(self) -> None:
        """Refuse what was wrong.

        Raises:
            ApiProblem: Every problem, in one list.
        """
        if self._problems:
            raise ApiProblem(422, self._problems)


def query_of(request: Request, *known: str) -> AskedOf:
    """The query of a request; names are told apart by their case."""
    return AskedOf(request.args.to_dict(), known)


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object that a request carries.

    Raises:
        ApiProblem: It is no JSON, or something else than an object.
    """
    try:
        told = request.json
    except wire.Unreadable as problem:
        raise ApiProblem(400, f"{problem} in JSON") from None
    if not isinstance(told, dict):
        raise ApiProblem(400, "the body must be a JSON object")
    return told
