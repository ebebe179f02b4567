"""How is a document or an order kept, so that it reads back as exactly the same value?

A body is plain JSON: amounts are text (`"12.50"`), days are ISO, the kind of a document is in it. The fingerprint
of a body is the same on every machine and changes with any change of content; 12.5 and 12.50 are the same content.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar, cast

from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn, override

from books.documents import FORMS, Document, NewCustomer
from books.json_text import canonical
from books.json_types import Json
from books.orders import Line, Order, Refund
from books.posted_document import HeldLine, Holding

Body = Json
Value = TypeVar("Value")


@lru_cache(maxsize=4096)
def _number(value: Decimal) -> str:
    # A source that writes 12.5 today and 12.50 tomorrow has not changed its order. Two places, or more where there are
    # more, is what people expect of an amount. Equal numbers are written alike, so one answer for both is right
    whole, _, places = f"{value:f}".partition(".")
    text = f"{whole}.{places.rstrip('0').ljust(2, '0')}"
    return text if value else "0.00"


def _converter(*, detailed: bool) -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=detailed)
    converter.register_unstructure_hook(Decimal, _number)
    converter.register_structure_hook(Decimal, lambda text, _: Decimal(text))
    converter.register_unstructure_hook(StrEnum, lambda member: member.value)
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_structure_hook(date, lambda text, _: date.fromisoformat(text))
    # Left out where the source says nothing, so that what was kept before there was the field is the same
    refund = make_dict_unstructure_fn(Refund, converter, method=override(omit_if_default=True))
    converter.register_unstructure_hook(Refund, refund)
    line = make_dict_unstructure_fn(Line, converter, taxable=override(omit_if_default=True))
    converter.register_unstructure_hook(Line, line)
    newer = override(omit_if_default=True)
    order = make_dict_unstructure_fn(Order, converter, form=newer, due_on=newer)
    converter.register_unstructure_hook(Order, order)
    customer = make_dict_unstructure_fn(NewCustomer, converter, check_name=override(omit_if_default=True))
    converter.register_unstructure_hook(NewCustomer, customer)
    held_line = make_dict_unstructure_fn(HeldLine, converter, account=newer)
    converter.register_unstructure_hook(HeldLine, held_line)
    holding = make_dict_unstructure_fn(Holding, converter, receivable=newer, tax=newer)
    converter.register_unstructure_hook(Holding, holding)
    return converter


_CONVERTER = _converter(detailed=False)
#: Says of a body that does not read where it is wrong, which takes twice as long.
_DETAILED = _converter(detailed=True)


def _structured(body: Body, form: type[Value]) -> Value:
    try:
        return _CONVERTER.structure(body, form)
    except Exception:
        return _DETAILED.structure(body, form)


def document_body(document: Document) -> Body:
    """The body of a document, with the name of its form."""
    return {"kind": document.kind, **_CONVERTER.unstructure(document)}


def read_document(body: Body) -> Document:
    """The document that a body was made of.

    Raises:
        KeyError: The form is not one that this version knows.
    """
    fields = {name: value for name, value in body.items() if name != "kind"}
    return _structured(fields, FORMS[body["kind"]])


def plain(value: object) -> Any:
    """Any value of this vocabulary as plain JSON, for a fingerprint."""
    return _CONVERTER.unstructure(value)


def holding_body(holding: Holding) -> Body:
    """The body of what QuickBooks holds of a document."""
    return cast(Body, _CONVERTER.unstructure(holding))


def read_holding(body: Body) -> Holding:
    """The holding that a body was made of."""
    return _structured(body, Holding)


def order_body(order: Order) -> Body:
    """The body of an order."""
    return cast(Body, _CONVERTER.unstructure(order))


def read_order(body: Body) -> Order:
    """The order that a body was made of."""
    return _structured(body, Order)


def fingerprint(body: object) -> str:
    """A SHA-256 over the canonical JSON of a body: 64 hexadecimal digits."""
    return hashlib.sha256(canonical(body)).hexdigest()


#: What an order lists without meaning an order of them.
_LISTED = ("lines", "payments", "credits", "refunds")


def order_mark(body: Body) -> str:
    """The fingerprint of an order's body in which it does not matter how its lines and its money are sorted.

    A line's key is left out as well: without an id in the source it is the line's position.
    """
    return fingerprint(_unsorted(body, _LISTED))


def is_mark_of(mark: str, body: Body) -> bool:
    """Whether a mark was made of this body, or of one that is sorted otherwise; also by a release that heeded that."""
    return mark in (order_mark(body), fingerprint(body))


def same_document(one: Body, other: Body) -> bool:
    """Whether two bodies of documents say the same, however their lines are sorted."""
    return fingerprint(_unsorted(one, ("lines",))) == fingerprint(_unsorted(other, ("lines",)))


def _unsorted(body: Body, names: tuple[str, ...]) -> Body:
    return body | {name: _as_a_bag(body[name]) for name in names if isinstance(body.get(name), (list, tuple))}


def _as_a_bag(parts: Any) -> list[Any]:
    plain_parts = [{name: value for name, value in part.items() if name != "key"} for part in parts]
    if len(plain_parts) < 2:
        return plain_parts
    texts = list(map(canonical, plain_parts))
    if not all(map(bytes.isascii, texts)):
        return sorted(plain_parts, key=_SORTED.encode)
    return [plain_parts[place] for place in sorted(range(len(texts)), key=texts.__getitem__)]


#: Brings texts with letters of other alphabets into the order of the marks that are kept; of others it is the same.
_SORTED = json.JSONEncoder(sort_keys=True)
