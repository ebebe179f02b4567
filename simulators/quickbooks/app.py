"""What does a QuickBooks company answer? Pages, control, login, and the API behind its gateway and ordered faults."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from ..common import wire
from ..common.clock import Clock
from ..common.faults import Call, Fault, FaultPlan, RefusalWords, Work
from ..common.http import Reply, Request
from ..common.logins import Logins
from ..common.request_log import RequestLog
from ..common.routes import Routes, View, route
from . import consent, files, gateway, oauth, pages, refusals, xml
from .api import fault as fault_reply
from .api import respond as answer_call
from .api import understood
from .broken_answers import KINDS, broken_reply
from .company import Company
from .control import CONTROL
from .limits import Limits, in_time, throttled
from .refusals import Refused

if TYPE_CHECKING:
    from .companies import Companies

REFUSAL = RefusalWords(
    code="6000",
    message="A business validation error has occurred while processing your request",
    detail="Business Validation Error: refused because the rehearsal asked for it",
)
MOST_BYTES = 8 * 1024 * 1024
MOST_UPLOADED = 100 * 1024 * 1024


class App:
    """A company with the log of its requests, the faults that were ordered, and its limits."""

    #: Every company that answers at the same address.
    companies: Companies

    def __init__(self, company: Company) -> None:
        self.company = company
        self.log = RequestLog(named_by="intuit_tid")
        self.faults = FaultPlan(KINDS, refusal=REFUSAL)
        self.limits = Limits(company.options, time.monotonic)

    @property
    def lock(self) -> threading.RLock:
        """Is held while anything of the company changes."""
        return self.company.lock

    @property
    def clock(self) -> Clock:
        """The company's clock."""
        return self.company.clock

    @property
    def logins(self) -> Logins:
        """The company's connections."""
        return self.company.logins

    def keep_logins(self) -> None:
        """Write the connections to the company's file."""
        self.company.keep_logins()

    def respond(self, request: Request) -> Reply:
        """The reply to any request."""
        try:
            view, told = ROUTES.view_of(request)
            reply = view(self, request, **told)
        except HTTPException as problem:
            return self.refuse(problem, request)
        except Refused as refused:
            reply = fault_reply(self.company, refused)
        return _named(reply)

    def refuse(self, problem: HTTPException, request: Request | None) -> Reply:
        """What QuickBooks says of a request that leads nowhere, cannot be read or is too large."""
        refused = refusals.unreadable_body(problem.description or problem.name)
        if request is None:
            refused = refusals.unsupported(problem.description or problem.name)
        elif isinstance(problem, RequestEntityTooLarge):
            most = self.most_bytes(request.path)
            refused = refusals.body_too_large(request.content_length or most + 1, most)
        elif problem.code in (404, 405):
            refused = refusals.no_such_resource(request.path)
        elif problem.code == 500:
            refused = refusals.failure("the rehearsal company failed; its log tells where")
        return _named(fault_reply(self.company, refused))

    def most_bytes(self, path: str) -> int:
        """How many bytes a body may have: files may be larger than anything else."""
        return MOST_UPLOADED if path.lower().endswith("/upload") else MOST_BYTES

    def file(self, request: Request, identifier: str) -> Reply:
        """An attachment's file."""
        with self.company.lock:
            return files.fetch(self.company, request, identifier)

    def consent(self, request: Request) -> Reply:
        """The page on which a person lets an app in."""
        return self.counted(request, consent.respond(self.companies, request))

    def counted(self, request: Request, reply: Reply) -> Reply:
        """A reply of the login, counted in the log; bodies are not kept there, as they hold secrets."""
        what = request.form.get("grant_type", "") or request.path.rstrip("/").rpartition("/")[2]
        with self.company.lock:
            self.log.note_login(what, reply.status_code)
        return reply

    def api(self, request: Request, realm: str, rest: str = "") -> Reply:
        """A call of the API."""
        return self._api(request, realm, tuple(rest.split("/")) if rest else ())

    def _api(self, request: Request, realm: str, rest: tuple[str, ...]) -> Reply:
        began = time.perf_counter()
        company, call = self.company, understood(request, rest)
        with company.lock:
            fault = self.faults.take(call, request.method)
        work = Work(
            stopped=lambda: self._stopped(request, realm, call),
            done=lambda: answer_call(company, request, rest, call),
            broken=self._broken,
            expire_logins=company.logins.expire_access_tokens,
        )
        reply = work.under(fault)
        if xml.wanted(request, company.options.without_accept):
            reply = _in_xml(reply)
        reply.wait += company.options.latency_ms / 1000
        reply = _named(in_time(company.options, reply))
        with company.lock:
            took = time.perf_counter() - began
            self.log.note(request, reply, call, moment=company.clock.stamp_with_milliseconds(), took=took)
        return reply

    def _stopped(self, request: Request, realm: str, call: Call) -> Reply | None:
        """What limits or the gateway say to a request that may not come in."""
        with self.company.lock:
            if not self.limits.admits(batch=call.operation == "batch"):
                return throttled(self.company.options, self.company.clock.now())
            return gateway.stopped(request, self.company.logins, self.company.company_id, realm)

    def _broken(self, fault: Fault) -> Reply:
        if fault.kind == "429":
            return throttled(self.company.options, self.company.clock.now(), fault.body)
        return broken_reply(fault, self.company.clock.stamp_with_milliseconds())


def _in_xml(reply: Reply) -> Reply:
    try:
        return xml.as_xml(reply)
    except (wire.Unreadable, AttributeError, KeyError, TypeError):
        return reply  # a fault on demand: it is broken on purpose


def _named(reply: Reply) -> Reply:
    """The reply with the id that Intuit gives to every request."""
    if "intuit_tid" not in reply.headers:
        name = f"{random.getrandbits(128):032x}"
        reply.headers["intuit_tid"] = f"1-{name[:8]}-{name[8:]}"
    return reply


def _login(answer: Callable[[Company, Request], Reply]) -> View:
    """A login address that an app calls."""

    def view(app: App, request: Request) -> Reply:
        with app.company.lock:
            return app.counted(request, answer(app.company, request))

    return view


ROUTES = Routes(
    route("/control", CONTROL.respond),
    route("/control/<path:call>", CONTROL.respond),
    route("/v3/company/<realm>", App.api),
    route("/v3/company/<realm>/<path:rest>", App.api),
    route("/files/<identifier>", App.file, "GET"),
    route(consent.AUTHORIZE, App.consent, "GET", "POST"),
    *(route(address, _login(answer), method) for address, (method, answer) in oauth.CALLS.items()),
    *pages.ROUTES,
)
