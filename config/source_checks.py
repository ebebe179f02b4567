"""Is what the settings say of sources, and of what they tell this server by themselves, well?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error

from config.addresses import address_of, fault_of_redirect_uri, is_ip, is_loopback, is_plain_root
from config.sources import is_public_key

Settings = Any
#: Characters. Intuit's have 36.
_SHORTEST_TOKEN = 20


def sources(settings: Settings) -> Iterator[CheckMessage]:
    """What has to be right so that sources can be asked."""
    if not all(map(is_public_key, settings.TIEOUT_HIGHLEVEL_WEBHOOK_KEYS)):
        yield Error(
            "TIEOUT_HIGHLEVEL_WEBHOOK_KEYS holds something that is no public key.",
            hint="Copy the key from the page of your app in HighLevel's marketplace: one line of base64.",
            id="tieout.E018",
        )
    for kind, at in settings.TIEOUT_SOURCES.items():
        name = f"TIEOUT_{kind.upper()}"
        for variable, given in ((f"{name}_API_URL", at.api_url), (f"{name}_TOKEN_URL", at.token_url)):
            address = address_of(given)
            if address.scheme != "https" and not is_loopback(address.hostname or ""):
                yield _not_encrypted(variable, given)
        if address_of(at.authorize_url).scheme not in ("https", "http"):
            yield _not_encrypted(f"{name}_AUTHORIZE_URL", at.authorize_url)
        if bool(at.client_id) != bool(at.client_secret):
            missing = f"{name}_CLIENT_SECRET" if at.client_id else f"{name}_CLIENT_ID"
            yield Error(
                f"{missing} is not set, but its counterpart is.",
                hint="Set both or neither. The page of your app at the source shows the pair.",
                id="tieout.E016",
            )
        fault = fault_of_redirect_uri(address_of(at.redirect_uri), production=settings.PRODUCTION)
        if at.client_id and fault:
            yield Error(
                f'{name}_REDIRECT_URI is "{at.redirect_uri}": {fault}.',
                hint="Set it to the address that the source sends people back to, letter for letter as your app has it "
                f"there: https://books.example.com/integrations/{kind}/callback/",
                id="tieout.E017",
            )


def _not_encrypted(variable: str, given: str) -> Error:
    return Error(
        f'{variable} is "{given}", which is not an https address: logins to the source would go over it in the open.',
        hint="Leave it out, or set it to the https address of the source. Plain http is for this machine itself.",
        id="tieout.E015",
    )


def webhooks(settings: Settings) -> Iterator[CheckMessage]:
    """What has to be right so that others can tell this server of what has happened."""
    given = settings.TIEOUT_PUBLIC_URL
    fault = _fault_of_public_url(given, production=settings.PRODUCTION) if given else ""
    if fault:
        yield Error(
            f'TIEOUT_PUBLIC_URL is "{given}": {fault}.',
            hint="Set it to the address at which this server is reached from the internet, such as "
            "https://books.example.com, or leave it out.",
            id="tieout.E019",
        )
    # Too short to be a secret, or several in place of one
    if any(len(token) < _SHORTEST_TOKEN or " " in token for token in settings.TIEOUT_QUICKBOOKS_WEBHOOK_TOKENS):
        yield Error(
            "TIEOUT_QUICKBOOKS_WEBHOOK_TOKENS holds something that is no verifier token.",
            hint="Copy the token from the page Webhooks of your app at Intuit; part two by a comma.",
            id="tieout.E020",
        )


def _fault_of_public_url(given: str, *, production: bool) -> str:
    """What is wrong with it, as the end of a sentence; empty when it is well."""
    address = address_of(given)
    host = address.hostname or ""
    if not is_plain_root(address):
        return "it is not an address of a host without a path"
    if address.scheme != "https" and (production or not is_loopback(host)):
        return "it is not an https address"
    if production and (is_loopback(host) or is_ip(host)):
        return "in production it must have the name of a host, not a number and not this machine's own"
    return ""
