"""What is each thing called in Intuit's JSON? The only file that knows.

Only what somebody chose is written: no default of a library, no empty text, no zero that means nothing. Amounts are
JSON numbers with their cents, keys are in order, so the same document always gives the same bytes.

Source:
    https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/invoice
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, assert_never

import simplejson

from books.answers import CustomerRef
from books.documents import Document, Invoice, InvoiceLine, NewCustomer, Payment
from books.money import ZERO, extended
from books.orders import Address
from books.outcomes import Accepted, Exchange

Json = dict[str, Any]

#: The entity of each kind of document, in Intuit's words.
ENTITIES = {NewCustomer.kind: "Customer", Invoice.kind: "Invoice", Payment.kind: "Payment"}
#: The field of each kind that carries our mark.
_NOTES = {NewCustomer.kind: ("Notes", 2000), Invoice.kind: ("PrivateNote", 4000), Payment.kind: ("PrivateNote", 4000)}
#: As many characters as QuickBooks keeps of a payment's reference.
LONGEST_REFERENCE = 21
#: The most rows that one answer to a query holds.
PAGE = 1000
#: More decimals than this of a quantity or a price were seen to come back changed.
_MOST_DECIMALS = 7
_MARK = "Tieout "


class Unreadable(Exception):
    """An answer lacks what it must have, so it says nothing."""


# Documents out -------------------------------------------------------------------------------------------------------


def render(document: Document, *, ids: Mapping[str, str]) -> bytes:
    """The exact bytes that create a document.

    Args:
        document: Frozen.
        ids: QuickBooks ids by document key: of the customer, where an earlier document creates it, and of the invoice
            that a payment settles.

    Raises:
        KeyError: A needed id is missing.
    """
    match document:
        case NewCustomer():
            return _bytes(_customer(document))
        case Invoice():
            return _bytes(_invoice(document, ids))
        case Payment():
            return _bytes(_payment(document, ids))
        case _:
            assert_never(document)


def mark(key: str) -> str:
    """The line by which a document in QuickBooks is recognized as the one of this key."""
    return f"{_MARK}{key}"


def _customer(document: NewCustomer) -> Json:
    return {
        "DisplayName": document.display_name,
        "CurrencyRef": _ref(document.currency),
        "Notes": _note(document.memo, document.key, kind=document.kind),
        **_given("GivenName", document.given_name),
        **_given("FamilyName", document.family_name),
        **_given("CompanyName", document.company_name),
        **_email("PrimaryEmailAddr", document.email),
        **({"PrimaryPhone": {"FreeFormNumber": document.phone}} if document.phone else {}),
        **_address("BillAddr", document.billing),
        **_address("ShipAddr", document.shipping),
    }


def _invoice(document: Invoice, ids: Mapping[str, str]) -> Json:
    return {
        "CustomerRef": _ref(customer_id(document.customer, ids)),
        "CurrencyRef": _ref(document.currency),
        "TxnDate": document.dated.isoformat(),
        "Line": [_line(line, document.currency) for line in document.lines],
        "PrivateNote": _note(document.memo, document.key, kind=document.kind),
        **_given("DocNumber", document.number),
        **({"DueDate": document.due.isoformat()} if document.due else {}),
        **({"SalesTermRef": _ref(document.terms.quickbooks_id)} if document.terms else {}),
        **_email("BillEmail", document.email),
        **_address("BillAddr", document.billing),
        **_address("ShipAddr", document.shipping),
    }


def _line(line: InvoiceLine, currency: str) -> Json:
    sold: Json = {"ItemRef": _ref(line.item.quickbooks_id)}
    # QuickBooks refuses a line that does not multiply out; where the source rounds in its own way its amount is kept
    if extended(line.quantity, line.unit_price, currency) == line.amount and _is_short(line.quantity, line.unit_price):
        sold |= {"Qty": _number(line.quantity), "UnitPrice": _number(line.unit_price)}
    return {
        "Amount": _number(line.amount),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": sold,
        **_given("Description", line.description),
    }


def _payment(document: Payment, ids: Mapping[str, str]) -> Json:
    return {
        "CustomerRef": _ref(customer_id(document.customer, ids)),
        "CurrencyRef": _ref(document.currency),
        "TxnDate": document.dated.isoformat(),
        "TotalAmt": _number(document.amount),
        "DepositToAccountRef": _ref(document.deposit_to.quickbooks_id),
        "ARAccountRef": _ref(document.receivable.quickbooks_id),
        "PrivateNote": _note(document.memo, document.key, kind=document.kind),
        **_given("PaymentRefNum", reference(document)),
        **({"Line": [_settled(document, ids[document.invoice])]} if document.applied else {}),
    }


def _settled(document: Payment, invoice_id: str) -> Json:
    return {"Amount": _number(document.applied), "LinkedTxn": [{"TxnId": invoice_id, "TxnType": "Invoice"}]}


def reference(document: Payment) -> str:
    """As much of a payment's number as QuickBooks keeps."""
    return document.number[:LONGEST_REFERENCE]


def customer_id(customer: CustomerRef, ids: Mapping[str, str]) -> str:
    """The QuickBooks id of a document's customer.

    Raises:
        KeyError: An earlier document creates it, and its id was not given.
    """
    return customer.quickbooks_id or ids[customer.created_by]


