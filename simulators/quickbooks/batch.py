"""What does a batch answer? Up to 30 independent items, each with its own fault or result."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ..common import wire
from . import refusals
from .changes import changes
from .entities import BY_PATH, ENTITIES
from .fields import Record
from .query.answer import answer
from .refusals import Refused
from .requestids import LONGEST_FOR_BATCH

if TYPE_CHECKING:
    from .company import Company

log = logging.getLogger(__name__)
MOST_ITEMS = 30
LONGEST_ITEM_ID = 10
OPERATIONS = ("create", "update", "delete", "void")


def respond(company: Company, body: object, request_id: str) -> list[Record]:
    """The `BatchItemResponse` list, in the order of the request.

    Raises:
        Refused: The batch as a whole is wrong; nothing was done.
    """
    items = _items(body)
    if len(request_id) > LONGEST_FOR_BATCH:
        raise refusals.invalid_request_id(len(request_id))
    if request_id:
        for item in items:
            if len(item["bId"]) > LONGEST_ITEM_ID:
                raise refusals.wrong_length("bId", least=1, most=LONGEST_ITEM_ID, given=len(item["bId"]))
    return [_once(company, item, f"{request_id}\n{item['bId']}" if request_id else None) for item in items]


def _items(body: object) -> list[Record]:
    items = body.get("BatchItemRequest") if isinstance(body, dict) else None
    if not isinstance(items, list) or not items:
        raise refusals.missing("BatchItemRequest")
    if len(items) > MOST_ITEMS:
        raise refusals.too_many_in_batch(len(items))
    for item in items:
        if not isinstance(item, dict):
            raise refusals.wrong_type("BatchItemRequest", "com.intuit.schema.finance.v3.BatchItemRequest")
        if not isinstance(item.get("bId"), str) or not item["bId"]:
            raise refusals.missing("bId")
    names = [item["bId"] for item in items]
    if len(names) != len(set(names)):
        raise refusals.coded(2600, "Conflicting elements", "Each item of a batch needs a bId of its own.", "bId")
    return items


def _once(company: Company, item: Record, key: str | None) -> Record:
    given = company.request_ids.answer(key) if key else None
    if given is not None:
        return dict(wire.loads(given[1]))
    return _performed(company, item, key)


def _performed(company: Company, item: Record, key: str | None) -> Record:
    try:
        with company.writing():
            told = {**_told(company, item), "bId": item["bId"]}
            writes = "Query" not in item and "CDCQuery" not in item
            company.settle(key if writes else None, 200, wire.dump_bytes(told) if writes else b"")
        return told
    except Refused as refused:
        told = {"Fault": refused.fault(), "bId": item["bId"]}
        company.settle(key, refused.status, wire.dump_bytes(told))
        return told
    except Exception:
        log.exception("the rehearsal company failed on a batch item")
        return {"Fault": refusals.failure("the rehearsal company failed").fault(), "bId": item["bId"]}


def _told(company: Company, item: Record) -> Record:
    if "Query" in item:
        return {"QueryResponse": answer(company.books, str(item["Query"]))}
    if "CDCQuery" in item:
        asked = item["CDCQuery"] if isinstance(item["CDCQuery"], dict) else {}
        return {"CDCResponse": changes(company.books, str(asked.get("Entities")), str(asked.get("ChangedSince")))}
    names = [name for name in item if name in ENTITIES]
    if len(names) != 1:
        raise refusals.coded(2000, "Invalid object name", "A batch item holds exactly one object.", "BatchItemRequest")
    options = frozenset(option.strip().lower() for option in str(item.get("optionsData", "")).split(","))
    operation = "void" if "void" in options else str(item.get("operation", "")).lower()
    if operation not in OPERATIONS:
        raise refusals.invalid_enumeration(item.get("operation"), "operation")
    entity, body = BY_PATH[names[0].lower()], item[names[0]]
    books = company.books
    match operation:
        case "delete":
            return {entity.name: entity.delete(books, body)}
        case "void":
            return {entity.name: entity.show(entity.void(books, body), books)}
    if (operation == "update") != bool(isinstance(body, dict) and body.get("Id")):
        raise refusals.missing("Id") if operation == "update" else refusals.invalid_id(body.get("Id"))
    return {entity.name: entity.show(entity.write(books, body, switches=options), books)}
