"""What does Keap answer when it is broken? What a fault that was ordered puts in the place of the true answer."""

from __future__ import annotations

from ..common import faults
from ..common.faults import Fault, RefusalWords
from ..common.http import Reply
from .limits import MINUTE_SECONDS, too_many
from .options import KeapOptions
from .refusals import KeapRefusal

REFUSAL = RefusalWords(code="409", message="The operation was aborted", status=409)
#: Every fault that can be ordered of a Keap account.
KEAP_FAULTS = (*faults.KINDS, "html", "fault_401")


def broken_answer(fault: Fault, options: KeapOptions, path: str) -> Reply:
    """The answer that a fault puts in the place of the true one."""
    match fault.kind:
        case "429":
            return too_many(options, MINUTE_SECONDS, body=fault.body)
        case "500":
            return KeapRefusal(500, "An internal error has occurred", domain="server", resource="").reply(path)
        case "503_html":
            page = "<html><head><title>503 Service Unavailable</title></head><body><h1>503</h1></body></html>"
            return Reply(page, status=503, content_type="text/html")
        case "html":
            return Reply("<html><body><h1>Scheduled maintenance</h1></body></html>", content_type="text/html")
        case "empty_body":
            return Reply()
        case "fault_401":
            return KeapRefusal(401, "Unauthorized").reply(path)
        case "refuse":
            status = fault.status
            code = int(fault.code) if fault.code.isdecimal() else status
            return KeapRefusal(status, fault.message, domain=fault.detail, code=code).reply(path)
    raise ValueError(fault.kind)
