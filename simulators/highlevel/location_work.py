"""What is there of a sub-account before anything is done in it? Its tables, its id, and units of work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, Protocol

from ..common.clock import Clock
from .options import HighLevelOptions
from .tables import Row, Tables


class Surroundings(Protocol):
    """What a sub-account needs of its agency."""

    options: HighLevelOptions
    clock: Clock
    company_id: str

    def writing(self) -> AbstractContextManager[None]:
        """A unit of work."""

    def moment(self, at: datetime | None = None) -> str:
        """A moment as the API shows it."""

    def tell(self, event: str, content: dict[str, Any]) -> None:
        """Say by a webhook what happened."""


class LocationWork:
    """The base of what people do in a sub-account."""

    def __init__(self, agency: Surroundings, location_id: str) -> None:
        self.agency = agency
        self.location_id = location_id
        self.tables = Tables()
        self._spoiled: dict[str, Row] = {}

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A unit of work: kept whole, or as if it had never begun."""
        with self.agency.writing():
            yield

    def moment(self, at: datetime | None = None) -> str:
        """A moment as the API shows it; without one the present."""
        return self.agency.moment(at)

    def spoil(self, identifier: str, **fields: Any) -> None:
        """Show a record with other fields than it has, such as null where a number belongs; none of them ends that."""
        with self.agency.writing():
            self._spoiled.pop(identifier, None)
            if fields:
                self._spoiled[identifier] = fields

    def as_spoiled(self, row: Row) -> Row:
        """A record as it is shown, with the fields that were spoiled."""
        return {**row, **self._spoiled.get(str(row.get("_id") or row.get("id")), {})}

    def required(self, table: str, identifier: str, what: str) -> Row:
        """A record.

        Raises:
            ValueError: There is none.
        """
        row = self.tables.get(table, identifier)
        if row is None:
            raise ValueError(f"there is no {what} {identifier!r}")
        return row

    def tell(self, event: str, content: dict[str, Any]) -> None:
        """Say by a webhook what happened."""
        self.agency.tell(event, content)
