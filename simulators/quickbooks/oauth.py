"""How does an app log in? Token, revoke, user info and discovery, as Intuit has them; the page is in `consent`."""

from __future__ import annotations

from collections.abc import Callable

from ..common.http import Reply, Request
from ..common.logins import BadGrant, Grant
from .company import Company
from .idtoken import SUBJECT, id_token, public_keys
from .intuit_login import (
    AUTHORIZE,
    DISCOVERY,
    HARD_EXPIRY_SECONDS,
    KEYS,
    REFRESH_SECONDS,
    REVOKE,
    TOKEN,
    USER_INFO,
)
from .xml_bodies import json_of


def _discovery(company: Company, request: Request) -> Reply:
    base = request.server_url
    return Reply.of(
        {
            "issuer": f"{base}/op/v1",
            "authorization_endpoint": base + AUTHORIZE,
            "token_endpoint": base + TOKEN,
            "userinfo_endpoint": base + USER_INFO,
            "revocation_endpoint": base + REVOKE,
            "jwks_uri": base + KEYS,
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile", "address", "phone"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
        }
    )


def _knows_client(company: Company, request: Request) -> bool:
    given = request.authorization
    if given is not None and given.type == "basic":
        identifier, secret = given.username, given.password
    else:
        identifier, secret = request.form.get("client_id", ""), request.form.get("client_secret", "")
    return (identifier, secret) == (company.logins.client_id, company.logins.client_secret)


def _refused(error: str, description: str | None = None, status: int = 400) -> Reply:
    told = {"error": error} if description is None else {"error_description": description, "error": error}
    headers = {"WWW-Authenticate": 'Basic realm="Intuit"'} if status == 401 else {}
    return Reply.of(told, status=status) if not headers else _with(Reply.of(told, status=status), headers)


def _with(reply: Reply, headers: dict[str, str]) -> Reply:
    reply.headers.update(headers)
    return reply


def _token(company: Company, request: Request) -> Reply:
    if not _knows_client(company, request):
        return _refused("invalid_client", status=401)
    form = request.form
    try:
        match form.get("grant_type"):
            case "authorization_code":
                grant = company.logins.exchange(form.get("code", ""), form.get("redirect_uri", ""))
            case "refresh_token":
                grant = company.logins.refresh(form.get("refresh_token", ""))
            case _:
                return _refused("unsupported_grant_type")
    except BadGrant as problem:
        company.keep_logins()
        return _refused(problem.error, problem.description)
    company.keep_logins()
    return _tokens(company, request, grant)


def _tokens(company: Company, request: Request, grant: Grant) -> Reply:
    told: dict[str, object] = {
        "token_type": "bearer",
        "access_token": company.logins.latest_access(grant),
        "refresh_token": grant.refresh_token,
        "expires_in": company.options.access_token_seconds,
        "x_refresh_token_expires_in": REFRESH_SECONDS,
    }
    if "openid" in grant.scope.split() and request.form.get("grant_type") == "authorization_code":
        told["id_token"] = id_token(
            issuer=f"{request.server_url}/op/v1",
            audience=company.logins.client_id,
            realm=company.company_id,
            now=company.clock.now().timestamp(),
            seconds=company.options.access_token_seconds,
        )
    if request.header("x-include-refresh-token-hard-expires-in").lower() == "true":
        told["x_refresh_token_hard_expires_in"] = HARD_EXPIRY_SECONDS
    return Reply.of(told)


def _revoke(company: Company, request: Request) -> Reply:
    if not _knows_client(company, request):
        return _refused("invalid_client", status=401)
    token = request.form.get("token", "")
    if "json" in request.header("content-type").lower():
        body = json_of(request)
        token = str(body.get("token", "")) if isinstance(body, dict) else ""
    if not company.logins.revoke(token):
        return _refused("invalid_request")
    company.keep_logins()
    return Reply()


def _user_info(company: Company, request: Request) -> Reply:
    token = request.header("authorization").partition(" ")[2]
    if not company.logins.admits(token):
        return _refused("invalid_token", status=401)
    return Reply.of(
        {
            "sub": SUBJECT,
            "email": "jordan.ellis@example.com",
            "emailVerified": True,
            "givenName": "Jordan",
            "familyName": "Ellis",
        }
    )


def _public_keys(company: Company, request: Request) -> Reply:
    return Reply.of(public_keys())


#: The addresses of the login, each with its method and what answers it.
CALLS: dict[str, tuple[str, Callable[[Company, Request], Reply]]] = {
    TOKEN: ("POST", _token),
    REVOKE: ("POST", _revoke),
    USER_INFO: ("GET", _user_info),
    KEYS: ("GET", _public_keys),
    **dict.fromkeys(DISCOVERY, ("GET", _discovery)),
}
