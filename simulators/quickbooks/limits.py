"""How much may a client ask? 10 requests a second, 500 and 40 batches a minute; 429 beyond that; and 120 seconds."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime

from ..common import wire
from ..common.http import Reply
from .options import Options

PER_SECOND, PER_MINUTE, BATCHES_PER_MINUTE = 10, 500, 40
WAIT_SECONDS = 60
DETAIL = "The request limit was reached.  Try again later"


def _message() -> str:
    return "message=ThrottleExceeded; errorCode=003001; statusCode=429"


class Limits:
    """Moments of the requests of the last minute. Refused requests do not count."""

    def __init__(self, options: Options, seconds_now: Callable[[], float]) -> None:
        self._options = options
        self.now = seconds_now
        self._requests: deque[float] = deque()
        self._batches: deque[float] = deque()

    def admits(self, *, batch: bool) -> bool:
        """Whether one more request is within the limits; counts it when it is."""
        if not self._options.limits:
            return True
        now = self.now()
        for moments in (self._requests, self._batches):
            while moments and now - moments[0] >= WAIT_SECONDS:
                moments.popleft()
        last_second = sum(1 for moment in self._requests if now - moment < 1)
        if last_second >= PER_SECOND or len(self._requests) >= PER_MINUTE:
            return False
        if batch and len(self._batches) >= BATCHES_PER_MINUTE:
            return False
        self._requests.append(now)
        if batch:
            self._batches.append(now)
        return True


def in_time(options: Options, reply: Reply) -> Reply:
    """The reply, or what a gateway says in its place when it takes too long; what was asked has happened."""
    if not options.limits or reply.silent or reply.wait <= options.time_out_seconds:
        return reply
    return _cut_off(float(options.time_out_seconds))


def _cut_off(after: float) -> Reply:
    reply = Reply("stream timeout", status=504, content_type="text/plain")
    reply.wait = after
    return reply


def throttled(options: Options, now: datetime, body: str | None = None) -> Reply:
    """The 429 answer, in XML although JSON was asked for, unless a switch says otherwise."""
    headers = {"Retry-After": str(WAIT_SECONDS)} if options.retry_after else {}
    match body or options.throttle_body:
        case "json":
            error = {"Message": _message(), "Detail": DETAIL, "code": "3001"}
            fault = {"Fault": {"Error": [error], "type": "SERVICE"}, "time": now.isoformat(timespec="milliseconds")}
            return Reply(wire.dump_bytes(fault), status=429, content_type="application/json", headers=headers)
        case "empty":
            return Reply(status=429, content_type="text/plain", headers=headers)
        case _:
            xml = (
                '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
                f'<IntuitResponse time="{now.isoformat(timespec="milliseconds")}" '
                'xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE"><Error code="3001">'
                f"<Message>{_message()}</Message><Detail>{DETAIL}</Detail></Error></Fault></IntuitResponse>"
            )
            return Reply(xml, status=429, content_type="application/xml", headers=headers)
