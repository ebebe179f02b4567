"""What do people do in QuickBooks while an app is not looking? Edits, deletions, merges, closing the books.

Each goes through the rules of its entity with the present SyncToken, as a person's click would. The closing date
does not stop a person here: in QuickBooks they are asked and may go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .entities import ENTITIES
from .entities.base import Entity
from .entities.transaction import Transaction
from .entities.trees import DELETED
from .fields import Record

if TYPE_CHECKING:
    from .company import Company


def _asked(company: Company, body: Record) -> tuple[Entity, Record]:
    """The entity and the record that a call names with `entity` and `id`."""
    entity = _entity(body)
    record = company.books.get(entity.name, str(body.get("id", "")))
    if record is None:
        raise ValueError(f"there is no {entity.name} with the id {body.get('id')!r}")
    return entity, record


def _entity(body: Record) -> Entity:
    name = str(body.get("entity", ""))
    found = {known.lower(): entity for known, entity in ENTITIES.items()}.get(name.lower())
    if found is None:
        raise ValueError(f"there is no entity {name!r}; there are {', '.join(ENTITIES)}")
    return found


@contextmanager
def _books_open(company: Company) -> Iterator[None]:
    """Let a person past the closing date."""
    preferences = company.books.preferences
    accounting = {key: value for key, value in preferences["AccountingInfoPrefs"].items() if key != "BookCloseDate"}
    table = company.store.tables["Preferences"]
    table.replace("1", {**preferences, "AccountingInfoPrefs": accounting})
    company.books.by_hand = True
    try:
        yield
    finally:
        company.books.by_hand = False
        table.replace("1", preferences)


def create(company: Company, body: Record) -> Record:
    """Create an object: {"entity", "fields"}."""
    entity = _entity(body)
    with _books_open(company):
        return _told(company, entity, entity.write(company.books, body.get("fields", {})))


def edit(company: Company, body: Record) -> Record:
    """Change fields: {"entity", "id", "fields"}; lines are replaced whole."""
    entity, record = _asked(company, body)
    return _edited(company, entity, record, body.get("fields", {}))


def _edited(company: Company, entity: Entity, record: Record, fields: object) -> Record:
    if not isinstance(fields, dict):
        raise ValueError("fields is an object of the fields to change")
    whole = {**fields, "Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True}
    with _books_open(company):
        return _told(company, entity, entity.write(company.books, whole))


def _told(company: Company, entity: Entity, record: Record) -> Record:
    return {entity.name: entity.show(record, company.books)}


def rename(company: Company, body: Record) -> Record:
    """Give a list object another name: {"entity", "id", "name"}."""
    entity, record = _asked(company, body)
    field = getattr(entity, "own_name", "Name")
    return _edited(company, entity, record, {field: body.get("name")})


def inactivate(company: Company, body: Record) -> Record:
    """Make a list object inactive: {"entity", "id"}."""
    entity, record = _asked(company, body)
    return _edited(company, entity, record, {"Active": False})


def activate(company: Company, body: Record) -> Record:
    """Make a list object active again: {"entity", "id"}."""
    entity, record = _asked(company, body)
    return _edited(company, entity, record, {"Active": True})


def delete(company: Company, body: Record) -> Record:
    """Delete a document: {"entity", "id"}."""
    entity, record = _asked(company, body)
    with _books_open(company):
        return {entity.name: entity.delete(company.books, _token_of(record))}


def void(company: Company, body: Record) -> Record:
    """Void a document: {"entity", "id"}."""
    entity, record = _asked(company, body)
    with _books_open(company):
        return _told(company, entity, entity.void(company.books, _token_of(record)))


def _token_of(record: Record) -> Record:
    return {"Id": record["Id"], "SyncToken": record["SyncToken"]}


def merge(company: Company, body: Record) -> Record:
    """Merge a customer into another: {"from", "into"}. Documents move; the one merged away becomes inactive."""
    loser, winner = (company.books.get("Customer", str(body.get(key, ""))) for key in ("from", "into"))
    if loser is None or winner is None or loser["Id"] == winner["Id"]:
        raise ValueError("from and into are the ids of two customers")
    if loser["CurrencyRef"] != winner["CurrencyRef"]:
        raise ValueError("customers with different currencies cannot be merged")
    if not loser["Active"]:
        raise ValueError("the customer to merge away is inactive already")
    customers = ENTITIES["Customer"]
    for child in company.books.under("Customer", "ParentRef", loser["Id"]):
        customers.touch(company.books, child, ParentRef=winner["Id"])
    for entity in ENTITIES.values():
        if isinstance(entity, Transaction) and "CustomerRef" in entity.indexes:
            for record in company.books.under(entity.name, "CustomerRef", loser["Id"]):
                moved = entity.touch(company.books, record, CustomerRef=winner["Id"])
                entity.post(company.books, moved)
    _move_journal_lines(company, loser["Id"], winner["Id"])
    _repost_payments(company)
    name = loser["DisplayName"] + DELETED
    merged = customers.touch(company.books, loser, Active=False, DisplayName=name, FullyQualifiedName=name)
    company.store.note("Customer", winner["Id"], "Merge", loser["Id"])
    return {"Customer": customers.show(merged, company.books), "deletedId": loser["Id"]}


def _move_journal_lines(company: Company, loser: str, winner: str) -> None:
    """Lines that bear the name of the customer merged away bear the other's."""
    entity = ENTITIES["JournalEntry"]
    former, name = ({"Type": "Customer", "EntityRef": customer} for customer in (loser, winner))
    for record in list(company.books.all("JournalEntry")):
        details = [line.get("JournalEntryLineDetail") for line in record["Line"]]
        if not any(detail and detail.get("Entity") == former for detail in details):
            continue
        lines = [
            {**line, "JournalEntryLineDetail": {**detail, "Entity": name}}
            if detail and detail.get("Entity") == former
            else line
            for line, detail in zip(record["Line"], details, strict=True)
        ]
        company.books.repost("JournalEntry", entity.touch(company.books, record, Line=lines))


def _repost_payments(company: Company) -> None:
    """Payments post to the customers of what they pay, which may have moved."""
    payments = ENTITIES["Payment"]
    assert isinstance(payments, Transaction)
    for record in list(company.books.all("Payment")):
        payments.post(company.books, record)


def close_books(company: Company, body: Record) -> Record:
    """Set the closing date: {"date": "YYYY-MM-DD"}, or null to open the books."""
    day = body.get("date")
    if day is not None and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(day)):
        raise ValueError("date is YYYY-MM-DD, or null to open the books")
    preferences = company.books.preferences
    accounting = {key: value for key, value in preferences["AccountingInfoPrefs"].items() if key != "BookCloseDate"}
    closed = {**accounting, "BookCloseDate": day} if day else accounting
    changed = ENTITIES["Preferences"].touch(company.books, preferences, AccountingInfoPrefs=closed)
    return {"BookCloseDate": changed["AccountingInfoPrefs"].get("BookCloseDate")}


def change_preferences(company: Company, body: Record) -> Record:
    """Change settings group by group, also those that the API cannot, such as `CustomTxnNumbers`."""
    preferences = company.books.preferences
    changes = {}
    for group, values in body.items():
        if not isinstance(preferences.get(group), dict) or not isinstance(values, dict):
            raise ValueError(f"there is no group of preferences {group!r}")
        if "MultiCurrencyEnabled" in values and company.books.several_currencies:
            raise ValueError("in QuickBooks, multicurrency cannot be turned off again")
        changes[group] = {**preferences[group], **values}
    return {"Preferences": ENTITIES["Preferences"].touch(company.books, preferences, **changes)}
