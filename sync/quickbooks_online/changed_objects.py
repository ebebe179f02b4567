"""What has changed in QuickBooks since a moment? Reads the answer of change data capture.

It tells whole objects, inactive ones too, and of what was deleted the id. Intuit looks back 30 days, and names at most
1,000 objects in an answer without saying that it left out others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import simplejson

from sync.quickbooks_online.wire import Unreadable

#: An answer with so many objects may have left out others.
MOST_OBJECTS = 1000
_DELETED = "Deleted"


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What an answer tells."""

    #: By entity, the objects as a query would show them.
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    #: By entity, the ids of what was deleted.
    deleted: Mapping[str, Sequence[str]]
    #: When that was, by entity and id; of which the answer does not say so, there is nothing.
    deleted_at: Mapping[tuple[str, str], datetime]
    #: The moment of the answer by QuickBooks' clock; None when it does not say.
    at: datetime | None

    @property
    def is_whole(self) -> bool:
        """Whether it cannot have left anything out."""
        told = sum(map(len, self.rows.values())) + sum(map(len, self.deleted.values()))
        return told < MOST_OBJECTS


def read_changes(entities: Sequence[str], answer: object) -> Changes:
    """The changes of these entities.

    Raises:
        Unreadable: It is not an answer of change data capture.
    """
    told = answer.get("CDCResponse") if isinstance(answer, dict) else None
    if not isinstance(told, list) or not told:
        raise Unreadable
    rows: dict[str, list[Mapping[str, Any]]] = {entity: [] for entity in entities}
    deleted: dict[str, list[str]] = {entity: [] for entity in entities}
    deleted_at: dict[tuple[str, str], datetime] = {}
    for entity, changed in _objects(told, entities):
        if changed.get("status") == _DELETED:
            identifier = str(changed.get("Id", ""))
            deleted[entity].append(identifier)
            if moment := _updated(changed):
                deleted_at[entity, identifier] = moment
        else:
            rows[entity].append(changed)
    return Changes(rows=rows, deleted=deleted, deleted_at=deleted_at, at=moment_of(answer))


def moment_of(answer: Any) -> datetime | None:
    """When QuickBooks answered, by its own clock; None when the answer does not say."""
    return _moment(answer, "time")


def _updated(changed: Mapping[str, object]) -> datetime | None:
    return _moment(changed.get("MetaData"), "LastUpdatedTime")


def _moment(told: Any, name: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(told[name])
    except (KeyError, TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None


def moment_in(text: str) -> datetime | None:
    """The same of an answer that is kept as text."""
    try:
        return moment_of(simplejson.loads(text))
    except (ValueError, RecursionError):
        return None


def _objects(told: Sequence[object], entities: Sequence[str]) -> list[tuple[str, Mapping[str, object]]]:
    found = []
    for response in told:
        answers = response.get("QueryResponse") if isinstance(response, dict) else None
        if not isinstance(answers, list):
            raise Unreadable
        for members in answers:
            if not isinstance(members, dict):
                raise Unreadable
            for entity in entities:
                objects = members.get(entity, [])
                if not isinstance(objects, list) or not all(isinstance(changed, dict) for changed in objects):
                    raise Unreadable
                found += [(entity, changed) for changed in objects]
    return found
