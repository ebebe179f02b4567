"""What Intuit's login server says, and what it means: a login, a refusal with its reason, or nothing at all."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from books.outcomes import TryLater
from simulators.quickbooks.server import start
from sync.quickbooks_online import oauth
from sync.quickbooks_online.addresses import Addresses
from tests.quickbooks_online.fixed_answer import answering

CLIENT = oauth.Client(client_id="AB-client", client_secret="hush", redirect_uri="https://books.example.com/back/")
PAIR = {"access_token": "a", "refresh_token": "r", "expires_in": 3600, "token_type": "bearer"}


def at(base: str) -> Addresses:
    return Addresses(api=base, authorize=f"{base}/a", token=f"{base}/t", revoke=f"{base}/r", rehearsal=True)


def test_the_permission_page_is_asked_for_the_books_and_nothing_else() -> None:
    address = oauth.permission_page(at("https://appcenter.example.com"), CLIENT, state="st-1")

    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "appcenter.example.com", "/a")
    assert parse_qs(parts.query) == {
        "client_id": ["AB-client"],
        "response_type": ["code"],
        "redirect_uri": ["https://books.example.com/back/"],
        "scope": ["com.intuit.quickbooks.accounting"],
        "state": ["st-1"],
    }


def test_a_refresh_token_is_exchanged_for_a_new_pair() -> None:
    with start() as running:
        ready = running.ready()
        client = oauth.Client(client_id=ready["client_id"], client_secret=ready["client_secret"])
        addresses = Addresses(
            api=running.base_url,
            authorize=ready["authorize_url"],
            token=ready["token_url"],
            revoke=ready["revoke_url"],
            rehearsal=True,
        )

        grant = oauth.renew(addresses, client, refresh_token=ready["refresh_token"])

        assert isinstance(grant, oauth.Grant)
        assert grant.access_token != ready["access_token"]
        assert grant.refresh_token != ready["refresh_token"]
        assert (grant.access_seconds, grant.refresh_seconds > 8_000_000) == (3600, True)
        assert running.company.logins.admits(grant.access_token)
        assert oauth.revoke(addresses, client, token=grant.refresh_token)
        assert not running.company.logins.admits(grant.access_token)
        assert not oauth.revoke(addresses, client, token="unknown")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<html>Sign in</html>"),
        (200, '{"access_token": "a", "refre'),
        (200, json.dumps({"access_token": "a", "token_type": "bearer"})),
        (200, "[]"),
        (200, json.dumps({"error": "invalid_grant"})),
        (302, ""),
        (429, json.dumps({"error": "throttled"})),
        (500, json.dumps({"error": "server_error"})),
        (503, "<html>503</html>"),
    ],
)
def test_an_answer_that_is_no_login_ends_no_login(status: int, body: str) -> None:
    with answering(status, body) as base:
        answer = oauth.renew(at(base), CLIENT, refresh_token="r")

    assert isinstance(answer, TryLater)
    assert not answer.needs_login
    assert answer.exchange.status == status


def test_a_login_server_that_does_not_answer_ends_no_login() -> None:
    answer = oauth.renew(at("http://127.0.0.1:9"), CLIENT, refresh_token="r")

    assert isinstance(answer, TryLater)
    assert not answer.needs_login
    assert not oauth.revoke(at("http://127.0.0.1:9"), CLIENT, token="r")


@pytest.mark.parametrize(
    ("status", "error", "word"),
    [
        (400, "invalid_grant", "has ended"),
        (401, "invalid_client", "ask the person who runs this server"),
        (400, "invalid_scope", "not every permission"),
        (400, "something_new", "without a reason"),
    ],
)
def test_a_refusal_says_what_to_do(status: int, error: str, word: str) -> None:
    with answering(status, json.dumps({"error": error, "error_description": "Incorrect or invalid"})) as base:
        answer = oauth.renew(at(base), CLIENT, refresh_token="r")

    assert isinstance(answer, oauth.LoginRefused)
    assert answer.error == error
    assert word in answer.sentence


@pytest.mark.criterion("C04")
@pytest.mark.parametrize(
    ("granted", "enough"),
    [
        ("openid", False),
        ("", True),
        ("com.intuit.quickbooks.accounting", True),
        ("openid com.intuit.quickbooks.accounting", True),
    ],
)
def test_a_login_without_the_permission_that_was_asked_for_is_no_login(granted: str, enough: bool) -> None:
    told = PAIR | ({"scope": granted} if granted else {})
    with answering(200, json.dumps(told)) as base:
        answer = oauth.exchange(at(base), CLIENT, code="code-1")

    if enough:
        assert answer == oauth.Grant(
            access_token="a", refresh_token="r", access_seconds=3600, refresh_seconds=8_640_000
        )
    else:
        assert isinstance(answer, oauth.LoginRefused)
        assert "not every permission" in answer.sentence


def test_tokens_do_not_show_in_what_a_defect_would_print() -> None:
    grant = oauth.Grant(access_token="tok-a", refresh_token="tok-r", access_seconds=1, refresh_seconds=1)

    assert "tok-" not in repr(grant)
    assert "hush" not in repr(CLIENT)
