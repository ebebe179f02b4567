"""How is a document in QuickBooks changed or voided, and what does QuickBooks say that it holds of it?

An update is sparse and names only the fields that became others: whatever a user added in QuickBooks, such as a
note or a purchase order number, stays. Lines are all or nothing there, so they are written whole once one differs.

Source:
    https://developer.intuit.com/app/developer/qbo/docs/learn/rest-api-features
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import simplejson

from books.documents import (
    CreditApplication,
    CreditMemo,
    Document,
    Invoice,
    JournalEntry,
    NewCustomer,
    Payment,
    RefundReceipt,
    SalesReceipt,
)
from books.money import ZERO
from books.outcomes import Accepted, Exchange
from books.posted_document import HeldLine, HeldLink, Holding, Named
from sync.models import Operation
from sync.pushing.destination import Alteration
from sync.quickbooks_online.forms import ENTITIES, entity_of, render
from sync.quickbooks_online.json_values import Json, written
from sync.quickbooks_online.wire import Unreadable, amount_of, customer_ref, number_of, total_of

#: What the address says for a void, by form; what is not here has no void, and is deleted.
_VOIDS: Mapping[str, Mapping[str, str]] = {
    Invoice.kind: {"operation": "void"},
    SalesReceipt.kind: {"operation": "update", "include": "void"},
    Payment.kind: {"operation": "update", "include": "void"},
}
#: What a field is set to that the document has no longer; any other stays as it is in QuickBooks.
_EMPTIED: Mapping[str, Any] = {
    "Line": [],
    "PaymentRefNum": "",
    "TxnTaxDetail": {"TotalTax": 0},
    "ApplyTaxAfterDiscount": False,
}
#: Written by every update of a form: QuickBooks asks for them, or takes their absence for their end.
_ALWAYS: Mapping[str, tuple[str, ...]] = {
    Payment.kind: ("CustomerRef", "TotalAmt", "Line"),
    CreditApplication.kind: ("CustomerRef", "TotalAmt", "Line"),
    JournalEntry.kind: ("Line",),
}
_SOLD = ("CustomerRef",)


def is_deleted(form: str, operation: Operation) -> bool:
    """Whether it is a deletion: one is asked for, or a void of a form that QuickBooks has no void of."""
    return operation == Operation.DELETE or (operation == Operation.VOID and form not in _VOIDS)


def how(form: str, operation: Operation) -> Mapping[str, str] | None:
    """What the address of a write says; None for a creation or an update."""
    if is_deleted(form, operation):
        return {"operation": "delete"}
    return _VOIDS[form] if operation == Operation.VOID else None


def render_change(change: Alteration, *, ids: Mapping[str, str]) -> bytes:
    """The exact bytes that change, void or delete a document.

    Raises:
        KeyError: A needed id is missing.
    """
    meant: Json = {"Id": change.quickbooks_id, "SyncToken": change.sync_token}
    if change.operation in (Operation.VOID, Operation.DELETE):
        return written(meant if is_deleted(change.form, change.operation) else {**meant, "sparse": True})
    if change.after is None:
        raise ValueError(f"an update of {change.form} {change.quickbooks_id} says nothing")
    now, before = _as_read(change.after, ids), _as_read(change.before, ids) if change.before else {}
    always = _ALWAYS.get(change.form, _SOLD)
    named = {name for name, value in now.items() if name in always or before.get(name) != value}
    if "Line" in named:  # or QuickBooks would work the tax of the new lines out by itself
        named |= {"TxnTaxDetail", "ApplyTaxAfterDiscount"} & {*now}
    fields = {name: value for name, value in entity_of(change.after, ids=ids).items() if name in named}
    emptied = {name: _EMPTIED[name] for name in ({*before, *always} - {*now}) & {*_EMPTIED}}
    return written({**fields, **emptied, **meant, "sparse": True})


def _as_read(document: Document, ids: Mapping[str, str]) -> Json:
    """A document in Intuit's JSON with amounts that can be compared."""
    entity: Json = simplejson.loads(render(document, ids=ids), use_decimal=True)
    return entity


def id_in(body: bytes) -> str:
    """The id of the document that bytes of `render_change` are about."""
    return str(simplejson.loads(body)["Id"])


def read_deleted(form: str, answer: object, *, exchange: Exchange) -> Accepted:
    """That QuickBooks deleted a document.

    Raises:
        Unreadable: The answer does not say so.
    """
    entity = answer.get(ENTITIES[form]) if isinstance(answer, dict) else None
    if not isinstance(entity, dict) or not entity.get("Id") or entity.get("status") != "Deleted":
        raise Unreadable
    return Accepted(
        quickbooks_id=str(entity["Id"]),
        sync_token="",
        number="",
        customer_id="",
        total=ZERO,
        currency="",
        exchange=exchange,
    )


# What there is --------------------------------------------------------------------------------------------------------


