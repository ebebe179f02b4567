"""How does a company get its QuickBooks, and how does it let go of it? Connect, answer, disconnect.

A person is sent to Intuit, allows or denies there, and comes back with an answer. Only when every check has passed is
anything kept, so a connection is either whole or not there.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from books.messages import Message
from books.outcomes import TryLater
from books.translation import gettext_noop
from companies.models import Company, CompanyKind
from sync.models import QUICKBOOKS_ONLINE, SENT_STATES, Connection, ConnectionState
from sync.quickbooks_online import oauth
from sync.quickbooks_online.addresses import Addresses, AddressRefused, addresses_of
from sync.quickbooks_online.faults import UNREADABLE, InTheWay, verdict_on
from sync.quickbooks_online.gateway import FixedLogin, Gateway
from sync.quickbooks_online.limits import SlidingWindow
from sync.quickbooks_online.list_parsers import CompanyFacts, read_company
from sync.quickbooks_online.login import Secret, client_of, forget, lease, read_secret, store
from sync.quickbooks_online.replies import Reply
from sync.quickbooks_online.wire import Unreadable
from sync.secrets import SecretUnreadable

logger = logging.getLogger(__name__)

_DESKTOP = gettext_noop("%(company)s keeps its books in QuickBooks Desktop, which is not connected over the internet.")
_NO_CLIENT = gettext_noop(
    "QuickBooks cannot be connected yet: this installation has no keys from Intuit. Ask the person who runs this "
    "server; the reference of settings says where they go."
)
_NO_REHEARSAL_CLIENT = gettext_noop(
    "The QuickBooks test company cannot be connected yet: this installation has no keys for it. Ask the "
    "person who runs "
    "this server; the page “Test first” of the documentation says where they go. Keys of Intuit are never sent to it."
)
_DENIED = gettext_noop(
    "QuickBooks was not connected: the permission was declined on Intuit's page. If that was a mistake, press QB "
    "Connect and choose Connect there."
)
_STRANGE_ERROR = gettext_noop("QuickBooks was not connected: Intuit answered with “%(error)s”. Press QB Connect again.")
_NO_CODE = gettext_noop(
    "QuickBooks was not connected: Intuit's answer lacks the code or the company. Press QB Connect again."
)
_TAKEN = gettext_noop(
    "This QuickBooks company (%(realm)s) is already connected to another company in Tieout. Everything would be posted "
    "twice, so it was not connected here."
)
_ANOTHER = gettext_noop(
    "%(company)s has posted to the QuickBooks company “%(name)s” (%(before)s), and another one (%(realm)s) was chosen "
    "now. Press QB Connect and choose “%(name)s”, or set up another company in Tieout for the other books."
)


def permission_page(company: Company, *, redirect_uri: str, state: str) -> str | Message:
    """The address at Intuit to send a person to.

    Args:
        company: Of QuickBooks Online.
        redirect_uri: Where Intuit sends the person back to; registered there letter for letter.
        state: A secret of this attempt, which comes back with the answer.
    """
    if company.kind != CompanyKind.ONLINE:
        return Message.of(_DESKTOP, company=company.name)
    client = _client(company, redirect_uri)
    if not client.client_id or not client.client_secret:
        return Message(sentence=_NO_REHEARSAL_CLIENT if company.is_rehearsal else _NO_CLIENT)
    try:
        return oauth.permission_page(addresses_of(company), client, state=state)
    except AddressRefused as refused:
        return Message(sentence=str(refused))


def connect(company: Company, *, answer: Mapping[str, str], redirect_uri: str, person: User) -> Connection | Message:
    """Make the connection that Intuit's answer allows; its lists have still to be read.

    Args:
        company: The one that the person pressed QB Connect for.
        answer: The parameters that Intuit sent the person back with; their `state` has been checked.
        redirect_uri: The same as on the way there.
        person: Who pressed QB Connect.
    """
    refused = _denied(answer) or _wrong_company(company, answer.get("realmId", ""))
    if refused:
        return _told(company, refused)
    addresses, client = addresses_of(company), _client(company, redirect_uri)
    grant = oauth.exchange(addresses, client, code=answer["code"])
    if isinstance(grant, oauth.LoginRefused):
        return _told(company, Message(sentence=grant.sentence))
    if isinstance(grant, TryLater):
        return _told(company, Message(sentence=grant.reason))
    facts = _introduce(addresses, grant, realm=answer["realmId"])
    if isinstance(facts, Message):
        oauth.revoke(addresses, client, token=grant.refresh_token)
        return _told(company, facts)
    secret = Secret(
        access_token=grant.access_token,
        refresh_token=grant.refresh_token,
        realm=answer["realmId"],
        **_own_client(company, client),
    )
    try:
        return _kept(company, secret, grant, name=facts.name, person=person)
    except IntegrityError:
        return _told(company, _taken(answer["realmId"]))


def connect_rehearsal(company: Company, ready: Mapping[str, str], *, person: User | None = None) -> Connection:
    """Connect a rehearsal company with what its program printed when it was ready; its lists have still to be read.

    Args:
        company: A rehearsal company.
        ready: `base_url`, `company_id`, `access_token`, `refresh_token`, `client_id`, `client_secret`.
        person: Shown as who connected it.

    Raises:
        AddressRefused: The company is a live one, or the settings name another address than the program printed.
        ValueError: The rehearsal is connected to another company already, or this company to another rehearsal.
    """
    if not company.is_rehearsal:
        raise AddressRefused(f"{company} is not a rehearsal company, so no rehearsal was connected to it.")
    if addresses_of(company).api != ready["base_url"].rstrip("/"):
        raise AddressRefused(
            f"This installation practices with the QuickBooks at {addresses_of(company).api}, and the line is of the "
            f"one at {ready['base_url']}."
        )
    refused = _wrong_company(company, ready["company_id"])
    if refused:
        raise ValueError(refused.worded())
    secret = Secret(
        access_token=ready["access_token"],
        refresh_token=ready["refresh_token"],
        realm=ready["company_id"],
        client_id=ready["client_id"],
        client_secret=ready["client_secret"],
    )
    grant = oauth.Grant(
        access_token=secret.access_token,
        refresh_token=secret.refresh_token,
        access_seconds=3600,
        refresh_seconds=8_640_000,
    )
    try:
        return _kept(company, secret, grant, name=company.name, person=person)
    except IntegrityError:
        raise ValueError(_taken(secret.realm).worded()) from None


def disconnect(connection: Connection) -> bool:
    """Stop everything over this connection at once, revoke its login and forget its tokens; its history stays.

    Returns:
        Whether Intuit confirmed the end of the login. If not, it has to be ended in QuickBooks, under Apps.

    Raises:
        LoginBusy: The login is being renewed without end; nothing is sent any more, and the tokens are still there.
    """
    connection.state = ConnectionState.DISCONNECTED
    # First of all, so that not one more document leaves while the login is being ended
    connection.save(update_fields=["state"])
    with lease(connection.pk) as row:
        ended = _revoke(row)
        forget(row, keep=_client_only(row))
    connection.refresh_from_db()
    logger.info("disconnected connection %s", connection.pk)
    return ended


def quickbooks_of(company: Company) -> Connection | None:
    """The company's connection to QuickBooks Online, in whatever state."""
    return Connection.objects.filter(company=company, system=QUICKBOOKS_ONLINE).select_related("company").first()


