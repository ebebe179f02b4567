"""What does QuickBooks answer when it is broken? What a fault that was ordered puts in the place of the true answer."""

from __future__ import annotations

from ..common import faults
from ..common.faults import Fault
from ..common.http import Reply
from .refusals import Refusal, Refused

#: Every fault that can be ordered of a QuickBooks company.
KINDS = (*faults.KINDS, "xml_body", "fault_without_code", "empty_fault_list")


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
