"""What do QuickBooks' answers about documents say?"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import simplejson

from books.documents import JournalEntry, NewCustomer
from books.money import ZERO, total
from books.outcomes import Accepted, Exchange
from sync.quickbooks_online.forms import ENTITIES, bears_mark, customer_id, is_marked, key_in, mark, reference, render
from sync.quickbooks_online.json_values import Json

__all__ = [
    "ENTITIES", "PAGE", "Json", "Unreadable", "accepted_of", "amount_of", "bears_mark", "customer_id",
    "customer_ref", "is_marked", "key_of", "literal", "mark", "number_of", "read_accepted", "reference", "render",
    "shows_one", "total_of",
]  # fmt: skip

#: The most rows that one answer to a query holds.
PAGE = 1000


class Unreadable(Exception):
    """An answer lacks what it must have, so it says nothing."""


def shows_one(kind: str, answer: object) -> bool:
    """Whether an answer holds a document of this form."""
    return isinstance(answer, dict) and isinstance(answer.get(ENTITIES[kind]), dict)


def read_accepted(kind: str, answer: object, *, key: str = "", adopted: bool = False, exchange: Exchange) -> Accepted:
    """What QuickBooks stored.

    Args:
        kind: The form of the document.
        answer: The JSON of an answer that reports nothing wrong.
        key: Of the document that was sent: an answer with the mark of another one is not about it.
        adopted: It was found there rather than written now.
        exchange: The evidence.

    Raises:
        Unreadable: The answer is not about such a document, or lacks a field that it must have.
    """
    entity = answer.get(ENTITIES[kind]) if isinstance(answer, dict) else None
    if key and isinstance(entity, dict) and not bears_mark(kind, entity, key) and is_marked(kind, entity):
        raise Unreadable
    return accepted_of(kind, entity, adopted=adopted, exchange=exchange)


def accepted_of(kind: str, entity: object, *, adopted: bool, exchange: Exchange) -> Accepted:
    """The same, for the entity itself.

    Raises:
        Unreadable: It lacks a field that it must have.
    """
    if not isinstance(entity, dict) or not entity.get("Id"):
        raise Unreadable
    is_customer = kind == NewCustomer.kind
    return Accepted(
        quickbooks_id=str(entity["Id"]),
        sync_token=str(entity.get("SyncToken", "")),
        number=str(entity.get(number_of(kind)) or ""),
        customer_id=str(entity["Id"]) if is_customer else customer_ref(entity)[0],
        total=ZERO if is_customer else total_of(kind, entity),
        currency=_value(entity, "CurrencyRef"),
        adopted=adopted,
        exchange=exchange,
    )


def key_of(kind: str, body: bytes) -> str:
    """The key of the document that bytes of `render` create."""
    return key_in(kind, simplejson.loads(body))


def literal(text: str) -> str:
    """A text as it is written in a query."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def total_of(form: str, entity: Mapping[str, Any]) -> Decimal:
    """What a transaction comes to; of a journal entry, whose total QuickBooks gives as zero, its debits.

    Raises:
        Unreadable: It does not say.
    """
    if form != JournalEntry.kind:
        return amount_of(entity, "TotalAmt")
    lines = [line for line in entity.get("Line") or [] if isinstance(line, dict)]
    details = [(line, line.get("JournalEntryLineDetail") or {}) for line in lines]
    return total(amount_of(line, "Amount") for line, detail in details if detail.get("PostingType") == "Debit")


def number_of(form: str) -> str:
    """The field that carries a form's number, or a customer's name."""
    if form == NewCustomer.kind:
        return "DisplayName"
    return "PaymentRefNum" if ENTITIES[form] == "Payment" else "DocNumber"


def customer_ref(entity: Mapping[str, Any]) -> tuple[str, str]:
    """The id and the name of a transaction's customer; of a journal entry, the one on its receivable line."""
    if "CustomerRef" in entity:
        return _value(entity, "CustomerRef"), _value(entity, "CustomerRef", "name")
    lines = [line for line in entity.get("Line") or [] if isinstance(line, dict)]
    names = [(line.get("JournalEntryLineDetail") or {}).get("Entity") or {} for line in lines]
    customers = [name for name in names if name.get("Type", "Customer") == "Customer"]
    references = [(_value(customer, "EntityRef"), _value(customer, "EntityRef", "name")) for customer in customers]
    return next((named for named in references if named[0]), ("", ""))


def amount_of(entity: Mapping[str, object], name: str) -> Decimal:
    """An amount of an answer.

    Raises:
        Unreadable: It is missing or no number.
    """
    value = entity.get(name)
    if type(value) is Decimal:  # nearly always
        return value
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Unreadable
    return Decimal(value)


def _value(entity: Mapping[str, object], name: str, part: str = "value") -> str:
    named = entity.get(name)
    return str(named.get(part) or "") if isinstance(named, dict) else ""
