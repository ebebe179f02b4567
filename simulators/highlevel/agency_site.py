"""What is answered at one address? Pages, control, login, and the API behind its faults, its tokens and its limits."""

from __future__ import annotations

import time
from collections.abc import Callable

from werkzeug.exceptions import HTTPException

from ..common.faults import Call, Work
from ..common.http import Reply, Request
from ..common.routes import Routes, View, route
from . import app_login, choose_location, pages
from .admission import admitted, check_scope
from .agency import Agency
from .agency_app import AgencyApp
from .broken import broken_answer
from .control import CONTROL
from .endpoints import ENDPOINTS
from .endpoints.endpoint import EndPoint
from .highlevel_login import AUTHORIZE, INSTALLED_LOCATIONS, LOCATION_TOKENS, TOKEN
from .refusals import ApiProblem, problem_reply
from .sub_account import SubAccount

MOST_BYTES = 8 * 1024 * 1024


class AgencySite:
    """Everything behind the socket."""

    def __init__(self, app: AgencyApp) -> None:
        self.app = app

    def respond(self, request: Request) -> Reply:
        """The reply to a request that could be read."""
        try:
            view, told = ROUTES.view_of(request)
            return view(self.app, request, **told)
        except HTTPException as problem:
            return self.refuse(problem, request)

    def refuse(self, problem: HTTPException, request: Request | None) -> Reply:
        """What is said of a request that leads nowhere, cannot be read or is too large."""
        code = problem.code or 500
        if code in (404, 405) and request is not None:
            return problem_reply(404, f"Cannot {request.method} {request.path}")
        return problem_reply(code, problem.description or problem.name)

    def most_bytes(self, path: str) -> int:
        """How many bytes a body may have."""
        return MOST_BYTES


def _answered(app: AgencyApp, request: Request, call: Call, done: Callable[[], Reply], *, named: bool = False) -> Reply:
    """The reply under the faults that were ordered, noted in the log; with `named` it is a call of the login."""
    began = time.perf_counter()
    with app.lock:
        fault = app.faults.take(call, request.method, named=named)
    work = Work(stopped=lambda: None, done=done, broken=broken_answer, expire_logins=app.logins.expire_access_tokens)
    reply = work.under(fault)
    reply.wait += app.agency.options.latency_ms / 1000
    with app.lock:
        if named:
            app.log.note_login(call.operation, reply.status_code)
        else:
            took = time.perf_counter() - began
            app.log.note(request, reply, call, moment=app.clock.stamp_with_milliseconds(), took=took)
    return reply


def _api(end_point: EndPoint) -> View:
    """An address of the API."""

    def view(app: AgencyApp, request: Request, **told: str) -> Reply:
        return _answered(app, request, end_point.call, lambda: _done(app, request, end_point, told))

    return view


def _done(app: AgencyApp, request: Request, end_point: EndPoint, told: dict[str, str]) -> Reply:
    headers: dict[str, str] = {}
    with app.lock:
        try:
            admission = admitted(app.agency, request)
            account: SubAccount | None = admission.account
            inside, headers = app.limits.take(account.location_id if account else app.agency.company_id)
            if not inside:
                raise ApiProblem(429, "Too Many Requests")
            check_scope(admission, end_point.scope, end_point.kind)
            reply = end_point.answer(account, request, **told)
        except ApiProblem as problem:
            reply = problem.reply()
    reply.headers.update(headers)
    return reply


def _login(operation: str, answer: Callable[[Agency, Request], Reply]) -> View:
    """An address of the login; a fault has to name the token to be one for it."""

    def view(app: AgencyApp, request: Request) -> Reply:
        def done() -> Reply:
            with app.lock:
                try:
                    return answer(app.agency, request)
                except ApiProblem as problem:
                    return problem.reply()

        what = request.form.get("grant_type") or request.form.get("grantType") or operation
        return _answered(app, request, Call(operation=what, entity="token"), done, named=True)

    return view


def _choose(app: AgencyApp, request: Request) -> Reply:
    return choose_location.respond(app.agency, request)


ROUTES = Routes(
    route("/control", CONTROL.respond),
    route("/control/<path:call>", CONTROL.respond),
    route(AUTHORIZE, _choose, "GET", "POST"),
    route("/oauth/chooselocation", _choose, "GET", "POST"),
    route(TOKEN, _login("token", app_login.token), "POST"),
    *(route(address, _login("location_token", app_login.location_token), "POST") for address in LOCATION_TOKENS),
    route(INSTALLED_LOCATIONS, _login("installed_locations", app_login.installed_locations), "GET"),
    *(route(end_point.address, _api(end_point), end_point.method) for end_point in ENDPOINTS),
    *pages.ROUTES,
)
