"""Does the login behave as Intuit's does? Page, code, refresh with rotation, revoke, expiry, the gateway's answers."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from simulators.quickbooks.server import Running
from tests.simulators.driver import Books, told

BACK = "http://localhost:9999/callback"


def asked(running: Running, **changes: str) -> dict[str, str]:
    return {
        "client_id": running.ready()["client_id"],
        "scope": "com.intuit.quickbooks.accounting",
        "redirect_uri": BACK,
        "response_type": "code",
        "state": "s-1",
        **changes,
    }


def decide(running: Running, decision: str) -> dict[str, list[str]]:
    form = {**asked(running), "decision": decision}
    answer = requests.post(running.ready()["authorize_url"], data=form, allow_redirects=False, timeout=10)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(BACK)
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def token(running: Running, secret: str | None = None, **form: str) -> requests.Response:
    ready = running.ready()
    known = (ready["client_id"], secret or ready["client_secret"])
    return requests.post(ready["token_url"], data=form, auth=known, timeout=10)


def refresh(running: Running, with_token: str) -> requests.Response:
    return token(running, grant_type="refresh_token", refresh_token=with_token)


def test_the_page_names_the_company_and_has_both_buttons(running: Running):
    page = requests.get(running.ready()["authorize_url"], params=asked(running), timeout=10)
    assert page.status_code == 200
    assert "Bramble &amp; Birch Studio" in page.text
    assert ">Connect</button>" in page.text
    assert ">Cancel</button>" in page.text
    assert "http" not in page.text.replace(BACK, "")  # nothing from outside


def test_a_person_allows_and_the_code_gives_a_pair_of_tokens_once(running: Running, books: Books):
    back = decide(running, "allow")
    assert back["state"] == ["s-1"]
    assert back["realmId"] == [running.company.company_id]
    form = {"grant_type": "authorization_code", "code": back["code"][0], "redirect_uri": BACK}
    pair = token(running, **form).json()
    assert (pair["token_type"], pair["expires_in"]) == ("bearer", 3600)
    assert 8_640_000 <= pair["x_refresh_token_expires_in"] <= 8_726_400
    assert len(pair["access_token"]) > 900
    books.sign_in(pair["access_token"])
    assert books.count("Term") == 3
    assert token(running, **form).json()["error"] == "invalid_grant"


def test_a_person_denies(running: Running):
    assert decide(running, "deny") == {"error": ["access_denied"], "state": ["s-1"]}


def test_an_unknown_scope_goes_back_as_an_error(running: Running):
    answer = requests.get(
        running.ready()["authorize_url"], params=asked(running, scope="read"), allow_redirects=False, timeout=10
    )
    assert "error=invalid_scope" in answer.headers["Location"]


@pytest.mark.parametrize("change", [{"client_id": "x"}, {"redirect_uri": "nowhere"}, {"response_type": "token"}])
def test_a_request_that_cannot_be_trusted_stays_on_the_page(running: Running, change: dict[str, str]):
    answer = requests.get(
        running.ready()["authorize_url"], params=asked(running, **change), allow_redirects=False, timeout=10
    )
    assert answer.status_code == 400
    assert "cannot connect" in answer.text


def test_each_refresh_gives_a_new_refresh_token_and_the_old_one_is_stale(running: Running):
    first = running.ready()["refresh_token"]
    second = refresh(running, first).json()["refresh_token"]
    assert second != first
    stale = refresh(running, first)
    assert (stale.status_code, stale.json()) == (
        400,
        {"error": "invalid_grant", "error_description": "Incorrect or invalid refresh token"},
    )
    assert refresh(running, second).status_code == 200


def test_with_the_switch_the_refresh_token_before_the_present_one_works_for_a_while(running: Running, books: Books):
    books.control("options", {"refresh_grace_seconds": 60})
    first = running.ready()["refresh_token"]
    second = refresh(running, first).json()["refresh_token"]

    again = refresh(running, first)
    assert (again.status_code, again.json()["refresh_token"]) == (200, second)
    assert books.send("GET", "invoice/12", headers={"Authorization": f"Bearer {again.json()['access_token']}"}).ok
    books.control("clock", {"seconds": 61})
    assert refresh(running, first).status_code == 400
    third = refresh(running, second).json()["refresh_token"]
    assert refresh(running, first).status_code == 400, "only the last one before has grace"
    assert refresh(running, second).json()["refresh_token"] == third


def test_the_log_counts_logins_without_their_secrets(running: Running, books: Books):
    token = running.ready()["refresh_token"]
    refresh(running, token)
    refresh(running, token)
    log = books.control("log", method="GET")
    assert log["logins"] == {"refresh_token.200": 1, "refresh_token.400": 1}
    assert token not in str(log)


def test_with_daily_rotation_the_refresh_token_stays_for_a_day(running: Running, books: Books):
    books.control("options", {"refresh_token_rotation": "daily"})
    first = running.ready()["refresh_token"]
    assert refresh(running, first).json()["refresh_token"] == first
    books.control("clock", {"seconds": 86_500})
    assert refresh(running, first).json()["refresh_token"] != first


def test_a_reused_refresh_token_ends_the_connection_when_the_switch_says_so(running: Running, books: Books):
    books.control("options", {"refresh_reuse_revokes": True})
    first = running.ready()["refresh_token"]
    pair = refresh(running, first).json()
    refresh(running, first)
    assert refresh(running, pair["refresh_token"]).json()["error"] == "invalid_grant"
    books.sign_in(pair["access_token"])
    assert books.send("GET", "preferences").status_code == 401


def test_a_refresh_token_unused_for_101_days_is_dead(running: Running, books: Books):
    books.control("clock", {"seconds": 8_726_401})
    assert refresh(running, running.ready()["refresh_token"]).json()["error"] == "invalid_grant"


def test_an_access_token_is_no_refresh_token(running: Running):
    answer = refresh(running, running.ready()["access_token"]).json()
    assert answer["error_description"] == "Incorrect Token type or clientID"


def test_a_wrong_secret_is_an_invalid_client(running: Running):
    answer = token(running, "wrong", grant_type="refresh_token", refresh_token=running.ready()["refresh_token"])
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_the_hard_expiry_is_told_on_request(running: Running):
    ready = running.ready()
    answer = requests.post(
        ready["token_url"],
        data={"grant_type": "refresh_token", "refresh_token": ready["refresh_token"]},
        auth=(ready["client_id"], ready["client_secret"]),
        headers={"x-include-refresh-token-hard-expires-in": "true"},
        timeout=10,
    )
    assert answer.json()["x_refresh_token_hard_expires_in"] == 157_680_000


def test_a_revoked_connection_neither_reads_nor_refreshes(running: Running, books: Books):
    ready = running.ready()
    known = (ready["client_id"], ready["client_secret"])
    for expected in (200, 400):
        answer = requests.post(ready["revoke_url"], json={"token": ready["refresh_token"]}, auth=known, timeout=10)
        assert answer.status_code == expected
    assert books.send("GET", "preferences").status_code == 401
    assert refresh(running, ready["refresh_token"]).json()["error"] == "invalid_grant"


def test_an_expired_token_gets_the_gateways_401(books: Books):
    books.control("clock", {"seconds": 3601})
    answer = books.send("GET", "preferences")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    assert answer.headers["Content-Type"] == "application/json"
    assert "Qbo-Version" not in answer.headers
    assert answer.headers["intuit_tid"]
    body = answer.json()
    (error,) = body["fault"]["error"]
    assert body["fault"]["type"] == "AUTHENTICATION"
    assert isinstance(body["time"], int)
    assert (error["code"], error["element"]) == ("3200", None)
    assert error["message"] == "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    assert error["detail"].startswith("Token expired: ")


def test_the_life_of_a_token_can_be_shortened(running: Running, books: Books):
    books.control("options", {"access_token_seconds": 5})
    pair = refresh(running, running.ready()["refresh_token"]).json()
    assert pair["expires_in"] == 5
    books.control("clock", {"seconds": 6})
    books.sign_in(pair["access_token"])
    assert books.send("GET", "preferences").status_code == 401


def test_a_good_token_for_another_company_gets_the_gateways_403(running: Running, books: Books):
    answer = books.session.get(f"{running.base_url}/v3/company/123/customer/1", timeout=10)
    assert answer.status_code == 403
    (error,) = answer.json()["fault"]["error"]
    assert (error["code"], error["detail"], answer.json()["fault"]["type"]) == ("3100", None, "SERVICE")


def test_user_info_and_the_discovery_document_are_there(running: Running, books: Books):
    ready = running.ready()
    assert told(books.session.get(ready["user_info_url"], timeout=10))["email"] == "jordan.ellis@example.com"
    for path in (
        "/.well-known/openid_configuration/",
        "/.well-known/openid_sandbox_configuration",
    ):
        document = requests.get(running.base_url + path, timeout=10).json()
        assert document["token_endpoint"] == ready["token_url"]
        assert document["authorization_endpoint"] == ready["authorize_url"]
