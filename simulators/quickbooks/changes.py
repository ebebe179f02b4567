"""What has changed since? Change data capture: whole objects, and stubs of what was deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from . import refusals
from .entities import BY_PATH
from .entities.base import Entity
from .fields import Record
from .known_names import NOT_KEPT

if TYPE_CHECKING:
    from .books import Books

WINDOW = timedelta(days=30)
MOST_OBJECTS = 1000
NOT_TRACKED = frozenset({"TaxAgency", "TaxCode", "TaxRate"})


def changes(books: Books, entities: str, since: str) -> list[Record]:
    """The `CDCResponse` of some entities, separated by commas, since a moment; at most 30 days back.

    One member for each entity asked, in the order asked, empty where nothing changed or nothing is kept here.

    Raises:
        Refused: An entity or the moment makes no sense.
    """
    moment = _moment(books, since)
    found: list[Record] = []
    left = MOST_OBJECTS
    for name in entities.split(","):
        entity = BY_PATH.get(name.strip().lower())
        if entity is None and name.strip().lower() in NOT_KEPT:
            found.append({})
            continue
        if entity is None or entity.name in NOT_TRACKED:
            raise refusals.coded(2000, "Invalid object name", f"{name.strip()} has no change data capture.", "entities")
        rows = _rows(books, entity, moment)[:left]
        left -= len(rows)
        counted = {} if entity.is_list else {"totalCount": len(rows)}
        found.append({entity.name: rows, "startPosition": 1, "maxResults": len(rows), **counted} if rows else {})
    return [{"QueryResponse": found}]


def _moment(books: Books, since: str) -> datetime:
    try:
        # A plus sign that was not encoded arrives as a blank
        moment = datetime.fromisoformat(since.strip().replace(" ", "+").replace("Z", "+00:00"))
    except ValueError:
        raise refusals.invalid_date("changedSince", since) from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=books.clock.zone)
    return max(aware, books.clock.now() - WINDOW)


def _rows(books: Books, entity: Entity, since: datetime) -> list[Record]:
    table = books.store.tables[entity.name]
    live = []
    for identifier in reversed(table.by_change):
        record = table.records[identifier]
        if datetime.fromisoformat(record["LastUpdatedTime"]) < since:
            break
        live.append(entity.show(record, books))
    gone = [
        {"domain": "QBO", "status": "Deleted", "Id": identifier, "MetaData": {"LastUpdatedTime": moment}}
        for identifier, moment in table.deleted.items()
        if datetime.fromisoformat(moment) >= since
    ]
    return live + gone
