"""What is to go wrong next? Faults that a rehearsal orders in advance, each for the requests it matches."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, ClassVar

from .http import Reply

BEFORE_ONLY = ("drop_before", "timeout_before", "written_late", "stale_login", "refuse")
AFTER_ONLY = ("lost_answer", "timeout_after", "truncated_json")
EITHER = ("429", "500", "503_html", "empty_body")
#: What every simulator can be ordered to do; each may have more of its own, which come before or after the write.
KINDS = (*BEFORE_ONLY, *AFTER_ONLY, *EITHER)
MOST_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a request asks for: `operation` is create, update, delete, void, read, query, batch, cdc, report or none.

    `action` names a write that is not one object sent to its list, such as the tax service of QuickBooks.
    """

    operation: str
    entity: str = ""
    action: str = ""

    @property
    def writes(self) -> bool:
        """Whether it can change anything."""
        return self.operation in ("create", "update", "delete", "void", "batch")


@dataclass(frozen=True, kw_only=True)
class RefusalWords:
    """How a system words a request that it refuses, where the order for the fault does not say it."""

    code: str
    message: str
    detail: str = ""
    status: int = 400


@dataclass(kw_only=True)
class Fault:
    """One thing to go wrong: `times` times, after letting `skip` matching requests pass."""

    kind: str
    when: str = "before"  # whether the write happens first; only for the kinds that leave it open
    entity: str | None = None
    operation: str | None = None
    method: str | None = None
    times: int = 1
    skip: int = 0
    seconds: float = 1.0
    body: str | None = None  # of a 429: xml, json or empty
    code: str
    message: str
    detail: str
    status: int

    NUMBERS: ClassVar[tuple[str, ...]] = ("times", "skip", "seconds", "status")

    @staticmethod
    def read(told: Any, kinds: tuple[str, ...], *, refusal: RefusalWords) -> Fault:
        """A fault from the JSON of a control call; what it does not say of a refusal is as in `refusal`.

        Raises:
            ValueError: Says what is wrong with it.
        """
        if not isinstance(told, dict):
            raise ValueError("a fault is a JSON object with at least a kind")
        kind = str(told.get("kind", ""))
        if kind not in kinds:
            raise ValueError(f"there is no fault {kind!r}; there are {', '.join(kinds)}")
        for name, value in told.items():
            if name not in Fault.__dataclass_fields__:
                raise ValueError(f"a fault has no {name!r}; it has {', '.join(Fault.__dataclass_fields__)}")
            number = name in Fault.NUMBERS
            if number and (isinstance(value, bool) or not isinstance(value, int | float | Decimal)):
                raise ValueError(f"{name} must be a number, not {value!r}")
        numbers = {name: told[name] for name in Fault.NUMBERS if name in told}
        fault = Fault(
            **{**asdict(refusal), **told, **{name: float(value) for name, value in numbers.items()}, "kind": kind}
        )
        fault.times, fault.skip, fault.status = int(fault.times), int(fault.skip), int(fault.status)
        fault.code = str(fault.code)
        if fault.when not in ("before", "after"):
            raise ValueError("when is before or after the write")
        if not 0 <= fault.seconds <= MOST_SECONDS:
            raise ValueError(f"seconds must be between 0 and {MOST_SECONDS}")
        if kind in AFTER_ONLY:
            fault.when = "after"
        return fault

    def matches(self, call: Call, method: str) -> bool:
        """Whether it is for this request."""
        if self.entity not in (None, "any") and str(self.entity).lower() != call.entity.lower():
            return False
        if self.operation is not None and not self._is_operation(call):
            return False
        if self.method is not None and self.method.upper() != method:
            return False
        reads_are_meant = self.operation is not None or self.method is not None or self.kind not in AFTER_ONLY
        return call.writes or reads_are_meant

    def _is_operation(self, call: Call) -> bool:
        return self.operation == call.operation or (self.operation == "write" and call.writes)


class FaultPlan:
    """The faults that are still to come, in the order they were asked for."""

    def __init__(self, kinds: tuple[str, ...] = KINDS, *, refusal: RefusalWords) -> None:
        self.kinds = kinds
        self.refusal = refusal
        self.faults: list[Fault] = []

    def order(self, told: Any) -> None:
        """Take one fault, or a list of them, from the JSON of a control call.

        Raises:
            ValueError: Says what is wrong; none of them is ordered.
        """
        faults = told if isinstance(told, list) else [told]
        self.faults.extend([Fault.read(fault, self.kinds, refusal=self.refusal) for fault in faults])

    def take(self, call: Call, method: str, *, named: bool = False) -> Fault | None:
        """The fault for this request, counted down; None when it is to go well; `named`: only one for its entity."""
        for fault in self.faults:
            if (named and fault.entity is None) or not fault.matches(call, method):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
            return fault
        return None

    def tell(self) -> list[dict[str, Any]]:
        """The plan as JSON."""
        return [asdict(fault) for fault in self.faults]


@dataclass(frozen=True, kw_only=True)
class Work:
    """How a request is answered: what may stop it, what it does, and how this simulator breaks an answer."""

    stopped: Callable[[], Reply | None]  # by limits or by its login
    done: Callable[[], Reply]
    broken: Callable[[Fault], Reply]
    expire_logins: Callable[[], None]

    def under(self, fault: Fault | None) -> Reply:
        """The reply to the request under the fault that was ordered for it."""
        if fault is not None and fault.kind == "written_late":
            return self._late(fault.seconds)
        early = self._before(fault) if fault is not None and fault.when == "before" else None
        if early is not None:
            return early
        stopped = self.stopped()
        if stopped is not None:
            return stopped
        reply = self.done()
        return self._after(fault, reply) if fault is not None and fault.when == "after" else reply

    def _late(self, seconds: float) -> Reply:
        """Hang up now, and go on working: what was asked for is written some seconds later."""
        later = threading.Timer(seconds, self.done)
        later.daemon = True
        later.start()
        return Reply.none()

    def _before(self, fault: Fault) -> Reply | None:
        match fault.kind:
            case "drop_before":
                return Reply.none()
            case "timeout_before":
                return Reply.none(after=fault.seconds)
            case "stale_login":
                self.expire_logins()
                return None
        return self.broken(fault)

    def _after(self, fault: Fault, reply: Reply) -> Reply:
        match fault.kind:
            case "lost_answer":
                reply.silent = True
            case "timeout_after":
                reply.wait += fault.seconds
            case "truncated_json":
                whole = reply.get_data()
                reply.set_data(whole[: len(whole) // 2])
            case _:
                return self.broken(fault)
        return reply
