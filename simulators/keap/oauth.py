"""How does an app get its tokens? It exchanges a code, and refreshes; the refresh token changes at every use."""

from __future__ import annotations

from ..common.http import Reply, Request
from ..common.logins import BadGrant
from .account import KeapAccount


def token(account: KeapAccount, request: Request) -> Reply:
    """The answer of the token address; the code's exchange has the client in the form, a refresh in a Basic header."""
    form = request.form
    grant_type = form.get("grant_type", "")
    given = request.authorization
    by_header = given is not None and given.type == "basic"
    known = (account.logins.client_id, account.logins.client_secret)
    if by_header and given is not None:
        named = (given.username, given.password)
    else:
        named = (form.get("client_id", ""), form.get("client_secret", ""))
    if named != known or (grant_type == "refresh_token" and not by_header):
        reply = _refused("invalid_client", "Client authentication failed", status=401)
        reply.headers["WWW-Authenticate"] = 'Basic realm="Keap"'
        return reply
    try:
        match grant_type:
            case "authorization_code" if by_header:
                return _refused("invalid_request", "The client comes in the form or in the header, not in both")
            case "authorization_code":
                grant = account.logins.exchange(form.get("code", ""), form.get("redirect_uri", ""))
            case "refresh_token":
                grant = account.logins.refresh(form.get("refresh_token", ""))
            case _:
                return _refused("unsupported_grant_type", "The grant_type is authorization_code or refresh_token")
    except BadGrant as problem:
        account.keep_logins()
        return _refused(problem.error, problem.description or "")
    account.keep_logins()
    reply = Reply.of(
        {
            "access_token": account.logins.latest_access(grant),
            "token_type": "bearer",
            "expires_in": account.options.access_token_seconds,
            "refresh_token": grant.refresh_token,
            "scope": f"{grant.scope}|{account.tenant_id}.infusionsoft.com",
        }
    )
    reply.headers["Cache-Control"] = "no-store"
    return reply


def _refused(error: str, description: str, *, status: int = 400) -> Reply:
    return Reply.of({"error": error, "error_description": description}, status=status)
