"""How does a company get a source that is asked over the internet, and how does it let go of it?

A key is pasted, or a person signs in at the source and comes back with an answer. Only when every check has passed is
anything kept, so a connection is either whole or not there.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from books.messages import Message
from books.outcomes import TryLater
from books.translation import gettext_noop
from companies.models import Company, take_turns
from sync.fetching.agency import AgencyLogin, agency_login, opened
from sync.fetching.base import Tenant
from sync.fetching.hooks import stop_listening
from sync.fetching.kinds import LIVE_KINDS, AddressUnsafe, LiveKind, reader_of
from sync.fetching.login import SourceSecret, TriedLogin, exchange, exchange_for, forget, read_secret, store
from sync.fetching.planning import plan_reading
from sync.login_lease import lease
from sync.models import Connection, ConnectionState, LiveSource, LoginKind, Telling, sources_of
from sync.secrets import SecretUnreadable
from sync.staging.sources import add_source

logger = logging.getLogger(__name__)

_NO_APP = gettext_noop(
    "Signing in at %(source)s is not possible from here yet: this installation has no app registered there. Paste a "
    "key in place of it, or ask the person who runs this server; the reference of settings says where its keys go."
)
_DECLINED = gettext_noop("%(source)s was not connected: the permission was declined on its sign-in page.")
_STRANGE_ERROR = gettext_noop("%(source)s was not connected: it answered with “%(error)s”. Try it again.")
_NO_CODE = gettext_noop("%(source)s was not connected: its answer lacks the code. Try it again.")
_NO_KEY = gettext_noop("Paste the key that %(source)s shows.")
_OTHER_ACCOUNT = gettext_noop(
    "This login is for %(theirs)s, and the source reads %(ours)s. Nothing was changed. Sign in to that account, or add "
    "a separate source for the other one."
)
_TWICE = gettext_noop(
    "%(theirs)s is read by the source “%(name)s” of this company already; a second one would bring each order twice."
)
_OTHER_CURRENCY = gettext_noop("%(source)s counts in %(theirs)s, and this company in %(ours)s.")
_OTHER_ZONE = gettext_noop(
    "%(source)s is set to the time zone %(theirs)s, and this company to %(ours)s: an order placed around midnight has "
    "another day there."
)


@dataclass(frozen=True, kw_only=True)
class NewSource:
    """What a person says about a source that is connected for the first time."""

    kind: str
    starts_on: date
    name: str = ""
    prefix: str = ""
    #: The key of the source that read this account's files so far and goes on with it; empty for a new source.
    joins: str = ""
    #: Of a test account on this machine, see `LiveSource`.
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Connected:
    """A source that can be read now, and what a person should know about it."""

    source: Connection
    warnings: tuple[Message, ...] = ()


def permission_page(kind: str, *, state: str, redirect_uri: str) -> str | Message:
    """The address at the source to send a person to.

    Args:
        kind: Of the source.
        state: A secret of this attempt, which comes back with the answer.
        redirect_uri: Where the person is sent back to; registered there letter for letter.
    """
    app = LIVE_KINDS[kind].app()
    if not app.is_set:
        return Message.of(_NO_APP, source=app.source)
    parameters = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(app.scopes),
        "state": state,
    }
    return f"{app.authorize_url}?{urlencode(parameters)}"


def connect_by_key(
    company: Company, wanted: NewSource | Connection, *, key: str, by: User | None
) -> Connected | Message:
    """Connect with a key that a person made at the source.

    Args:
        company: Whose orders are there.
        wanted: A new source, or one to connect again.
        key: As it was pasted.
        by: The person.
    """
    kind = LIVE_KINDS[wanted.kind]
    if not key.strip():
        return Message.of(_NO_KEY, source=kind.name)
    return _connected(company, wanted, SourceSecret(api_key=key.strip()), seconds=None, by=by)


def connect_by_answer(
    company: Company, wanted: NewSource | Connection, *, answer: Mapping[str, str], redirect_uri: str, by: User | None
) -> Connected | AgencyLogin | Message:
    """Connect with the answer that a person came back with from the source's sign-in page.

    One for an agency as a whole connects nothing yet: a person chooses one of its accounts first.

    Args:
        company: Whose orders are there.
        wanted: A new source, or one to connect again.
        answer: The parameters of the address; their `state` has been checked.
        redirect_uri: The same as on the way there.
        by: The person.
    """
    kind = LIVE_KINDS[wanted.kind]
    app = replace(kind.app(), redirect_uri=redirect_uri)
    if error := answer.get("error", ""):
        declined = error == "access_denied"
        return Message.of(_DECLINED if declined else _STRANGE_ERROR, source=app.source, error=error[:100])
    if not answer.get("code"):
        return Message.of(_NO_CODE, source=app.source)
    grant = exchange(app, code=answer["code"])
    if isinstance(grant, Message):
        return grant
    if isinstance(grant, TryLater):
        return Message(sentence=grant.reason)
    if refused := kind.missing_scopes(grant):
        return refused
    if agency := kind.agency_of(grant):
        try:
            return agency_login(kind, company, grant, agency)
        except AddressUnsafe as unsafe:
            return unsafe.message
    secret = SourceSecret(
        access_token=grant.access_token, refresh_token=grant.refresh_token, tenant=kind.account_of(grant)
    )
    return _connected(company, wanted, secret, seconds=grant.seconds, by=by)


def connect_by_agency(
    company: Company, wanted: NewSource | Connection, *, sealed: str, account: str, by: User | None
) -> Connected | Message:
    """Connect one account of an agency for which a person signed in.

    Args:
        company: Whose orders are there.
        wanted: A new source, or one to connect again.
        sealed: See `AgencyLogin`.
        account: The id of the one that was chosen.
        by: The person.
    """
    app = LIVE_KINDS[wanted.kind].app()
    secret = opened(sealed)
    if secret is None:
        return Message.of(_NO_CODE, source=app.source)
    own = exchange_for(app, agency=secret.agency, token=secret.access_token, account=account)
    if isinstance(own, Message):
        return own
    if isinstance(own, TryLater):
        return Message(sentence=own.reason)
    chosen = replace(secret, access_token=own.access_token, tenant=account)
    return _connected(company, wanted, chosen, seconds=own.seconds, by=by)


def file_sources(company: Company, kind: str) -> QuerySet[Connection]:
    """The sources of a kind that have read files alone so far: each may go on over the internet, with its orders."""
    return sources_of(company).filter(kind=kind, live__isnull=True)


def disconnect_live(source: Connection) -> None:
    """Ask nothing more of a source and forget its login; what was read, and its history, stays.

    Raises:
        LoginBusy: The login is being renewed without end; nothing is asked any more, and the login is still there.
    """
    Connection.objects.filter(pk=source.pk).update(state=ConnectionState.DISCONNECTED)
    with lease(source.pk) as row:
        login = _last_login(row)
        forget(row)
    logger.info("disconnected the source %s", source.pk)
    live = LiveSource.objects.select_related("connection__company").get(pk=source.pk)
    if login is not None:
        with suppress(AddressUnsafe):
            company = live.connection.company
            stop_listening(reader_of(LIVE_KINDS[source.kind], company, login, address=live.address), live)


def _last_login(row: Connection) -> TriedLogin | None:
    """What lets us in one last time, to take back what the source was asked for."""
    try:
        secret = read_secret(row)
    except SecretUnreadable:
        return None
    return TriedLogin(tried=secret) if secret else None


def _connected(
    company: Company, wanted: NewSource | Connection, secret: SourceSecret, *, seconds: int | None, by: User | None
) -> Connected | Message:
    kind = LIVE_KINDS[wanted.kind]
    address = wanted.address if isinstance(wanted, NewSource) else wanted.live.address
    try:
        reader = reader_of(kind, company, TriedLogin(tried=secret), address=address)
        tenant = reader.tenant()
    except AddressUnsafe as unsafe:
        return unsafe.message
    if isinstance(tenant, TryLater):
        return Message(sentence=tenant.reason)
    if refused := _wrong_account(company, wanted, tenant):
        return refused
    source = _kept(company, wanted, tenant, login=LoginKind.KEY if secret.api_key else LoginKind.OAUTH, by=by)
    with lease(source.pk) as row:
        store(row, replace(secret, tenant=tenant.id), seconds=seconds)
    if isinstance(wanted, NewSource):
        size = reader.size(starts_on=wanted.starts_on)
        plan_reading(source, size, begins_on=wanted.starts_on, again=False, by=by)
    source.refresh_from_db()
    logger.info("connected the source %s to the account %s", source.pk, tenant.id)
    return Connected(source=source, warnings=tuple(_differences(company, kind, tenant)))


def _wrong_account(company: Company, wanted: NewSource | Connection, tenant: Tenant) -> Message | None:
    """Why this account is not the one to read; None when it is."""
    theirs = tenant.name or tenant.id
    if isinstance(wanted, Connection) and wanted.external_id not in ("", tenant.id):
        live = LiveSource.objects.filter(pk=wanted.pk).first()
        return Message.of(_OTHER_ACCOUNT, theirs=theirs, ours=(live.account_name if live else "") or wanted.external_id)
    other = Connection.objects.filter(company=company, kind=wanted.kind, external_id=tenant.id)
    if isinstance(wanted, Connection):
        other = other.exclude(pk=wanted.pk)
    twin = other.first()
    return Message.of(_TWICE, theirs=theirs, name=twin.name) if twin else None


@transaction.atomic
def _kept(
    company: Company, wanted: NewSource | Connection, tenant: Tenant, *, login: LoginKind, by: User | None
) -> Connection:
    take_turns(company)
    if isinstance(wanted, Connection):
        source = wanted
    elif wanted.joins:
        source = file_sources(company, wanted.kind).get(system=wanted.joins)
    else:
        name = wanted.name or LIVE_KINDS[wanted.kind].name
        source = add_source(company, wanted.kind, name=name, prefix=wanted.prefix, by=by)
    source.external_id, source.state, source.last_error = tenant.id, ConnectionState.CONNECTED, ""
    source.connected_at, source.connected_by = timezone.now(), by
    source.save(update_fields=["external_id", "state", "last_error", "connected_at", "connected_by"])
    facts = {
        "login": login,
        "account_name": tenant.name[:200],
        "currency": tenant.currency[:3],
        "time_zone": tenant.time_zone[:60],
        "rests_until": None,
        "telling": Telling.UNKNOWN,
    }
    if isinstance(wanted, NewSource):
        LiveSource.objects.create(
            connection=source,
            starts_on=wanted.starts_on,
            address=wanted.address,
            cursor=LIVE_KINDS[wanted.kind].first_cursor(source.connected_at),
            **facts,
        )
    else:
        LiveSource.objects.filter(pk=source.pk).update(**facts)
    return source


def _differences(company: Company, kind: LiveKind, tenant: Tenant) -> list[Message]:
    """What the account's own profile says that is not so here."""
    found = []
    if tenant.currency and tenant.currency != company.home_currency:
        facts = {"theirs": tenant.currency, "ours": company.home_currency}
        found.append(Message.of(_OTHER_CURRENCY, source=kind.name, **facts))
    if tenant.time_zone and tenant.time_zone != company.time_zone:
        facts = {"theirs": tenant.time_zone, "ours": company.time_zone}
        found.append(Message.of(_OTHER_ZONE, source=kind.name, **facts))
    return found
