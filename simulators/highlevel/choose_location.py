"""What does a person see who is sent here to connect an app? A page to choose a sub-account, and what the app may do.

Every scope can be taken away: a connection then lacks it, as one does whose app was not granted everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from ..common.guard import from_another_site
from ..common.http import Reply, Request
from .highlevel_login import AUTHORIZE, COMPANY, LOCATION, SCOPES
from .pages import PAGES

if TYPE_CHECKING:
    from .agency import Agency

SYSTEM = "HighLevel"
#: What the app's own address says, and the form has to say again.
_ASKED = ("client_id", "redirect_uri", "response_type", "scope", "state")


def respond(agency: Agency, request: Request) -> Reply:
    """The page, or what a person decided on it."""
    if request.method == "POST" and from_another_site(request):
        return _refused(request, "Another site sent this form.", status=403)
    asked = (request.args if request.method == "GET" else request.form).to_dict()
    problem = _problem_with(agency, asked)
    if problem:
        return _refused(request, problem)
    return _page(agency, request, asked) if request.method == "GET" else _decided(agency, request, asked)


def _refused(request: Request, problem: str, *, status: int = 400) -> Reply:
    return PAGES.show("consent_refused.html", request, status=status, system=SYSTEM, problem=problem)


def _problem_with(agency: Agency, asked: dict[str, str]) -> str | None:
    redirect = urlsplit(asked.get("redirect_uri", ""))
    strange = [scope for scope in asked.get("scope", "").split() if scope not in SCOPES]
    if asked.get("client_id") != agency.logins.client_id:
        return "The client_id is not known here. It is in the line that the program printed when it was ready."
    if redirect.scheme not in ("http", "https") or not redirect.netloc:
        return "The redirect_uri is missing, or is not a web address."
    if asked.get("response_type") != "code":
        return "The response_type must be code."
    if strange or not asked.get("scope"):
        return f"Invalid scope: {' '.join(strange)}" if strange else "The scope is missing."
    return None


def _page(agency: Agency, request: Request, asked: dict[str, str]) -> Reply:
    places = [(f"{LOCATION}:{location}", account.name) for location, account in agency.sub_accounts.items()]
    return PAGES.show(
        "choose_location.html",
        request,
        system=SYSTEM,
        address=AUTHORIZE,
        asked={name: asked.get(name, "") for name in _ASKED},
        site=urlsplit(asked["redirect_uri"]).netloc,
        places=[*places, (COMPANY, "The whole agency, with all its sub-accounts")],
        marked=places[0][0],
        scopes=asked["scope"].split(),
    )


def _decided(agency: Agency, request: Request, asked: dict[str, str]) -> Reply:
    if asked.get("decision") != "allow":
        return _back(asked, error="access_denied")
    about = asked.get("place") or f"{LOCATION}:{agency.first.location_id}"
    location = about.partition(":")[2]
    if about != COMPANY and location not in agency.sub_accounts:
        return _refused(request, "There is no such sub-account here.")
    wanted = asked["scope"].split()
    ticked = request.form.getlist("granted") if "asked_for_scopes" in asked else wanted
    scopes = [scope for scope in wanted if scope in ticked]
    with agency.lock:
        code = agency.logins.allow(asked["redirect_uri"], " ".join(scopes), about)
        agency.install(about)
    return _back(asked, code=code)


def _back(asked: dict[str, str], **told: str) -> Reply:
    state = {"state": asked["state"]} if asked.get("state") else {}
    joint = "&" if urlsplit(asked["redirect_uri"]).query else "?"
    return Reply(status=302, headers={"Location": asked["redirect_uri"] + joint + urlencode({**told, **state})})
