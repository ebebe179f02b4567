"""What is Keap's login? Its addresses and scope, what keys and tokens look like, and what it says of bad ones."""

from __future__ import annotations

import secrets

from ..common.logins import LoginShapes, LoginWords

AUTHORIZE = "/app/oauth/authorize"
TOKEN = "/token"
SCOPE = "full"
REFRESH_SECONDS = 45 * 86_400
API_KEY_HEADER = "x-keap-api-key"


def new_service_account_key() -> str:
    """A key of the kind that an administrator makes."""
    return f"KeapAK-{secrets.token_hex(30)}"


def new_personal_access_token() -> str:
    """A key of the kind that any user makes."""
    return f"KeapPAT-{secrets.token_hex(30)}"


KEAP = LoginShapes(
    new_client_id=lambda: secrets.token_urlsafe(24),
    new_client_secret=lambda: secrets.token_urlsafe(12),
    new_code=lambda: secrets.token_urlsafe(6),
    new_access_token=lambda: secrets.token_urlsafe(21),
    new_refresh_token=lambda: secrets.token_urlsafe(24),
    refresh_seconds=REFRESH_SECONDS,
    words=LoginWords(
        bad_code="Invalid authorization code",
        bad_refresh_token="Invalid refresh token",
        not_a_refresh_token="Invalid refresh token",
    ),
)
