"""What do Intuit's keys and tokens look like, how long are they good, and what does Intuit say of bad ones?"""

from __future__ import annotations

import secrets

from ..common.logins import LoginShapes, LoginWords

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
