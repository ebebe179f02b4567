"""How are tokens kept so that a copy of the database is not a copy of the keys to the books?

`TIEOUT_ENCRYPTION_KEYS` holds one key or several: the first encrypts, every one decrypts. A new key goes in front;
`manage.py rotate_keys` rewrites what is stored; then the old key can go.
"""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SecretUnreadable(Exception):
    """None of the present keys opens a stored secret."""

    def __init__(self) -> None:
        super().__init__(
            "A stored login cannot be decrypted with the keys in TIEOUT_ENCRYPTION_KEYS. Put back the key that it was "
            "written with, or connect QuickBooks again."
        )


def encrypt(text: str) -> str:
    """Encrypt with the first key."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(secret: str) -> str:
    """Read what any of the keys encrypted.

    Raises:
        SecretUnreadable: No key fits, or the text was changed.
    """
    try:
        return _keys().decrypt(secret.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable from None


def rotate(secret: str) -> str:
    """The same secret under the first key.

    Raises:
        SecretUnreadable: No key fits, or the text was changed.
    """
    try:
        return _keys().rotate(secret.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable from None


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.TIEOUT_ENCRYPTION_KEYS])
