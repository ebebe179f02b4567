"""Whose tokens are these, and who may renew them? The login of one connection, shared by every process that uses it.

What is secret is written only by the holder of the lease on the connection's row: connecting, renewing, rotating the
encryption key, disconnecting. Intuit replaces a refresh token now and then, and two renewals at once can end a login;
so one renews while the others wait and read what it stored.

Source: docs/decisions/0016-one-renews-the-login.md
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from books.outcomes import TryLater
from books.translation import gettext_noop
from companies.models import Company
from sync.login_lease import LoginBusy, lease, needs_attention
from sync.models import QUICKBOOKS_ONLINE, Connection, ConnectionState
from sync.quickbooks_online import oauth
from sync.quickbooks_online.addresses import addresses_of, at_sandbox
from sync.secrets import SecretUnreadable, decrypt, encrypt

logger = logging.getLogger(__name__)

NOT_CONNECTED = gettext_noop("QuickBooks is not connected. Press QB Connect to sign in.")
UNREADABLE_SECRET = gettext_noop(
    "The stored login to QuickBooks cannot be read any more: the encryption key of this installation was changed. "
    "Press QB Connect to sign in again, or ask the person who runs this server to put the former key back."
)
_OTHERS_RENEW = gettext_noop("The login is being renewed by another process.")

#: A token that lives shorter than this is renewed before it is used: a request may take two minutes.
SOON = timedelta(minutes=5)
#: Seconds.
_LATELY = 1.0


@dataclass(frozen=True, kw_only=True)
class Secret:
    """What is kept encrypted for a connection."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    #: The one before, which Intuit honours for a day: for when the answer with its successor never arrived.
    previous_refresh_token: str = field(default="", repr=False)
    #: The company that the tokens are for. A secret copied to another row is of no use there.
    realm: str = ""
    #: A rehearsal company has its own client; otherwise the settings name it.
    client_id: str = ""
    client_secret: str = field(default="", repr=False)


class ConnectionLogin:
    """The tokens of a connection. Safe for threads: it keeps the connection's key and the last token."""

    def __init__(self, connection: Connection) -> None:
        self._pk = connection.pk
        self._addresses = addresses_of(connection.company)
        self._token = ""
        self._good_until = timezone.now()
        #: When the connection was last seen to be in order, by this process' own clock.
        self._looked_at = float("-inf")

    def access_token(self) -> str | TryLater:
        """A token that is good for a while yet; renewed first when it is not."""
        if self._token and timezone.now() < self._good_until:
            return self._token
        row = self._row()
        secret = _secret_of(row)
        if isinstance(secret, TryLater):
            return secret
        if row.access_expires_at and row.access_expires_at - timezone.now() > SOON:
            return self._kept(row, secret)
        return self.renewed(secret.access_token)

    def renewed(self, stale: str) -> str | TryLater:
        """Another token than `stale`: the one that another process has fetched meanwhile, or else a new one."""
        try:
            with lease(self._pk) as row:
                secret = _secret_of(row)
                if isinstance(secret, TryLater):
                    return secret
                if secret.access_token != stale:
                    return self._kept(row, secret)
                return self._renew(row, secret)
        except LoginBusy:
            return TryLater(reason=_OTHERS_RENEW, wait=10)

    def stopped(self, *, reading: bool = False) -> TryLater | None:
        """Why nothing may be asked over this connection now; None when it may. Looked at before every request.

        Args:
            reading: The request changes nothing, so it may also find out whether a login works again.
        """
        state, told = Connection.objects.values_list("state", "last_error").get(pk=self._pk)
        works = (ConnectionState.CONNECTED, ConnectionState.CONNECTING)
        if state in works or (reading and state == ConnectionState.NEEDS_ATTENTION):
            return None
        return TryLater(reason=told or NOT_CONNECTED, wait=0, needs_login=True)

    def stopped_lately(self) -> TryLater | None:
        """The same, for many requests in a row: what was so a second ago is so."""
        now = time.monotonic()
        if now - self._looked_at > _LATELY:
            stopped = self.stopped()
            if stopped:
                return stopped
            self._looked_at = now
        return None

    def needs_attention(self, sentence: str) -> None:
        """Stop the connection until a person has looked at it; `sentence` says why."""
        self._looked_at = float("-inf")
        needs_attention(self._pk, sentence)

    def _row(self) -> Connection:
        return Connection.objects.select_related("company").get(pk=self._pk)

    def _kept(self, row: Connection, secret: Secret) -> str:
        self._token = secret.access_token
        self._good_until = (row.access_expires_at or timezone.now()) - SOON
        return secret.access_token

    def _renew(self, row: Connection, secret: Secret) -> str | TryLater:
        client = client_of(secret, rehearsal=self._addresses.rehearsal)
        got = oauth.renew(self._addresses, client, refresh_token=secret.refresh_token)
        if isinstance(got, oauth.LoginRefused) and got.error == "invalid_grant" and secret.previous_refresh_token:
            got = oauth.renew(self._addresses, client, refresh_token=secret.previous_refresh_token)
        if isinstance(got, oauth.LoginRefused):
            self.needs_attention(got.sentence)
            return TryLater(reason=got.sentence, wait=0, needs_login=True)
        if isinstance(got, TryLater):
            return got
        fresh = replace(
            secret,
            access_token=got.access_token,
            refresh_token=got.refresh_token,
            previous_refresh_token=secret.refresh_token,
        )
        store(row, fresh, got)
        logger.info("renewed the login of connection %s", row.pk)
        return self._kept(row, fresh)


