"""Does HighLevel's own Python client, unchanged but for the address, find the simulator to be HighLevel?

The client asks in version v3 of the API, which spells the fields of the login in another way.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import requests

from simulators.highlevel.amounts import SoldLine
from simulators.highlevel.server import RunningAgency, start
from tests.simulators.highlevel_client import HighLevelClient, listener

if TYPE_CHECKING:
    from highlevel import HighLevel

KIT = SoldLine(name="Clay Kit", amount=Decimal("48.25"))
Asking = Callable[["HighLevel"], Awaitable[Any]]


def ask(running: RunningAgency, asking: Asking, **keys: str) -> Any:
    """What the client gets, with a Private Integration Token unless there are other keys."""
    from highlevel import HighLevel  # takes some seconds, and every process collects this file

    class Here(HighLevel):
        BASE_URL = running.base_url

    async def asked() -> Any:
        client = Here(**(keys or {"private_integration_token": running.ready()["private_token"]}))
        try:
            return await asking(client)
        finally:
            await client.http_client.aclose()

    return asyncio.run(asked())


def plain(value: Any) -> Any:
    """A content of the client as plain JSON, whether it is a model of its own or is that already."""
    return value.model_dump() if hasattr(value, "model_dump") else value


def test_it_reads_everything_that_is_there():
    with start() as running:
        company = running.company
        at = {"alt_id": company.location_id, "alt_type": "location"}
        invoices = plain(ask(running, lambda api: api.invoices.list_invoices(**at, limit="100", offset="0")))
        assert invoices["total"] == company.tables.count("invoices")
        paid = plain(ask(running, lambda api: api.payments.list_transactions(**at, limit=100, offset=0)))
        assert paid["totalCount"] == company.tables.count("transactions")
        orders = plain(ask(running, lambda api: api.payments.list_orders(at["alt_id"])))
        assert orders["totalCount"] == company.tables.count("orders")
        subscriptions = plain(ask(running, lambda api: api.payments.list_subscriptions(**at)))
        assert subscriptions["totalCount"] == 1
        stock = plain(ask(running, lambda api: api.products.get_list_inventory(**at)))
        assert {row["sku"] for row in stock["inventory"]} >= {"KIT-CLAY", "BK-POT"}
        workflows = plain(ask(running, lambda api: api.workflows.get_workflow(company.location_id)))
        assert [row["name"] for row in workflows["workflows"]] == ["Ask for a review", "Welcome a new member"]
        location = plain(ask(running, lambda api: api.locations.get_location(company.location_id)))
        assert (location["location"]["name"], location["location"]["timezone"]) == (company.name, "America/Denver")


def test_it_makes_finds_and_enrolls_a_contact(highlevel: RunningAgency):
    company = highlevel.company
    workflow = company.new_workflow("Ask for a review")
    body = {"locationId": company.location_id, "firstName": "Ida", "email": "ida@example.com"}
    contact = plain(ask(highlevel, lambda api: api.contacts.create_contact(body)))["contact"]["id"]
    found = ask(highlevel, lambda api: api.contacts.get_duplicate_contact(company.location_id, email="ida@example.com"))
    assert plain(found)["contact"]["id"] == contact
    ask(highlevel, lambda api: api.contacts.add_contact_to_workflow(contact, workflow, {}))
    assert company.enrollments(contact) == [workflow]
    from highlevel.error import GHLError

    with pytest.raises(GHLError, match="does not allow duplicated contacts") as problem:
        ask(highlevel, lambda api: api.contacts.create_contact(body))
    assert problem.value.status_code == 400


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # the client hands its form over as text
def test_it_exchanges_a_code_and_refreshes_in_the_spelling_of_its_version(highlevel: RunningAgency):
    ready = highlevel.ready()
    form = {
        "response_type": "code",
        "client_id": ready["client_id"],
        "redirect_uri": "https://tieout.example/back",
        "scope": "locations.readonly",
        "decision": "allow",
    }
    back = requests.post(ready["authorize_url"], data=form, allow_redirects=False, timeout=10)
    code = back.headers["Location"].partition("code=")[2]
    keys = {"client_id": ready["client_id"], "client_secret": ready["client_secret"]}
    asked = {"clientId": keys["client_id"], "clientSecret": keys["client_secret"], "code": code}
    pair = ask(
        highlevel,
        lambda api: api.oauth.get_access_token({**asked, "grantType": "authorization_code", "userType": "Location"}),
        **keys,
    )
    assert (pair["tokenType"], pair["locationId"]) == ("Bearer", ready["location_id"])
    again = ask(
        highlevel,
        lambda api: api.oauth.refresh_token(
            pair["refreshToken"], keys["client_id"], keys["client_secret"], "refresh_token", "Location"
        ),
        **keys,
    )
    assert again["refreshToken"] != pair["refreshToken"]
    assert HighLevelClient(highlevel, again["accessToken"]).get(f"/locations/{ready['location_id']}")


def test_it_finds_the_signature_of_a_webhook_good_and_that_of_a_changed_body_bad(highlevel: RunningAgency):
    with listener() as heard:
        highlevel.agency.webhooks.subscribe(heard.url)
        highlevel.company.new_invoice(highlevel.company.new_contact(firstName="Zoë"), [KIT])
        assert highlevel.agency.webhooks.settled()
    body, signature = heard.bodies[1], heard.headers[1]["x-ghl-signature"]
    pem = highlevel.ready()["webhook_public_key"]
    key = f"-----BEGIN PUBLIC KEY-----\n{pem}\n-----END PUBLIC KEY-----\n"
    keep = SimpleNamespace()

    async def verified(api: HighLevel) -> None:
        keep.good = api.webhooks.verify_ed25519_signature(body.decode(), signature, key)
        keep.bad = api.webhooks.verify_ed25519_signature(body.decode() + " ", signature, key)

    ask(highlevel, verified)
    assert (keep.good, keep.bad) == (True, False)
    assert len(base64.b64decode(signature)) == 64