def posted(document: Document, *, ids: Mapping[str, str]) -> Holding:
    """What QuickBooks holds of a document while nobody has changed it."""
    entity = _as_read(document, ids)
    names = _names(document)
    return Holding(
        number=str(entity.get(number_of(document.kind)) or ""),
        dated=str(entity.get("TxnDate") or ""),
        customer=Named(identifier=customer_ref(entity)[0], name=document.customer.name),
        currency=document.currency,
        total=document.total,
        account=_account(document.kind, entity, names),
        lines=tuple(_lines(entity, names)),
        links=tuple(_links(document.kind, entity)),
        receivable=_receivable(document),
        tax=_tax(entity),
    )


def held(form: str, entity: Mapping[str, Any]) -> Holding:
    """What QuickBooks holds, from its own answer.

    Raises:
        Unreadable: It lacks a field that it must have.
    """
    if not entity.get("Id"):
        raise Unreadable
    identifier, name = customer_ref(entity)
    return Holding(
        number=str(entity.get(number_of(form)) or ""),
        dated=str(entity.get("TxnDate") or ""),
        customer=Named(identifier=identifier, name=name),
        currency=_ref(entity, "CurrencyRef")[0],
        total=total_of(form, entity),
        account=_account(form, entity, {}),
        lines=tuple(_lines(entity, {})),
        links=tuple(_links(form, entity)),
        receivable=Named(identifier=_ref(entity, "ARAccountRef")[0], name=_ref(entity, "ARAccountRef")[1]),
        tax=_tax(entity),
    )


def _account(form: str, entity: Mapping[str, object], names: Mapping[str, str]) -> Named:
    if form not in (Payment.kind, SalesReceipt.kind, RefundReceipt.kind):
        return Named(identifier="")
    identifier, name = _ref(entity, "DepositToAccountRef")
    return Named(identifier=identifier, name=name or names.get(f"account {identifier}", ""))


def _receivable(document: Document) -> Named:
    """The account of what the customer owes on a document of ours."""
    account = None if isinstance(document, NewCustomer | JournalEntry) else getattr(document, "receivable", None)
    return Named(identifier=account.quickbooks_id, name=account.path) if account else Named(identifier="")


def _tax(entity: Mapping[str, Any]) -> Decimal:
    """QuickBooks' own sales tax on a form."""
    detail = entity.get("TxnTaxDetail") or {}
    return amount_of(detail, "TotalTax") if detail.get("TotalTax") is not None else ZERO


def _lines(entity: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[HeldLine]:
    """The lines that move something; a sub-total and the links of a payment are none."""
    for line in entity.get("Line") or []:
        detail = line.get(str(line.get("DetailType"))) or {}
        match line.get("DetailType"):
            case "SalesItemLineDetail":
                moves, (identifier, name) = "item", _ref(detail, "ItemRef")
            case "DiscountLineDetail":
                moves, (identifier, name) = "account", _ref(detail, "DiscountAccountRef")
            case "JournalEntryLineDetail":
                moves, (identifier, name) = "account", _ref(detail, "AccountRef")
            case "SubTotalLineDetail" | None:
                continue
            case "GroupLineDetail" if detail.get("Line"):
                yield from _lines(detail, names)
                continue
            case other:
                moves, identifier, name = str(other), str(line.get("Id") or ""), str(line.get("Description") or "")
        label = name or names.get(f"{moves} {identifier}", "")
        side = f"{detail['PostingType']} " if "PostingType" in detail else ""
        amount = amount_of(line, "Amount") if line.get("Amount") is not None else ZERO
        yield HeldLine(
            moves=f"{side}{moves} {identifier}",
            amount=amount,
            name=f"{side}{label}".strip(),
            account=_ref(detail, "ItemAccountRef")[0],
        )


def _links(form: str, entity: Mapping[str, Any]) -> Iterator[HeldLink]:
    """What a payment settles; on other forms links only say what settles them."""
    if ENTITIES[form] != "Payment":
        return
    for line in entity.get("Line") or []:
        for link in line.get("LinkedTxn") or []:
            yield HeldLink(document=f"{link.get('TxnType')} {link.get('TxnId')}", amount=amount_of(line, "Amount"))


def _ref(entity: Mapping[str, object], name: str) -> tuple[str, str]:
    reference = entity.get(name)
    if not isinstance(reference, Mapping):
        return "", ""
    return str(reference.get("value") or ""), str(reference.get("name") or "")


def _names(document: Document) -> dict[str, str]:
    """What people call the items and accounts of a document, by what its lines move."""
    names = {f"account {posting.account.quickbooks_id}": posting.account.path for posting in document.postings}
    if isinstance(document, Invoice | SalesReceipt | CreditMemo | RefundReceipt):
        names |= {f"item {line.item.quickbooks_id}": line.item.name for line in document.lines}
    return names
