"""With what does a source let us in? A key that a person made there, or a pair of tokens that is renewed.

Source:
    docs/decisions/0016-one-renews-the-login.md
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Protocol

import requests
from django.db import transaction
from django.utils import timezone
from requests.auth import HTTPBasicAuth

from books.messages import Message
from books.outcomes import TryLater
from books.translation import gettext_noop
from sync.deadlines import plain
from sync.login_lease import LoginBusy, lease, needs_attention
from sync.models import Connection, ConnectionState
from sync.secrets import SecretUnreadable, decrypt, encrypt

logger = logging.getLogger(__name__)

NOT_CONNECTED = gettext_noop("%(source)s is not connected. Connect it under Settings, Integrations.")
_UNREADABLE = gettext_noop(
    "The stored login to %(source)s cannot be read any more: the encryption key of this installation was changed. "
    "Connect it again, or ask the person who runs this server to put the former key back."
)
_OTHERS_RENEW = gettext_noop("The login to %(source)s is being renewed by another process.")
_ENDED = gettext_noop(
    "The login to %(source)s has ended: it was revoked there, was not used for too long, or was renewed from "
    "elsewhere. Connect it again under Settings, Integrations."
)
_REFUSED = gettext_noop("%(source)s did not accept the login: %(error)s. Connect it again.")
_REFUSED_AT_ONCE = gettext_noop("The source does not accept the login that it just issued.")
_SILENT = gettext_noop("The login server of %(source)s did not answer.")
_UNWELL = gettext_noop("The login server of %(source)s answered with something other than a login.")

_TIMEOUTS = (10, 30)
_WAIT = 30
#: A token that lives shorter than this is renewed before it is used.
_SOON = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class SourceSecret:
    """What is kept encrypted for a source that is asked over the internet."""

    #: A key that a person made at the source; empty where there is a pair of tokens.
    api_key: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    #: The one before, for when the answer with its successor never arrived.
    previous_refresh_token: str = field(default="", repr=False)
    #: The account that it is for. A secret copied to another row is of no use there.
    tenant: str = ""
    #: The id of the agency whose the refresh token is, where the access token was exchanged for its own.
    agency: str = ""


@dataclass(frozen=True, kw_only=True)
class OAuthApp:
    """The login server of a source, and who this installation is to it."""

    #: What the source is called, for sentences.
    source: str
    authorize_url: str
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    scopes: tuple[str, ...]
    #: Parameters that go along with every request for tokens.
    extra: Mapping[str, str] = field(default_factory=dict)
    #: What goes along in place of that for an agency, and where its token is exchanged for one of its accounts.
    agency_extra: Mapping[str, str] = field(default_factory=dict)
    exchange_url: str = ""
    #: Headers of that request.
    exchange_headers: Mapping[str, str] = field(default_factory=dict)
    #: Whether a renewal names the app in a header in place of the body.
    renews_by_header: bool = False

    @property
    def is_set(self) -> bool:
        """Whether the person who runs the server has registered an app there."""
        return bool(self.client_id and self.client_secret)


@dataclass(frozen=True, kw_only=True)
class SourceGrant:
    """A pair of tokens, for how many seconds the first one lives, and everything that came with it."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    seconds: int
    told: Mapping[str, object] = field(default_factory=dict, repr=False)


def exchange(app: OAuthApp, *, code: str) -> SourceGrant | TryLater | Message:
    """Exchange the code of an allowed permission; a message where the source refuses it for good."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": app.redirect_uri}
    return _asked(app, {**form, "client_id": app.client_id, "client_secret": app.client_secret}, by_header=False)


def renew(app: OAuthApp, *, refresh_token: str) -> SourceGrant | TryLater | Message:
    """Exchange a refresh token, which is spent by that, for a new pair. Hold the lease of the connection."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    own = {} if app.renews_by_header else {"client_id": app.client_id, "client_secret": app.client_secret}
    return _asked(app, {**form, **own}, by_header=app.renews_by_header)


