"""What can a rehearsal order? Faults, switches, things that "somebody in QuickBooks" does, the log, a fresh start.

Control calls need no login and answer only to the same machine, under a name of its own, and to no web page: a browser
on it would otherwise be a way in for any site that a person has open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..common.guard import from_another_site, under_an_own_name
from ..common.http import Reply, Request
from . import external_edits as hand
from .limits import Limits
from .refusals import Refused
from .seeds import SEEDS

if TYPE_CHECKING:
    from .app import App


def respond(app: App, request: Request, call: str = "") -> Reply:
    """The answer to a control call; what is wrong with one is said in `error`."""
    if not request.from_loopback:
        return Reply.of({"error": "control calls are answered on this machine only"}, status=403)
    if not under_an_own_name(request) or from_another_site(request):
        told = "control calls are answered under this machine's own name, and to no other site's page"
        return Reply.of({"error": told}, status=403)
    answer = CALLS.get((request.method, call))
    if answer is None:
        known = sorted(f"{method} /control/{path}".rstrip("/") for method, path in CALLS)
        return Reply.of(
            {"error": f"there is no control call {request.method} {request.path}", "calls": known}, status=404
        )
    try:
        return Reply.of(answer(app, request))
    except (ValueError, Refused) as problem:
        return Reply.of({"error": str(problem)}, status=400)


def _body(request: Request) -> dict[str, Any]:
    body = request.json if request.body.strip() else {}
    if not isinstance(body, dict):
        raise ValueError("the body of a control call is a JSON object")
    return body


def _help(app: App, request: Request) -> Any:
    return {"calls": sorted(f"{method} /control/{path}".rstrip("/") for method, path in CALLS)}


def _order_faults(app: App, request: Request) -> Any:
    with app.company.lock:
        app.faults.order(request.json)
    return {"faults": app.faults.tell()}


def _tell_faults(app: App, request: Request) -> Any:
    return {"faults": app.faults.tell()}


def _clear_faults(app: App, request: Request) -> Any:
    with app.company.lock:
        app.faults.faults.clear()
    return {"faults": []}


def _tell_options(app: App, request: Request) -> Any:
    settings = app.company.store.settings
    return {**app.company.options.as_json(), "warn_duplicate_numbers": settings["warn_duplicate_numbers"]}


def _change_options(app: App, request: Request) -> Any:
    with app.company.lock:
        for name, value in _body(request).items():
            if name == "warn_duplicate_numbers" and isinstance(value, bool):
                with app.company.writing():
                    app.company.store.set(name, value)
                    app.company.keep_changes()
            else:
                app.company.options.change(name, value)
        app.limits = Limits(app.company.options, app.limits.now)
    return _tell_options(app, request)


def _advance_clock(app: App, request: Request) -> Any:
    with app.company.lock:
        app.company.clock.advance(float(_body(request).get("seconds", 0)))
    return {"now": app.company.clock.stamp()}


def _expire_tokens(app: App, request: Request) -> Any:
    with app.company.lock:
        app.company.logins.expire_access_tokens()
        app.company.keep_logins()
    return {"expired": True}


def _revoke(app: App, request: Request) -> Any:
    with app.company.lock:
        for grant in app.company.logins.grants:
            grant.revoked = True
        app.company.keep_logins()
    return {"revoked": True}


def _log(app: App, request: Request) -> Any:
    with app.company.lock:
        last = int(request.query.get("last", "100"))
        entries = list(app.log.entries)
        return {
            "requests": app.log.requests,
            "writes": dict(app.log.writes),
            "logins": dict(app.log.logins),
            "entries": entries[max(len(entries) - last, 0) :] if last > 0 else [],
        }


def _clear_log(app: App, request: Request) -> Any:
    with app.company.lock:
        app.log.clear()
    return {"requests": 0}


def _reset(app: App, request: Request) -> Any:
    seed = str(_body(request).get("seed", "sample"))
    if seed not in SEEDS:
        raise ValueError(f"there are no {seed!r} books; there are {', '.join(SEEDS)}")
    with app.company.lock:
        app.company.reset(SEEDS[seed])
        app.log.clear()
        app.faults.faults.clear()
    return {"reset": seed, "company_id": app.company.company_id}


def _tell_app(app: App, request: Request) -> Any:
    """The keys with which an app of this machine connects, so that nobody has to carry them over by hand."""
    return app.companies.app


def _tell_companies(app: App, request: Request) -> Any:
    return {"companies": app.companies.tell()}


def _open_company(app: App, request: Request) -> Any:
    """A login to the company of an id; without one, to a fresh company beside the others."""
    body = _body(request)
    wanted = str(body.get("company_id") or "")
    found = app.companies.known(wanted) if wanted else None
    if wanted and found is None:
        raise ValueError(f"there is no company {wanted} here")
    return app.companies.login(
        found or app.companies.open(name=str(body.get("name") or ""), seed=str(body.get("seed", "sample")))
    )


def _ledger(app: App, request: Request) -> Any:
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


def _subscribe(app: App, request: Request) -> Any:
    body = _body(request)
    with app.company.lock:
        app.company.webhooks.subscribe(str(body.get("url") or ""), str(body.get("form", "legacy")))
        return app.company.webhooks.tell()


def _webhooks(app: App, request: Request) -> Any:
    with app.company.lock:
        return app.company.webhooks.tell()


def _by_hand(act: Callable[..., Any]) -> Callable[[App, Request], Any]:
    def answer(app: App, request: Request) -> Any:
        with app.company.writing():
            told = act(app.company, _body(request))
            app.company.keep_changes()
        return told

    return answer


CALLS: dict[tuple[str, str], Callable[[App, Request], Any]] = {
    ("GET", ""): _help,
    ("POST", "faults"): _order_faults,
    ("GET", "faults"): _tell_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "options"): _tell_options,
    ("POST", "options"): _change_options,
    ("POST", "clock"): _advance_clock,
    ("POST", "expire-tokens"): _expire_tokens,
    ("POST", "revoke"): _revoke,
    ("GET", "log"): _log,
    ("DELETE", "log"): _clear_log,
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
