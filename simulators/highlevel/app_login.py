"""What does the login answer? Tokens for codes and refresh tokens, and an agency's token for a location's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..common.http import Reply, Request
from ..common.logins import BadGrant, Grant
from .admission import admitted, check_scope
from .highlevel_login import COMPANY, LOCATION
from .identifiers import new_uuid
from .refusals import ApiProblem

if TYPE_CHECKING:
    from .agency import Agency

USER = "fK3uUser0dana0whit01"
PLAN = "66a0419a0dffa47fb5f8b22f"
_OLDER = ("client_id", "client_secret", "grant_type", "refresh_token", "user_type", "redirect_uri")
_FORM = "application/x-www-form-urlencoded"


def token(agency: Agency, request: Request) -> Reply:
    """A pair of tokens for a code or a refresh token."""
    if not request.header("content-type").lower().startswith(_FORM):
        return _refused("invalid_request", f"the body must be {_FORM}", 422)
    form = _form(request)
    missing = [name for name in ("client_id", "client_secret", "grant_type") if not form.get(name)]
    if missing:
        return _refused("invalid_request", [f"{name} should not be empty" for name in missing], 422)
    if (form["client_id"], form["client_secret"]) != (agency.logins.client_id, agency.logins.client_secret):
        return _refused("invalid_client", "Invalid client: client credentials are invalid", 401)
    if form.get("user_type", LOCATION) not in (COMPANY, LOCATION):
        return _refused("invalid_request", ["user_type must be one of the following values: Company, Location"], 422)
    try:
        match form["grant_type"]:
            case "authorization_code":
                grant = _exchanged(agency, form.get("code", ""), form.get("redirect_uri"))
            case "refresh_token":
                grant = agency.logins.refresh(form.get("refresh_token", ""))
            case _:
                return _refused("unsupported_grant_type", "Unsupported grant type", 400)
    except BadGrant as problem:
        agency.keep_logins()
        return _refused(problem.error, problem.description or "", 400)
    agency.keep_logins()
    return Reply.of(_spelled(request, _tokens(agency, grant)))


def _exchanged(agency: Agency, code: str, redirect: str | None) -> Grant:
    """The redirect address may be left out; where it is told, it has to be the one that the code was made for."""
    known = agency.logins.codes.get(code)
    return agency.logins.exchange(code, known[0] if known and redirect is None else redirect or "")


def _tokens(agency: Agency, grant: Grant) -> dict[str, object]:
    kind, _, location = grant.about.partition(":")
    told: dict[str, object] = {
        "access_token": agency.logins.latest_access(grant),
        "token_type": "Bearer",
        "expires_in": agency.options.access_token_seconds,
        "refresh_token": grant.refresh_token,
        "scope": grant.scope,
        "userType": kind,
        "companyId": agency.company_id,
        "userId": USER,
        "planId": PLAN,
        "isBulkInstallation": kind == COMPANY,
        "traceId": new_uuid(),
    }
    return told | ({"locationId": location} if kind == LOCATION else {})


def location_token(agency: Agency, request: Request) -> Reply:
    """A token to one sub-account, for a token of the agency's.

    Raises:
        ApiProblem: The token is not the agency's, or the agency has no such sub-account.
    """
    admission = admitted(agency, request)
    check_scope(admission, "oauth.write", COMPANY)
    form = _form(request)
    missing = [f"{name} should not be empty" for name in ("companyId", "locationId") if not form.get(name)]
    if missing:
        raise ApiProblem(422, missing)
    if form["companyId"] != agency.company_id or form["locationId"] not in agency.sub_accounts:
        raise ApiProblem(400, "Location not found")
    grant = agency.logins.connect(" ".join(sorted(admission.scopes)), f"{LOCATION}:{form['locationId']}")
    agency.keep_logins()
    told = _tokens(agency, grant)
    return Reply.of(_spelled(request, {name: value for name, value in told.items() if name != "isBulkInstallation"}))


def installed_locations(agency: Agency, request: Request) -> Reply:
    """The sub-accounts that the app is installed in.

    Raises:
        ApiProblem: The token is not the agency's, or the agency or the app is another.
    """
    check_scope(admitted(agency, request), "oauth.readonly", COMPANY)
    query = request.args
    missing = [f"{name} should not be empty" for name in ("companyId", "appId") if not query.get(name)]
    if missing:
        raise ApiProblem(422, missing)
    if query["companyId"] != agency.company_id:
        raise ApiProblem(403, "The token does not have access to this company.")
    rows = [
        {"_id": location, "name": account.name, "address": account.facts["address"], "isInstalled": True}
        for location, account in agency.sub_accounts.items()
        if query.get("locationId", location) == location
    ]
    return Reply.of({"locations": rows, "count": len(rows), "installToFutureLocations": False, "traceId": new_uuid()})


# Version v3 of the API spells the same fields otherwise.


def _form(request: Request) -> dict[str, str]:
    """What a request of the login says, by the names of the older version."""
    told = request.form.to_dict()
    newer = {_newer(name): name for name in _OLDER} if _is_newer(request) else {}
    return {newer.get(name, name): value for name, value in told.items()}


def _spelled(request: Request, told: dict[str, object]) -> dict[str, object]:
    """An answer with the names of the version that was asked in."""
    return {_newer(name): value for name, value in told.items()} if _is_newer(request) else told


def _is_newer(request: Request) -> bool:
    return request.header("version") == "v3"


def _newer(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _refused(error: str, description: str | list[str], status: int) -> Reply:
    told = {"error": error, "error_description": description, "statusCode": status, "message": description}
    return Reply.of({**told, "traceId": new_uuid()}, status=status)
