"""What is to go wrong next? Faults that a rehearsal orders in advance, each for the requests it matches."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, ClassVar

from ..common.http import Reply
from .api import Call
from .refusals import Refusal, Refused

BEFORE_ONLY = ("drop_before", "timeout_before", "written_late", "stale_login", "refuse")
AFTER_ONLY = ("lost_answer", "timeout_after", "truncated_json")
EITHER = ("429", "500", "503_html", "xml_body", "fault_without_code", "empty_fault_list", "empty_body")
KINDS = (*BEFORE_ONLY, *AFTER_ONLY, *EITHER)
MOST_SECONDS = 300


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
    code: str = "6000"
    message: str = "A business validation error has occurred while processing your request"
    detail: str = "Business Validation Error: refused because the rehearsal asked for it"
    status: int = 400

    NUMBERS: ClassVar[tuple[str, ...]] = ("times", "skip", "seconds", "status")

    @staticmethod
    def read(told: Any) -> Fault:
        """A fault from the JSON of a control call.

        Raises:
            ValueError: Says what is wrong with it.
        """
        if not isinstance(told, dict):
            raise ValueError("a fault is a JSON object with at least a kind")
        kind = str(told.get("kind", ""))
        if kind not in KINDS:
            raise ValueError(f"there is no fault {kind!r}; there are {', '.join(KINDS)}")
        for name, value in told.items():
            if name not in Fault.__dataclass_fields__:
                raise ValueError(f"a fault has no {name!r}; it has {', '.join(Fault.__dataclass_fields__)}")
            number = name in Fault.NUMBERS
            if number and (isinstance(value, bool) or not isinstance(value, int | float | Decimal)):
                raise ValueError(f"{name} must be a number, not {value!r}")
        numbers = {name: told[name] for name in Fault.NUMBERS if name in told}
        fault = Fault(**{**told, **{name: float(value) for name, value in numbers.items()}, "kind": kind})
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
        reads_are_meant = self.operation is not None or self.method is not None or self.kind in BEFORE_ONLY + EITHER
        return call.writes or reads_are_meant

    def _is_operation(self, call: Call) -> bool:
        return self.operation == call.operation or (self.operation == "write" and call.writes)


class FaultPlan:
    """The faults that are still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def take(self, call: Call, method: str) -> Fault | None:
        """The fault for this request, counted down; None when it is to go well."""
        for fault in self.faults:
            if not fault.matches(call, method):
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


def broken_reply(fault: Fault, moment: str) -> Reply:
    """The answer that a fault puts in the place of the true one."""
    match fault.kind:
        case "503_html":
            page = "<html><head><title>503 Service Unavailable</title></head><body><h1>503</h1></body></html>"
            return Reply(page, status=503, content_type="text/html")
        case "500":
            refusal = Refusal(
                code="10000",
                message="An application error has occurred while processing your request",
                detail="System Failure Error: Could not open connection",
            )
            return _fault(Refused(refusal, kind="SystemFault"), 500, moment)
        case "xml_body":
            xml = f'<?xml version="1.0"?><IntuitResponse time="{moment}" xmlns="http://schema.intuit.com/finance/v3"/>'
            return Reply(xml, content_type="application/xml;charset=UTF-8")
        case "fault_without_code":
            error = {"Message": "message=InternalServerError", "Detail": "Something went wrong"}
            return Reply.of({"Fault": {"Error": [error], "type": "SystemFault"}, "time": moment}, status=400)
        case "empty_fault_list":
            return Reply.of({"Fault": {"Error": [], "type": "ValidationFault"}, "time": moment}, status=400)
        case "empty_body":
            return Reply()
        case "refuse":
            refusal = Refusal(code=fault.code, message=fault.message, detail=fault.detail)
            return _fault(Refused(refusal), fault.status, moment)
    raise ValueError(fault.kind)


def _fault(refused: Refused, status: int, moment: str) -> Reply:
    return Reply.of({"Fault": refused.fault(), "time": moment}, status=status)
