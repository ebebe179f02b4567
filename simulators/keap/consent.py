"""What does a person see who is sent here to connect an app? A page that names the account, to allow or to cancel."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from ..common.guard import from_another_site
from ..common.http import Reply, Request
from .account import KeapAccount
from .keap_login import AUTHORIZE, SCOPE
from .pages import PAGES

_ASKED = ("client_id", "redirect_uri", "response_type", "scope", "state")


def respond(account: KeapAccount, request: Request) -> Reply:
    """The page, or where a person's decision leads."""
    if request.method == "POST" and from_another_site(request):
        return _refused(request, "Another site sent this form.", status=403)
    asked = request.query if request.method == "GET" else request.form.to_dict()
    problem = _problem_with(account, asked)
    if problem:
        return _refused(request, problem)
    if request.method == "GET":
        return PAGES.show(
            "keap_consent.html",
            request,
            system="Keap",
            address=AUTHORIZE,
            asked={name: asked[name] for name in _ASKED if name in asked},
            site=urlsplit(asked["redirect_uri"]).netloc,
            account=account.store.settings["name"],
            tenant_id=account.tenant_id,
        )
    if asked.get("decision") != "allow":
        return _back(asked, error="access_denied")
    code = account.logins.allow(asked["redirect_uri"], SCOPE)
    return _back(asked, code=code, scope=f"{SCOPE}|{account.tenant_id}.infusionsoft.com")


def _refused(request: Request, problem: str, *, status: int = 400) -> Reply:
    return PAGES.show("consent_refused.html", request, status=status, system="Keap", problem=problem)


def _problem_with(account: KeapAccount, asked: dict[str, str]) -> str:
    redirect = urlsplit(asked.get("redirect_uri", ""))
    if asked.get("client_id") != account.logins.client_id:
        return "The client_id is not known here. It is in the line that the program printed when it was ready."
    if redirect.scheme not in ("http", "https") or not redirect.netloc:
        return "The redirect_uri is missing, or is not a web address."
    if asked.get("response_type") != "code":
        return "The response_type must be code."
    if asked.get("scope", SCOPE) != SCOPE:
        return f"The only scope is {SCOPE}."
    return ""


def _back(asked: dict[str, str], **told: str) -> Reply:
    state = {"state": asked["state"]} if asked.get("state") else {}
    joint = "&" if urlsplit(asked["redirect_uri"]).query else "?"
    return Reply(status=302, headers={"Location": asked["redirect_uri"] + joint + urlencode({**told, **state})})
