"""Did HighLevel itself send this? Its signature is checked over the bytes as they came, before they are read.

Source:
    HighLevel's webhook authentication guide, and its own clients: `x-ghl-signature` is Ed25519, base64 of 64 bytes;
    `x-wh-signature` was RSA with SHA-256 and ends.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

ED25519_HEADER, RSA_HEADER = "x-ghl-signature", "x-wh-signature"


def is_signed(body: bytes, headers: Mapping[str, str], *, keys: Sequence[str]) -> bool:
    """Whether one of the keys signed the bytes.

    Args:
        body: As it came.
        headers: By any spelling of their names.
        keys: Base64 of public keys; two while one takes the place of the other. An RSA signature counts only where an
            RSA key is among them, and not where there is one of the present kind beside it.
    """
    found = {name.casefold(): value for name, value in headers.items()}
    if ED25519_HEADER in found:
        return any(_signs(key, found[ED25519_HEADER], body, Ed25519PublicKey) for key in keys)
    return any(_signs(key, found.get(RSA_HEADER, ""), body, RSAPublicKey) for key in keys)


def _signs(key: str, signature: str, body: bytes, kind: type[Ed25519PublicKey] | type[RSAPublicKey]) -> bool:
    try:
        public, signed = load_der_public_key(b64decode(key)), b64decode(signature, validate=True)
        if not isinstance(public, kind):
            return False
        if isinstance(public, Ed25519PublicKey):
            public.verify(signed, body)
        elif isinstance(public, RSAPublicKey):
            public.verify(signed, body, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
