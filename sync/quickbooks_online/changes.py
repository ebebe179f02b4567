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
from sync.quickbooks_online.forms import ENTITIES, customer_id, entity_of, reference, render
from sync.quickbooks_online.json_values import Json, number_as_read, text_as_read, written
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
_NOTHING_NAMED = Named(identifier="")


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
    """What QuickBooks holds of a document while nobody has changed it: what `held` reads from what `render` writes.

    Raises:
        KeyError: A needed id is missing.
    """
    paths = {posting.account.quickbooks_id: posting.account.path for posting in document.postings}
    return Holding(
        number=text_as_read(_number(document)),
        dated="" if isinstance(document, NewCustomer) else document.dated.isoformat(),
        customer=Named(identifier=_customer(document, ids), name=document.customer.name),
        currency=document.currency,
        total=document.total,
        account=_money_account(document, paths),
        lines=tuple(_posted_lines(document, paths)),
        links=tuple(_posted_links(document, ids)),
        receivable=_receivable(document),
        tax=_posted_tax(document),
    )


def _number(document: Document) -> str:
    if isinstance(document, NewCustomer):
        return document.display_name
    return reference(document) if isinstance(document, Payment | CreditApplication) else document.number


def _customer(document: Document, ids: Mapping[str, str]) -> str:
    """The id of the customer that a document names."""
    if isinstance(document, NewCustomer):
        return ""
    if isinstance(document, JournalEntry) and not any(line.names_customer for line in document.lines if line.amount):
        return ""
    return customer_id(document.customer, ids)


def _money_account(document: Document, paths: Mapping[str, str]) -> Named:
    """Where money arrived or left."""
    match document:
        case Payment() | SalesReceipt():
            identifier = document.deposit_to.quickbooks_id
        case RefundReceipt():
            identifier = document.paid_from.quickbooks_id
        case _:
            return Named(identifier="")
    return Named(identifier=identifier, name=paths.get(identifier, ""))


def _posted_lines(document: Document, paths: Mapping[str, str]) -> Iterator[HeldLine]:
    """The lines as QuickBooks shows them; the links of a payment are none."""
    match document:
        case Invoice() | SalesReceipt() | CreditMemo() | RefundReceipt():
            names = {line.item.quickbooks_id: line.item.name.strip() for line in document.lines}
            for line in document.lines:
                item, amount = line.item.quickbooks_id, number_as_read(line.amount)
                yield HeldLine(moves=f"item {item}", amount=amount, name=names[item])
            discount, _ = document.over_all
            if discount:
                account, amount = discount.account.quickbooks_id, number_as_read(discount.amount)
                yield HeldLine(moves=f"account {account}", amount=amount, name=paths.get(account, "").strip())
        case JournalEntry():
            for entry in (entry for entry in document.lines if entry.amount):
                side, account = "Debit" if entry.amount > 0 else "Credit", entry.account.quickbooks_id
                name = f"{side} {paths[account]}".strip()
                yield HeldLine(moves=f"{side} account {account}", amount=number_as_read(abs(entry.amount)), name=name)


def _posted_links(document: Document, ids: Mapping[str, str]) -> Iterator[HeldLink]:
    """What a payment settles, and what an applied credit ties together."""
    settled: list[tuple[str, str, Decimal]] = []
    if isinstance(document, Payment):
        settled = [(document.invoice_form, document.invoice, document.applied)] if document.applied else []
        settled += [(JournalEntry.kind, part.refund, part.amount) for part in document.refunded]
    elif isinstance(document, CreditApplication):
        settled = [
            (document.invoice_form, document.invoice, document.amount),
            (document.credit_form, document.credit, document.amount),
        ]
    for form, key, amount in settled:
        yield HeldLink(document=f"{ENTITIES[form]} {ids[key]}", amount=number_as_read(amount))


def _posted_tax(document: Document) -> Decimal:
    tax = document.over_all[1] if isinstance(document, Invoice | SalesReceipt | CreditMemo) else None
    return number_as_read(tax.amount) if tax else ZERO


def held(form: str, entity: Mapping[str, Any]) -> Holding:
    """What QuickBooks holds, from its own answer.

    Raises:
        Unreadable: It lacks a field that it must have.
    """
    if not entity.get("Id"):
        raise Unreadable
    identifier, name = customer_ref(entity)
    receivable, path = _ref(entity, "ARAccountRef")
    return Holding(
        number=str(entity.get(number_of(form)) or ""),
        dated=str(entity.get("TxnDate") or ""),
        customer=Named(identifier=identifier, name=name),
        currency=_ref(entity, "CurrencyRef")[0],
        total=total_of(form, entity),
        account=_account(form, entity),
        lines=tuple(_lines(entity)),
        links=tuple(_links(form, entity)),
        receivable=Named(identifier=receivable, name=path) if receivable or path else _NOTHING_NAMED,
        tax=_tax(entity),
    )


def _account(form: str, entity: Mapping[str, object]) -> Named:
    if form not in (Payment.kind, SalesReceipt.kind, RefundReceipt.kind):
        return _NOTHING_NAMED
    identifier, name = _ref(entity, "DepositToAccountRef")
    return Named(identifier=identifier, name=name)


def _receivable(document: Document) -> Named:
    """The account of what the customer owes on a document of ours."""
    account = None if isinstance(document, NewCustomer | JournalEntry) else getattr(document, "receivable", None)
    return Named(identifier=account.quickbooks_id, name=account.path) if account else Named(identifier="")


def _tax(entity: Mapping[str, Any]) -> Decimal:
    """QuickBooks' own sales tax on a form."""
    detail = entity.get("TxnTaxDetail") or {}
    return amount_of(detail, "TotalTax") if detail.get("TotalTax") is not None else ZERO


def _lines(entity: Mapping[str, Any]) -> Iterator[HeldLine]:
    """The lines that move something; a sub-total and the links of a payment are none."""
    for line in entity.get("Line") or []:
        kind = line.get("DetailType")
        detail = line.get(str(kind)) or {}
        match kind:
            case "SalesItemLineDetail":
                moves, (identifier, name) = "item", _ref(detail, "ItemRef")
            case "DiscountLineDetail":
                moves, (identifier, name) = "account", _ref(detail, "DiscountAccountRef")
            case "JournalEntryLineDetail":
                moves, (identifier, name) = "account", _ref(detail, "AccountRef")
            case "SubTotalLineDetail" | None:
                continue
            case "GroupLineDetail" if detail.get("Line"):
                yield from _lines(detail)
                continue
            case other:
                moves, identifier, name = str(other), str(line.get("Id") or ""), str(line.get("Description") or "")
        side = f"{detail['PostingType']} " if "PostingType" in detail else ""
        amount = amount_of(line, "Amount") if line.get("Amount") is not None else ZERO
        yield HeldLine(
            moves=f"{side}{moves} {identifier}",
            amount=amount,
            name=f"{side}{name}".strip(),
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
    if not isinstance(reference, dict):
        return "", ""
    return str(reference.get("value") or ""), str(reference.get("name") or "")