def _note(memo: str, key: str, *, kind: str) -> str:
    _, longest = _NOTES[kind]
    below = f"\n{mark(key)}"
    # The mark is what keeps a sale from being posted twice; a memo that leaves it no room is cut, visibly
    room = longest - len(below)
    shown = memo if len(memo) <= room else f"{memo[: room - 1]}…"
    return f"{shown}{below}".lstrip("\n")


def _ref(identifier: str) -> Json:
    return {"value": identifier}


def _given(name: str, text: str) -> Json:
    return {name: text} if text else {}


def _email(name: str, address: str) -> Json:
    return {name: {"Address": address}} if address else {}


def _address(name: str, address: Address) -> Json:
    parts = {
        "Line1": address.line1,
        "Line2": address.line2,
        "City": address.city,
        "CountrySubDivisionCode": address.region,
        "PostalCode": address.postal_code,
        "Country": address.country,
    }
    given = {part: text for part, text in parts.items() if text}
    return {name: given} if given else {}


def _is_short(*numbers: Decimal) -> bool:
    return all(len(_plain(one).partition(".")[2]) <= _MOST_DECIMALS for one in numbers)


def _number(value: Decimal) -> simplejson.RawJSON:
    whole, _, places = _plain(value).partition(".")
    return simplejson.RawJSON(f"{whole}.{places.ljust(2, '0')}")


def _plain(value: Decimal) -> str:
    """Never an exponent, never idle zeros, never minus zero."""
    text = f"{value + ZERO:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _bytes(body: Json) -> bytes:
    text = simplejson.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    # Half a pair is no character: it can be neither sent nor stored
    return text.encode("utf-8", "replace")


# Documents in --------------------------------------------------------------------------------------------------------


def read_accepted(kind: str, answer: Any, *, adopted: bool = False, exchange: Exchange) -> Accepted:
    """What QuickBooks stored.

    Args:
        kind: Of the document.
        answer: The JSON of an answer that reports nothing wrong.
        adopted: It was found there rather than written now.
        exchange: The evidence.

    Raises:
        Unreadable: The answer is not about such a document, or lacks a field that it must have.
    """
    entity = answer.get(ENTITIES[kind]) if isinstance(answer, dict) else None
    return accepted_of(kind, entity, adopted=adopted, exchange=exchange)


def accepted_of(kind: str, entity: Any, *, adopted: bool, exchange: Exchange) -> Accepted:
    """The same, for the entity itself.

    Raises:
        Unreadable: It lacks a field that it must have.
    """
    if not isinstance(entity, dict) or not entity.get("Id"):
        raise Unreadable
    is_customer = kind == NewCustomer.kind
    number = {NewCustomer.kind: "DisplayName", Invoice.kind: "DocNumber", Payment.kind: "PaymentRefNum"}[kind]
    return Accepted(
        quickbooks_id=str(entity["Id"]),
        sync_token=str(entity.get("SyncToken", "")),
        number=str(entity.get(number) or ""),
        customer_id=str(entity["Id"]) if is_customer else _value(entity, "CustomerRef"),
        total=ZERO if is_customer else amount_of(entity, "TotalAmt"),
        currency=_value(entity, "CurrencyRef"),
        adopted=adopted,
        exchange=exchange,
    )


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What a document is looked up by: a query for those that may be it, and the mark that says which is."""

    kind: str
    key: str
    query: str

    def page(self, position: int) -> str:
        """The query for the rows from a position on, counted from 1."""
        return f"{self.query} STARTPOSITION {position} MAXRESULTS {PAGE}"


def sought_of(kind: str, body: bytes) -> Sought | None:
    """How to find again what these bytes create; None for a document that nothing could be found by.

    A payment is looked up by its reference, or among all its customer's payments when it has none: an amount that
    somebody has since corrected in QuickBooks must not hide it.
    """
    sent = simplejson.loads(body, use_decimal=True)
    column = {NewCustomer.kind: "DisplayName", Invoice.kind: "DocNumber", Payment.kind: "PaymentRefNum"}[kind]
    text = str(sent.get(column) or "")
    if not text and "CustomerRef" in sent:
        column, text = "CustomerRef", str(sent["CustomerRef"]["value"])
    if not text:
        return None
    return Sought(
        kind=kind, key=_key_in(kind, sent), query=f"SELECT * FROM {ENTITIES[kind]} WHERE {column} = {literal(text)}"
    )


def key_of(kind: str, body: bytes) -> str:
    """The key of the document that bytes of `render` create."""
    return _key_in(kind, simplejson.loads(body))


def bears_mark(kind: str, entity: Json, key: str) -> bool:
    """Whether an entity is the document of this key.

    People may write above and below the mark, and a void puts a word before it.
    """
    field, _ = _NOTES[kind]
    lines = str(entity.get(field) or "").splitlines()
    return any(line.strip() == mark(key) or line.rstrip().endswith(f" {mark(key)}") for line in lines)


def _key_in(kind: str, entity: Json) -> str:
    field, _ = _NOTES[kind]
    return str(entity[field]).rpartition("\n")[2].removeprefix(_MARK)


def literal(text: str) -> str:
    """A text as it stands in a query."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def amount_of(entity: Mapping[str, Any], name: str) -> Decimal:
    """An amount of an answer.

    Raises:
        Unreadable: It is missing or no number.
    """
    value = entity.get(name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Unreadable
    return Decimal(value)


def _value(entity: Mapping[str, Any], name: str) -> str:
    reference = entity.get(name)
    return str(reference.get("value") or "") if isinstance(reference, dict) else ""
