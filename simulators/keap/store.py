"""Where are the records of an account? In memory, in the order they came; what changed is a line of its file."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from cattrs import Converter

from .records import (
    TABLES,
    GatewayTransaction,
    KeapContact,
    KeapOrder,
    KeapPayment,
    KeapProduct,
    KeapSubscription,
)

T = TypeVar("T")


def _converter() -> Converter:
    told = Converter(prefer_attrib_converters=False)
    for kind in (date, datetime):
        told.register_unstructure_hook(kind, lambda moment: moment.isoformat())
        told.register_structure_hook(kind, lambda text, wanted: wanted.fromisoformat(text))
    told.register_unstructure_hook(Decimal, str)
    told.register_structure_hook(Decimal, lambda text, _: Decimal(text))
    return told


CONVERTER = _converter()


class HookEvent(NamedTuple):
    """Something that subscribers are told of, such as order.edit with the order's id."""

    key: str
    id: str


class KeapStore:
    """The tables, the numbers given out, and what changed since it was last asked."""

    def __init__(self) -> None:
        self.contacts: dict[str, KeapContact] = {}
        self.products: dict[str, KeapProduct] = {}
        self.orders: dict[str, KeapOrder] = {}
        self.payments: dict[str, KeapPayment] = {}
        self.transactions: dict[str, GatewayTransaction] = {}
        self.subscriptions: dict[str, KeapSubscription] = {}
        #: How often each table changed: lists that were sorted before are good until then.
        self.versions: Counter[str] = Counter()
        self.counters: Counter[str] = Counter()
        self.settings: dict[str, Any] = {}
        self.events: list[HookEvent] = []
        self._changed: dict[tuple[str, str], None] = {}
        self._counted = False

    def table(self, name: str) -> dict[str, Any]:
        """The records of a table by their ids."""
        found: dict[str, Any] = getattr(self, name)
        return found

    def next_id(self, kind: str) -> str:
        """A number that was not given out before."""
        self.counters[kind] += 1
        self._counted = True
        return str(self.counters[kind])

    def put(self, name: str, record: T) -> T:
        """Keep a record, new or changed."""
        identifier: str = record.id  # type: ignore[attr-defined]
        self.table(name)[identifier] = record
        self._note(name, identifier)
        return record

    def drop(self, name: str, identifier: str) -> None:
        """Forget a record."""
        del self.table(name)[identifier]
        self._note(name, identifier)

    def _note(self, name: str, identifier: str) -> None:
        self.versions[name] += 1
        self._changed[(name, identifier)] = None

    def tell_event(self, key: str, identifier: str) -> None:
        """Something happened that subscribers are told of."""
        self.events.append(HookEvent(key, identifier))

    def take_events(self) -> list[HookEvent]:
        """What happened since it was last asked."""
        events, self.events = self.events, []
        return events

    # The file

    def take_changes(self) -> dict[str, Any]:
        """What changed since it was last asked, in the form `apply` reads; empty when nothing did."""
        changes: dict[str, Any] = {}
        if self._changed:
            changes["records"] = [self._told(name, identifier) for name, identifier in self._changed]
        if self._changed or self._counted:
            changes["counters"] = dict(self.counters)
        self._changed, self._counted = {}, False
        return changes

    def _told(self, name: str, identifier: str) -> list[Any]:
        record = self.table(name).get(identifier)
        return [name, identifier, None if record is None else CONVERTER.unstructure(record)]

    def apply(self, changes: dict[str, Any]) -> None:
        """Know again what a line of the file says."""
        for name, identifier, told in changes.get("records", ()):
            if told is None:
                self.table(name).pop(identifier, None)
            else:
                self.table(name)[identifier] = CONVERTER.structure(told, TABLES[name])
            self.versions[name] += 1
        for kind, number in changes.get("counters", {}).items():
            self.counters[kind] = int(number)

    def everything(self) -> list[dict[str, Any]]:
        """All records as the lines of a fresh file."""
        lines: list[dict[str, Any]] = [{"counters": dict(self.counters)}]
        for name in TABLES:
            lines += [{"records": [self._told(name, identifier)]} for identifier in self.table(name)]
        return lines
