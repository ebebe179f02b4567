"""What is answered at the address of a Keap account? Pages, control, login, and the API behind its gateway."""

from __future__ import annotations

import time
from collections.abc import Callable

from werkzeug.exceptions import HTTPException

from ..common.faults import Call, Work
from ..common.http import Reply, Request
from ..common.routes import Routes, View, route
from . import consent, gateway, oauth, pages
from .app import KeapApp
from .broken import broken_answer
from .control import KEAP_CONTROL
from .keap_login import AUTHORIZE, TOKEN
from .refusals import KeapRefusal
from .v1 import Version1
from .v2 import Version2

MOST_BYTES = 1024 * 1024
_OPERATIONS = {"GET": "read", "HEAD": "read", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}


class KeapSite:
    """Everything behind the socket."""

    def __init__(self, app: KeapApp) -> None:
        self.app = app
        self._newer = Version2(app.account)
        self._older = Version1(app.account, self._newer)

    def most_bytes(self, path: str) -> int:
        """How many bytes a body may have."""
        return MOST_BYTES

    def respond(self, request: Request) -> Reply:
        """The reply to a request that could be read."""
        try:
            view, told = ROUTES.view_of(request)
            return view(self, request, **told)
        except HTTPException as problem:
            return self.refuse(problem, request)

    def refuse(self, problem: HTTPException, request: Request | None) -> Reply:
        """What is said of a request that leads nowhere or cannot be read."""
        path = request.path if request is not None else ""
        return KeapRefusal(problem.code or 500, problem.description or problem.name).reply(path)

    def call(self, request: Request, path: str) -> Reply:
        """A call of the API: limited, let in or not, answered or broken, and logged with what is left of the limits."""
        began = time.perf_counter()
        generation, _, rest = "/".join(filter(None, path.split("/"))).partition("/")
        call = Call(operation=_OPERATIONS.get(request.method, "read"), entity=rest.split("/")[0] if rest else "")
        if rest.startswith("sales/"):
            call = Call(operation=call.operation, entity=rest.split("/")[1])
        with self.app.lock:
            fault = self.app.faults.take(call, request.method)
        work = Work(
            stopped=lambda: self._stopped(request),
            done=lambda: self._answered(request, generation, rest),
            broken=lambda ordered: broken_answer(ordered, self.app.account.options, request.path),
            expire_logins=self.app.logins.expire_access_tokens,
        )
        reply = work.under(fault)
        reply.wait += self.app.account.options.latency_ms / 1000
        with self.app.lock:
            credential = gateway.credential_of(self.app.account, request)
            tenant_id = self.app.account.tenant_id if credential.good else ""
            reply.headers.update(self.app.limits.headers(credential.budget, credential.kind, tenant_id=tenant_id))
            took = time.perf_counter() - began
            self.app.log.note(request, reply, call, moment=self.app.clock.stamp_with_milliseconds(), took=took)
        return reply

    def _stopped(self, request: Request) -> Reply | None:
        """What the gateway says to a request that may not come in."""
        with self.app.lock:
            credential = gateway.credential_of(self.app.account, request)
            if not credential.good:
                return gateway.refused(request)
            return self.app.limits.refusal(credential.budget, credential.kind)

    def _answered(self, request: Request, generation: str, rest: str) -> Reply:
        try:
            if generation == "v1":
                if rest.startswith("hooks") and self._is_barred_from_hooks(request):
                    raise KeapRefusal(403, "Hooks are of apps that log in, not of keys")
                return self._older.respond(request, rest)  # takes the lock itself, but not for a handshake
            if generation == "v2":
                with self.app.lock:
                    return self._newer.respond(request, rest)
            raise KeapRefusal(404, f"There is nothing at {request.path}", domain="resource", resource=request.path)
        except KeapRefusal as refused:
            return refused.reply(request.path)

    def _is_barred_from_hooks(self, request: Request) -> bool:
        barred = self.app.account.options.hooks_for_keys == "refuse"
        return barred and gateway.credential_of(self.app.account, request).kind == "key"

    def login(self, request: Request) -> Reply:
        """A call for tokens; only faults that name `token` as their entity break it, and bodies are not logged."""
        what = request.form.get("grant_type", "") or "none"
        call = Call(operation=what, entity="token")
        with self.app.lock:
            fault = self.app.faults.take(call, request.method, named=True)
        work = Work(
            stopped=lambda: None,
            done=lambda: self._locked(lambda: oauth.token(self.app.account, request)),
            broken=lambda ordered: broken_answer(ordered, self.app.account.options, request.path),
            expire_logins=self.app.logins.expire_access_tokens,
        )
        reply = work.under(fault)
        with self.app.lock:
            self.app.log.note_login(what, reply.status_code)
        return reply

    def _locked(self, act: Callable[[], Reply]) -> Reply:
        with self.app.lock:
            return act()


def _consent(site: KeapSite, request: Request) -> Reply:
    """The page on which a person lets an app in."""
    with site.app.lock:
        reply = consent.respond(site.app.account, request)
        site.app.log.note_login("authorize", reply.status_code)
    return reply


def _elsewhere(site: KeapSite, request: Request, rest: str = "") -> Reply:
    """An address of the API's host that is none of the API: the gateway asks first who is there."""
    return site.call(request, f"none/{rest}")


def _control(site: KeapSite, request: Request, call: str = "") -> Reply:
    """A control call, or the list of them."""
    return KEAP_CONTROL.respond(site.app, request, call)


def _page(answer: pages.PageAnswer) -> View:
    """A page, or a form of one."""
    return lambda site, request, **told: answer(site.app, request, **told)


ROUTES = Routes(
    route("/control", _control),
    route("/control/<path:call>", _control),
    route("/crm/rest/<path:path>", lambda site, request, path: site.call(request, path)),
    route("/crm", _elsewhere),
    route("/crm/<path:rest>", _elsewhere),
    route(AUTHORIZE, _consent, "GET", "POST"),
    route(TOKEN, lambda site, request: site.login(request), "POST"),
    *(route(address, _page(answer), method) for address, method, answer in pages.ADDRESSES),
)
