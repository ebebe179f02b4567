"""What can a rehearsal order of an agency? Switches, webhooks, tokens, and more sub-accounts."""

from __future__ import annotations

from typing import Any

from ..common.control import Calls, Control, body_of
from ..common.http import Request
from .agency_app import AgencyApp
from .highlevel_login import SCOPE, SCOPES


def _tell_options(app: AgencyApp, request: Request) -> object:
    return app.agency.options.as_json()


def _change_options(app: AgencyApp, request: Request) -> object:
    with app.lock:
        for name, value in body_of(request).items():
            app.agency.options.change(name, value)
    return app.agency.options.as_json()


def _webhooks(app: AgencyApp, request: Request) -> object:
    return app.agency.webhooks.tell()


def _subscribe(app: AgencyApp, request: Request) -> object:
    app.agency.webhooks.subscribe(str(body_of(request).get("url") or ""))
    return app.agency.webhooks.tell()


def _hold(app: AgencyApp, request: Request) -> object:
    app.agency.webhooks.hold()
    return {"held": True}


def _release(app: AgencyApp, request: Request) -> object:
    return {"released": app.agency.webhooks.release(str(body_of(request).get("order", "as they came")))}


def _replay(app: AgencyApp, request: Request) -> object:
    app.agency.webhooks.replay(str(body_of(request).get("webhook_id", "")))
    return {"sent": True}


def _flood(app: AgencyApp, request: Request) -> object:
    return {"taken": app.agency.webhooks.flood(int(body_of(request).get("count", 0)))}


def _uninstall(app: AgencyApp, request: Request) -> object:
    app.agency.uninstall()
    return {"uninstalled": True}


def _private_token(app: AgencyApp, request: Request) -> object:
    """Another Private Integration Token, with some scopes alone if it says so."""
    scopes = str(body_of(request).get("scopes") or SCOPE)
    strange = [scope for scope in scopes.split() if scope not in SCOPES]
    if strange:
        raise ValueError(f"there is no scope {', '.join(strange)}")
    return {"private_token": app.agency.renew_private_token(scopes), "scopes": scopes}


def _scopes(app: AgencyApp, request: Request) -> Any:
    """Take scopes away from every connection there is, as a person may on HighLevel's own screens."""
    taken = body_of(request).get("take_away")
    if not isinstance(taken, list):
        raise ValueError("take_away is a list of scopes")
    with app.lock:
        for grant in app.logins.grants:
            grant.scope = " ".join(scope for scope in grant.scope.split() if scope not in taken)
        app.keep_logins()
    return {"taken_away": taken}


def _spoil(app: AgencyApp, request: Request) -> object:
    """Show the record with an id as no record should be; without fields, as it is again."""
    body = body_of(request)
    fields = body.get("fields") or {}
    if not isinstance(fields, dict) or not isinstance(body.get("id"), str):
        raise ValueError("id is a text, and fields is an object")
    app.account.spoil(body["id"], **fields)
    return {"spoiled": sorted(fields)}


def _open(app: AgencyApp, request: Request) -> object:
    account = app.agency.open(str(body_of(request).get("name") or "Another studio"))
    return {"location_id": account.location_id, "name": account.name}


OWN_CALLS: Calls = {
    ("GET", "options"): _tell_options,
    ("POST", "options"): _change_options,
    ("GET", "webhooks"): _webhooks,
    ("POST", "webhooks"): _subscribe,
    ("POST", "webhooks-hold"): _hold,
    ("POST", "webhooks-release"): _release,
    ("POST", "webhooks-replay"): _replay,
    ("POST", "webhooks-flood"): _flood,
    ("POST", "uninstall"): _uninstall,
    ("POST", "private-token"): _private_token,
    ("POST", "scopes"): _scopes,
    ("POST", "spoil"): _spoil,
    ("POST", "sub-accounts"): _open,
}

CONTROL = Control(OWN_CALLS)