def _denied(answer: Mapping[str, str]) -> Message | None:
    match answer.get("error", ""):
        case "":
            complete = answer.get("code") and answer.get("realmId")
            return None if complete else Message(sentence=_NO_CODE)
        case "access_denied":
            return Message(sentence=_DENIED)
        case "invalid_scope":
            return Message(sentence=oauth.NOT_ALL)
        case other:
            return Message.of(_STRANGE_ERROR, error=other[:100])


def _wrong_company(company: Company, realm: str) -> Message | None:
    if _is_anothers(company, realm):
        return _taken(realm)
    before = quickbooks_of(company)
    if before and before.external_id and before.external_id != realm:
        return Message.of(_ANOTHER, company=company.name, name=before.name, before=before.external_id, realm=realm)
    return None


def _taken(realm: str) -> Message:
    return Message.of(_TAKEN, realm=realm)


def _is_anothers(company: Company, realm: str) -> bool:
    """Whether another company posts to these books, or has posted to them."""
    others = Connection.objects.filter(system=QUICKBOOKS_ONLINE, external_id=realm).exclude(company=company)
    living = others.exclude(state=ConnectionState.DISCONNECTED)
    return living.exists() or others.filter(company__documents__state__in=SENT_STATES).exists()


def _introduce(addresses: Addresses, grant: oauth.Grant, *, realm: str) -> CompanyFacts | Message:
    """Ask the company for its name: the proof that the login is for it and suffices."""
    gateway = Gateway(
        api_url=addresses.api,
        company_id=realm,
        login=FixedLogin(token=grant.access_token),
        window=SlidingWindow(()),
    )
    answer = gateway.company_info()
    gateway.close()
    if not isinstance(answer, Reply):
        return Message(sentence=answer.reason)
    match verdict_on(answer):
        case None:
            return _facts(answer)
        case InTheWay(refused=refused):
            return Message(sentence=refused.problems[0].explain())
        case TryLater(reason=reason):
            return Message(sentence=reason)
        case other:
            return Message(sentence=getattr(other, "reason", UNREADABLE))


