"""What is answered at one address? Pages, control, login, and each company's API behind its gateway and faults."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from ..common import wire
from ..common.faults import Call, Fault, Work
from ..common.http import Reply, Request
from ..common.routes import Routes, View, route
from . import consent, files, gateway, oauth, pages, refusals, xml
from .api import fault as fault_reply
from .api import respond as answer_call
from .api import understood
from .broken_answers import broken_reply
from .companies import UNDER, App, Companies
from .company import Company
from .control import CONTROL
from .intuit_login import AUTHORIZE, REVOKE, TOKEN, USER_INFO
from .limits import in_time, throttled
from .refusals import Refused

MOST_BYTES = 8 * 1024 * 1024
MOST_UPLOADED = 100 * 1024 * 1024
_LOGINS = (TOKEN, REVOKE, USER_INFO)


class Site:
    """Everything behind the socket: finds the company that a request is for, and what answers its address."""

    def __init__(self, companies: Companies) -> None:
        self.companies = companies

    def respond(self, request: Request) -> Reply:
        """The reply of whichever company is meant."""
        companies, parts = self.companies, request.path.split("/")
        if parts[1:2] == [UNDER] and len(parts) > 2 and (app := companies.known(parts[2])) is not None:
            return self._answer(app, request.below(f"/{UNDER}/{parts[2]}"))
        return self._answer(_meant(companies, request, parts) or companies.first, request)

    def refuse(self, problem: HTTPException, request: Request | None) -> Reply:
        """What is said of a request that no company can answer."""
        return _refused(self.companies.first, problem, request)

    def most_bytes(self, path: str) -> int:
        """How many bytes a body may have: files may be larger than anything else."""
        return _most_bytes(path)

    def _answer(self, app: App, request: Request) -> Reply:
        try:
            view, told = ROUTES.view_of(request)
            reply = view(app, request, **told)
        except HTTPException as problem:
            return _refused(app, problem, request)
        except Refused as refused:
            reply = fault_reply(app.company, refused)
        return _named(reply)


def _most_bytes(path: str) -> int:
    return MOST_UPLOADED if path.lower().endswith("/upload") else MOST_BYTES


def _refused(app: App, problem: HTTPException, request: Request | None) -> Reply:
    """What QuickBooks says of a request that leads nowhere, cannot be read or is too large."""
    refused = refusals.unreadable_body(problem.description or problem.name)
    if request is None:
        refused = refusals.unsupported(problem.description or problem.name)
    elif isinstance(problem, RequestEntityTooLarge):
        most = _most_bytes(request.path)
        refused = refusals.body_too_large(request.content_length or most + 1, most)
    elif problem.code in (404, 405):
        refused = refusals.no_such_resource(request.path)
    elif problem.code == 500:
        refused = refusals.failure("the rehearsal company failed; its log tells where")
    return _named(fault_reply(app.company, refused))


def _named(reply: Reply) -> Reply:
    """The reply with the id that Intuit gives to every request."""
    if "intuit_tid" not in reply.headers:
        name = f"{random.getrandbits(128):032x}"
        reply.headers["intuit_tid"] = f"1-{name[:8]}-{name[8:]}"
    return reply


# Which company is meant


def _meant(companies: Companies, request: Request, parts: list[str]) -> App | None:
    """The company that an address of the API or of the login is for."""
    if parts[1:3] == ["v3", "company"] and len(parts) > 3:
        token = request.header("authorization").partition(" ")[2]
        return _whose(companies, token) or companies.opened.get(parts[3])
    if request.path.rstrip("/") in _LOGINS:
        words = _words(request)
        return next((app for app in companies.opened.values() if any(map(app.company.logins.knows, words))), None)
    return None


def _whose(companies: Companies, token: str) -> App | None:
    """The company that a living access token is for, which refuses every other company's address."""
    for app in companies.opened.values():
        with app.company.lock:
            if app.company.logins.admits(token):
                return app
    with companies.first.company.lock:
        return companies.first if companies.opened and companies.first.company.logins.admits(token) else None


def _words(request: Request) -> list[str]:
    """The code and the tokens that a request of the login carries, in its header, its form or its JSON."""
    told: dict[str, object] = dict(request.form)
    if "json" in request.header("content-type").lower():
        try:
            body = request.json
        except wire.Unreadable:
            body = None
        told = body if isinstance(body, dict) else {}
    words = (told.get(name) for name in ("code", "refresh_token", "token"))
    return [str(word) for word in (*words, request.header("authorization").partition(" ")[2]) if word]


# What is answered


def _file(app: App, request: Request, identifier: str) -> Reply:
    """An attachment's file."""
    with app.company.lock:
        return files.fetch(app.company, request, identifier)


def _consent(app: App, request: Request) -> Reply:
    """The page on which a person lets an app in."""
    return _counted(app, request, consent.respond(app.companies, request))


def _login(answer: Callable[[Company, Request], Reply]) -> View:
    """A login address that an app calls."""

    def view(app: App, request: Request) -> Reply:
        with app.company.lock:
            return _counted(app, request, answer(app.company, request))

    return view


def _counted(app: App, request: Request, reply: Reply) -> Reply:
    """A reply of the login, counted in the log; bodies are not kept there, as they hold secrets."""
    what = request.form.get("grant_type", "") or request.path.rstrip("/").rpartition("/")[2]
    with app.company.lock:
        app.log.note_login(what, reply.status_code)
    return reply


def _api(app: App, request: Request, realm: str, rest: str = "") -> Reply:
    """A call of the API."""
    began = time.perf_counter()
    company, path = app.company, tuple(rest.split("/")) if rest else ()
    call = understood(request, path)
    with company.lock:
        fault = app.faults.take(call, request.method)
    work = Work(
        stopped=lambda: _stopped(app, request, realm, call),
        done=lambda: answer_call(company, request, path, call),
        broken=lambda fault: _broken(company, fault),
        expire_logins=company.logins.expire_access_tokens,
    )
    reply = work.under(fault)
    if xml.wanted(request, company.options.without_accept):
        reply = _in_xml(reply)
    reply.wait += company.options.latency_ms / 1000
    reply = _named(in_time(company.options, reply))
    with company.lock:
        took = time.perf_counter() - began
        app.log.note(request, reply, call, moment=company.clock.stamp_with_milliseconds(), took=took)
    return reply


def _stopped(app: App, request: Request, realm: str, call: Call) -> Reply | None:
    """What limits or the gateway say to a request that may not come in."""
    company = app.company
    with company.lock:
        if not app.limits.admits(batch=call.operation == "batch"):
            return throttled(company.options, company.clock.now())
        return gateway.stopped(request, company.logins, company.company_id, realm)


def _broken(company: Company, fault: Fault) -> Reply:
    if fault.kind == "429":
        return throttled(company.options, company.clock.now(), fault.body)
    return broken_reply(fault, company.clock.stamp_with_milliseconds())


def _in_xml(reply: Reply) -> Reply:
    try:
        return xml.as_xml(reply)
    except (wire.Unreadable, AttributeError, KeyError, TypeError):
        return reply  # a fault on demand: it is broken on purpose


ROUTES = Routes(
    route("/control", CONTROL.respond),
    route("/control/<path:call>", CONTROL.respond),
    route("/v3/company/<realm>", _api),
    route("/v3/company/<realm>/<path:rest>", _api),
    route("/files/<identifier>", _file, "GET"),
    route(AUTHORIZE, _consent, "GET", "POST"),
    *(route(address, _login(answer), method) for address, (method, answer) in oauth.CALLS.items()),
    *pages.ROUTES,
)