def exchange_for(app: OAuthApp, *, agency: str, token: str, account: str) -> SourceGrant | TryLater | Message:
    """Exchange an agency's access token for one of an account of its own, which has no refresh token."""
    there = replace(app, token_url=app.exchange_url, extra={})
    bearer = {**app.exchange_headers, "Authorization": f"Bearer {token}"}
    return _asked(there, {"companyId": agency, "locationId": account}, by_header=False, headers=bearer)


def _asked(
    app: OAuthApp, form: Mapping[str, str], *, by_header: bool, headers: Mapping[str, str] | None = None
) -> SourceGrant | TryLater | Message:
    auth = HTTPBasicAuth(app.client_id, app.client_secret) if by_header else None
    with requests.Session() as session:
        plain(session)
        try:
            answer = session.post(
                app.token_url,
                data={**form, **app.extra},
                auth=auth,
                headers={"Accept": "application/json", **(headers or {})},
                timeout=_TIMEOUTS,
                allow_redirects=False,
            )
        except requests.RequestException as problem:
            logger.warning("the login server of %s did not answer: %s", app.source, type(problem).__name__)
            return TryLater(reason=Message.of(_SILENT, source=app.source).worded(), wait=_WAIT)
    logger.info("asked %s for tokens: status %s", app.source, answer.status_code)
    try:
        told = answer.json()
    except ValueError:
        told = None
    needed = {"access_token"} if headers else {"access_token", "refresh_token"}
    if isinstance(told, dict) and answer.status_code in (200, 201) and needed <= told.keys():
        seconds = str(told.get("expires_in"))
        return SourceGrant(
            access_token=str(told["access_token"]),
            refresh_token=str(told.get("refresh_token") or ""),
            seconds=int(seconds) if seconds.isdigit() else 3600,
            told=told,
        )
    if isinstance(told, dict) and 400 <= answer.status_code < 500 and answer.status_code != 429:
        if told.get("error") == "invalid_grant":
            return Message.of(_ENDED, source=app.source)
        error = str(told.get("error_description") or told.get("message") or told.get("error") or answer.status_code)
        return Message.of(_REFUSED, source=app.source, error=error[:200])
    return TryLater(reason=Message.of(_UNWELL, source=app.source).worded(), wait=_WAIT)


class SourceAccess(Protocol):
    """What lets us in at a source."""

    @property
    def is_tried(self) -> bool:
        """Whether it is tried for the first time, and nothing was ever read with it."""
        ...

    def secret(self) -> SourceSecret | TryLater:
        """What a request bears now."""
        ...

    def renewed(self, stale: SourceSecret) -> SourceSecret | TryLater:
        """Another pair of tokens than the stale one, or why there is none."""
        ...

    def refused(self, why: Message) -> TryLater:
        """Take note that the source does not let us in any more."""
        ...


@dataclass(frozen=True, kw_only=True)
class TriedLogin:
    """A secret that is being tried, before anything is kept of it."""

    tried: SourceSecret

    @property
    def is_tried(self) -> bool:
        """See `SourceAccess.is_tried`."""
        return True

    def secret(self) -> SourceSecret | TryLater:
        """See `SourceAccess.secret`."""
        return self.tried

    def renewed(self, stale: SourceSecret) -> SourceSecret | TryLater:
        """See `SourceAccess.renewed`: what was just given is not renewed."""
        return self.refused(Message.of(_REFUSED_AT_ONCE))

    def refused(self, why: Message) -> TryLater:
        """See `SourceAccess.refused`."""
        return TryLater(reason=why.worded(), wait=0, needs_login=True)


