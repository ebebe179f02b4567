"""What can a person do on the pages? What people do in QuickBooks: edit, void, delete, merge, make inactive, close.

Each button sends a form to /do/<verb>; the answer leads back to a page that tells what happened. A form that another
site sends is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..common.guard import from_another_site
from ..common.http import Reply, Request
from . import external_edits as hand
from .entities import ENTITIES
from .entities.transaction import Transaction
from .entities.trees import Tree
from .fields import Record
from .markup import Html, form, panel
from .refusals import Refused

if TYPE_CHECKING:
    from .app import App
    from .books import Books
    from .company import Company

DOCUMENT_FIELDS = ("TxnDate", "DocNumber", "PrivateNote")


def respond(app: App, request: Request, verb: str) -> Reply | None:
    """Do what a form asks and lead back; None when there is no such verb."""
    act = DEEDS.get(verb)
    if act is None:
        return None
    if from_another_site(request):
        return Reply.page("<h1>This form was sent by another site</h1>", status=403)
    asked = request.form
    back = asked.get("back", "/")
    back = back if back.startswith("/") and not back.startswith("//") and "\\" not in back else "/"
    try:
        with app.company.writing():
            said = act(app.company, asked)
            app.company.keep_changes()
    except Refused as refused:
        return _led(asked.get("at", back), "refused", "; ".join(refusal.detail for refusal in refused.refusals))
    except ValueError as problem:
        return _led(asked.get("at", back), "refused", str(problem))
    return _led(back, "said", said)


def _led(back: str, name: str, text: str) -> Reply:
    where = back if back.startswith("/") and not back.startswith("//") else "/"
    return Reply(status=303, headers={"Location": f"{quote(where)}?{name}={quote(text)}"})


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


DEEDS: dict[str, Callable[[Company, dict[str, str]], str]] = {
    "edit": _edit,
    "rename": _rename,
    "inactivate": _inactivate,
    "activate": _activate,
    "void": _void,
    "delete": _delete,
    "merge": _merge,
    "close-books": _close_books,
}


# The panels with the buttons


def list_panel(books: Books, kind: str, record: Record) -> Html:
    """What a person can do with an account, an item or a customer."""
    entity, here = ENTITIES[kind], f"/{kind.lower()}s/{record['Id']}"
    assert isinstance(entity, Tree)
    known = {"entity": kind, "id": record["Id"], "back": here}
    state = ("inactivate", "Make inactive") if record["Active"] else ("activate", "Make active")
    forms = [
        form("/do/rename", known, [("name", "Name", "text", str(record[entity.own_name]))], "Rename"),
        form(f"/do/{state[0]}", known, [], state[1]),
    ]
    if kind == "Customer" and record["Active"]:
        others = [
            (book["Id"], book["FullyQualifiedName"])
            for book in books.all("Customer")
            if book["Active"] and book["Id"] != record["Id"]
        ]
        gone = {"from": record["Id"], "back": "/customers", "at": here}
        forms.append(form("/do/merge", gone, [("into", "Merge into", sorted(others, key=_by_name)[:500], "")], "Merge"))
    return panel("What people do in QuickBooks", *forms)


def _by_name(pair: tuple[str, str]) -> str:
    return pair[1].lower()


def document_panel(kind: str, record: Record) -> Html:
    """What a person can do with a document."""
    entity, here = ENTITIES[kind], f"/transactions/{kind.lower()}/{record['Id']}"
    assert isinstance(entity, Transaction)
    known = {"entity": kind, "id": record["Id"], "back": here}
    fields = [
        ("TxnDate", "Date", "date", str(record["TxnDate"])),
        *([("DocNumber", "Number", "text", str(record.get("DocNumber", "")))] if entity.numbered_with else []),
        ("PrivateNote", "Memo", "text", str(record.get("PrivateNote", ""))),
    ]
    forms = [form("/do/edit", known, fields, "Save")]
    if "void" in entity.operations:
        forms.append(form("/do/void", known, [], "Void"))
    forms.append(form("/do/delete", {**known, "back": "/transactions", "at": here}, [], "Delete", grave=True))
    return panel("What people do in QuickBooks", *forms)


def closing_panel(books: Books) -> Html:
    """Closing the books, and opening them."""
    closed = str(books.preferences["AccountingInfoPrefs"].get("BookCloseDate", ""))
    forms = [form("/do/close-books", {"back": "/"}, [("date", "Closing date", "date", closed)], "Close the books")]
    if closed:
        forms.append(form("/do/close-books", {"back": "/"}, [], "Open the books"))
    return panel("What people do in QuickBooks", *forms)
