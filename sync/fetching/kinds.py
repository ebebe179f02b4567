"""Which sources can be asked over the internet, where are they, and who is this installation to them?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from books.json_types import Json
from books.messages import Message
from books.orders import Order
from books.translation import gettext_noop
from companies.models import Company
from sync.fetching.asking import SourceApi
from sync.fetching.base import Reader
from sync.fetching.highlevel.cursor import first_cursor
from sync.fetching.highlevel.cursor import moved_back as highlevel_moved_back
from sync.fetching.highlevel.limits import HighLevelPace
from sync.fetching.highlevel.permissions import (
    AGENCY_SCOPES,
    SCOPES,
    agency_of_grant,
    location_of_grant,
    missing_scopes,
    only_an_agency,
    split_key,
)
from sync.fetching.highlevel.reader import HighLevelReader
from sync.fetching.keap.limits import KeapPace
from sync.fetching.keap.reader import KeapReader
from sync.fetching.keap.reader import moved_back as keap_moved_back
from sync.fetching.login import OAuthApp, SourceAccess, SourceGrant, SourceLogin, SourceSecret
from sync.models import Connection
from sync.sources.base import ReadOptions
from sync.sources.highlevel.payments import refunds_as_before

_NOT_ENCRYPTED = gettext_noop(
    "“%(address)s” is not an https address, so %(source)s was not asked. Ask the person who runs this server."
)
_TEST_ACCOUNT = gettext_noop(
    "“%(address)s” is a test account on this machine, and %(company)s is not a test company, so %(source)s was not "
    "asked."
)
#: Every request to HighLevel says which version of its interface is meant.
HIGHLEVEL_VERSION = "2021-07-28"
HERE = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, kw_only=True)
class LiveKind:
    """A kind of source that is asked over the internet."""

    kind: str
    name: str
    app: Callable[[], OAuthApp]
    #: Its interface, by the base address and what lets us in.
    api: Callable[[str, SourceAccess], SourceApi]
    reader: Callable[[SourceApi, SourceAccess, ReadOptions], Reader]
    #: How a person makes a key there, as a sentence.
    key_help: str
    #: The cursor from which everything since a day is read again: by that cursor, the day, and the company's time zone.
    moved_back: Callable[[Json, date, tzinfo], Json]
    #: Which permission a sign-in lacks, as a sentence; None where all were given.
    missing_scopes: Callable[[SourceGrant], Message | None] = lambda _: None
    #: The id of the agency that a sign-in is for as a whole; empty where it is for one account.
    agency_of: Callable[[SourceGrant], str] = lambda _: ""
    #: Whose account a sign-in is for, where that comes with it; empty where the source is asked.
    account_of: Callable[[SourceGrant], str] = lambda _: ""
    #: The cursor of a source that was just connected.
    first_cursor: Callable[[datetime], Json] = lambda _: {}
    #: What a record becomes by what was known of it before, for a source that does not tell all by itself.
    as_before: Callable[[Order, Order], Order] | None = None


class AddressUnsafe(Exception):
    """The settings name an address that a login must not be sent to."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.worded())
        self.message = message


def _app(kind: str, source: str, scopes: tuple[str, ...], **how: Any) -> OAuthApp:
    """Our app at a source, as the settings have it now."""
    at = settings.TIEOUT_SOURCES[kind]
    return OAuthApp(
        source=source,
        authorize_url=at.authorize_url,
        token_url=at.token_url,
        client_id=at.client_id,
        client_secret=at.client_secret,
        redirect_uri=at.redirect_uri,
        scopes=scopes,
        **how,
    )


def _keap_app() -> OAuthApp:
    return _app("keap", "Keap", ("full",), renews_by_header=True)


def _keap_headers(secret: SourceSecret) -> Mapping[str, str]:
    if secret.api_key:
        return {"X-Keap-API-Key": secret.api_key}
    return {"Authorization": f"Bearer {secret.access_token}"}


def _keap_api(api_url: str, login: SourceAccess) -> SourceApi:
    return SourceApi(source="Keap", base_url=api_url, login=login, headers=_keap_headers, pace=KeapPace())


def _keap_reader(api: SourceApi, login: SourceAccess, options: ReadOptions) -> Reader:
    return KeapReader(api=api, options=options)


def _highlevel_app() -> OAuthApp:
    scopes = (*SCOPES, *AGENCY_SCOPES) if settings.TIEOUT_HIGHLEVEL_AGENCY else SCOPES
    tokens = settings.TIEOUT_SOURCES["highlevel"].token_url
    return _app(
        "highlevel",
        "HighLevel",
        scopes,
        extra={"user_type": "Location"},
        agency_extra={"user_type": "Company"},
        exchange_url=f"{tokens.rpartition('/')[0]}/locationToken",
        exchange_headers={"Version": HIGHLEVEL_VERSION},
    )


def _highlevel_lacks(grant: SourceGrant) -> Message | None:
    """An app that is none for agencies can do nothing with a sign-in for one."""
    return (None if _highlevel_agency(grant) else only_an_agency(grant)) or missing_scopes(grant)


