"""Where are the sources that are asked over the internet, and which app of ours is registered there?"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from config.environment import Environment


@dataclass(frozen=True, kw_only=True)
class SourceAddresses:
    """Of one kind of source; addresses without a slash at the end."""

    api_url: str
    authorize_url: str
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    #: Where people come back to from its sign-in page, as it is registered there.
    redirect_uri: str


#: By the kind of source: its interface, its sign-in page, and where tokens come from.
_VENDORS = {
    "keap": (
        "https://api.keap.com/crm",
        "https://accounts.infusionsoft.com/app/oauth/authorize",
        "https://api.infusionsoft.com/token",
    ),
    "highlevel": (
        "https://services.leadconnectorhq.com",
        "https://marketplace.gohighlevel.com/v2/oauth/chooselocation",
        "https://services.leadconnectorhq.com/oauth/token",
    ),
}


def source_addresses(env: Environment, *, production: bool) -> dict[str, SourceAddresses]:
    """What the environment says of each kind of source: `TIEOUT_KEAP_API_URL` and so on."""
    return {kind: _of(env, kind, *vendor, production=production) for kind, vendor in _VENDORS.items()}


def _of(env: Environment, kind: str, api: str, authorize: str, token: str, *, production: bool) -> SourceAddresses:
    name = f"TIEOUT_{kind.upper()}"
    here = "" if production else f"http://localhost:8000/integrations/{kind}/callback/"
    return SourceAddresses(
        api_url=env.text(f"{name}_API_URL", api).rstrip("/"),
        authorize_url=env.text(f"{name}_AUTHORIZE_URL", authorize).rstrip("/"),
        token_url=env.text(f"{name}_TOKEN_URL", token).rstrip("/"),
        client_id=env.text(f"{name}_CLIENT_ID", ""),
        client_secret=env.text(f"{name}_CLIENT_SECRET", ""),
        redirect_uri=env.text(f"{name}_REDIRECT_URI", here),
    )


def is_public_key(text: str) -> bool:
    """Whether a text is base64 of a public key, as a source shows it."""
    try:
        load_der_public_key(b64decode(text, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True
