"""What is Intuit's login? Its addresses and scopes, what keys and tokens look like, and what it says of bad ones."""

from __future__ import annotations

import secrets

from ..common.logins import LoginShapes, LoginWords

AUTHORIZE = "/connect/oauth2"
TOKEN = "/oauth2/v1/tokens/bearer"
REVOKE = "/v2/oauth2/tokens/revoke"
USER_INFO = "/v1/openid_connect/userinfo"
DISCOVERY = ("/.well-known/openid_configuration", "/.well-known/openid_sandbox_configuration")
KEYS = "/op/v1/jwks"

ACCOUNTING = "com.intuit.quickbooks.accounting"
OPENID_SCOPES = ("openid", "profile", "email", "phone", "address")
SCOPES = (ACCOUNTING, "com.intuit.quickbooks.payment", *OPENID_SCOPES)
#: What a login may do that comes with a company.
SCOPE = " ".join((ACCOUNTING, *OPENID_SCOPES))

REFRESH_SECONDS = 8_726_400
HARD_EXPIRY_SECONDS = 157_680_000


def _access_token() -> str:
    """Opaque and long: more than 1,000 characters."""
    return f"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0..{secrets.token_urlsafe(720)}"


INTUIT = LoginShapes(
    new_client_id=lambda: f"AB{secrets.token_urlsafe(36)}",
    new_code=lambda: f"AB1{secrets.token_hex(24)}",
    new_access_token=_access_token,
    new_refresh_token=lambda: f"RT1-{secrets.randbelow(1000)}-H0-{secrets.token_hex(20)}",
    refresh_seconds=REFRESH_SECONDS,
    words=LoginWords(
        bad_code="Incorrect or invalid authorization code",
        bad_refresh_token="Incorrect or invalid refresh token",
        not_a_refresh_token="Incorrect Token type or clientID",
    ),
)
