"""What does Keap say when it does not do what was asked? Its own errors by generation, and those of its gateway."""

from __future__ import annotations

from typing import Any

from ..common.http import Reply

_WORDS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "ABORTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}


class KeapRefusal(Exception):
    """A request that is not answered as it was meant: status, what is wrong, and with what."""

    def __init__(self, status: int, message: str, *, domain: str = "", resource: str = "", code: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.domain = domain
        self.resource = resource
        self.code = code or status

    def reply(self, path: str) -> Reply:
        """The error in the form of the generation that was asked."""
        if "/v1/" in path:
            return Reply.of(_java_like(self.message), status=self.status)
        details = [{"domain": self.domain, "resource": self.resource}] if self.domain else []
        told = {
            "code": self.code,
            "message": self.message,
            "status": _WORDS.get(self.status, "UNKNOWN"),
            "details": details,
        }
        return Reply.of(told, status=self.status)


def _java_like(message: str) -> dict[str, Any]:
    return {"message": message, "localizedMessage": message, "stackTrace": [], "suppressed": []}


def bad_argument(message: str, *, domain: str = "request", resource: str = "") -> KeapRefusal:
    """The request makes no sense."""
    return KeapRefusal(400, message, domain=domain, resource=resource)


def not_found(domain: str, identifier: str) -> KeapRefusal:
    """There is no such record."""
    return KeapRefusal(404, f"No {domain} was found with the id {identifier}", domain=domain, resource=identifier)


def gateway_fault(status: int, text: str, code: str) -> Reply:
    """What the gateway says before Keap itself is asked."""
    return Reply.of({"fault": {"faultstring": text, "detail": {"errorcode": code}}}, status=status)
