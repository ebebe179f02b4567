"""How does HighLevel sign a webhook? Ed25519 over the raw body, and RSA as before where a switch says so."""

from __future__ import annotations

import base64
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from .options import HighLevelOptions

HEADER, OLD_HEADER = "x-ghl-signature", "x-wh-signature"
_DER = serialization.Encoding.DER
_SPKI = serialization.PublicFormat.SubjectPublicKeyInfo


class WebhookKeys:
    """The keys that one agency signs with."""

    def __init__(self) -> None:
        self._own = ed25519.Ed25519PrivateKey.generate()

    @cached_property
    def _old(self) -> rsa.RSAPrivateKey:
        """Made when it is first asked for: it takes a while."""
        return rsa.generate_private_key(public_exponent=65537, key_size=4096)

    @property
    def public_key(self) -> str:
        """The Ed25519 key to check with, SPKI in base64."""
        return base64.b64encode(self._own.public_key().public_bytes(_DER, _SPKI)).decode()

    @property
    def old_public_key(self) -> str:
        """The RSA key to check with, SPKI in base64."""
        return base64.b64encode(self._old.public_key().public_bytes(_DER, _SPKI)).decode()

    def headers(self, body: bytes, options: HighLevelOptions) -> dict[str, str]:
        """The headers that prove a body."""
        told = {}
        if options.webhook_signature != "rsa":
            told[HEADER] = base64.b64encode(self._own.sign(body)).decode()
        if options.webhook_signature != "ed25519":
            signed = self._old.sign(body, padding.PKCS1v15(), hashes.SHA256())
            told[OLD_HEADER] = base64.b64encode(signed).decode()
        return told

    def tell(self) -> dict[str, Any]:
        """The Ed25519 key as the file keeps it; the RSA key is made anew."""
        return {"ed25519": base64.b64encode(self._own.private_bytes_raw()).decode()}

    def restore(self, told: dict[str, Any]) -> None:
        """Sign with the key that the file holds."""
        self._own = ed25519.Ed25519PrivateKey.from_private_bytes(base64.b64decode(told["ed25519"]))
