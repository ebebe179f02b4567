"""What does a person see who is sent here to connect an app? A page to choose a company on, or to open a new one."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from ..common.guard import from_another_site
from ..common.http import Reply, Request
from .logins import SCOPES

if TYPE_CHECKING:
    from .app import App
    from .companies import Companies

AUTHORIZE = "/connect/oauth2"
NEW = "new"
LONGEST_NAME = 100
#: What the app's own address says, and the form has to say again.
_ASKED = ("client_id", "redirect_uri", "response_type", "scope", "state")


def respond(companies: Companies, request: Request) -> Reply:
    """The page, or what a person decided on it."""
    if request.method == "POST" and from_another_site(request):
        return Reply.page(_page("<h1>This page was left by another site</h1>"), status=403)
    asked = request.query if request.method == "GET" else request.form
    problem = _problem_with(companies, asked)
    if problem:
        return Reply.page(_page(f"<h1>This app cannot connect</h1><p>{escape(problem)}</p>"), status=400)
    return _choice(companies, asked) if request.method == "GET" else _decided(companies, asked)


def _problem_with(companies: Companies, asked: dict[str, str]) -> str | None:
    redirect = urlsplit(asked.get("redirect_uri", ""))
    if asked.get("client_id") != companies.app["client_id"]:
        return "The client_id is not known here. It is in the line that the program printed when it was ready."
    if redirect.scheme not in ("http", "https") or not redirect.netloc:
        return "The redirect_uri is missing, or is not a web address."
    if asked.get("response_type") != "code":
        return "The response_type must be code."
    return None


def _choice(companies: Companies, asked: dict[str, str]) -> Reply:
    scopes = asked.get("scope", "").split()
    if not scopes or any(scope not in SCOPES for scope in scopes):
        return _back(asked, error="invalid_scope")
    if not asked.get("state"):
        return _back(asked, error="invalid_request")
    return Reply.page(_page(_form(companies, asked, scopes)))


def _decided(companies: Companies, asked: dict[str, str]) -> Reply:
    if asked.get("decision") != "allow":
        return _back(asked, error="access_denied")
    try:
        company = _chosen(companies, asked).company
    except ValueError as problem:
        scopes = asked.get("scope", "").split()
        return Reply.page(_page(_form(companies, asked, scopes, problem=str(problem))), status=400)
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


def _form(companies: Companies, asked: dict[str, str], scopes: list[str], *, problem: str = "") -> str:
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(asked.get(name, ""))}">' for name in _ASKED)
    wanted, known = asked.get("company_id", "") or asked.get("company", ""), companies.tell()
    marked = wanted if wanted in {company["company_id"] for company in known} else NEW
    rows = "".join(
        _row(company["company_id"], escape(company["name"]), f"Company id {company['company_id']}", marked=marked)
        for company in known
    )
    name = escape(asked.get("name") or asked.get("company_name") or "Practice company")
    field = f'<input name="name" aria-label="Name of the new company" maxlength="{LONGEST_NAME}" value="{name}">'
    rows += _row(
        NEW, "A new company", "With the accounts, items and customers of a ceramics studio", marked=marked, more=field
    )
    listed = "".join(f"<li>{escape(scope)}</li>" for scope in scopes)
    told = f'<p class="no" role="alert">{escape(problem)}</p>' if problem else ""
    site = escape(urlsplit(asked["redirect_uri"]).netloc)
    return (
        f"<h1>Which QuickBooks company?</h1>{told}<p>The app at <b>{site}</b> "
        "asks to read and write the books of the company that you choose. These are test companies on this machine; "
        "nothing here is anyone's real books.</p>"
        f'<form method="post" action="{AUTHORIZE}">{hidden}<fieldset><legend>Company</legend>{rows}</fieldset>'
        f"<details><summary>What the app asks for</summary><ul>{listed}</ul></details>"
        '<p class="buttons"><button name="decision" value="allow">Connect</button> '
        '<button name="decision" value="deny" class="quiet">Cancel</button></p></form>'
    )


def _row(value: str, title: str, about: str, *, marked: str, more: str = "") -> str:
    checked = " checked" if value == marked else ""
    return (
        f'<div class="row"><label><input type="radio" name="company" value="{value}"{checked}> '
        f"<span><b>{title}</b><small>{about}</small></span></label>{more}</div>"
    )


def _page(content: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Connect to QuickBooks · test company</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style></head><body><main>{content}</main></body></html>"
    )


_STYLE = """
:root{--ink:#1d2b24;--soft:#55645c;--line:#d5ddd8;--ground:#f4f6f4;--card:#fff;--leaf:#1f7a4d;--on:#fff;--red:#b3372b}
@media (prefers-color-scheme:dark){:root{--ink:#e6ece8;--soft:#9aa8a0;--line:#2c3832;--ground:#121915;--card:#1a231e;
--leaf:#5cc08d;--on:#121915;--red:#f0857a}}
*{box-sizing:border-box}body{font:16px/1.5 system-ui,sans-serif;background:var(--ground);color:var(--ink);display:grid;
place-items:center;min-height:100vh;margin:0;padding:1rem}
main{background:var(--card);padding:1.75rem;border-radius:12px;width:100%;max-width:32rem;box-shadow:0 1px 3px #0002}
h1{font-size:1.3rem;margin:0 0 .75rem}p{margin:0 0 1rem}
fieldset{border:0;padding:0;margin:0 0 1rem;display:grid;gap:.5rem}legend{font-weight:600;margin-bottom:.4rem;padding:0}
.row{border:1px solid var(--line);border-radius:8px;padding:.6rem .8rem}.row:has(:checked){border-color:var(--leaf)}
.row label{display:flex;gap:.7rem;align-items:baseline;cursor:pointer}
.row b,.row small{display:block}.row small{color:var(--soft)}
.row>input{font:inherit;width:calc(100% - 1.7rem);margin:.5rem 0 .2rem 1.7rem;padding:.4rem .6rem;color:var(--ink);
background:var(--card);border:1px solid var(--line);border-radius:8px}
details,ul{color:var(--soft);font-size:.9rem}details{margin-bottom:1.2rem}.buttons{display:flex;gap:.6rem;margin:0}
button{font:inherit;padding:.55rem 1.4rem;border-radius:8px;border:1px solid var(--leaf);background:var(--leaf);
color:var(--on);cursor:pointer}.quiet{background:var(--card);color:var(--ink);border-color:var(--line)}
.no{color:var(--red);font-weight:600}
"""
