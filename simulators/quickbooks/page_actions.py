"""What can a person do on the pages? What people do in QuickBooks: edit, void, delete, merge, make inactive, close.

Each button sends a form to /do/<verb>; the answer leads back to a page that tells what happened. A form that another
site sends is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..common import page_forms
from ..common.http import Reply, Request
from . import external_edits as hand
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
    "edit": _edit,
    "rename": _rename,
    "inactivate": _inactivate,
    "activate": _activate,
    "void": _void,
    "delete": _delete,
    "merge": _merge,
    "close-books": _close_books,
}
