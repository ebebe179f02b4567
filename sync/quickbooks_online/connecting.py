"""How does a company get its QuickBooks, and how does it let go of it? Connect, answer, disconnect.

A person is sent to Intuit, allows or denies there, and comes back with an answer. Only when every check has passed is
anything kept, so a connection is either whole or not there.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

import requests
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from books.messages import Message
from books.outcomes import TryLater
from books.translation import gettext_noop
from companies.models import Company, CompanyKind
from sync.deadlines import plain
from sync.login_lease import lease
from sync.models import QUICKBOOKS_ONLINE, Connection, ConnectionState
from sync.quickbooks_online import oauth
from sync.quickbooks_online.addresses import Addresses, AddressRefused, addresses_of, has_limits, on_this_machine
from sync.quickbooks_online.faults import UNREADABLE, InTheWay, verdict_on
from sync.quickbooks_online.gateway import FixedLogin, Gateway
from sync.quickbooks_online.limits import UNLIMITED, window_of
from sync.quickbooks_online.list_parsers import CompanyFacts, read_company
from sync.quickbooks_online.login import Secret, client_of, forget, quickbooks_of, read_secret, store
from sync.quickbooks_online.oauth import Client
from sync.quickbooks_online.pacing import PERSON
from sync.quickbooks_online.session import Reply
from sync.quickbooks_online.which_books import for_all, forget_books, taken, wrong_company
from sync.quickbooks_online.wire import Unreadable
from sync.secrets import SecretUnreadable

logger = logging.getLogger(__name__)

#: Of a company at the test company program.
_LONGEST_NAME = 100
#: Seconds that a test company has to answer.
_TIMEOUTS = (5, 10)

SILENT = gettext_noop(
    "The QuickBooks test company does not answer. Ask the person who runs this server to start it; the help page “Test "
    "first” says how."
)
_DESKTOP = gettext_noop("%(company)s keeps its books in QuickBooks Desktop, which is not connected over the internet.")
_NO_CLIENT = gettext_noop(
    "QuickBooks cannot be connected yet: this installation has no keys from Intuit. Ask the person who runs this "
    "server; the reference of settings says where they go."
)
_DENIED = gettext_noop(
    "QuickBooks was not connected: the permission was declined on its sign-in page. If that was a mistake, "
    "press QB Connect and choose Connect there."
)
_STRANGE_ERROR = gettext_noop("QuickBooks was not connected: Intuit answered with “%(error)s”. Press QB Connect again.")
_NO_CODE = gettext_noop(
    "QuickBooks was not connected: Intuit's answer lacks the code or the company. Press QB Connect again."
)
_NOT_A_TEST_COMPANY = gettext_noop("%(company)s is not a test company, so no test company was connected to it.")
_ANOTHER_ADDRESS = gettext_noop(
    "This installation tests with the QuickBooks at %(ours)s, and what is to be connected is at %(theirs)s."
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
    way = _way(company, redirect_uri)
    if isinstance(way, Message):
        return way
    addresses, client = way
    return oauth.permission_page(addresses, client, state=state, hints=_hints(company))


def connect(company: Company, *, answer: Mapping[str, str], redirect_uri: str, person: User) -> Connection | Message:
    """Make the connection that Intuit's answer allows; its lists have still to be read.

    Args:
        company: The one that the person pressed QB Connect for.
        answer: The parameters that Intuit sent the person back with; their `state` has been checked.
        redirect_uri: The same as on the way there.
        person: Who pressed QB Connect.
    """
    before = quickbooks_of(company)
    refused = _denied(answer) or wrong_company(company, answer.get("realmId", ""), before=before, person=person)
    way = refused or _way(company, redirect_uri)
    if isinstance(way, Message):
        return _told(company, way)
    addresses, client = way
    grant = oauth.exchange(addresses, client, code=answer["code"])
    if isinstance(grant, oauth.LoginRefused):
        return _told(company, Message(sentence=grant.sentence))
    if isinstance(grant, TryLater):
        return _told(company, Message(sentence=grant.reason))
    facts = _introduce(company, addresses, grant, realm=answer["realmId"])
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
        return _told(company, taken(answer["realmId"], person=person))


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
        raise AddressRefused(Message.of(_NOT_A_TEST_COMPANY, company=company.name))
    if addresses_of(company).api != ready["base_url"].rstrip("/"):
        another = Message.of(_ANOTHER_ADDRESS, ours=addresses_of(company).api, theirs=ready["base_url"])
        raise AddressRefused(another, setting="TIEOUT_REHEARSAL_URL")
    refused = wrong_company(company, ready["company_id"], before=quickbooks_of(company), person=person)
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
        raise ValueError(taken(secret.realm, person=person).worded()) from None


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


def _introduce(company: Company, addresses: Addresses, grant: oauth.Grant, *, realm: str) -> CompanyFacts | Message:
    """Ask the company for its name: the proof that the login is for it and suffices."""
    gateway = Gateway(
        api_url=addresses.api,
        company_id=realm,
        login=FixedLogin(token=grant.access_token),
        window=window_of(realm) if has_limits(company) else UNLIMITED,
        caller=PERSON,
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
        # The lists of a test company are those of its company until it is connected to books of its own
        is_copy = not row.external_id and company.rehearsal_of_id is not None
        other_books = is_copy or row.external_id not in ("", secret.realm)
        row.external_id, row.name, row.state, row.last_error = secret.realm, name, ConnectionState.CONNECTING, ""
        row.connected_at, row.connected_by_id = timezone.now(), person.pk if person else None
        row.resting_until = row.proven_at = None
        # Two companies that are connected to the same books at the same moment both come as far as here
        with transaction.atomic():
            if other_books:
                forget_books(company)
                row.lists_refreshed_at = row.lists_whole_at = None
                row.changes_known_until = row.documents_known_until = None
            row.save(
                update_fields=[
                    *("external_id", "name", "state", "last_error"),
                    *("connected_at", "connected_by", "resting_until", "proven_at"),
                    *("lists_refreshed_at", "lists_whole_at", "changes_known_until", "documents_known_until"),
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
    idle.update(last_error=for_all(refused).worded())
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


def _way(company: Company, redirect_uri: str) -> tuple[Addresses, oauth.Client] | Message:
    """Where the company's QuickBooks is and who this installation is there, or why nobody can be sent there."""
    try:
        addresses = addresses_of(company)
    except AddressRefused as refused:
        return refused.message
    client = client_of(_present_secret(company), rehearsal=company.is_rehearsal, redirect_uri=redirect_uri)
    if on_this_machine(company):
        # Asked anew each time: a test company that began anew has another app
        client = keys_of_test_company(addresses, redirect_uri=redirect_uri) or client
        silent = Message(sentence=SILENT)
    else:
        silent = Message(sentence=_NO_CLIENT)
    return (addresses, client) if client.client_id and client.client_secret else silent


