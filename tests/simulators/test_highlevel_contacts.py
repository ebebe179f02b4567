"""Are contacts found, made, merged into one and put into workflows as in HighLevel? And are products told?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from simulators.highlevel.server import RunningAgency
from tests.simulators.highlevel_client import HighLevelClient


@pytest.fixture
def client(highlevel: RunningAgency) -> HighLevelClient:
    return HighLevelClient(highlevel)


def made(client: HighLevelClient, **fields: Any) -> Any:
    reply = client.send("POST", "/contacts/", {"locationId": client.location, **fields})
    assert reply.status_code == 201, reply.text
    return reply.json()["contact"]


def test_a_contact_is_made_read_changed_and_deleted(client: HighLevelClient):
    contact = made(client, firstName="Ida", lastName="Moreno", email="Ida@Example.com", phone="+1 970-555-0101")
    address = f"/contacts/{contact['id']}"
    told = client.get(address)["contact"]
    assert (told["name"], told["emailLowerCase"], told["dnd"]) == ("Ida Moreno", "ida@example.com", False)
    changed = client.send("PUT", address, {"lastName": "Lund", "companyName": "Old Town Gallery"}).json()
    assert changed["succeded"] is True
    assert (changed["contact"]["name"], changed["contact"]["companyName"]) == ("Ida Lund", "Old Town Gallery")
    assert client.send("DELETE", address).json()["succeded"] is True
    gone = client.send("GET", address)
    assert (gone.status_code, gone.json()["message"]) == (400, f"Contact with id {contact['id']} not found")


def test_the_same_email_or_phone_makes_no_second_contact_unless_allowed(client: HighLevelClient):
    first = made(client, firstName="Ida", email="ida@example.com", phone="+19705550101")
    for fields, field in (({"email": "IDA@example.com"}, "email"), ({"phone": "+1 (970) 555-0101"}, "phone")):
        reply = client.send("POST", "/contacts/", {"locationId": client.location, **fields})
        assert (reply.status_code, reply.json()["message"]) == (
            400,
            "This location does not allow duplicated contacts.",
        )
        assert reply.json()["meta"] == {"contactId": first["id"], "matchingField": field, "contactName": "Ida"}
    client.control("POST", "options", {"duplicate_contacts": "allow"})
    assert made(client, email="ida@example.com")["id"] != first["id"]


def test_upsert_changes_the_one_there_is_or_makes_one(client: HighLevelClient):
    first = made(client, firstName="Ida", email="ida@example.com")
    body = {"locationId": client.location, "email": "ida@example.com", "city": "Boulder"}
    again = client.send("POST", "/contacts/upsert", body).json()
    assert (again["new"], again["contact"]["id"], again["contact"]["city"]) == (False, first["id"], "Boulder")
    fresh = client.send("POST", "/contacts/upsert", {**body, "email": "other@example.com"}).json()
    assert fresh["new"] is True


def test_one_is_found_by_email_by_phone_and_by_a_search(client: HighLevelClient):
    ida = made(client, firstName="Ida", email="ida+a@example.com", phone="+19705550101", tags=["gallery"])
    made(client, firstName="Wes", email="wes@example.com")
    where = "/contacts/search/duplicate"
    assert client.get(where, locationId=client.location, email="IDA+a@example.com")["contact"]["id"] == ida["id"]
    assert client.get(where, locationId=client.location, number="+19705550101")["contact"]["id"] == ida["id"]
    assert client.get(where, locationId=client.location, email="x@example.com")["contact"] is None

    def found(**body: Any) -> list[str]:
        whole = {"locationId": client.location, "pageLimit": 10, **body}
        reply = client.send("POST", "/contacts/search", whole)
        assert reply.status_code == 200, reply.text
        return [contact["firstName"] for contact in reply.json()["contacts"]]

    assert found() == ["Wes", "Ida"]
    assert found(query="ida") == ["Ida"]
    assert found(filters=[{"field": "email", "operator": "eq", "value": "wes@example.com"}]) == ["Wes"]
    assert found(filters=[{"field": "tags", "operator": "contains", "value": "gall"}]) == ["Ida"]
    late = [{"field": "dateUpdated", "operator": "range", "value": {"gte": ida["dateUpdated"], "lte": "2999"}}]
    assert found(filters=late) == ["Wes", "Ida"]
    assert found(pageLimit=1, page=2) == ["Ida"]
    wrong = {"locationId": client.location, "pageLimit": 10, "filters": [{"field": "shoe", "operator": "eq"}]}
    assert client.send("POST", "/contacts/search", wrong).status_code == 422


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"shoeSize": "9"}, "property shoeSize should not exist"),
        ({"email": "nonsense"}, "email must be an email"),
        ({"firstName": 5}, "firstName must be a string"),
        ({"tags": "vip"}, "tags must be a array"),
        ({"dnd": "yes"}, "dnd must be a boolean value"),
    ],
)
def test_fields_that_highlevel_does_not_take_are_refused(client: HighLevelClient, fields: Any, says: str):
    reply = client.send("POST", "/contacts/", {"locationId": client.location, **fields})
    assert (reply.status_code, reply.json()["message"]) == (422, [says])


def test_a_contact_goes_into_a_workflow_once_for_every_time_it_is_asked(
    highlevel: RunningAgency, client: HighLevelClient
):
    contact = made(client, firstName="Ida")["id"]
    workflow = highlevel.company.new_workflow("Ask for a review")
    listed = client.get("/workflows/", locationId=client.location)["workflows"]
    assert [(row["id"], row["name"], row["status"]) for row in listed] == [(workflow, "Ask for a review", "published")]
    address = f"/contacts/{contact}/workflow/{workflow}"
    for _ in range(2):
        assert client.send("POST", address, {}).json()["succeded"] is True
    assert highlevel.company.enrollments(contact) == [workflow, workflow]
    assert client.send("DELETE", address).status_code == 200
    unknown = client.send("POST", f"/contacts/{contact}/workflow/none", {})
    assert (unknown.status_code, unknown.json()["message"]) == (400, "Workflow with id none not found")


def test_tags_are_added_and_taken_off(client: HighLevelClient):
    contact = made(client, firstName="Ida", tags=["vip"])["id"]
    added = client.send("POST", f"/contacts/{contact}/tags", {"tags": ["Gallery", "vip"]})
    assert (added.status_code, added.json()["tags"]) == (201, ["vip", "gallery"])
    assert client.send("DELETE", f"/contacts/{contact}/tags", {"tags": ["vip"]}).json()["tags"] == ["gallery"]


def test_products_have_prices_and_the_inventory_has_their_skus(highlevel: RunningAgency, client: HighLevelClient):
    company = highlevel.company
    product = company.new_product("Clay Kit")
    price = company.new_price(product, "Large", Decimal("48.00"), sku="KIT-L")
    counted = company.new_price(product, "Small", Decimal("20.00"), sku="KIT-S", stock=4)
    listed = client.get("/products/", locationId=client.location)
    assert ([row["name"] for row in listed["products"]], listed["total"]) == (["Clay Kit"], [{"total": 1}])
    prices = client.get(f"/products/{product}/price", locationId=client.location)["prices"]
    assert [(row["_id"], row["amount"], "sku" in row) for row in prices] == [(price, 48, False), (counted, 20, False)]
    inventory = client.of_location("/products/inventory")["inventory"]
    assert [(row["sku"], row["productName"], row["name"]) for row in inventory] == [
        ("KIT-L", "Clay Kit", "Large"),
        ("KIT-S", "Clay Kit", "Small"),
    ]
    client.control("POST", "options", {"untracked_prices": "left_out"})
    assert [row["sku"] for row in client.of_location("/products/inventory")["inventory"]] == ["KIT-S"]
    company.delete_product(product)
    assert client.send("GET", f"/products/{product}", locationId=client.location).status_code == 404
