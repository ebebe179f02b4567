"""What comes before the API? Login and company checks, answered in the gateway's lower-case envelope."""

from __future__ import annotations

import time

from ..common import wire
from ..common.http import Reply, Request
from ..common.logins import Logins


def _envelope(message: str, detail: str | None, code: str, kind: str) -> dict[str, object]:
    error = {"message": message, "detail": detail, "code": code, "element": None}
    return {
        "warnings": None,
        "intuitObject": None,
        "fault": {"error": [error], "type": kind},
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": int(time.time() * 1000),
        "status": None,
        "cdcresponse": [],
    }


def stopped(request: Request, logins: Logins, company_id: str, asked: str) -> Reply | None:
    """The 401 or 403 answer to a request that may not come in, or None."""
    scheme, _, token = request.header("authorization").partition(" ")
    if scheme.lower() != "bearer" or not logins.admits(token.strip()):
        return unauthorized(f"Token expired: {token[:12]}" if token else "Token missing")
    return forbidden() if asked != company_id else None


def unauthorized(detail: str) -> Reply:
    """401: the access token is missing, unknown, too old or revoked."""
    message = "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    return Reply(
        wire.dump_bytes(_envelope(message, detail, "3200", "AUTHENTICATION")),
        status=401,
        content_type="application/json",
        headers={"WWW-Authenticate": 'Bearer realm="Intuit", error="invalid_token"'},
    )


def forbidden() -> Reply:
    """403: the token is good, but not for this company."""
    message = "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"
    return Reply(
        wire.dump_bytes(_envelope(message, None, "3100", "SERVICE")),
        status=403,
        content_type="application/json",
    )
