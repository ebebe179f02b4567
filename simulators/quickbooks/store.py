"""Where are the company's records? Tables with indexes, changed only inside a unit of work that can be undone.

Records are never changed in place: a change puts a new dict. That makes undoing a list of former records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from .fields import Record
from .ledger import Entry, Ledger, Posting

IndexKeys = Callable[[Record], Iterable[str]]


class Table:
    """The records of one entity by id, with an index for each way they are looked up."""

    def __init__(self, indexes: Mapping[str, IndexKeys]) -> None:
        self.records: dict[str, Record] = {}
        self.by_change: dict[str, None] = {}  # ids, longest unchanged first
        self.deleted: dict[str, str] = {}  # id to the moment it was deleted
        self._order: list[str] = []
        self._in_order = True
        self._keys = indexes
        self.indexes: dict[str, dict[str, dict[str, None]]] = {name: defaultdict(dict) for name in indexes}

    def ids(self, index: str, key: str) -> Iterable[str]:
        """The ids that an index holds under a key, in the order they came."""
        return self.indexes[index].get(key, {})

    def replace(self, identifier: str, record: Record | None) -> Record | None:
        """Put a record in the place of its former one, or take it out; returns the former."""
        former = self.records.get(identifier)
        if former is not None:
            self._unindex(identifier, former)
        if record is not None:
            self.records[identifier] = record
            if former is None:
                self._in_order = self._in_order and (not self._order or _comes_later(self._order[-1], identifier))
                self._order.append(identifier)
            self._index(identifier, record)
            if former is None or former["LastUpdatedTime"] != record["LastUpdatedTime"]:
                self.by_change.pop(identifier, None)
                self.by_change[identifier] = None
        else:
            self.records.pop(identifier, None)
            self.by_change.pop(identifier, None)
            self._in_order = False
        return former

    def in_order(self) -> list[str]:
        """All ids, ascending. The table's own list: not to be changed."""
        if not self._in_order:
            self._order = by_id(self.records)
            self._in_order = True
        return self._order

    def _index(self, identifier: str, record: Record) -> None:
        for name, keys in self._keys.items():
            index = self.indexes[name]
            for key in keys(record):
                index[key][identifier] = None

    def _unindex(self, identifier: str, record: Record) -> None:
        for name, keys in self._keys.items():
            index = self.indexes[name]
            for key in keys(record):
                index[key].pop(identifier, None)
                if not index[key]:
                    del index[key]


def by_id(identifiers: Iterable[str]) -> list[str]:
    """Ids in ascending order; the few that are words, such as TAX, come first."""
    try:
        return sorted(identifiers, key=int)
    except ValueError:
        return sorted(
            identifiers,
            key=lambda identifier: (
                identifier.isdecimal(),
                int(identifier) if identifier.isdecimal() else 0,
                identifier,
            ),
        )


def _comes_later(last: str, identifier: str) -> bool:
    return identifier.isdecimal() and (not last.isdecimal() or int(last) < int(identifier))


class Event(NamedTuple):
    """What became of one record, as a webhook tells it."""

    entity: str
    id: str
    operation: str  # Create, Update, Delete, Void, Merge, Emailed
    deleted_id: str = ""


class Store:
    """All tables, the ledger, the counters and the settings of one company."""

    def __init__(self, indexes: Mapping[str, Mapping[str, IndexKeys]]) -> None:
        self.tables = {entity: Table(keys) for entity, keys in indexes.items()}
        self.ledger = Ledger()
        self.counters: dict[str, int] = defaultdict(int)
        self.settings: dict[str, Any] = {}
        self._undo: list[Callable[[], object]] = []
        self._changes: list[list[Any]] = []
        self._events: list[Event] = []

    def begin(self) -> None:
        """Start a unit of work."""
        self._undo.clear()
        self._changes.clear()
        self._events.clear()

    def take_changes(self) -> list[list[object]]:
        """What this unit of work did, in the form `apply` reads; it can no longer be undone."""
        changes, self._changes = self._changes, []
        self._undo.clear()
        return changes

    def take_events(self) -> list[Event]:
        """What happened to whole records in this unit of work; the last thing that happened to each."""
        events, self._events = self._events, []
        last: dict[tuple[str, str], Event] = {}
        for event in events:
            former = last.get((event.entity, event.id))
            last[event.entity, event.id] = former if former and event.operation == "Update" else event
        return list(last.values())

    def note(self, entity: str, identifier: str, operation: str, deleted_id: str = "") -> None:
        """Say what happened to a record where its fields alone do not tell."""
        self._events.append(Event(entity, identifier, operation, deleted_id))

    def undo(self) -> None:
        """Make it as if the unit of work had never begun."""
        for step in reversed(self._undo):
            step()
        self.begin()

    def put(self, entity: str, record: Record | None, identifier: str) -> None:
        """Keep a record, or take it out when it is None."""
        table = self.tables[entity]
        former = table.replace(identifier, record)
        self._undo.append(lambda: table.replace(identifier, former))
        if record is None or former is None:
            self.note(entity, identifier, "Delete" if record is None else "Create")
        elif record["SyncToken"] != former["SyncToken"]:
            self.note(entity, identifier, "Update")
        self._changes.append(["put", entity, identifier, record])

    def bury(self, entity: str, identifier: str, moment: str) -> None:
        """Remember that a record was deleted, and when."""
        table = self.tables[entity]
        table.deleted[identifier] = moment
        self._undo.append(lambda: table.deleted.pop(identifier, None))
        self._changes.append(["bury", entity, identifier, moment])

    def post(self, kind: str, identifier: str, entry: Entry | None) -> None:
        """Keep what a transaction posts."""
        former = self.ledger.replace(kind, identifier, entry)
        self._undo.append(lambda: self.ledger.replace(kind, identifier, former))
        self._changes.append(["post", kind, identifier, entry])

    def next(self, counter: str) -> str:
        """The next number of a counter. Numbers of undone work are not used again."""
        self.counters[counter] += 1
        self._changes.append(["count", counter, self.counters[counter], None])
        return str(self.counters[counter])

    def set(self, name: str, value: Any) -> None:
        """Keep a setting."""
        former = self.settings.get(name)
        self.settings[name] = value
        self._undo.append(lambda: self.settings.__setitem__(name, former))
        self._changes.append(["set", name, value, None])

    def apply(self, changes: Iterable[list[Any]]) -> None:
        """Do again what `take_changes` told, when books are read back from their file."""
        for verb, first, second, third in changes:
            match verb:
                case "put":
                    self.tables[first].replace(second, third)
                case "bury":
                    self.tables[first].deleted[second] = third
                case "post":
                    self.ledger.replace(first, second, entry_from_json(third))
                case "count":
                    self.counters[first] = second
                case "set":
                    self.settings[first] = second
                case _:
                    raise ValueError(f"the books' file holds an unknown change: {verb}")


def entry_from_json(told: Any) -> Entry | None:
    """A ledger entry as the books' file holds it (a list) in its own type."""
    if told is None:
        return None
    kind, identifier, day, number, postings = told
    return Entry(kind, identifier, day, number, tuple(Posting(*posting) for posting in postings))