def quickbooks_of(company: Company) -> Connection | None:
    """The company's connection to QuickBooks Online, in whatever state."""
    return Connection.objects.filter(company=company, system=QUICKBOOKS_ONLINE).select_related("company").first()


def client_of(secret: Secret | None, *, rehearsal: bool, redirect_uri: str = "") -> oauth.Client:
    """Who this installation is to the QuickBooks that a secret belongs to; without id where nobody has said.

    The keys in the settings are Intuit's, so a rehearsal gets them only in an installation that rehearses altogether;
    one at Intuit's sandbox has keys of its own.
    """
    if secret and secret.client_id:
        return oauth.Client(client_id=secret.client_id, client_secret=secret.client_secret, redirect_uri=redirect_uri)
    if rehearsal and at_sandbox():
        return oauth.Client(
            client_id=settings.TIEOUT_SANDBOX_CLIENT_ID,
            client_secret=settings.TIEOUT_SANDBOX_CLIENT_SECRET,
            redirect_uri=redirect_uri,
        )
    if rehearsal and settings.TIEOUT_QUICKBOOKS_ENVIRONMENT != "rehearsal":
        return oauth.Client(client_id="", client_secret="", redirect_uri=redirect_uri)
    return oauth.Client(
        client_id=settings.TIEOUT_QUICKBOOKS_CLIENT_ID,
        client_secret=settings.TIEOUT_QUICKBOOKS_CLIENT_SECRET,
        redirect_uri=redirect_uri,
    )


def read_secret(row: Connection) -> Secret | None:
    """What is kept for a connection; None when nothing is.

    Raises:
        SecretUnreadable: The keys do not fit, or the secret is another connection's.
    """
    if not row.secret:
        return None
    secret = Secret(**json.loads(decrypt(row.secret)))
    if secret.realm != row.external_id:
        raise SecretUnreadable
    return secret


def store(row: Connection, secret: Secret, grant: oauth.Grant) -> None:
    """Keep a pair of tokens before anybody uses it. The caller holds the lease."""
    now = timezone.now()
    row.secret = _sealed(secret)
    row.access_expires_at = now + timedelta(seconds=grant.access_seconds)
    row.refresh_expires_at = now + timedelta(seconds=grant.refresh_seconds)
    _save(row)


def forget(row: Connection, *, keep: Secret | None) -> None:
    """Remove the tokens of a connection; `keep` is what may stay of its secret. The caller holds the lease."""
    row.secret = _sealed(keep) if keep else ""
    row.access_expires_at = row.refresh_expires_at = None
    row.last_error = ""
    _save(row, "last_error")


def _sealed(secret: Secret) -> str:
    return encrypt(json.dumps(asdict(secret)))


def _save(row: Connection, *more: str) -> None:
    with transaction.atomic(durable=True):
        row.save(update_fields=["secret", "access_expires_at", "refresh_expires_at", *more])


def _secret_of(row: Connection) -> Secret | TryLater:
    try:
        secret = read_secret(row)
    except SecretUnreadable:
        needs_attention(row.pk, UNREADABLE_SECRET)
        return TryLater(reason=UNREADABLE_SECRET, wait=0, needs_login=True)
    if secret is None or not secret.access_token:
        return TryLater(reason=NOT_CONNECTED, wait=0, needs_login=True)
    return secret
