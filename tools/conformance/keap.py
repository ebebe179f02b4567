"""Is every answer of the Keap simulator valid against both generations of the vendor's description?

Every record is asked for in its list and by itself, and then everything with what schemathesis makes up.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from simulators.keap.options import KeapOptions
from simulators.keap.server import start

from .description import Checker, closed_description

LISTS = {
    "/rest/v2/orders": "orders",
    "/rest/v2/products": "products",
    "/rest/v2/contacts": "contacts",
    "/rest/v2/subscriptions": "subscriptions",
    "/rest/v2/sales/payments": "payments",
    "/rest/v2/sales/transactions": "transactions",
}
SINGLES = {
    "/rest/v2/orders": ("/rest/v2/orders/{order_id}", "order_id"),
    "/rest/v2/products": ("/rest/v2/products/{product_id}", "product_id"),
    "/rest/v2/contacts": ("/rest/v2/contacts/{contact_id}", "contact_id"),
    "/rest/v2/subscriptions": ("/rest/v2/subscriptions/{subscription_id}", "subscription_id"),
}
PAYMENTS_OF_ORDER = "/rest/v2/orders/{order_id}/payments"
CONTACTS = "/rest/v2/contacts"
PROFILES = ("/rest/v2/businessProfile", "/rest/v2/oauth/connect/userinfo")
HOOKS = {
    "/v1/hooks": ("get", "post"),
    "/v1/hooks/event_keys": ("get",),
    "/v1/hooks/{key}": ("get", "put", "delete"),
    "/v1/hooks/{key}/verify": ("post",),
    "/v1/hooks/{key}/delayedVerify": ("post",),
}
OLD_PROFILES = ("/v1/account/profile", "/v1/oauth/connect/userinfo")
OLD_ORDERS = "/v1/orders"
NOWHERE = "http://127.0.0.1:9/hook"


def problems(folder: Path) -> Iterator[str]:
    """Everything that is not as described in `v2.yml` and `v1.json` of a folder; nothing when all is well."""
    with start(options=KeapOptions(default_page_size=4)) as running:
        headers = {"X-Keap-API-Key": running.ready()["api_key"]}
        running.company.end_subscription(running.company.subscribe("1", "MB-MONTH"))
        singles = [address for address, _ in SINGLES.values()]
        offered = dict.fromkeys((*LISTS, *singles, PAYMENTS_OF_ORDER, *PROFILES), ("get",))
        told = closed_description(folder / "v2.yml", {**offered, CONTACTS: ("get", "post")})
        newer = Checker(told, base_url=running.api_url, headers=headers)
        _read_all(newer)
        _add_contacts(newer)
        newer.by_chance()
        yield from dict.fromkeys(newer.problems)

        told = closed_description(folder / "v1.json", {**HOOKS, **dict.fromkeys((*OLD_PROFILES, OLD_ORDERS), ("get",))})
        older = Checker(told, base_url=f"{running.api_url}/rest", headers=headers, not_described=(400, 404))
        _hooks(older)
        older.by_chance()
        yield from dict.fromkeys(older.problems)


def _read_all(checker: Checker) -> None:
    """Every record in its list and by itself, and what is refused."""
    for address, key in LISTS.items():
        token = ""
        while True:
            query = {"page_token": token} if token else {}
            page = checker.ask("get", address, status=200, query=query)
            for record in page[key] if address in SINGLES else ():
                single, parameter = SINGLES[address]
                checker.ask("get", single, status=200, path={parameter: record["id"]})
            token = page.get("next_page_token", "")
            if not token:
                break
        for query in ({"filter": "colour==red"}, {"page_token": "x"}, {"order_by": "colour"}):
            checker.ask("get", address, status=400, query=query)
    for single, parameter in SINGLES.values():
        checker.ask("get", single, status=404, path={parameter: "999"})
    for order in checker.ask("get", "/rest/v2/orders", status=200, query={"page_size": 1000})["orders"]:
        checker.ask("get", PAYMENTS_OF_ORDER, status=200, path={"order_id": order["id"]})
    for address in PROFILES:
        checker.ask("get", address, status=200)


def _add_contacts(checker: Checker) -> None:
    maya = {"given_name": "Maya", "email_addresses": [{"email": "maya@example.com", "field": "EMAIL1"}]}
    checker.ask("post", CONTACTS, status=201, body=maya)
    checker.ask("post", CONTACTS, status=200, body=maya, query={"duplicate_option": "Email"})
    checker.ask("post", CONTACTS, status=201, body={"phone_numbers": [{"number": "555"}], "family_name": "Brook"})
    checker.ask("post", CONTACTS, status=400, body={"given_name": "Maya"})
    checker.ask("post", CONTACTS, status=400, body={**maya, "colour": "red"})


def _hooks(checker: Checker) -> None:
    for query in ({}, {"limit": 2, "offset": 2}, {"since": "2020-01-01T00:00:00.000Z"}):
        checker.ask("get", OLD_ORDERS, status=200, query=query)
    for address in (*OLD_PROFILES, "/v1/hooks/event_keys"):
        checker.ask("get", address, status=200)
    body = {"eventKey": "order.add", "hookUrl": NOWHERE}
    key = {"key": checker.ask("post", "/v1/hooks", status=200, body=body)["key"]}
    checker.ask("get", "/v1/hooks", status=200)
    checker.ask("get", "/v1/hooks/{key}", status=200, path=key)
    checker.ask("put", "/v1/hooks/{key}", status=200, path=key, body={**body, "eventKey": "order.edit"})
    checker.ask("post", "/v1/hooks/{key}/verify", status=200, path=key)
    secret = {"X-Hook-Secret": "wrong"}
    checker.ask("post", "/v1/hooks/{key}/delayedVerify", status=400, path=key, headers=secret)
    checker.ask("delete", "/v1/hooks/{key}", status=204, path=key)
    checker.ask("get", "/v1/hooks/{key}", status=404, path=key)
