"""Does the login of the Keap account behave as Keap's? Page, code, refresh with rotation, keys, and the 401s."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.simulators.keap_driver import KeapClient

BACK = "https://books.example.com/keap/callback?from=keap"
DAY = 86_400


def asked(keap: KeapClient, **changes: str) -> dict[str, str]:
    ready = keap.running.ready()
    return {
        "client_id": ready["client_id"],
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "full",
        "state": "s-1",
        **changes,
    }


def decide(keap: KeapClient, decision: str) -> dict[str, list[str]]:
    form = {**asked(keap), "decision": decision}
    answer = requests.post(keap.running.ready()["authorize_url"], data=form, allow_redirects=False, timeout=10)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(BACK + "&")
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def exchange(keap: KeapClient, code: str, **changes: str) -> requests.Response:
    ready = keap.running.ready()
    form = {"client_id": ready["client_id"], "client_secret": ready["client_secret"], "redirect_uri": BACK}
    whole = {**form, "grant_type": "authorization_code", "code": code, **changes}
    return requests.post(ready["token_url"], data=whole, timeout=10)


def refresh(keap: KeapClient, token: str, *, by_header: bool = True) -> requests.Response:
    ready = keap.running.ready()
    client = (ready["client_id"], ready["client_secret"])
    form = {"grant_type": "refresh_token", "refresh_token": token}
    if by_header:
        return requests.post(ready["token_url"], data=form, auth=client, timeout=10)
    form |= {"client_id": client[0], "client_secret": client[1]}
    return requests.post(ready["token_url"], data=form, timeout=10)


def status_with(keap: KeapClient, **headers: str) -> int:
    url = f"{keap.running.api_url}/rest/v2/orders"
    return requests.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()}).status_code


def test_a_person_sees_which_account_it_is_and_can_allow_or_cancel(keap: KeapClient):
    page = requests.get(keap.running.ready()["authorize_url"], params=asked(keap), timeout=10)

    assert page.status_code == 200
    assert "Bramble &amp; Birch Studio" in page.text
    assert keap.account.tenant_id in page.text
    assert ">Allow</button>" in page.text
    assert ">Cancel</button>" in page.text
    assert decide(keap, "deny") == {"from": ["keap"], "error": ["access_denied"], "state": ["s-1"]}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"client_id": "other"}, "client_id is not known"),
        ({"redirect_uri": "books"}, "redirect_uri"),
        ({"response_type": "token"}, "response_type"),
        ({"scope": "orders"}, "only scope is full"),
    ],
)
def test_an_app_that_asks_wrongly_gets_a_page_that_says_so(keap: KeapClient, changes: dict[str, str], reason: str):
    page = requests.get(keap.running.ready()["authorize_url"], params=asked(keap, **changes), timeout=10)

    assert page.status_code == 400
    assert reason in page.text


def test_a_code_gives_a_pair_of_tokens_once(keap: KeapClient):
    back = decide(keap, "allow")
    assert back["scope"] == [f"full|{keap.account.tenant_id}.infusionsoft.com"]

    pair = exchange(keap, back["code"][0])
    assert pair.status_code == 200
    assert pair.json()["expires_in"] == DAY
    assert status_with(keap, Authorization=f"Bearer {pair.json()['access_token']}") == 200
    again = exchange(keap, back["code"][0])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_the_exchange_needs_the_same_redirect_and_the_right_secret_in_the_form_alone(keap: KeapClient):
    code = decide(keap, "allow")["code"][0]
    assert exchange(keap, code, client_secret="wrong").status_code == 401
    assert exchange(keap, code, redirect_uri="https://elsewhere.example.com").status_code == 400

    ready = keap.running.ready()
    form = {"grant_type": "authorization_code", "code": decide(keap, "allow")["code"][0], "redirect_uri": BACK}
    client = (ready["client_id"], ready["client_secret"])
    assert requests.post(ready["token_url"], data=form, auth=client, timeout=10).status_code == 400


def test_each_refresh_gives_a_new_refresh_token_and_the_old_one_is_refused(keap: KeapClient):
    first = keap.running.ready()["refresh_token"]
    pair = refresh(keap, first).json()

    assert pair["refresh_token"] != first
    assert status_with(keap, Authorization=f"Bearer {pair['access_token']}") == 200
    refused = refresh(keap, first)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert refresh(keap, pair["refresh_token"]).status_code == 200


def test_a_refresh_needs_its_client_in_the_header(keap: KeapClient):
    assert refresh(keap, keap.running.ready()["refresh_token"], by_header=False).status_code == 401


def test_a_refresh_whose_answer_is_lost_has_used_up_the_token_unless_the_switch_is_kind(keap: KeapClient):
    first = keap.running.ready()["refresh_token"]
    keap.running.faults.order({"kind": "lost_answer", "entity": "token", "operation": "refresh_token"})
    with pytest.raises(requests.ConnectionError):
        refresh(keap, first)
    assert refresh(keap, first).status_code == 400

    keap.account.options.refresh_grace_seconds = 60
    assert refresh(keap, first).status_code == 200


def test_an_access_token_lives_a_day_and_a_refresh_token_forty_five(keap: KeapClient):
    ready = keap.running.ready()
    keap.account.clock.advance(DAY + 1)
    assert status_with(keap, Authorization=f"Bearer {ready['access_token']}") == 401
    pair = refresh(keap, ready["refresh_token"]).json()
    keap.account.clock.advance(45 * DAY + 1)
    assert refresh(keap, pair["refresh_token"]).status_code == 400


def test_keys_travel_in_their_own_header(keap: KeapClient):
    ready = keap.running.ready()
    assert ready["api_key"].startswith("KeapAK")
    for key in (ready["api_key"], ready["personal_access_token"]):
        assert status_with(keap, X_Keap_API_Key=key) == 200
        assert status_with(keap, Authorization=f"Bearer {key}") == 401
    keap.account.options.keys_as_bearer = "take"
    assert status_with(keap, Authorization=f"Bearer {ready['api_key']}") == 200


def test_who_is_not_let_in_gets_401_even_where_there_is_nothing(keap: KeapClient):
    for path in ("/rest/v2/orders", "/rest/v2/nonsense", "/rest/v1/hooks", "/nonsense"):
        answer = requests.get(keap.running.api_url + path, headers={"X-Keap-API-Key": "KeapAK-wrong"}, timeout=10)
        assert answer.status_code == 401
        assert answer.json()["fault"]["detail"]["errorcode"]
        assert answer.headers["x-keap-product-quota-available"] == ""
