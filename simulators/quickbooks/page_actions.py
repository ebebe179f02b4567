"""What can a person do on the pages? What people do in QuickBooks: edit, void, delete, merge, make inactive, close.

Each button sends a form to /do/<verb>; the answer leads back to a page that tells what happened. A form that another
site sends is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from werkzeug.exceptions import NotFound

from ..common.guard import from_another_site, under_an_own_name
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
    if act is None or not request.from_loopback or not under_an_own_name(request):
        raise NotFound
    if from_another_site(request):
        return Reply.page("<h1>This form was sent by another site</h1>", status=403)
    asked = request.form.to_dict()
    try:
        with app.company.writing():
            told = {"said": act(app.company, asked)}
            app.company.keep_changes()
        back = asked.get("back", "/")
    except (Refused, ValueError) as problem:
        told = {"refused": _reason(problem)}
        back = asked.get("at") or asked.get("back", "/")
    where = request.root_path + quote(_own_address(back))
    return Reply(status=303, headers={"Location": f"{where}?{urlencode(told)}"})


def _reason(problem: Refused | ValueError) -> str:
    return "; ".join(refusal.detail for refusal in problem.refusals) if isinstance(problem, Refused) else str(problem)


def _own_address(back: str) -> str:
    """An address of these pages; a form cannot lead anywhere else."""
    return back if back.startswith("/") and not back.startswith("//") and "\\" not in back else "/"


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
