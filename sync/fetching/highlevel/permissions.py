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
_MISSING = gettext_noop(
    "HighLevel was not connected: these permissions were not given: %(scopes)s. Sign in again and leave every box "
    "checked."
)
_AGENCY = gettext_noop(
    "HighLevel was not connected: the sign-in is for an agency. Sign in again and choose one sub-account."
)


def missing_scopes(grant: SourceGrant) -> Message | None:
    """Why a sign-in is of no use: it lacks a permission, or is for no sub-account; None where nothing is missing."""
    if not location_of_grant(grant):
        return Message.of(_AGENCY)
    given = str(grant.told.get("scope") or "").split()
    lacking = [scope for scope in SCOPES if scope not in given] if given else []
    return Message.of(_MISSING, scopes=", ".join(lacking)) if lacking else None


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
