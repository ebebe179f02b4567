"""What is said to Intuit's login server? Ask a person for permission, exchange the code, renew, revoke."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from oauthlib.oauth2 import OAuth2Error
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from books.outcomes import Exchange, TryLater
from books.translation import gettext_noop
from sync.deadlines import DeadlineAdapter, plain
from sync.quickbooks_online.addresses import Addresses

#: Read and write of the books; Intuit has no smaller scope.
SCOPE = "com.intuit.quickbooks.accounting"

logger = logging.getLogger(__name__)

_TIMEOUTS = (10, 30)
_WAIT = 30
_ENDED = gettext_noop(
    "The login to QuickBooks has ended: it was disconnected there, was not used for 100 days, or was renewed from "
    "elsewhere. Press QB Connect to sign in again."
)
_UNKNOWN_CLIENT = gettext_noop(
    "QuickBooks does not accept the keys of this installation. Press QB Connect to sign in again. If that does not "
    "help, ask the person who runs this server to correct the keys."
)
#: Also what Intuit's `invalid_scope` on the way back means.
NOT_ALL = gettext_noop(
    "QuickBooks was not connected: not every permission that was asked for was given. Press QB Connect and allow "
    "access to the accounting data."
)
_CODE_SPENT = gettext_noop(
    "QuickBooks was not connected: its answer was too old or already used. Press QB Connect again."
)
_OTHER = gettext_noop(
    "Intuit's login server rejected the request, without a reason that Tieout knows. Press QB Connect to sign in again."
)
_SILENT = gettext_noop("Intuit's login server did not answer.")
_UNWELL = gettext_noop("Intuit's login server answered with something other than a login.")


@dataclass(frozen=True, kw_only=True)
class Client:
    """Who this installation is to Intuit."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str = ""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A pair of tokens and for how many seconds each lives."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_seconds: int
    refresh_seconds: int


@dataclass(frozen=True, kw_only=True)
class LoginRefused:
    """The login server said no, for good."""

    #: A marked sentence for the person.
    sentence: str
    #: OAuth's own word, such as `invalid_grant`.
    error: str


