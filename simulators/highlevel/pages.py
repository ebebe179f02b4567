"""What does a person see of the sub-account? Invoices, payments, contacts, products, webhooks and the requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.exceptions import NotFound

from ..common import page_forms
from ..common.guard import under_an_own_name
from ..common.http import Reply, Request
from ..common.pages import Pages
from ..common.routes import View, route
from .agency_app import AgencyApp
from .page_actions import ACTIONS, quiet_by
from .tables import Row, shown

MOST_ROWS = 300
TABS = (
    ("/", "Overview"),
    ("/pages/invoices", "Invoices"),
    ("/pages/payments", "Payments"),
    ("/pages/subscriptions", "Subscriptions"),
    ("/pages/contacts", "Contacts"),
    ("/pages/workflows", "Workflows"),
    ("/pages/products", "Products"),
    ("/pages/webhooks", "Webhooks"),
    ("/pages/requests", "Requests"),
)
PAGES = Pages("simulators.highlevel")
#: What the template of a page is given beside the frame.
Values = dict[str, Any]


def _page(template: str, values_of: Callable[..., Values]) -> View:
    """A page for people on this machine, from a template and a function that gathers what it shows."""

    def view(app: AgencyApp, request: Request, **told: str) -> Reply:
        if not request.from_loopback or not under_an_own_name(request):
            raise NotFound
        with app.lock:
            values = {**_frame(app, request), **values_of(app, **told)}
            return PAGES.show(template, request, **values)

    return view


def _frame(app: AgencyApp, request: Request) -> Values:
    account = app.account
    facts = [f"HighLevel location {account.location_id}", app.clock.now().strftime("%Y-%m-%d %H:%M")]
    tab = "/".join(request.path.rstrip("/").split("/")[:3]) or "/"
    return {"name": account.name, "kind": "HighLevel simulator", "facts": facts, "tabs": TABS, "tab": tab}


def _found(app: AgencyApp, table: str, identifier: str) -> Row:
    row = app.account.tables.get(table, identifier)
    if row is None:
        raise NotFound
    return row


def _newest(app: AgencyApp, table: str, most: int = MOST_ROWS) -> list[Row]:
    return list(app.account.tables.newest(table))[:most]


def _contacts(app: AgencyApp) -> list[tuple[str, str]]:
    pairs = [(str(row["id"]), str(row["name"])) for row in _newest(app, "contacts")]
    return sorted(pairs, key=lambda pair: pair[1].lower())


def _prices(app: AgencyApp) -> list[tuple[str, str]]:
    rows = []
    for row in app.account.tables.all("prices"):
        every = f" every {row['recurring']['interval']}" if "recurring" in row else ""
        rows.append((str(row["_id"]), f"{row['name']} ({row['currency']} {row['amount']}{every})"))
    return rows


def _paid(app: AgencyApp, most: int = MOST_ROWS) -> list[Row]:
    account = app.account
    return [
        account.transaction_in_list(row) | {"synced": row["inner"]["synced"]}
        for row in _newest(app, "transactions", most)
    ]


def _overview(app: AgencyApp) -> Values:
    tables = app.account.tables
    figures = (
        ("invoices", f"{tables.count('invoices'):,}"),
        ("payments", f"{tables.count('transactions'):,}"),
        ("contacts", f"{tables.count('contacts'):,}"),
        ("webhooks sent", f"{len(app.agency.webhooks.deliveries):,}"),
        ("requests answered", f"{app.log.requests:,}"),
    )
    return {
        "figures": figures,
        "invoices": _newest(app, "invoices", 8),
        "payments": _paid(app, 8),
        "requests": app.log.newest(12),
        "contacts": _contacts(app),
        "prices": _prices(app),
    }


def _invoices(app: AgencyApp) -> Values:
    return {"invoices": _newest(app, "invoices"), "contacts": _contacts(app), "prices": _prices(app)}


def _invoice(app: AgencyApp, identifier: str) -> Values:
    row = _found(app, "invoices", identifier)
    paid = [
        app.account.transaction_in_list(payment) | {"synced": payment["inner"]["synced"]}
        for payment in app.account.tables.newest("transactions")
        if payment["entityId"] == identifier
    ]
    return {"record": row, "shown": shown(row), "payments": paid, "prices": _prices(app)}


def _payments(app: AgencyApp) -> Values:
    return {"payments": _paid(app), "contacts": _contacts(app), "prices": _prices(app)}


def _payment(app: AgencyApp, identifier: str) -> Values:
    row = _found(app, "transactions", identifier)
    return {"record": row, "shown": app.account.transaction_whole(row), "synced": row["inner"]["synced"]}


def _subscriptions(app: AgencyApp) -> Values:
    rows = [app.account.subscription_in_list(row) for row in _newest(app, "subscriptions")]
    return {"subscriptions": rows, "contacts": _contacts(app), "prices": _prices(app)}


def _people(app: AgencyApp) -> Values:
    return {"people": _newest(app, "contacts")}


def _person(app: AgencyApp, identifier: str) -> Values:
    row = _found(app, "contacts", identifier)
    names = {workflow["id"]: workflow["name"] for workflow in app.account.tables.all("workflows")}
    workflows = [names.get(workflow, workflow) for workflow in app.account.enrollments(identifier)]
    others = [pair for pair in _contacts(app) if pair[0] != identifier]
    return {"record": row, "shown": shown(row), "workflows": workflows, "quiet": quiet_by(row), "others": others}


def _workflows(app: AgencyApp) -> Values:
    account = app.account
    return {"workflows": list(account.tables.all("workflows")), "doings": list(account.workflow_doings())[:MOST_ROWS]}


def _products(app: AgencyApp) -> Values:
    rows = [
        {**row, "sku": row["inner"]["sku"], "of": _found(app, "products", row["product"])["name"]}
        for row in app.account.tables.all("prices")
    ]
    return {"rows": rows}


def _webhooks(app: AgencyApp) -> Values:
    return {"url": app.agency.webhooks.url, "deliveries": app.agency.webhooks.tell()["deliveries"][::-1]}


def _requests(app: AgencyApp) -> Values:
    return {"requests": app.log.newest(MOST_ROWS)}


def _request(app: AgencyApp, number: str) -> Values:
    entry = app.log.entry(number)
    if entry is None:
        raise NotFound
    return {"entry": entry, "named_by": app.log.named_by}


def _do(app: AgencyApp, request: Request, verb: str) -> Reply:
    """Do what a form asks, and lead to a page that tells what happened."""
    act = ACTIONS.get(verb)
    return page_forms.respond(request, None if act is None else lambda asked: act(app, asked))


ROUTES = (
    route("/", _page("overview.html", _overview), "GET"),
    route("/pages/invoices", _page("invoices.html", _invoices), "GET"),
    route("/pages/invoices/<identifier>", _page("invoice.html", _invoice), "GET"),
    route("/pages/payments", _page("payments.html", _payments), "GET"),
    route("/pages/payments/<identifier>", _page("payment.html", _payment), "GET"),
    route("/pages/subscriptions", _page("subscriptions.html", _subscriptions), "GET"),
    route("/pages/contacts", _page("contacts.html", _people), "GET"),
    route("/pages/contacts/<identifier>", _page("contact.html", _person), "GET"),
    route("/pages/workflows", _page("workflows.html", _workflows), "GET"),
    route("/pages/products", _page("products.html", _products), "GET"),
    route("/pages/webhooks", _page("webhooks.html", _webhooks), "GET"),
    route("/pages/requests", _page("requests.html", _requests), "GET"),
    route("/pages/requests/<number>", _page("request.html", _request), "GET"),
    route("/do/<verb>", _do, "POST"),
)
