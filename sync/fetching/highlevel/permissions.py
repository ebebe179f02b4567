"""Which permissions does a HighLevel connection need, and which one did a sign-in not give?"""

from __future__ import annotations

from books.messages import Message
from books.translation import gettext_noop
from sync.fetching.login import SourceGrant, SourceSecret

#: All that is asked for. Contacts are written and workflows are listed only where a switch of the source says so.
SCOPES = (
    "contacts.readonly",
    "contacts.write",
    "invoices.readonly",
    "payments/orders.readonly",
    "payments/transactions.readonly",
    "payments/subscriptions.readonly",
    "products.readonly",
    "products/prices.readonly",
    "workflows.readonly",
    "locations.readonly",
)
#: Beside those, where people sign in for an agency as a whole and then choose one of its sub-accounts.
AGENCY_SCOPES = ("oauth.readonly", "oauth.write")
_MISSING = gettext_noop(
    "HighLevel was not connected: these permissions were not given: %(scopes)s. Sign in again and leave every box "
    "checked."
)
_AGENCY = gettext_noop(
    "HighLevel was not connected: the sign-in is for an agency. Sign in again and choose one sub-account."
)


def missing_scopes(grant: SourceGrant) -> Message | None:
    """Why a sign-in is of no use: it lacks a permission; None where nothing is missing."""
    given = str(grant.told.get("scope") or "").split()
    needed = SCOPES if location_of_grant(grant) else (*SCOPES, *AGENCY_SCOPES)
    lacking = [scope for scope in needed if scope not in given] if given else []
    return Message.of(_MISSING, scopes=", ".join(lacking)) if lacking else None


def only_an_agency(grant: SourceGrant) -> Message | None:
    """Why a sign-in for an agency is of no use to an app that is none for agencies."""
    return None if location_of_grant(grant) else Message.of(_AGENCY)


def agency_of_grant(grant: SourceGrant) -> str:
    """The id of the agency that a sign-in is for as a whole; empty for one that is for a sub-account."""
    return "" if location_of_grant(grant) else str(grant.told.get("companyId") or "")


def location_of_grant(grant: SourceGrant) -> str:
    """The id of the sub-account that a sign-in is for; empty for one that is for an agency."""
    return str(grant.told.get("locationId") or "")


def location_of_secret(secret: SourceSecret) -> str:
    """The id of the sub-account that a secret is for; empty where a pasted key does not say."""
    return secret.tenant or split_key(secret.api_key)[0]


def split_key(key: str) -> tuple[str, str]:
    """The sub-account's id and its Private Integration Token, which are pasted with a blank between."""
    location, _blank, token = key.strip().partition(" ")
    return (location, token.strip()) if token.strip() else ("", location)
