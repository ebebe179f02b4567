"""Who is let in? A Bearer token of the login, or a key in its own header; all others get the gateway's 401."""

from __future__ import annotations

from typing import NamedTuple

from ..common.http import Reply, Request
from .account import KeapAccount
from .keap_login import API_KEY_HEADER
from .limits import Kind
from .refusals import gateway_fault


class Credential(NamedTuple):
    """What a request came with: whose budget it uses, its kind, and whether it is good."""

    budget: str
    kind: Kind
    good: bool


def credential_of(account: KeapAccount, request: Request) -> Credential:
    """What a request came with."""
    settings = account.store.settings
    keys = (settings["service_key"], settings["personal_token"])
    key = request.header(API_KEY_HEADER)
    scheme, _, token = request.header("authorization").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    if key or (bearer in keys and account.options.keys_as_bearer == "take"):
        return Credential(budget=key or bearer, kind="key", good=(key or bearer) in keys)
    return Credential(budget=account.logins.client_id, kind="oauth", good=account.logins.admits(bearer))


def refused(request: Request) -> Reply:
    """What is said to a request that is not let in, also where there is nothing: the gateway asks first."""
    text = "Invalid Access Token" if request.header("authorization") else "Invalid ApiKey"
    code = "keymanagement.service.invalid_access_token" if request.header("authorization") else "oauth.v2.InvalidApiKey"
    reply = gateway_fault(401, text, code)
    reply.headers["WWW-Authenticate"] = 'Bearer realm="null",error="invalid_token"'
    return reply