def _facts(answer: Reply) -> CompanyFacts | Message:
    try:
        return read_company(answer.json)
    except Unreadable:
        return Message(sentence=UNREADABLE)


def _kept(company: Company, secret: Secret, grant: oauth.Grant, *, name: str, person: User | None) -> Connection:
    connection, _ = Connection.objects.get_or_create(company=company, system=QUICKBOOKS_ONLINE, defaults={"name": name})
    with lease(connection.pk) as row:
        row.external_id, row.name, row.state, row.last_error = secret.realm, name, ConnectionState.CONNECTING, ""
        row.connected_at, row.connected_by_id = timezone.now(), person.pk if person else None
        row.resting_until = None
        # Two companies that are connected to the same books at the same moment both come as far as here
        with transaction.atomic():
            row.save(
                update_fields=[
                    *("external_id", "name", "state", "last_error"),
                    *("connected_at", "connected_by", "resting_until"),
                ]
            )
        store(row, secret, grant)
    connection.refresh_from_db()
    logger.info("connected connection %s to the QuickBooks company %s", connection.pk, secret.realm)
    return connection


def _told(company: Company, refused: Message) -> Message:
    """Leave the reason on the card, unless a connection that works would be spoken ill of."""
    connection, _ = Connection.objects.get_or_create(
        company=company, system=QUICKBOOKS_ONLINE, defaults={"name": "QuickBooks Online"}
    )
    idle = Connection.objects.filter(pk=connection.pk).exclude(state=ConnectionState.CONNECTED)
    idle.update(last_error=refused.worded())
    return refused


def _revoke(row: Connection) -> bool:
    try:
        secret, addresses = read_secret(row), addresses_of(row.company)
    except (SecretUnreadable, AddressRefused):
        return False
    if secret is None or not secret.refresh_token:
        return True
    client = client_of(secret, rehearsal=row.company.is_rehearsal)
    return oauth.revoke(addresses, client, token=secret.refresh_token)


def _client(company: Company, redirect_uri: str) -> oauth.Client:
    return client_of(_present_secret(company), rehearsal=company.is_rehearsal, redirect_uri=redirect_uri)


def _present_secret(company: Company) -> Secret | None:
    connection = quickbooks_of(company)
    try:
        return read_secret(connection) if connection else None
    except SecretUnreadable:
        return None


def _client_only(row: Connection) -> Secret | None:
    """What is left of a rehearsal's secret, so that Connect works again: its client, which no setting names."""
    secret = _present_secret(row.company)
    if secret is None or not secret.client_id:
        return None
    return replace(secret, access_token="", refresh_token="", previous_refresh_token="")


def _own_client(company: Company, client: oauth.Client) -> dict[str, str]:
    if not company.is_rehearsal:
        return {}
    return {"client_id": client.client_id, "client_secret": client.client_secret}
