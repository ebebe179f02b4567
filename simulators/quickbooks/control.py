"""What can a rehearsal order of a QuickBooks company? Switches, companies, and what people do in QuickBooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..common.control import Calls, Control, body_of
from ..common.http import Request
from . import external_edits as hand
from .limits import Limits
from .refusals import Refused
from .seeds import SEEDS

if TYPE_CHECKING:
    from .companies import App


def _tell_options(app: App, request: Request) -> object:
    settings = app.company.store.settings
    return {**app.company.options.as_json(), "warn_duplicate_numbers": settings["warn_duplicate_numbers"]}


def _change_options(app: App, request: Request) -> object:
    with app.company.lock:
        for name, value in body_of(request).items():
            if name == "warn_duplicate_numbers" and isinstance(value, bool):
                with app.company.writing():
                    app.company.store.set(name, value)
                    app.company.keep_changes()
            else:
                app.company.options.change(name, value)
        app.limits = Limits(app.company.options, app.limits.now)
    return _tell_options(app, request)


def _reset(app: App, request: Request) -> object:
    seed = str(body_of(request).get("seed", "sample"))
    if seed not in SEEDS:
        raise ValueError(f"there are no {seed!r} books; there are {', '.join(SEEDS)}")
    with app.company.lock:
        app.company.reset(SEEDS[seed])
        app.log.clear()
        app.faults.faults.clear()
    return {"reset": seed, "company_id": app.company.company_id}


def _tell_app(app: App, request: Request) -> object:
    """The keys with which an app of this machine connects, so that nobody has to carry them over by hand."""
    return app.companies.app


def _tell_companies(app: App, request: Request) -> object:
    return {"companies": app.companies.tell()}


def _open_company(app: App, request: Request) -> object:
    """A login to the company of an id; without one, to a fresh company beside the others."""
    body = body_of(request)
    wanted = str(body.get("company_id") or "")
    found = app.companies.known(wanted) if wanted else None
    if wanted and found is None:
        raise ValueError(f"there is no company {wanted} here")
    return app.companies.login(
        found or app.companies.open(name=str(body.get("name") or ""), seed=str(body.get("seed", "sample")))
    )


def _ledger(app: App, request: Request) -> object:
    with app.company.lock:
        books = app.company.books
        rows = [
            {
                "id": record["Id"],
                "account": record["FullyQualifiedName"],
                "type": record["AccountType"],
                "balance": f"{books.account_balance(record['Id']):.2f}",
            }
            for record in books.all("Account")
        ]
        total = sum(books.store.ledger.balances.values())
        counts = {entity: len(table.records) for entity, table in books.store.tables.items()}
        return {"accounts": rows, "total": f"{total:.2f}", "counts": counts, "entries": len(books.store.ledger.entries)}


def _subscribe(app: App, request: Request) -> object:
    body = body_of(request)
    with app.company.lock:
        app.company.webhooks.subscribe(str(body.get("url") or ""), str(body.get("form", "legacy")))
        return app.company.webhooks.tell()


def _webhooks(app: App, request: Request) -> object:
    with app.company.lock:
        return app.company.webhooks.tell()


def _by_hand(act: Callable[..., object]) -> Callable[[App, Request], object]:
    def answer(app: App, request: Request) -> Any:
        with app.company.writing():
            told = act(app.company, body_of(request))
            app.company.keep_changes()
        return told

    return answer


OWN_CALLS: Calls = {
    ("GET", "options"): _tell_options,
    ("POST", "options"): _change_options,
    ("POST", "reset"): _reset,
    ("GET", "app"): _tell_app,
    ("GET", "companies"): _tell_companies,
    ("POST", "companies"): _open_company,
    ("GET", "ledger"): _ledger,
    ("GET", "webhooks"): _webhooks,
    ("POST", "webhooks"): _subscribe,
    ("POST", "create"): _by_hand(hand.create),
    ("POST", "edit"): _by_hand(hand.edit),
    ("POST", "rename"): _by_hand(hand.rename),
    ("POST", "delete"): _by_hand(hand.delete),
    ("POST", "void"): _by_hand(hand.void),
    ("POST", "inactivate"): _by_hand(hand.inactivate),
    ("POST", "activate"): _by_hand(hand.activate),
    ("POST", "merge"): _by_hand(hand.merge),
    ("POST", "close-books"): _by_hand(hand.close_books),
    ("POST", "preferences"): _by_hand(hand.change_preferences),
}

CONTROL = Control(OWN_CALLS, refusals=(Refused,))
