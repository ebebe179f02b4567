"""What does a person see of the account? Orders, contacts, products, subscriptions, hooks, and the requests of apps."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from werkzeug.exceptions import NotFound

from ..common.guard import under_an_own_name
from ..common.http import Reply, Request
from ..common.pages import Pages, money
from . import page_doings
from .answers import Answers
from .app import KeapApp
from .records import CARD, LINE_TYPES, NOTHING, KeapContact, KeapOrder

LATEST = 200
MOST_CHOICES = 500
PAGES = Pages("simulators.keap")
TABS = (
    ("/", "Orders"),
    ("/contacts", "Contacts"),
    ("/products", "Products"),
    ("/subscriptions", "Subscriptions"),
    ("/hooks", "Hooks"),
    ("/requests", "Requests"),
)
METHODS = (CARD, "Check", "Cash", "PayPal", "Money Order")
#: What the template of a page is given beside the frame.
Values = dict[str, Any]
#: Is called with the app, the request, and what the address has in its variable places.
PageAnswer = Callable[..., Reply]


def _page(template: str, values_of: Callable[..., Values]) -> PageAnswer:
    """A page for people on this machine, from a template and a function that gathers what it shows."""

    def answer(app: KeapApp, request: Request, **told: str) -> Reply:
        if not request.from_loopback or not under_an_own_name(request):
            raise NotFound
        with app.lock:
            return PAGES.show(template, request, **_frame(app, request), **values_of(app, **told))

    return answer


def _frame(app: KeapApp, request: Request) -> Values:
    settings = app.account.store.settings
    facts = [f"Keap test account {app.account.tenant_id}", f"{settings['currency']}, {app.clock.today().isoformat()}"]
    first = request.path.strip("/").partition("/")[0]
    tab = "/" if first in ("", "orders") else f"/{first}"
    return {"name": str(settings["name"]), "kind": "Keap test account", "facts": facts, "tabs": TABS, "tab": tab}


def _row(app: KeapApp, order: KeapOrder) -> Values:
    account = app.account
    shown = Answers(account).show("orders", order)
    contact = account.store.contacts.get(order.contact_id)
    return {
        "order": order,
        "day": order.ordered.astimezone(app.clock.zone).date(),
        "who": contact.shown_name if contact else f"Contact {order.contact_id}",
        "state": str(shown.get("status", "")),
        "total": order.total,
        "paid": account.paid(order),
        "balance": account.balance(order),
    }


def _contacts_to_choose(app: KeapApp) -> list[tuple[str, str]]:
    contacts = sorted(app.account.store.contacts.values(), key=lambda contact: contact.shown_name.lower())
    return [(contact.id, contact.shown_name) for contact in contacts[:MOST_CHOICES]]


def _sold_to_choose(app: KeapApp) -> list[tuple[str, str]]:
    """Products by their ids, and the types of lines that are of no product."""
    products = [product for product in app.account.store.products.values() if product.active]
    shown = [(product.id, f"{product.name}, {product.price:,.2f}") for product in products[:MOST_CHOICES]]
    return [*shown, *((name, name.replace("_", " ").capitalize()) for name in LINE_TYPES if name != "PRODUCT")]


def _orders(app: KeapApp) -> Values:
    store = app.account.store
    orders = sorted(store.orders.values(), key=lambda order: (order.ordered, int(order.id)), reverse=True)
    received = sum((payment.amount for payment in store.payments.values() if payment.counts), NOTHING)
    sold = sum((order.total for order in orders), NOTHING)
    return {
        "figures": (
            ("orders", f"{len(orders):,}"),
            ("sold", money(sold)),
            ("paid and credited", money(received)),
            ("still owed", money(sold - received)),
            ("requests answered", f"{app.log.requests:,}"),
        ),
        "orders": [_row(app, order) for order in orders[:LATEST]],
        "contacts": _contacts_to_choose(app),
        "sold": [("", "Nothing more"), *_sold_to_choose(app)],
        "methods": [("", "Not paid yet"), *((method, method) for method in METHODS)],
    }


def _order(app: KeapApp, identifier: str) -> Values:
    account = app.account
    order = account.store.orders.get(identifier)
    if order is None:
        raise NotFound
    answers = Answers(account)
    rows = account.parts_of(order)
    to_undo = [(payment.id, f"{payment.type}, {part.amount:,.2f}") for payment, part in rows if part.amount > 0]
    return {
        **_row(app, order),
        "payments": [
            {"payment": payment, "part": part, "moment": answers.show("payments", payment).get("payment_time", "")}
            for payment, part in rows
        ],
        "to_undo": to_undo,
        "sold": _sold_to_choose(app),
        "methods": [(method, method) for method in METHODS],
        "shown": answers.show("orders", order),
    }


def _contacts(app: KeapApp) -> Values:
    owed: dict[str, Decimal] = {}
    counts: dict[str, int] = {}
    for order in app.account.store.orders.values():
        owed[order.contact_id] = owed.get(order.contact_id, NOTHING) + app.account.balance(order)
        counts[order.contact_id] = counts.get(order.contact_id, 0) + 1
    rows = [
        {"contact": contact, "orders": counts.get(contact.id, 0), "owed": owed.get(contact.id, NOTHING)}
        for contact in list(app.account.store.contacts.values())[-LATEST:]
    ]
    return {"contacts": rows}


def _contact(app: KeapApp, identifier: str) -> Values:
    contact: KeapContact | None = app.account.store.contacts.get(identifier)
    if contact is None:
        raise NotFound
    orders = [order for order in app.account.store.orders.values() if order.contact_id == identifier]
    return {
        "contact": contact,
        "orders": [_row(app, order) for order in orders[-LATEST:]],
        "others": [choice for choice in _contacts_to_choose(app) if choice[0] != identifier],
        "shown": Answers(app.account).show("contacts", contact),
    }


def _products(app: KeapApp) -> Values:
    return {"products": list(app.account.store.products.values())[:MOST_CHOICES]}


def _subscriptions(app: KeapApp) -> Values:
    store = app.account.store
    rows = [
        {
            "subscription": subscription,
            "who": app.account.contact(subscription.contact_id).shown_name,
            "what": store.products[subscription.product_id].name if subscription.product_id in store.products else "",
        }
        for subscription in store.subscriptions.values()
        if subscription.contact_id in store.contacts
    ]
    plans = [(product.id, product.name) for product in store.products.values() if product.plan_id]
    return {"subscriptions": rows, "contacts": _contacts_to_choose(app), "plans": plans}


def _hooks(app: KeapApp) -> Values:
    hooks = app.account.hooks
    return {
        "subscribers": list(hooks.subscribers.values()),
        "deliveries": [delivery.tell() for delivery in reversed(hooks.deliveries)],
    }


def _requests(app: KeapApp) -> Values:
    return {"requests": app.log.newest(LATEST)}


def _request(app: KeapApp, number: str) -> Values:
    entry = app.log.entry(number)
    if entry is None:
        raise NotFound
    return {"entry": entry, "named_by": app.log.named_by}


#: Every page and form: its address, its method, and what answers it.
ADDRESSES: tuple[tuple[str, str, PageAnswer], ...] = (
    ("/", "GET", _page("orders.html", _orders)),
    ("/orders/<identifier>", "GET", _page("order.html", _order)),
    ("/contacts", "GET", _page("contacts.html", _contacts)),
    ("/contacts/<identifier>", "GET", _page("contact.html", _contact)),
    ("/products", "GET", _page("products.html", _products)),
    ("/subscriptions", "GET", _page("subscriptions.html", _subscriptions)),
    ("/hooks", "GET", _page("hooks.html", _hooks)),
    ("/requests", "GET", _page("requests.html", _requests)),
    ("/requests/<number>", "GET", _page("request.html", _request)),
    ("/do/<verb>", "POST", page_doings.respond),
)