def _highlevel_agency(grant: SourceGrant) -> str:
    return agency_of_grant(grant) if settings.TIEOUT_HIGHLEVEL_AGENCY else ""


def _highlevel_headers(secret: SourceSecret) -> Mapping[str, str]:
    token = split_key(secret.api_key)[1] or secret.access_token
    return {"Authorization": f"Bearer {token}", "Version": HIGHLEVEL_VERSION}


def _highlevel_api(api_url: str, login: SourceAccess) -> SourceApi:
    pace = HighLevelPace()
    return SourceApi(source="HighLevel", base_url=api_url, login=login, headers=_highlevel_headers, pace=pace)


def _highlevel_reader(api: SourceApi, login: SourceAccess, options: ReadOptions) -> Reader:
    return HighLevelReader(api=api, login=login, options=options)


LIVE_KINDS: dict[str, LiveKind] = {
    "keap": LiveKind(
        kind="keap",
        name="Keap",
        app=_keap_app,
        api=_keap_api,
        reader=_keap_reader,
        key_help=gettext_noop(
            "In Keap, an administrator makes a Service Account Key under Settings, API; it begins with KeapAK. A "
            "Personal Access Token works too, and sees what the person who made it may see."
        ),
        moved_back=keap_moved_back,
    ),
    "highlevel": LiveKind(
        kind="highlevel",
        name="HighLevel",
        app=_highlevel_app,
        api=_highlevel_api,
        reader=_highlevel_reader,
        key_help=gettext_noop(
            "In HighLevel, an administrator of the sub-account makes a Private Integration under Settings, and allows "
            "it to view contacts, invoices, payment orders, transactions, subscriptions, products, prices and "
            "locations. Paste the sub-account's id, which is in the address of its pages, a blank, and the token."
        ),
        moved_back=highlevel_moved_back,
        missing_scopes=_highlevel_lacks,
        agency_of=_highlevel_agency,
        account_of=location_of_grant,
        first_cursor=first_cursor,
        as_before=refunds_as_before,
    ),
}


def reader_of(
    kind: LiveKind,
    company: Company,
    login: SourceAccess,
    *,
    address: str = "",
    keep: Callable[[], None] = lambda: None,
) -> Reader:
    """What reads an account for a company.

    Args:
        kind: Of the source.
        company: Whose orders are there.
        login: What lets us in.
        address: Of a test account on this machine, for a test company; empty for where the settings say.
        keep: Called before each request, to keep a lease: a list may take longer than that lasts.

    Raises:
        AddressUnsafe: A login would go over the internet without encryption, or a live company to a test account.
    """
    options = ReadOptions(currency=company.home_currency, time_zone=company.time_zone)
    api = kind.api(_safe_address(kind, company, address), login)
    api.before_each = keep
    return kind.reader(api, login, options)


def api_with(kind: LiveKind, company: Company, login: SourceAccess, *, address: str = "") -> SourceApi:
    """An interface that is asked with a login.

    Raises:
        AddressUnsafe: As for `reader_of`.
    """
    return kind.api(_safe_address(kind, company, address), login)


def api_of(source: Connection) -> SourceApi:
    """The interface of a source that was connected.

    Raises:
        AddressUnsafe: As for `reader_of`.
    """
    kind = LIVE_KINDS[source.kind]
    return kind.api(_safe_address(kind, source.company, source.live.address), login_of(source))


def is_test_account(source: Connection) -> bool:
    """Whether what a source reads is a test account on this machine."""
    address = source.live.address or settings.TIEOUT_SOURCES[source.kind].api_url
    return urlsplit(address).hostname in HERE


def _safe_address(kind: LiveKind, company: Company, address: str) -> str:
    address = address or str(settings.TIEOUT_SOURCES[kind.kind].api_url)
    parts = urlsplit(address)
    if parts.hostname in HERE and not company.is_rehearsal:
        raise AddressUnsafe(Message.of(_TEST_ACCOUNT, address=address, source=kind.name, company=company.name))
    if parts.scheme != "https" and parts.hostname not in HERE:
        raise AddressUnsafe(Message.of(_NOT_ENCRYPTED, address=address, source=kind.name))
    return address


def reader_for(source: Connection, *, keep: Callable[[], None] = lambda: None) -> Reader:
    """What reads a source that was connected.

    Args:
        source: Which was connected.
        keep: See `reader_of`.

    Raises:
        AddressUnsafe: See `reader_of`.
    """
    kind = LIVE_KINDS[source.kind]
    return reader_of(kind, source.company, login_of(source), address=source.live.address, keep=keep)


def is_live(source: Connection) -> bool:
    """Whether a source is asked over the internet; one that reads files alone is not."""
    return hasattr(source, "live")


def login_of(connection: Connection) -> SourceLogin:
    """The login of a source that was connected."""
    return SourceLogin(connection, LIVE_KINDS[connection.kind].app())
