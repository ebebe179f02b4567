"""Where are a sub-account's records? In tables, changed only inside a unit of work that can be undone.

Records have the vendor's own fields, and what only this program knows of one is under `inner`. They are never changed
in place: a change puts a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

#: A record, with the vendor's names for its fields.
Row = dict[str, Any]
#: A change as the file holds it: table, id, and the record or None.
Change = tuple[str, str, Row | None]

NAMES = (
    "facts",
    "contacts",
    "products",
    "prices",
    "workflows",
    "enrollments",
    "invoices",
    "orders",
    "transactions",
    "subscriptions",
)


class Tables:
    """All records of one sub-account, each table in the order its records came."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Row]] = {name: {} for name in NAMES}
        self._undo: list[Change] = []
        self._changes: list[Change] = []

    def get(self, table: str, identifier: str) -> Row | None:
        """A record, or None."""
        return self._rows[table].get(identifier)

    def all(self, table: str) -> Iterator[Row]:
        """Every record, oldest first."""
        return iter(self._rows[table].values())

    def newest(self, table: str) -> Iterator[Row]:
        """Every record, newest first by the moment it was made; of the same moment, the one that came last."""
        rows = reversed(self._rows[table].values())
        return iter(sorted(rows, key=lambda row: row.get("createdAt") or row.get("dateAdded") or "", reverse=True))

    def count(self, table: str) -> int:
        """How many there are."""
        return len(self._rows[table])

    def put(self, table: str, identifier: str, row: Row | None) -> None:
        """Keep a record, or take it out when it is None."""
        self._undo.append((table, identifier, self.get(table, identifier)))
        self._changes.append((table, identifier, row))
        self._set(table, identifier, row)

    def _set(self, table: str, identifier: str, row: Row | None) -> None:
        if row is None:
            self._rows[table].pop(identifier, None)
        else:
            self._rows[table][identifier] = row

    def take_changes(self) -> list[Change]:
        """What this unit of work did, in the form `apply` reads; it can no longer be undone."""
        changes, self._changes = self._changes, []
        self._undo.clear()
        return changes

    def undo(self) -> None:
        """Make it as if the unit of work had never begun."""
        for table, identifier, former in reversed(self._undo):
            self._set(table, identifier, former)
        self._undo.clear()
        self._changes.clear()

    def apply(self, changes: Iterable[Change]) -> None:
        """Do again what `take_changes` told, when the file is read back."""
        for table, identifier, row in changes:
            self._set(table, identifier, row)

    def snapshot(self) -> Iterator[Change]:
        """Everything, in the form `apply` reads."""
        for table, rows in self._rows.items():
            for identifier, row in rows.items():
                yield table, identifier, row


def shown(row: Row) -> Row:
    """A record as the API shows it."""
    return {name: value for name, value in row.items() if name != "inner"}