class SourceLogin:
    """The login of one connection to a source, shared by every process that uses it."""

    def __init__(self, connection: Connection, app: OAuthApp) -> None:
        self._pk, self._app = connection.pk, app

    @property
    def is_tried(self) -> bool:
        """See `SourceAccess.is_tried`."""
        return False

    def secret(self) -> SourceSecret | TryLater:
        """What lets us in now; a pair of tokens that is about to end is renewed first."""
        row = Connection.objects.get(pk=self._pk)
        if row.state == ConnectionState.DISCONNECTED:
            return self._stopped(NOT_CONNECTED)
        secret = self._read(row)
        if isinstance(secret, TryLater) or secret.api_key:
            return secret
        if row.access_expires_at and row.access_expires_at - timezone.now() > _SOON:
            return secret
        return self.renewed(secret)

    def renewed(self, stale: SourceSecret) -> SourceSecret | TryLater:
        """Another token than the stale one: what another process has fetched meanwhile, or else a new one."""
        if stale.api_key:
            return self.refused(Message.of(_ENDED, source=self._app.source))
        try:
            with lease(self._pk) as row:
                secret = self._read(row)
                if isinstance(secret, TryLater) or secret.access_token not in ("", stale.access_token):
                    return secret
                return self._renew(row, secret)
        except LoginBusy:
            return TryLater(reason=Message.of(_OTHERS_RENEW, source=self._app.source).worded(), wait=10)

    def refused(self, why: Message) -> TryLater:
        """Stop the connection until a person has looked at it."""
        needs_attention(self._pk, why.worded())
        return TryLater(reason=why.worded(), wait=0, needs_login=True)

    def _renew(self, row: Connection, secret: SourceSecret) -> SourceSecret | TryLater:
        app = replace(self._app, extra=self._app.agency_extra) if secret.agency else self._app
        got = renew(app, refresh_token=secret.refresh_token)
        if isinstance(got, Message) and secret.previous_refresh_token:
            again = renew(app, refresh_token=secret.previous_refresh_token)
            got = got if isinstance(again, Message) else again
        if isinstance(got, Message):
            return self.refused(got)
        if isinstance(got, TryLater):
            return got
        fresh = replace(
            secret,
            access_token=got.access_token,
            refresh_token=got.refresh_token,
            previous_refresh_token=secret.refresh_token,
        )
        if fresh.agency:
            return self._exchanged(row, fresh)
        store(row, fresh, seconds=got.seconds)
        return fresh

    def _exchanged(self, row: Connection, fresh: SourceSecret) -> SourceSecret | TryLater:
        """The account's own token for the agency's. The agency's new pair is kept first: the former one is spent."""
        store(row, replace(fresh, access_token=""), seconds=0)
        got = exchange_for(self._app, agency=fresh.agency, token=fresh.access_token, account=fresh.tenant)
        if isinstance(got, Message):
            return self.refused(got)
        if isinstance(got, TryLater):
            return got
        own = replace(fresh, access_token=got.access_token)
        store(row, own, seconds=got.seconds)
        return own

    def _read(self, row: Connection) -> SourceSecret | TryLater:
        try:
            secret = read_secret(row)
        except SecretUnreadable:
            return self.refused(Message.of(_UNREADABLE, source=self._app.source))
        return secret or self._stopped(NOT_CONNECTED)

    def _stopped(self, sentence: str) -> TryLater:
        return TryLater(reason=Message.of(sentence, source=self._app.source).worded(), wait=0, needs_login=True)


def read_secret(row: Connection) -> SourceSecret | None:
    """What is kept for a connection; None when nothing is.

    Raises:
        SecretUnreadable: The keys do not fit, or the secret is another connection's.
    """
    if not row.secret:
        return None
    secret = SourceSecret(**json.loads(decrypt(row.secret)))
    if secret.tenant != row.external_id:
        raise SecretUnreadable
    return secret


def store(row: Connection, secret: SourceSecret, *, seconds: int | None) -> None:
    """Keep a secret before it is used; `seconds` is None for a key that does not end. The caller holds the lease."""
    row.secret = encrypt(json.dumps(asdict(secret)))
    row.access_expires_at = None if seconds is None else timezone.now() + timedelta(seconds=seconds)
    with transaction.atomic(durable=True):
        row.save(update_fields=["secret", "access_expires_at"])


def forget(row: Connection) -> None:
    """Remove what lets us in. The caller holds the lease."""
    row.secret, row.access_expires_at, row.last_error = "", None, ""
    with transaction.atomic(durable=True):
        row.save(update_fields=["secret", "access_expires_at", "last_error"])