def _hints(company: Company) -> dict[str, str]:
    """What the page of a test company marks: the company that was connected, or the name for a new one."""
    if not on_this_machine(company):
        return {}
    before = quickbooks_of(company)
    return {"company_id": before.external_id if before else "", "company_name": company.name[:_LONGEST_NAME]}


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


def keys_of_test_company(addresses: Addresses, *, redirect_uri: str) -> Client | None:
    """The keys of the app that the test company program knows; None when it does not tell them.

    At Intuit a person registers an app and puts its keys into the settings. The test company program has one app for
    all its companies and tells its keys to anyone who asks on the same machine, so that no one carries them over.
    Nothing of Intuit's is ever asked this way.

    Args:
        addresses: Of a test company program, never of Intuit.
        redirect_uri: Where a person is sent back to.
    """
    with requests.Session() as session:
        plain(session)
        try:
            answer = session.get(f"{addresses.api}/control/app", timeout=_TIMEOUTS, allow_redirects=False)
            told = answer.json()
            return Client(
                client_id=str(told["client_id"]), client_secret=str(told["client_secret"]), redirect_uri=redirect_uri
            )
        except (requests.RequestException, ValueError, KeyError, TypeError) as problem:
            logger.warning("the test company did not tell its keys: %s", type(problem).__name__)
            return None
