"""What do HighLevel's login addresses, keys, tokens and scopes look like, and how long do they stay good?"""

from __future__ import annotations

import base64
import json
import secrets

from ..common.logins import DAY, LoginShapes, LoginWords
from .identifiers import new_object_id, new_uuid, new_word

AUTHORIZE = "/v2/oauth/chooselocation"
TOKEN = "/oauth/token"
#: As the versions of the API call it.
LOCATION_TOKENS = ("/oauth/locationToken", "/oauth/location-token")
INSTALLED_LOCATIONS = "/oauth/installedLocations"
#: Kinds of connections, as `user_type` says them.
COMPANY, LOCATION = "Company", "Location"
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
    "oauth.readonly",
    "oauth.write",
)
SCOPE = " ".join(SCOPES)
YEAR = 365 * DAY


def _jwt() -> str:
    """As long and of the same form as the vendor's access tokens; nothing reads what is inside."""
    head = json.dumps({"alg": "RS256", "typ": "JWT"}).encode()
    parts = (
        base64.urlsafe_b64encode(head).decode().rstrip("="),
        secrets.token_urlsafe(480),
        secrets.token_urlsafe(256),
    )
    return ".".join(parts)


def new_private_token() -> str:
    """A Private Integration Token: it is made by hand, and has no end."""
    return f"pit-{new_uuid()}"


HIGHLEVEL = LoginShapes(
    new_client_id=lambda: f"{new_object_id()}-{new_word(8).lower()}",
    new_client_secret=new_uuid,
    new_code=lambda: secrets.token_hex(20),
    new_access_token=_jwt,
    new_refresh_token=_jwt,
    code_seconds=600,
    refresh_seconds=YEAR,
    words=LoginWords(
        bad_code="Invalid grant: authorization code is invalid",
        bad_refresh_token="This refresh token is invalid",
        not_a_refresh_token="This refresh token is invalid",
    ),
)
