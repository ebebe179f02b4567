"""How much may a client ask? A day's quota, a minute's and a second's, of the credential and of the account.

The windows roll. Requests that were refused do not count. Limits on or off, every answer tells what is left.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal

from ..common.http import Reply
from .options import DAY_SECONDS, KeapOptions
from .refusals import gateway_fault

MINUTE_SECONDS = 60
Kind = Literal["oauth", "key"]
PER_SECOND: dict[Kind, int] = {"oauth": 25, "key": 10}
PER_MINUTE: dict[Kind, int] = {"oauth": 1_500, "key": 240}
PER_DAY: dict[Kind, int] = {"oauth": 150_000, "key": 30_000}


class _Window:
    """The moments of requests in the last seconds."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self.moments: deque[float] = deque()

    def used(self, now: float) -> int:
        """How many there were."""
        while self.moments and now - self.moments[0] >= self.seconds:
            self.moments.popleft()
        return len(self.moments)

    def wait(self, now: float, limit: int) -> int:
        """In how many whole seconds there is room for one more."""
        if self.used(now) < limit:
            return 0
        return max(1, round(self.moments[len(self.moments) - limit] + self.seconds - now))


class KeapLimits:
    """The requests of one account, by credential. Use it under the account's lock."""

    def __init__(self, options: KeapOptions, seconds_now: Callable[[], float]) -> None:
        self._options = options
        self._now = seconds_now
        self._second: dict[str, _Window] = {}
        self._minute: dict[str, _Window] = {}
        self._day: dict[str, _Window] = {}
        self._tenant_minute, self._tenant_day = _Window(MINUTE_SECONDS), _Window(DAY_SECONDS)

    def refusal(self, credential: str, kind: Kind) -> Reply | None:
        """What the gateway says to one request too many; None, and it is counted, when there is room."""
        now, options = self._now(), self._options
        windows = (
            (self._second.setdefault(credential, _Window(1)), self.per_second(kind), "SpikeArrestViolation"),
            (self._minute.setdefault(credential, _Window(MINUTE_SECONDS)), self.per_minute(kind), "QuotaViolation"),
            (self._day.setdefault(credential, _Window(DAY_SECONDS)), self.per_day(kind), "QuotaViolation"),
            (self._tenant_minute, options.tenant_minute_limit, "QuotaViolation"),
            (self._tenant_day, options.tenant_day_limit, "QuotaViolation"),
        )
        if options.limits:
            for window, limit, fault in windows:
                wait = window.wait(now, limit)
                if wait:
                    return too_many(options, wait, fault)
        for window, _, _ in windows:
            window.moments.append(now)
        return None

    def per_second(self, kind: Kind) -> int:
        """What the spike guard lets through in a second, which no header tells."""
        return self._options.spike_limit or PER_SECOND[kind]

    def per_minute(self, kind: Kind) -> int:
        """The minute's limit of a kind of credential."""
        return self._options.minute_limit or PER_MINUTE[kind]

    def per_day(self, kind: Kind) -> int:
        """The day's limit of a kind of credential."""
        return self._options.day_limit or PER_DAY[kind]

    def headers(self, credential: str, kind: Kind, *, tenant_id: str) -> dict[str, str]:
        """The three families of an answer; without a tenant, for a credential that is not good, numbers are blank."""
        now, options = self._now(), self._options
        day, minute = (
            windows[credential].used(now) if credential in windows else 0 for windows in (self._day, self._minute)
        )
        tenant = (self._tenant_minute.used(now), self._tenant_day.used(now))
        limits = (options.tenant_minute_limit, options.tenant_day_limit)
        midnight = (int(now // DAY_SECONDS) + 1) * DAY_SECONDS * 1000
        told = {
            **_family("product-quota", "day", self.per_day(kind), day),
            "x-keap-product-quota-expiry-time": str(midnight),
            **_family("product-throttle", "minute", self.per_minute(kind), minute),
            "x-keap-tenant-throttle-limit": "|".join(map(str, limits)),
            "x-keap-tenant-throttle-time-unit": "minute|day",
            "x-keap-tenant-throttle-interval": "1|1",
            "x-keap-tenant-throttle-available": "|".join(
                str(max(limit - used, 0)) for limit, used in zip(limits, tenant, strict=True)
            ),
            "x-keap-tenant-throttle-used": "|".join(map(str, tenant)),
        }
        if not tenant_id:
            return {name: value if name.endswith("time-unit") else "" for name, value in told.items()}
        return {**told, "x-keap-tenant-id": tenant_id}


def _family(name: str, unit: str, limit: int, used: int) -> dict[str, str]:
    told = {"limit": limit, "time-unit": unit, "interval": 1, "available": max(limit - used, 0), "used": used}
    return {f"x-keap-{name}-{fact}": str(value) for fact, value in told.items()}


def too_many(options: KeapOptions, wait: int, fault: str = "QuotaViolation", body: str | None = None) -> Reply:
    """The 429 answer, of the gateway or in the other form that was seen."""
    words = "Spike arrest violation" if fault.startswith("Spike") else "Rate limit quota violation"
    match body or options.throttle_body:
        case "json":
            told = {"code": 429, "message": "API quota exceeded", "status": "THROTTLED"}
            reply = Reply.of(told, status=429)
        case "empty":
            reply = Reply(status=429)
        case _:
            reply = gateway_fault(429, f"{words}. Quota limit exceeded.", f"policies.ratelimit.{fault}")
    if options.retry_after:
        reply.headers["Retry-After"] = str(wait)
    return reply
