"""Which answers does a fault put in the place of the true one?"""

from __future__ import annotations

from ..common import faults
from ..common.faults import Fault, RefusalWords
from ..common.http import Reply
from .refusals import problem_reply

#: Every fault that can be ordered of an agency.
FAULT_KINDS = (*faults.KINDS, "200_html", "401", "error_without_json")
REFUSAL_WORDS = RefusalWords(code="", message="Bad Request", status=400)


def broken_answer(fault: Fault) -> Reply:
    """The answer that a fault puts in the place of the true one."""
    match fault.kind:
        case "429":
            return problem_reply(429, "Too Many Requests")
        case "500":
            return problem_reply(500, "Internal server error")
        case "503_html":
            page = "<html><head><title>503 Service Temporarily Unavailable</title></head><body>503</body></html>"
            return Reply(page, status=503, content_type="text/html")
        case "200_html":
            return Reply("<!doctype html><title>HighLevel</title><p>Please sign in</p>", content_type="text/html")
        case "401":
            return problem_reply(401, "Invalid JWT")
        case "error_without_json":
            return Reply(
                "upstream connect error or disconnect/reset before headers", status=502, content_type="text/plain"
            )
        case "empty_body":
            return Reply()
        case "refuse":
            return problem_reply(fault.status, fault.message)
    raise ValueError(fault.kind)