class _NoLogin(Exception):
    """The answer is neither a login nor a refusal of one."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__(f"status {response.status_code}")
        self.exchange = Exchange(status=response.status_code, intuit_tid=response.headers.get("intuit_tid", ""))


def permission_page(addresses: Addresses, client: Client, *, state: str, hints: Mapping[str, str] | None = None) -> str:
    """The address at which a person allows or denies access; `state` comes back with the answer.

    Args:
        addresses: Of the company's QuickBooks.
        client: Who this installation is there.
        state: A secret of this attempt.
        hints: What a test company's page preselects; Intuit knows none.
    """
    with _session(addresses, client, scope=SCOPE) as session:
        address, _ = session.authorization_url(_as_https(addresses.authorize), state=state, **(hints or {}))
    return _as_told(address, addresses.authorize)


def exchange(addresses: Addresses, client: Client, *, code: str) -> Grant | LoginRefused | TryLater:
    """Exchange the code of an allowed permission, which works once and within a few minutes."""

    def ask(session: OAuth2Session) -> Any:
        return session.fetch_token(
            _as_https(addresses.token), code=code, auth=_auth(client), headers=_headers(), timeout=_TIMEOUTS
        )

    return _asked(addresses, client, ask, scope=SCOPE, ended=_CODE_SPENT)


def renew(addresses: Addresses, client: Client, *, refresh_token: str) -> Grant | LoginRefused | TryLater:
    """Exchange a refresh token for a new pair. Two at once may end the login: hold the lease of the connection."""

    def ask(session: OAuth2Session) -> Any:
        return session.refresh_token(
            _as_https(addresses.token),
            refresh_token=refresh_token,
            auth=_auth(client),
            headers=_headers(),
            timeout=_TIMEOUTS,
        )

    return _asked(addresses, client, ask, ended=_ENDED)


def revoke(addresses: Addresses, client: Client, *, token: str) -> bool:
    """End the login at Intuit, both tokens with it; False when Intuit did not confirm it."""
    with requests.Session() as session:
        plain(session)
        try:
            answer = session.post(
                addresses.revoke,
                json={"token": token},
                auth=_auth(client),
                headers={"Accept": "application/json"},
                timeout=_TIMEOUTS,
                allow_redirects=False,
            )
        except requests.RequestException as problem:
            logger.warning("revoking a login failed: %s", type(problem).__name__)
            return False
    logger.info("revoked a login: status %s, intuit_tid %s", answer.status_code, answer.headers.get("intuit_tid", "-"))
    return answer.status_code == 200


def _asked(
    addresses: Addresses, client: Client, ask: Callable[[OAuth2Session], Any], *, ended: str, scope: str = ""
) -> Grant | LoginRefused | TryLater:
    with _session(addresses, client, scope=scope) as session:
        try:
            token = ask(session)
        except OAuth2Error as refusal:
            return _refusal(str(refusal.error), ended=ended)
        except Warning as changed:  # how oauthlib says that another scope was granted than was asked for
            if SCOPE not in getattr(changed, "new_scope", ()):
                return LoginRefused(sentence=NOT_ALL, error="invalid_scope")
            token = getattr(changed, "token", {})
        except _NoLogin as strange:
            return TryLater(reason=_UNWELL, wait=_WAIT, exchange=strange.exchange)
        except requests.RequestException as problem:
            logger.warning("the login server did not answer: %s", type(problem).__name__)
            return TryLater(reason=_SILENT, wait=_WAIT)
    return Grant(
        access_token=str(token["access_token"]),
        refresh_token=str(token["refresh_token"]),
        access_seconds=int(token.get("expires_in", 3600)),
        refresh_seconds=int(token.get("x_refresh_token_expires_in", 8_640_000)),
    )


def _refusal(error: str, *, ended: str) -> LoginRefused:
    sentences = {
        "invalid_grant": ended,
        "invalid_client": _UNKNOWN_CLIENT,
        "unauthorized_client": _UNKNOWN_CLIENT,
        "invalid_scope": NOT_ALL,
    }
    return LoginRefused(sentence=sentences.get(error, _OTHER), error=error)


def _session(addresses: Addresses, client: Client, *, scope: str) -> OAuth2Session:
    session = OAuth2Session(
        client.client_id, redirect_uri=client.redirect_uri or None, scope=[scope] if scope else None
    )
    plain(session)
    if addresses.rehearsal and addresses.token.startswith("http://"):
        session.mount("https://", _OverPlainHttp())
    for moment in ("access_token_response", "refresh_token_response"):
        session.register_compliance_hook(moment, _only_a_login)
    return session


def _only_a_login(response: requests.Response) -> requests.Response:
    """Stop what oauthlib would read as a token without being one: an error page, an answer cut off, a redirect."""
    logger.info(
        "asked for tokens: status %s, intuit_tid %s", response.status_code, response.headers.get("intuit_tid", "-")
    )
    try:
        told = json.loads(response.text)
    except ValueError:
        told = None
    refused = isinstance(told, dict) and "error" in told and 400 <= response.status_code < 500
    granted = (
        isinstance(told, dict) and {"access_token", "refresh_token"} <= told.keys() and response.status_code == 200
    )
    if response.status_code == 429 or not (refused or granted):
        raise _NoLogin(response)
    return response


def _auth(client: Client) -> HTTPBasicAuth:
    return HTTPBasicAuth(client.client_id, client.client_secret)


def _headers() -> dict[str, str]:
    return {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}


class _OverPlainHttp(DeadlineAdapter):
    """Carries what is addressed to https over http.

    requests-oauthlib refuses plain http; its only switch is a variable for the whole process, which would open it for
    live books as well. Only a rehearsal's session gets this.
    """

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = "http://" + (request.url or "").removeprefix("https://")
        return super().send(request, *args, **kwargs)


def _as_https(address: str) -> str:
    return address.replace("http://", "https://", 1)


def _as_told(address: str, told: str) -> str:
    return address.replace("https://", "http://", 1) if told.startswith("http://") else address
