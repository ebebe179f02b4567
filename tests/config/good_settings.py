"""Settings with which an installation starts."""

from __future__ import annotations

from pathlib import Path

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parents[2]
A_KEY = Fernet.generate_key().decode()
GOOD_PRODUCTION = {
    "TIEOUT_ENV": "production",
    "TIEOUT_SECRET_KEY": "k7Zp-4tq9w2vLx8sR1yB6nM3cJ5hG0dFfTaEiUoQzXvWsPlKmN",
    "TIEOUT_ENCRYPTION_KEYS": A_KEY,
    "TIEOUT_ALLOWED_HOSTS": "books.example.com",
    "TIEOUT_QUICKBOOKS_CLIENT_ID": "an-id",
    "TIEOUT_QUICKBOOKS_CLIENT_SECRET": "a-secret",
    "TIEOUT_QUICKBOOKS_REDIRECT_URI": "https://books.example.com/sync/quickbooks/callback/",
    "DATABASE_URL": "postgres://tieout:secret@db.example.com:5432/tieout",
}
