"""Who may ask for what? The token, the version header, the kind of the token, its scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..common.http import Request
from .highlevel_login import COMPANY, LOCATION
from .refusals import ApiProblem

if TYPE_CHECKING:
    from .agency import Agency
    from .sub_account import SubAccount

#: Versions of the API that are answered in the same form here.
VERSIONS = ("2021-07-28", "2021-04-15", "2023-02-21", "v3")


class Admission(NamedTuple):
    """Whom a token lets in: a sub-account, or the whole agency when that is None."""

    account: SubAccount | None
    scopes: frozenset[str]


def admitted(agency: Agency, request: Request) -> Admission:
    """Whom the token of a request lets in.

    Raises:
        ApiProblem: There is no token or no version, or they are not good.
    """
    scheme, _, token = request.header("authorization").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ApiProblem(401, "Invalid JWT")
    found = _holder(agency, token.strip())
    version = request.header("version")
    if not version:
        raise ApiProblem(401, "version header was not found.")
    if version not in VERSIONS:
        raise ApiProblem(401, "version header is invalid")
    return found


def _holder(agency: Agency, token: str) -> Admission:
    if token.startswith("pit-"):
        if token != agency.private_token:
            raise ApiProblem(401, "Invalid Private Integration token")
        return Admission(agency.first, frozenset(agency.private_scopes.split()))
    grant = agency.logins.grant_of(token)
    if grant is None:
        raise ApiProblem(401, "Invalid JWT")
    kind, _, location = grant.about.partition(":")
    scopes = frozenset(grant.scope.split())
    return Admission(agency.sub_accounts.get(location) if kind == LOCATION else None, scopes)


def check_scope(admission: Admission, scope: str, kind: str) -> None:
    """Whether a token may call an end point.

    Raises:
        ApiProblem: It is a token of the other kind, or its scopes do not hold the one that is needed.
    """
    present = COMPANY if admission.account is None else LOCATION
    if kind and present != kind:
        raise ApiProblem(401, "This authClass type is not allowed to access this scope.")
    if scope and scope not in admission.scopes:
        raise ApiProblem(401, "The token is not authorized for this scope.")
