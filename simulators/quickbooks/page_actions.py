"""What can a person do on the pages? What people do in QuickBooks.

They make a customer, invoice it, receive a payment, edit, void, delete, merge, make inactive, close the books.

Each button sends a form to /do/<verb>; the answer leads back to a page that tells what happened. A form that another
site sends is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from ..common import page_forms
from ..common.http import Reply, Request
from . import external_edits as hand
from .entities.invoice import open_balance
from .fields import Record
from .refusals import Refused

if TYPE_CHECKING:
    from .companies import App
    from .company import Company

DOCUMENT_FIELDS = ("TxnDate", "DocNumber", "PrivateNote")


def respond(app: App, request: Request, verb: str) -> Reply:
    """Do what a form asks, and lead to a page that tells what happened."""
    act = ACTIONS.get(verb)
    return page_forms.respond(request, None if act is None else lambda asked: _done(app, act, asked))


def _done(app: App, act: Callable[[Company, dict[str, str]], str], asked: dict[str, str]) -> str:
    try:
        with app.company.writing():
            told = act(app.company, asked)
            app.company.keep_changes()
            return told
    except Refused as problem:
        raise ValueError("; ".join(refusal.detail for refusal in problem.refusals)) from None


def _amount(asked: dict[str, str], otherwise: Decimal | None = None) -> Decimal:
    """An amount that was typed; `otherwise` when the field is empty.

    Raises:
        ValueError: It is no amount above 0.
    """
    text = asked.get("amount", "").strip().replace(",", "")
    if not text and otherwise is not None:
        return otherwise
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"the amount must be a number, not {text!r}") from None
    if not amount.is_finite() or amount <= 0:
        raise ValueError("the amount must be above 0")
    return amount


def _new_customer(company: Company, asked: dict[str, str]) -> str:
    told = {name: asked.get(name, "").strip() for name in ("DisplayName", "GivenName", "FamilyName", "CompanyName")}
    fields: Record = {name: value for name, value in told.items() if value}
    if email := asked.get("email", "").strip():
        fields["PrimaryEmailAddr"] = {"Address": email}
    if phone := asked.get("phone", "").strip():
        fields["PrimaryPhone"] = {"FreeFormNumber": phone}
    made = hand.create(company, {"entity": "Customer", "fields": fields})["Customer"]
    return f"{made['DisplayName']} was made."


def _new_invoice(company: Company, asked: dict[str, str]) -> str:
    item = {"ItemRef": {"value": asked.get("item", "")}}
    line = {"Amount": _amount(asked), "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": item}
    fields: Record = {"CustomerRef": {"value": asked.get("customer", "")}, "Line": [line]}
    made = hand.create(company, {"entity": "Invoice", "fields": fields})["Invoice"]
    return f"Invoice {made.get('DocNumber') or '#' + made['Id']} was made."


def _receive(company: Company, asked: dict[str, str]) -> str:
    invoice = company.books.get("Invoice", asked.get("id", ""))
    if invoice is None:
        raise ValueError("there is no such invoice")
    amount = _amount(asked, open_balance(company.books, invoice))
    link = {"TxnId": invoice["Id"], "TxnType": "Invoice"}
    fields: Record = {
        "CustomerRef": {"value": invoice["CustomerRef"]},
        "TotalAmt": amount,
        "Line": [{"Amount": amount, "LinkedTxn": [link]}],
    }
    hand.create(company, {"entity": "Payment", "fields": fields})
    return f"The payment was received; {open_balance(company.books, invoice):,.2f} is still open."


def _edit(company: Company, asked: dict[str, str]) -> str:
    fields: Record = {name: asked[name] for name in DOCUMENT_FIELDS if name in asked}
    hand.edit(company, {**asked, "fields": fields})
    return "The document was changed."


def _rename(company: Company, asked: dict[str, str]) -> str:
    hand.rename(company, asked)
    return f"It is now called {asked.get('name', '')}."


def _inactivate(company: Company, asked: dict[str, str]) -> str:
    hand.inactivate(company, asked)
    return "It is inactive now."


def _activate(company: Company, asked: dict[str, str]) -> str:
    hand.activate(company, asked)
    return "It is active again."


def _void(company: Company, asked: dict[str, str]) -> str:
    hand.void(company, asked)
    return "The document was voided."


def _delete(company: Company, asked: dict[str, str]) -> str:
    hand.delete(company, asked)
    return f"{asked.get('entity')} {asked.get('id')} was deleted."


def _merge(company: Company, asked: dict[str, str]) -> str:
    hand.merge(company, asked)
    return "The customers were merged."


def _close_books(company: Company, asked: dict[str, str]) -> str:
    closed = hand.close_books(company, {"date": asked.get("date") or None})["BookCloseDate"]
    return f"The books are closed through {closed}." if closed else "The books are open."


ACTIONS: dict[str, Callable[[Company, dict[str, str]], str]] = {
    "new-customer": _new_customer,
    "new-invoice": _new_invoice,
    "receive": _receive,
    "edit": _edit,
    "rename": _rename,
    "inactivate": _inactivate,
    "activate": _activate,
    "void": _void,
    "delete": _delete,
    "merge": _merge,
    "close-books": _close_books,
}
