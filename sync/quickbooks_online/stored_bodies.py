"""What does QuickBooks hold of a document of ours while nobody has changed it, by its stored body alone?

The same as `changes.posted` and `books.movement.moved_by_document` say of the document itself, in a fraction of the
time: nothing is made of what no comparison heeds, and nothing is said of what people call things. A tie-out asks it of
a hundred thousand documents, nearly all of which are as they were posted; of the others it makes the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from books.documents import CreditApplication, CreditMemo, Invoice, JournalEntry, Payment, RefundReceipt, SalesReceipt
from books.documents.journal import NAMED_TYPES
from books.money import ZERO, total
from books.movement import Movement
from books.posted_document import HeldLine, HeldLink, Holding, Named
from books.serialization import Body
from sync.quickbooks_online.forms import ENTITIES, LONGEST_REFERENCE
from sync.quickbooks_online.json_values import text_as_read

#: Whether a sales form debits the accounts of its lines, and the field with the account that it moves against them.
_SALES = {
    Invoice.kind: (False, "receivable"),
    SalesReceipt.kind: (False, "deposit_to"),
    CreditMemo.kind: (True, "receivable"),
    RefundReceipt.kind: (True, "paid_from"),
}
#: Forms that say where money arrived or left.
_SAYS_MONEY_ACCOUNT = (SalesReceipt.kind, RefundReceipt.kind)
_NO_ACCOUNT = Named(identifier="")


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A document as QuickBooks holds it."""

    #: Without names, and without what is not compared.
    holding: Holding
    #: By the accounts that it was prepared with.
    moves: Movement


def needed_by(body: Body) -> Iterator[str]:
    """The keys of the documents whose QuickBooks ids `expected` needs."""
    if body["customer"].get("created_by"):
        yield body["customer"]["created_by"]
    for field in ("invoice", "credit"):
        if field in body:
            yield body[field]
    for part in body.get("refunded") or ():
        yield part["refund"]


def expected(body: Body, *, ids: Mapping[str, str]) -> Expected:
    """What QuickBooks holds of a transaction that was posted from a body.

    Args:
        body: Of any form but a new customer.
        ids: QuickBooks ids by document key, of all that `needed_by` names.

    Raises:
        KeyError: It lacks a field, or is of a form that is not known here.
    """
    match body["kind"]:
        case Payment.kind:
            return _payment(body, ids)
        case CreditApplication.kind:
            return _application(body, ids)
        case JournalEntry.kind:
            return _journal_entry(body, ids)
        case form:
            gives_back, against = _SALES[form]
            return _sold(body, ids, gives_back=gives_back, against=against)


def _holding(body: Body, *, number: str, customer: str, amount: Decimal, **more: Any) -> Holding:
    return Holding(
        number=text_as_read(number),
        dated=body["dated"],
        customer=Named(identifier=customer),
        currency=body["currency"],
        total=amount,
        **more,
    )


def _customer(body: Body, ids: Mapping[str, str]) -> str:
    customer = body["customer"]
    return customer.get("quickbooks_id") or ids[customer["created_by"]]


def _sold(body: Body, ids: Mapping[str, str], *, gives_back: bool, against: str) -> Expected:
    lines, adds = [], []
    for line in body["lines"]:
        amount = Decimal(line["amount"])
        lines.append(HeldLine(moves=f"item {line['item']['quickbooks_id']}", amount=amount))
        adds.append((line["account"]["quickbooks_id"], amount))
    discount, tax = body.get("discount"), body.get("tax")
    if discount:
        account, amount = discount["account"]["quickbooks_id"], Decimal(discount["amount"])
        lines.append(HeldLine(moves=f"account {account}", amount=amount))
        adds.append((account, ZERO - amount))
    if tax:
        adds.append((tax["account"]["quickbooks_id"], Decimal(tax["amount"])))
    whole = total(amount for _, amount in adds)
    money = body[against]["quickbooks_id"]
    credits = [(account, ZERO - amount) for account, amount in adds]
    return Expected(
        holding=_holding(
            body,
            number=body["number"],
            customer=_customer(body, ids),
            amount=whole,
            account=Named(identifier=money) if body["kind"] in _SAYS_MONEY_ACCOUNT else _NO_ACCOUNT,
            lines=tuple(lines),
        ),
        moves=Movement.of((*adds, (money, ZERO - whole)) if gives_back else ((money, whole), *credits)),
    )


def _payment(body: Body, ids: Mapping[str, str]) -> Expected:
    amount, applied = Decimal(body["amount"]), Decimal(body["applied"])
    money = body["deposit_to"]["quickbooks_id"]
    links = [_link(body.get("invoice_form", Invoice.kind), ids[body["invoice"]], applied)] if applied else []
    links += [
        _link(JournalEntry.kind, ids[part["refund"]], Decimal(part["amount"])) for part in body.get("refunded") or ()
    ]
    return Expected(
        holding=_holding(
            body,
            number=body["number"][:LONGEST_REFERENCE],
            customer=_customer(body, ids),
            amount=amount,
            account=Named(identifier=money),
            links=tuple(links),
        ),
        moves=Movement.of(((money, amount), (body["receivable"]["quickbooks_id"], ZERO - amount))),
    )


def _application(body: Body, ids: Mapping[str, str]) -> Expected:
    amount = Decimal(body["amount"])
    return Expected(
        holding=_holding(
            body,
            number=body["number"][:LONGEST_REFERENCE],
            customer=_customer(body, ids),
            amount=ZERO,
            links=(
                _link(body.get("invoice_form", Invoice.kind), ids[body["invoice"]], amount),
                _link(body["credit_form"], ids[body["credit"]], amount),
            ),
        ),
        moves=Movement(),
    )


def _link(form: str, identifier: str, amount: Decimal) -> HeldLink:
    return HeldLink(document=f"{ENTITIES[form]} {identifier}", amount=amount)


def _journal_entry(body: Body, ids: Mapping[str, str]) -> Expected:
    lines, moves, customer = [], [], ""
    for line in body["lines"]:
        account, amount = line["account"], Decimal(line["amount"])
        if amount:
            side = "Debit" if amount > 0 else "Credit"
            lines.append(HeldLine(moves=f"{side} account {account['quickbooks_id']}", amount=abs(amount)))
            moves.append((account["quickbooks_id"], amount))
            if account.get("account_type") in NAMED_TYPES:
                customer = _customer(body, ids)
    debits = total(amount for _, amount in moves if amount > 0)
    return Expected(
        holding=_holding(body, number=body["number"], customer=customer, amount=debits, lines=tuple(lines)),
        moves=Movement.of(moves),
    )
