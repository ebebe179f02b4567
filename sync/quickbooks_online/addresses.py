"""Where is this company's QuickBooks? At Intuit over https; a rehearsal company may answer over plain http."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from companies.models import Company


class AddressRefused(Exception):
    """The settings name no address that this company may be reached at."""


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """The four addresses of one QuickBooks, without a slash at the end."""

    api: str
    authorize: str
    token: str
    revoke: str
    #: A practice company: plain http is allowed, and nothing that is sent reaches real books.
    rehearsal: bool = False


def addresses_of(company: Company) -> Addresses:
    """The addresses of a company's QuickBooks.

    Raises:
        AddressRefused: A rehearsal without an address, live books at an address without encryption, or live books
            while this installation rehearses.
    """
    found = _of_rehearsal() if company.is_rehearsal else _of_intuit(company)
    if company.is_rehearsal and urlsplit(found.api).hostname in _live_hosts():
        raise AddressRefused(f"“{found.api}” is where live books are, so nothing was sent for {company}, a rehearsal.")
    for address in (found.api, found.authorize, found.token, found.revoke):
        _check(address, company)
    return found


def at_sandbox() -> bool:
    """Whether rehearsal companies are Intuit's own test companies, and not programs of ours."""
    return not settings.TIEOUT_REHEARSAL_URL and bool(settings.TIEOUT_SANDBOX_CLIENT_ID)


def _of_rehearsal() -> Addresses:
    root = settings.TIEOUT_REHEARSAL_URL
    if at_sandbox():
        return Addresses(
            api=settings.INTUIT_API_URLS["sandbox"],
            authorize=settings.TIEOUT_QUICKBOOKS_AUTHORIZE_URL,
            token=settings.TIEOUT_QUICKBOOKS_TOKEN_URL,
            revoke=settings.TIEOUT_QUICKBOOKS_REVOKE_URL,
            rehearsal=True,
        )
    if not root:
        raise AddressRefused(
            "TIEOUT_REHEARSAL_URL is not set. Set it to what the rehearsal company printed when it started, or set "
            "TIEOUT_SANDBOX_CLIENT_ID and TIEOUT_SANDBOX_CLIENT_SECRET to rehearse with Intuit's test companies."
        )
    return Addresses(
        api=root,
        authorize=f"{root}/connect/oauth2",
        token=f"{root}/oauth2/v1/tokens/bearer",
        revoke=f"{root}/v2/oauth2/tokens/revoke",
        rehearsal=True,
    )


def _of_intuit(company: Company) -> Addresses:
    if settings.TIEOUT_QUICKBOOKS_ENVIRONMENT == "rehearsal":
        raise AddressRefused(
            f"This installation rehearses, and {company} is not a rehearsal company: nothing was sent for it. "
            "Set TIEOUT_QUICKBOOKS_ENVIRONMENT to production or sandbox."
        )
    return Addresses(
        api=settings.TIEOUT_QUICKBOOKS_API_URL,
        authorize=settings.TIEOUT_QUICKBOOKS_AUTHORIZE_URL,
        token=settings.TIEOUT_QUICKBOOKS_TOKEN_URL,
        revoke=settings.TIEOUT_QUICKBOOKS_REVOKE_URL,
    )


def _live_hosts() -> set[str | None]:
    """Where documents of live companies may go; a sandbox is not one of them."""
    live = {urlsplit(settings.INTUIT_API_URLS["production"]).hostname}
    if settings.TIEOUT_QUICKBOOKS_ENVIRONMENT == "production":
        live.add(urlsplit(settings.TIEOUT_QUICKBOOKS_API_URL).hostname)
    return live


def _check(address: str, company: Company) -> None:
    parts = urlsplit(address)
    allowed = ("http", "https") if company.is_rehearsal else ("https",)
    if parts.scheme not in allowed or not parts.hostname:
        raise AddressRefused(
            f"“{address}” is not an {' or '.join(reversed(allowed))} address, so nothing was sent for {company}. "
            "Only a rehearsal company may be reached over plain http."
        )
