"""Who logged in? An ID token, signed with a key that the JWKS address shows."""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from ..common import wire

KEY_ID = "rehearsal-1"
SUBJECT = "5c1b3f2e-rehearsal"


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _packed(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def id_token(*, issuer: str, audience: str, realm: str, now: float, seconds: int) -> str:
    """A token for the one person who uses this company, as a compact JWT in RS256."""
    claims: dict[str, Any] = {
        "sub": SUBJECT,
        "aud": [audience],
        "realmid": realm,
        "auth_time": int(now),
        "iss": issuer,
        "exp": int(now) + seconds,
        "iat": int(now),
    }
    head = _packed(wire.dump_bytes({"kid": KEY_ID, "alg": "RS256"}))
    signed = f"{head}.{_packed(wire.dump_bytes(claims))}"
    return f"{signed}.{_packed(_key().sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def public_keys() -> dict[str, object]:
    """What the JWKS address answers."""
    numbers = _key().public_key().public_numbers()
    modulus = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
    exponent = numbers.e.to_bytes(3, "big")
    key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID, "n": _packed(modulus), "e": _packed(exponent)}
    return {"keys": [key]}
