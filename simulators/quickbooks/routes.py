"""Which part answers a request? Pages, control, login, and the API behind its gateway, limits and ordered faults."""

from __future__ import annotations

import threading
import time
import uuid

from . import api, consent, control, files, gateway, oauth, pages, refusals, wire, xml
from .app_context import Parts
from .faultplan import Fault, broken_reply
from .limits import in_time, throttled
from .messages import Reply, Request
from .refusals import Refused


class App(Parts):
    """Everything behind the socket."""

    def respond(self, request: Request) -> Reply:
        """The reply to any request."""
        try:
            reply = self._respond(request)
        except Refused as refused:
            reply = api.fault(self.company, refused)
        reply.headers.setdefault("intuit_tid", f"1-{uuid.uuid4().hex[:8]}-{uuid.uuid4().hex[:24]}")
        return reply

    def _respond(self, request: Request) -> Reply:
        parts = tuple(part for part in request.path.split("/") if part)
        if parts[:1] == ("control",):
            return control.respond(self, request, parts[1:])
        if parts[:2] == ("v3", "company") and len(parts) >= 3:
            return self._api(request, parts[2], parts[3:])
        if parts[:1] == ("files",) and len(parts) == 2 and request.method == "GET":
            with self.company.lock:
                return files.fetch(self.company, request, parts[1])
        if request.path.rstrip("/") == consent.AUTHORIZE:
            login = consent.respond(self.companies, request)
        else:
            login = oauth.respond(self.company, request)
        if login is not None:
            with self.company.lock:
                self.log.note_login(request.form.get("grant_type", "") or parts[-1], login.status)
            return login
        page = pages.respond(self, request, parts)
        if page is not None:
            return page
        raise refusals.no_such_resource(request.path)

    def _api(self, request: Request, realm: str, rest: tuple[str, ...]) -> Reply:
        began = time.perf_counter()
        call = api.understood(request, rest)
        with self.company.lock:
            fault = self.faults.take(call, request.method)
        reply = self._api_reply(request, realm, rest, call, fault)
        if xml.wanted(request, self.company.options.without_accept):
            reply = _in_xml(reply)
        reply.wait += self.company.options.latency_ms / 1000
        reply = in_time(self.company.options, reply)
        reply.headers["intuit_tid"] = f"1-{uuid.uuid4().hex[:8]}-{uuid.uuid4().hex[:24]}"
        with self.company.lock:
            self.log.note(
                request,
                reply,
                entity=call.entity,
                operation=call.operation,
                moment=self.company.clock.stamp_with_milliseconds(),
                took=time.perf_counter() - began,
            )
        return reply

    def _api_reply(
        self, request: Request, realm: str, rest: tuple[str, ...], call: api.Call, fault: Fault | None
    ) -> Reply:
        if fault is not None and fault.kind == "written_late":
            return self._write_late(fault, request, rest, call)
        if fault is not None and fault.when == "before":
            early = self._fail_before(fault)
            if early is not None:
                return early
        with self.company.lock:
            if not self.limits.admits(batch=call.operation == "batch"):
                return throttled(self.company.options, self.company.clock.now())
            stopped = gateway.stopped(request, self.company.logins, self.company.company_id, realm)
        if stopped is not None:
            return stopped
        reply = api.respond(self.company, request, rest, call)
        if fault is not None:
            reply = self._fail_after(fault, reply)
        return reply

    def _write_late(self, fault: Fault, request: Request, rest: tuple[str, ...], call: api.Call) -> Reply:
        """Hang up now, and go on working: what was asked for is written some seconds later."""
        later = threading.Timer(fault.seconds, api.respond, (self.company, request, rest, call))
        later.daemon = True
        later.start()
        return Reply(silent=True)

    def _fail_before(self, fault: Fault) -> Reply | None:
        match fault.kind:
            case "drop_before":
                return Reply(silent=True)
            case "timeout_before":
                return Reply(silent=True, wait=fault.seconds)
            case "stale_login":
                self.company.logins.expire_access_tokens()
                return None
            case "429":
                return throttled(self.company.options, self.company.clock.now(), fault.body)
        return broken_reply(fault, self.company.clock.stamp_with_milliseconds())

    def _fail_after(self, fault: Fault, reply: Reply) -> Reply:
        if fault.when != "after":
            return reply
        match fault.kind:
            case "lost_answer":
                reply.silent = True
            case "timeout_after":
                reply.wait += fault.seconds
            case "truncated_json":
                reply.body = reply.body[: len(reply.body) // 2]
            case "429":
                return throttled(self.company.options, self.company.clock.now(), fault.body)
            case _:
                return broken_reply(fault, self.company.clock.stamp_with_milliseconds())
        return reply


def _in_xml(reply: Reply) -> Reply:
    try:
        return xml.as_xml(reply)
    except (wire.Unreadable, AttributeError, KeyError, TypeError):
        return reply  # a fault on demand: it is broken on purpose
