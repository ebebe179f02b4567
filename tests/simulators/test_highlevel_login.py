"""Does the HighLevel simulator let apps in, and keep them out, as HighLevel does?"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from simulators.highlevel.highlevel_login import SCOPES
from simulators.highlevel.server import RunningAgency
from tests.simulators.highlevel_client import VERSION, HighLevelClient

BACK = "https://tieout.example/highlevel/connected"
SHAPE = {"statusCode", "message", "error", "traceId"}


def asked_for(running: RunningAgency, **more: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": running.ready()["client_id"],
        "redirect_uri": BACK,
        "scope": " ".join(SCOPES),
        "state": "s-1",
        **more,
    }


def code_of(running: RunningAgency, **more: Any) -> str:
    """A person connects the app on the page."""
    form = {**asked_for(running), "decision": "allow", **more}
    reply = requests.post(running.ready()["authorize_url"], data=form, allow_redirects=False, timeout=10)
    assert reply.status_code == 302, reply.text
    told = parse_qs(urlsplit(reply.headers["Location"]).query)
    assert told["state"] == ["s-1"]
    return told["code"][0]


def token(running: RunningAgency, **form: str) -> requests.Response:
    keys = {name: running.ready()[name] for name in ("client_id", "client_secret")}
    return requests.post(running.ready()["token_url"], data={**keys, **form}, timeout=10)


def exchanged(running: RunningAgency, code: str) -> Any:
    reply = token(running, grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_the_page_shows_every_scope_and_lets_each_be_taken_away(highlevel: RunningAgency):
    page = requests.get(highlevel.ready()["authorize_url"], params=asked_for(highlevel), timeout=10)
    assert page.status_code == 200
    assert set(re.findall(r'name="granted" value="([^"]+)" checked', page.text)) == set(SCOPES)
    assert highlevel.company.name in page.text

    kept = [scope for scope in SCOPES if scope != "invoices.readonly"]
    tokens = exchanged(highlevel, code_of(highlevel, asked_for_scopes="yes", granted=kept))
    assert tokens["scope"].split() == kept
    client = HighLevelClient(highlevel, tokens["access_token"])
    refused = client.send("GET", "/invoices/", altId=client.location, altType="location", limit="1", offset="0")
    assert (refused.status_code, refused.json()["message"]) == (401, "The token is not authorized for this scope.")
    assert client.of_location("/payments/transactions")["data"] == []


def test_a_code_gives_a_sub_accounts_tokens_once(highlevel: RunningAgency):
    code = code_of(highlevel)
    tokens = exchanged(highlevel, code)
    ready = highlevel.ready()
    assert (tokens["token_type"], tokens["expires_in"], tokens["userType"]) == ("Bearer", 86_399, "Location")
    assert (tokens["locationId"], tokens["companyId"]) == (ready["location_id"], ready["company_id"])
    again = token(highlevel, grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_person_may_say_no(highlevel: RunningAgency):
    form = {**asked_for(highlevel), "decision": "deny"}
    reply = requests.post(highlevel.ready()["authorize_url"], data=form, allow_redirects=False, timeout=10)
    assert reply.headers["Location"] == f"{BACK}?error=access_denied&state=s-1"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"client_id": "x"}, "client_id"),
        ({"redirect_uri": "nowhere"}, "redirect_uri"),
        ({"response_type": "token"}, "response_type"),
        ({"scope": "everything"}, "Invalid scope: everything"),
        ({"scope": ""}, "scope is missing"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused_on_the_page(
    highlevel: RunningAgency, wrong: dict[str, str], says: str
):
    page = requests.get(highlevel.ready()["authorize_url"], params=asked_for(highlevel, **wrong), timeout=10)
    assert page.status_code == 400
    assert says in page.text


def test_a_refresh_token_works_once_and_gives_another(highlevel: RunningAgency):
    first = highlevel.ready()["refresh_token"]
    pair = token(highlevel, grant_type="refresh_token", refresh_token=first).json()
    assert pair["refresh_token"] != first
    used = token(highlevel, grant_type="refresh_token", refresh_token=first)
    assert (used.status_code, used.json()["error"]) == (400, "invalid_grant")
    assert token(highlevel, grant_type="refresh_token", refresh_token=pair["refresh_token"]).status_code == 200


def test_an_access_token_lives_a_day_and_a_refresh_token_a_year(highlevel: RunningAgency):
    client = HighLevelClient(highlevel)
    first = highlevel.ready()["refresh_token"]
    highlevel.agency.clock.advance(86_400)
    reply = client.send("GET", f"/locations/{client.location}")
    assert (reply.status_code, reply.json()["message"]) == (401, "Invalid JWT")
    pair = token(highlevel, grant_type="refresh_token", refresh_token=first).json()
    assert HighLevelClient(highlevel, pair["access_token"]).get(f"/locations/{client.location}")
    highlevel.agency.clock.advance(366 * 86_400)
    late = token(highlevel, grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert (late.status_code, late.json()["error"]) == (400, "invalid_grant")


def test_a_wrong_secret_a_json_body_and_a_missing_field_are_refused(highlevel: RunningAgency):
    address, ready = highlevel.ready()["token_url"], highlevel.ready()
    form = {"client_id": ready["client_id"], "client_secret": "x", "grant_type": "refresh_token"}
    assert requests.post(address, data=form, timeout=10).status_code == 401
    assert requests.post(address, json=form, timeout=10).status_code == 422
    assert requests.post(address, data={"grant_type": "refresh_token"}, timeout=10).status_code == 422
    assert token(highlevel, grant_type="password").json()["error"] == "unsupported_grant_type"


def test_an_agencys_token_becomes_one_of_a_sub_account(highlevel: RunningAgency):
    second = highlevel.agency.open("Second Studio")
    agency = exchanged(highlevel, code_of(highlevel, place="Company"))
    assert (agency["userType"], "locationId" in agency) == ("Company", False)
    client, ready = HighLevelClient(highlevel, agency["access_token"]), highlevel.ready()

    places = client.get("/oauth/installedLocations", companyId=ready["company_id"], appId="app")
    assert [place["name"] for place in places["locations"]] == [highlevel.company.name, "Second Studio"]
    assert client.send("GET", "/invoices/", altId=second.location_id).status_code == 401

    form = {"companyId": ready["company_id"], "locationId": second.location_id}
    address = f"{highlevel.base_url}/oauth/locationToken"
    mine = requests.post(address, data=form, headers=client.headers, timeout=10).json()
    location = HighLevelClient(highlevel, mine["access_token"])
    assert location.get(f"/locations/{second.location_id}")["location"]["name"] == "Second Studio"
    other = location.send("GET", f"/locations/{ready['location_id']}")
    assert (other.status_code, other.json()["message"]) == (403, "The token does not have access to this location.")


def test_a_private_integration_token_comes_in_until_it_is_renewed(highlevel: RunningAgency):
    client = HighLevelClient(highlevel, highlevel.ready()["private_token"])
    assert client.get("/workflows/", locationId=client.location)["workflows"] == []
    fresh = client.control("POST", "private-token", {"scopes": "contacts.readonly"})["private_token"]
    reply = client.send("GET", "/workflows/", locationId=client.location)
    assert (reply.status_code, reply.json()["message"]) == (401, "Invalid Private Integration token")
    narrow = HighLevelClient(highlevel, fresh).send("GET", "/workflows/", locationId=client.location)
    assert narrow.json()["message"] == "The token is not authorized for this scope."


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({"Authorization": ""}, "Invalid JWT"),
        ({"Authorization": "Bearer nonsense"}, "Invalid JWT"),
        ({"Version": ""}, "version header was not found."),
        ({"Version": "2020-01-01"}, "version header is invalid"),
    ],
)
def test_without_token_or_version_nothing_is_told(highlevel: RunningAgency, headers: dict[str, str], says: str):
    client = HighLevelClient(highlevel)
    client.headers |= headers
    reply = client.send("GET", f"/locations/{client.location}")
    assert (reply.status_code, reply.json()["message"]) == (401, says)
    assert reply.json().keys() == SHAPE


def test_removing_the_app_ends_its_connections(highlevel: RunningAgency):
    client = HighLevelClient(highlevel)
    highlevel.agency.uninstall()
    assert client.send("GET", f"/locations/{client.location}").status_code == 401
    dead = token(highlevel, grant_type="refresh_token", refresh_token=highlevel.ready()["refresh_token"])
    assert dead.status_code == 400


def test_the_answer_to_a_refresh_can_be_lost_although_it_happened(highlevel: RunningAgency):
    client, first = HighLevelClient(highlevel), highlevel.ready()["refresh_token"]
    client.control("POST", "faults", {"kind": "lost_answer", "entity": "token", "operation": "refresh_token"})
    with pytest.raises(requests.ConnectionError):
        token(highlevel, grant_type="refresh_token", refresh_token=first)
    assert token(highlevel, grant_type="refresh_token", refresh_token=first).json()["error"] == "invalid_grant"
    assert client.headers["Version"] == VERSION
