"""What does a person see who is sent here to connect an app? A page to choose a company on, or to open a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from ..common.guard import from_another_site
from ..common.http import Reply, Request
from .intuit_login import AUTHORIZE, SCOPES
from .pages import PAGES

if TYPE_CHECKING:
    from .companies import App, Companies

SYSTEM = "QuickBooks"
NEW = "new"
LONGEST_NAME = 100
#: What the app's own address says, and the form has to say again.
_ASKED = ("client_id", "redirect_uri", "response_type", "scope", "state")


def respond(companies: Companies, request: Request) -> Reply:
    """The page, or what a person decided on it."""
    if request.method == "POST" and from_another_site(request):
        return _refused(request, "Another site sent this form.", status=403)
    asked = request.query if request.method == "GET" else request.form.to_dict()
    problem = _problem_with(companies, asked)
    if problem:
        return _refused(request, problem)
    decide = _choice if request.method == "GET" else _decided
    return decide(companies, request, asked)


def _refused(request: Request, problem: str, *, status: int = 400) -> Reply:
    return PAGES.show("consent_refused.html", request, status=status, system=SYSTEM, problem=problem)


def _problem_with(companies: Companies, asked: dict[str, str]) -> str | None:
    redirect = urlsplit(asked.get("redirect_uri", ""))
    if asked.get("client_id") != companies.app["client_id"]:
        return "The client_id is not known here. It is in the line that the program printed when it was ready."
    if redirect.scheme not in ("http", "https") or not redirect.netloc:
        return "The redirect_uri is missing, or is not a web address."
    if asked.get("response_type") != "code":
        return "The response_type must be code."
    return None


def _choice(companies: Companies, request: Request, asked: dict[str, str]) -> Reply:
    scopes = asked.get("scope", "").split()
    if not scopes or any(scope not in SCOPES for scope in scopes):
        return _back(asked, error="invalid_scope")
    if not asked.get("state"):
        return _back(asked, error="invalid_request")
    return _form(companies, request, asked)


def _decided(companies: Companies, request: Request, asked: dict[str, str]) -> Reply:
    if asked.get("decision") != "allow":
        return _back(asked, error="access_denied")
    try:
        company = _chosen(companies, asked).company
    except ValueError as problem:
        return _form(companies, request, asked, problem=str(problem), status=400)
    with company.lock:
        code = company.logins.allow(asked["redirect_uri"], asked.get("scope", ""))
    return _back(asked, code=code, realmId=company.company_id)


def _chosen(companies: Companies, asked: dict[str, str]) -> App:
    """The company that was chosen, the first one where a program answers in a person's place; a new one is opened.

    Raises:
        ValueError: There is no such company, or the new one needs a name of its own, or there are enough of them.
    """
    company_id = asked.get("company") or companies.first.company.company_id
    if company_id != NEW:
        known = companies.known(company_id)
        if known is None:
            raise ValueError(f"There is no company {company_id} here.")
        return known
    name = " ".join(asked.get("name", "").split())
    if not name or len(name) > LONGEST_NAME:
        raise ValueError(f"Give the new company a name of up to {LONGEST_NAME} characters.")
    if any(company["name"] == name for company in companies.tell()):
        raise ValueError(f"There is a company called {name} already: choose it, or give the new one another name.")
    return companies.open(name=name, seed="sample")


def _back(asked: dict[str, str], **told: str) -> Reply:
    state = {"state": asked["state"]} if asked.get("state") else {}
    joint = "&" if urlsplit(asked["redirect_uri"]).query else "?"
    return Reply(status=302, headers={"Location": asked["redirect_uri"] + joint + urlencode({**told, **state})})


def _form(
    companies: Companies, request: Request, asked: dict[str, str], *, problem: str = "", status: int = 200
) -> Reply:
    known = companies.tell()
    wanted = asked.get("company_id", "") or asked.get("company", "")
    return PAGES.show(
        "consent.html",
        request,
        status=status,
        system=SYSTEM,
        address=AUTHORIZE,
        asked={name: asked.get(name, "") for name in _ASKED},
        site=urlsplit(asked["redirect_uri"]).netloc,
        companies=known,
        marked=wanted if wanted in {company["company_id"] for company in known} else NEW,
        new=NEW,
        name=asked.get("name") or asked.get("company_name") or "Practice company",
        longest_name=LONGEST_NAME,
        scopes=asked.get("scope", "").split(),
        problem=problem,
    )
