"""What can a rehearsal order of any simulator? Faults, the clock, the end of logins, and its request log.

Control calls need no login and answer only to the same machine, under a name of its own, and to no web page: a browser
on it would otherwise be a way in for any site that a person has open.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from .clock import Clock
from .faults import FaultPlan
from .guard import from_another_site, under_an_own_name
from .http import Reply, Request
from .logins import Logins
from .request_log import RequestLog


class Controlled(Protocol):
    """What a simulator has for these calls."""

    log: RequestLog
    faults: FaultPlan

    @property
    def lock(self) -> threading.RLock:
        """Is held while anything changes."""

    @property
    def clock(self) -> Clock:
        """Its clock."""

    @property
    def logins(self) -> Logins:
        """Its connections."""

    def keep_logins(self) -> None:
        """Write its connections to where it keeps them."""


#: What a control call answers, as JSON.
Answer = Callable[[Any, Request], Any]
Calls = Mapping[tuple[str, str], Answer]


class Control:
    """The control calls of one simulator: those that all have, and its own."""

    def __init__(self, own: Calls, *, refusals: tuple[type[Exception], ...] = ()) -> None:
        self._problems: tuple[type[Exception], ...] = (ValueError, *refusals)
        self.calls: Calls = {("GET", ""): lambda app, request: {"calls": self._listed()}, **SHARED, **own}

    def respond(self, app: object, request: Request, call: str = "") -> Reply:
        """The answer to a control call; what is wrong with one is said in `error`."""
        if not request.from_loopback:
            return Reply.of({"error": "control calls are answered on this machine only"}, status=403)
        if not under_an_own_name(request) or from_another_site(request):
            told = "control calls are answered under this machine's own name, and to no other site's page"
            return Reply.of({"error": told}, status=403)
        answer = self.calls.get((request.method, call))
        if answer is None:
            told = f"there is no control call {request.method} {request.path}"
            return Reply.of({"error": told, "calls": self._listed()}, status=404)
        try:
            return Reply.of(answer(app, request))
        except self._problems as problem:
            return Reply.of({"error": str(problem)}, status=400)

    def _listed(self) -> list[str]:
        return sorted(f"{method} /control/{path}".rstrip("/") for method, path in self.calls)


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a control call; an empty body is an empty object.

    Raises:
        ValueError: It is something else.
    """
    body = request.json if request.body.strip() else {}
    if not isinstance(body, dict):
        raise ValueError("the body of a control call is a JSON object")
    return body


def _order_faults(app: Controlled, request: Request) -> object:
    with app.lock:
        app.faults.order(request.json)
    return {"faults": app.faults.tell()}


def _tell_faults(app: Controlled, request: Request) -> object:
    return {"faults": app.faults.tell()}


def _clear_faults(app: Controlled, request: Request) -> object:
    with app.lock:
        app.faults.faults.clear()
    return {"faults": []}


def _advance_clock(app: Controlled, request: Request) -> Any:
    with app.lock:
        app.clock.advance(float(body_of(request).get("seconds", 0)))
    return {"now": app.clock.stamp()}


def _expire_tokens(app: Controlled, request: Request) -> Any:
    with app.lock:
        app.logins.expire_access_tokens()
        app.keep_logins()
    return {"expired": True}


def _revoke(app: Controlled, request: Request) -> object:
    with app.lock:
        for grant in app.logins.grants:
            grant.revoked = True
        app.keep_logins()
    return {"revoked": True}


def _log(app: Controlled, request: Request) -> object:
    with app.lock:
        last = int(request.query.get("last", "100"))
        entries = list(app.log.entries)
        return {
            "requests": app.log.requests,
            "writes": dict(app.log.writes),
            "logins": dict(app.log.logins),
            "entries": entries[max(len(entries) - last, 0) :] if last > 0 else [],
        }


def _clear_log(app: Controlled, request: Request) -> object:
    with app.lock:
        app.log.clear()
    return {"requests": 0}


SHARED: Calls = {
    ("POST", "faults"): _order_faults,
    ("GET", "faults"): _tell_faults,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "clock"): _advance_clock,
    ("POST", "expire-tokens"): _expire_tokens,
    ("POST", "revoke"): _revoke,
    ("GET", "log"): _log,
    ("DELETE", "log"): _clear_log,
}
