"""What must never leave in an evidence pack: card data, and whatever lets anyone in somewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import simplejson
from django.conf import settings

from companies.models import Company
from sync.models import Connection
from sync.secrets import SecretUnreadable, decrypt
from sync.sources.evidence import without_secrets

_GONE = "[secret removed]"
#: Shorter texts are in other words by chance.
_SHORTEST = 8
_LETS_IN = re.compile(r"token|key|secret|password")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{16,}")
_OF_INSTALLATION = (
    "SECRET_KEY", "TIEOUT_ENCRYPTION_KEYS", "TIEOUT_QUICKBOOKS_CLIENT_SECRET", "TIEOUT_SANDBOX_CLIENT_SECRET",
    "TIEOUT_QUICKBOOKS_WEBHOOK_TOKENS",
)  # fmt: skip


class SecretTexts:
    """Takes card data and secrets out of texts, and counts the texts in which there were any."""

    def __init__(self, company: Company) -> None:
        """Find out what is secret: this company's logins as they are kept, and those of the installation."""
        found = {*_of_installation(), *_of_logins(company)}
        self._secret = sorted((text for text in found if len(text) >= _SHORTEST), key=len, reverse=True)
        self.removed = 0

    def text(self, text: str) -> str:
        """A text without them, otherwise as it is: JSON is written anew only where something is taken out of it."""
        cleaned = self._plain(_without_in_json(text))
        self.removed += cleaned != text
        return cleaned

    def value(self, value: Any) -> Any:
        """A JSON value without them."""
        cleaned = without_secrets(value)
        self.removed += cleaned != value
        return cleaned

    def line(self, line: str) -> str:
        """A line of JSON that is ready to be written, without the secrets that are known."""
        cleaned = self._plain(line)
        self.removed += cleaned != line
        return cleaned

    def _plain(self, text: str) -> str:
        for secret in self._secret:
            if secret in text:
                text = text.replace(secret, _GONE)
        return _BEARER.sub(_GONE, text)


def _without_in_json(text: str) -> str:
    """A text that may be JSON; numbers keep their figures."""
    try:
        value = simplejson.loads(text, use_decimal=True)
    except ValueError:
        return str(without_secrets(text))
    cleaned = without_secrets(value)
    return text if cleaned == value else simplejson.dumps(cleaned, use_decimal=True, ensure_ascii=False)


def _of_installation() -> Iterator[str]:
    for name in _OF_INSTALLATION:
        value = getattr(settings, name, "")
        yield from [value] if isinstance(value, str) else value
    yield from (source.client_secret for source in settings.TIEOUT_SOURCES.values())


def _of_logins(company: Company) -> Iterator[str]:
    """Keys and tokens of the company's logins; one that cannot be read any more cannot be in a text either."""
    for sealed in Connection.objects.filter(company=company).exclude(secret="").values_list("secret", flat=True):
        yield sealed
        try:
            kept = json.loads(decrypt(sealed))
        except SecretUnreadable:
            continue
        yield from (str(value) for name, value in kept.items() if _LETS_IN.search(name))
