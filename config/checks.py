"""Is this installation set up so that it can be trusted with books, and if not, what has to be changed?

Errors keep Tieout from starting, under `manage.py` and under a web server alike; warnings are shown. Each has an id,
a sentence that says what is wrong, and a hint that says what to do. `docs/reference/settings.md` lists them.
"""

from __future__ import annotations

import difflib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from cryptography.fernet import Fernet
from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from config.sources import is_public_key

TAG = "tieout"
INTUIT_DOMAIN = "intuit.com"
#: Of a text that is part of a sentence on a page.
LONGEST_SUPPORT = 200
QUICKBOOKS_ADDRESSES = (
    "TIEOUT_QUICKBOOKS_API_URL",
    "TIEOUT_QUICKBOOKS_AUTHORIZE_URL",
    "TIEOUT_QUICKBOOKS_TOKEN_URL",
    "TIEOUT_QUICKBOOKS_REVOKE_URL",
)
NEW_SECRET_KEY = (
    "python -c 'from django.core.management.utils import get_random_secret_key as new; print(new())' makes one."
)
NEW_ENCRYPTION_KEY = (
    "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())' makes one."
)

# Django's settings, or anything else with the same names
Settings = Any


@register(TAG)
def check_settings(**kwargs: object) -> list[CheckMessage]:
    """Everything that is wrong with the settings, worst first within each subject."""
    return problems_of(django_settings)


def refuse_to_start_with_errors() -> None:
    """Stop a web server that is set up wrongly; `manage.py` runs the checks by itself, a web server does not.

    Raises:
        ImproperlyConfigured: There is at least one error; the message has all of them with their hints.
    """
    errors = [problem for problem in problems_of(django_settings) if problem.is_serious()]
    if errors:
        raise ImproperlyConfigured("Tieout does not start:\n" + "\n".join(str(error) for error in errors))


def problems_of(settings: Settings) -> list[CheckMessage]:
    """Run every check below on `settings`."""
    return [problem for check in CHECKS for problem in check(settings)]


def _what_cannot_be_read(settings: Settings) -> Iterator[CheckMessage]:
    for variable in settings.TIEOUT_MALFORMED:
        yield Error(
            f'{variable.name} is "{variable.text}", which cannot be read.',
            hint=f"Set it to {variable.expected}.",
            id="tieout.E001",
        )


def _names_nobody_reads(settings: Settings) -> Iterator[CheckMessage]:
    for name in settings.TIEOUT_UNKNOWN_VARIABLES:
        near = difflib.get_close_matches(name, settings.TIEOUT_VARIABLES, n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        yield Warning(
            f"{name} is in the environment, but Tieout has no setting of that name.",
            hint=f"{meant}docs/reference/settings.md lists every setting. Rename it or take it out.",
            id="tieout.W002",
        )


def _secret_key(settings: Settings) -> Iterator[CheckMessage]:
    if settings.PRODUCTION and settings.SECRET_KEY == settings.DEVELOPMENT_SECRET_KEY:
        yield Error(
            "TIEOUT_SECRET_KEY is not set: whoever has read the source code could sign in as anybody.",
            hint=f"Set it to a long random text and keep it secret. {NEW_SECRET_KEY}",
            id="tieout.E002",
        )


def _encryption_keys(settings: Settings) -> Iterator[CheckMessage]:
    keys = settings.TIEOUT_ENCRYPTION_KEYS
    if settings.PRODUCTION and not keys:
        yield Error(
            "TIEOUT_ENCRYPTION_KEYS is not set: the logins to QuickBooks could not be stored safely.",
            hint=f"Set it to a key and keep a copy apart from the database. {NEW_ENCRYPTION_KEY}",
            id="tieout.E003",
        )
    if settings.PRODUCTION and settings.DEVELOPMENT_ENCRYPTION_KEY in keys:
        yield Error(
            "TIEOUT_ENCRYPTION_KEYS holds the key of development, which everybody can read in the source code.",
            hint=f"Take it out and put a new key in its place. {NEW_ENCRYPTION_KEY}",
            id="tieout.E003",
        )
    for position, key in enumerate(keys, start=1):
        if not _is_fernet_key(key):
            yield Error(
                f"Key {position} of {len(keys)} in TIEOUT_ENCRYPTION_KEYS is not a key.",
                hint=f"A key has 44 characters, the last one is =; commas part several. {NEW_ENCRYPTION_KEY}",
                id="tieout.E004",
            )


def _debug(settings: Settings) -> Iterator[CheckMessage]:
    if settings.PRODUCTION and settings.DEBUG:
        yield Error(
            "TIEOUT_DEBUG is on in production: every error page would show settings and data to strangers.",
            hint="Take TIEOUT_DEBUG out of the environment, or set it to false.",
            id="tieout.E005",
        )


def _hosts(settings: Settings) -> Iterator[CheckMessage]:
    if settings.PRODUCTION and (not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS):
        yield Error(
            "TIEOUT_ALLOWED_HOSTS does not name the host names under which Tieout is reached.",
            hint="Set it to those names, parted by commas: books.example.com. A * is not accepted.",
            id="tieout.E006",
        )


def _quickbooks_addresses(settings: Settings) -> Iterator[CheckMessage]:
    if settings.PRODUCTION and settings.TIEOUT_QUICKBOOKS_ENVIRONMENT == "rehearsal":
        yield Error(
            "TIEOUT_QUICKBOOKS_ENVIRONMENT is rehearsal in production: nothing would reach QuickBooks.",
            hint="Set it to production, or to sandbox for one of Intuit's test companies.",
            id="tieout.E007",
        )
    elif settings.TIEOUT_QUICKBOOKS_ENVIRONMENT != "rehearsal":
        for name in QUICKBOOKS_ADDRESSES:
            yield from _quickbooks_address(settings, name)


def _quickbooks_address(settings: Settings, name: str) -> Iterator[CheckMessage]:
    address = _address(getattr(settings, name))
    if address.scheme != "https" or not address.hostname:
        yield Error(
            f'{name} is "{address.geturl()}", which is not an https address.',
            hint="Take it out of the environment to use Intuit's own. Plain http is for a rehearsal company only, "
            "whose address goes into TIEOUT_REHEARSAL_URL.",
            id="tieout.E008",
        )
    elif settings.PRODUCTION and not _is_intuit(address.hostname):
        yield Error(
            f'{name} is "{address.geturl()}", which is not an address of Intuit.',
            hint="Take it out of the environment to use Intuit's own: the keys to live books go nowhere else.",
            id="tieout.E007",
        )


def _rehearsal(settings: Settings) -> Iterator[CheckMessage]:
    given = settings.TIEOUT_REHEARSAL_URL
    if settings.PRODUCTION and given:
        yield Error(
            "TIEOUT_REHEARSAL_URL is set in production, where a rehearsal could be taken for the books.",
            hint="Take it out of the environment, and rehearse on an installation of its own: make demo starts one.",
            id="tieout.E009",
        )
    elif given and not _is_plain_root(_address(given)):
        yield Error(
            f'TIEOUT_REHEARSAL_URL is "{given}", which is not the address of a rehearsal company.',
            hint="Set it to what the rehearsal company printed when it started, such as http://127.0.0.1:8765.",
            id="tieout.E010",
        )
    elif given and _is_intuit(_address(given).hostname or ""):
        yield Error(
            f'TIEOUT_REHEARSAL_URL is "{given}", which is an address of Intuit.',
            hint="Set it to a rehearsal company of your own. For Intuit's test companies leave it out and set "
            "TIEOUT_SANDBOX_CLIENT_ID.",
            id="tieout.E010",
        )


def _redirect_uri(settings: Settings) -> Iterator[CheckMessage]:
    given = settings.TIEOUT_QUICKBOOKS_REDIRECT_URI
    fault = _fault_of_redirect_uri(_address(given), production=settings.PRODUCTION) if given else ""
    if not given and settings.TIEOUT_QUICKBOOKS_CLIENT_ID:
        fault = "it is not set, so nobody would come back from Intuit's login page"
    if fault:
        yield Error(
            f'TIEOUT_QUICKBOOKS_REDIRECT_URI is "{given}": {fault}.',
            hint="Set it to the address that Intuit sends people back to, letter for letter as Intuit's developer page "
            "has it: https://books.example.com/sync/quickbooks/callback/",
            id="tieout.E011",
        )


def _fault_of_redirect_uri(address: SplitResult, *, production: bool) -> str:
    """What Intuit would refuse about it, as the end of a sentence; empty when it is well."""
    host = address.hostname or ""
    if address.scheme not in ("http", "https") or not host:
        return "it is not a web address"
    if address.query or address.fragment or address.username:
        return "it may hold no ?, no # and no @"
    if production and address.scheme != "https":
        return "in production it must be https"
    if production and (_is_loopback(host) or _is_ip(host)):
        return "in production it must have the name of a host, not a number and not this machine's own"
    if address.scheme == "http" and not _is_loopback(host):
        return "plain http is accepted for this machine's own address only"
    return ""


def _quickbooks_login(settings: Settings) -> Iterator[CheckMessage]:
    has_id, has_secret = bool(settings.TIEOUT_QUICKBOOKS_CLIENT_ID), bool(settings.TIEOUT_QUICKBOOKS_CLIENT_SECRET)
    if has_id != has_secret:
        missing = "TIEOUT_QUICKBOOKS_CLIENT_SECRET" if has_id else "TIEOUT_QUICKBOOKS_CLIENT_ID"
        yield Error(
            f"{missing} is not set, but its counterpart is.",
            hint="Set both or neither. Intuit shows the pair on the page Keys & credentials of your app.",
            id="tieout.E012",
        )
    elif settings.PRODUCTION and not has_id:
        yield Warning(
            "TIEOUT_QUICKBOOKS_CLIENT_ID is not set: no QuickBooks Online company can be connected.",
            hint="Set it with TIEOUT_QUICKBOOKS_CLIENT_SECRET; Intuit shows both under Keys & credentials of your app.",
            id="tieout.W003",
        )


def _sources(settings: Settings) -> Iterator[CheckMessage]:
    if not all(map(is_public_key, settings.TIEOUT_HIGHLEVEL_WEBHOOK_KEYS)):
        yield Error(
            "TIEOUT_HIGHLEVEL_WEBHOOK_KEYS holds something that is no public key.",
            hint="Copy the key from the page of your app in HighLevel's marketplace: one line of base64.",
            id="tieout.E018",
        )
    for kind, at in settings.TIEOUT_SOURCES.items():
        name = f"TIEOUT_{kind.upper()}"
        for variable, given in ((f"{name}_API_URL", at.api_url), (f"{name}_TOKEN_URL", at.token_url)):
            address = _address(given)
            if address.scheme != "https" and not _is_loopback(address.hostname or ""):
                yield _not_encrypted(variable, given)
        if _address(at.authorize_url).scheme not in ("https", "http"):
            yield _not_encrypted(f"{name}_AUTHORIZE_URL", at.authorize_url)
        if bool(at.client_id) != bool(at.client_secret):
            missing = f"{name}_CLIENT_SECRET" if at.client_id else f"{name}_CLIENT_ID"
            yield Error(
                f"{missing} is not set, but its counterpart is.",
                hint="Set both or neither. The page of your app at the source shows the pair.",
                id="tieout.E016",
            )
        fault = _fault_of_redirect_uri(_address(at.redirect_uri), production=settings.PRODUCTION)
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


def _sandbox_login(settings: Settings) -> Iterator[CheckMessage]:
    has_id, has_secret = bool(settings.TIEOUT_SANDBOX_CLIENT_ID), bool(settings.TIEOUT_SANDBOX_CLIENT_SECRET)
    if has_id != has_secret:
        missing = "TIEOUT_SANDBOX_CLIENT_SECRET" if has_id else "TIEOUT_SANDBOX_CLIENT_ID"
        yield Error(
            f"{missing} is not set, but its counterpart is.",
            hint="Set both or neither. They are the development keys of your app, on Intuit's page Keys & credentials.",
            id="tieout.E014",
        )
    elif has_id and settings.PRODUCTION and settings.TIEOUT_SANDBOX_CLIENT_ID == settings.TIEOUT_QUICKBOOKS_CLIENT_ID:
        yield Error(
            "TIEOUT_SANDBOX_CLIENT_ID is the same as TIEOUT_QUICKBOOKS_CLIENT_ID: keys to live books.",
            hint="Set it to the development keys of your app; production keys never go to a rehearsal.",
            id="tieout.E014",
        )


def _support(settings: Settings) -> Iterator[CheckMessage]:
    for name in ("TIEOUT_SUPPORT_HOURS", "TIEOUT_SUPPORT_CONTACT"):
        if len(getattr(settings, name)) > LONGEST_SUPPORT:
            yield Warning(
                f"{name} is longer than {LONGEST_SUPPORT} characters, and stands in the middle of a sentence.",
                hint="Write it shorter, as in: Monday to Friday, 9:00 AM to 5:00 PM (Denver).",
                id="tieout.W005",
            )


def _data_folder(settings: Settings) -> Iterator[CheckMessage]:
    folder = settings.TIEOUT_DATA_DIR
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        yield Error(
            f'TIEOUT_DATA_DIR is "{folder}", which is not a folder that Tieout can write to.',
            hint="Make the folder, give it to the user that runs Tieout, or set another one.",
            id="tieout.E013",
        )


def _database(settings: Settings) -> Iterator[CheckMessage]:
    if settings.PRODUCTION and "sqlite3" in settings.DATABASES["default"]["ENGINE"]:
        yield Warning(
            "The database is SQLite, where only one process at a time can write.",
            hint="Set DATABASE_URL to a PostgreSQL of version 15 or newer: postgres://user:password@host:5432/tieout. "
            "For one small company on one machine SQLite is enough.",
            id="tieout.W001",
        )


def _repeated_keys(settings: Settings) -> Iterator[CheckMessage]:
    repeated = [key for key, times in Counter(settings.TIEOUT_ENCRYPTION_KEYS).items() if times > 1]
    if repeated:
        yield Warning(
            "TIEOUT_ENCRYPTION_KEYS holds the same key more than once.",
            hint="Put a new key in front of the old one to change keys; the same key twice changes nothing.",
            id="tieout.W004",
        )


CHECKS: tuple[Callable[[Settings], Iterator[CheckMessage]], ...] = (
    _what_cannot_be_read,
    _names_nobody_reads,
    _secret_key,
    _encryption_keys,
    _repeated_keys,
    _debug,
    _hosts,
    _quickbooks_addresses,
    _rehearsal,
    _redirect_uri,
    _quickbooks_login,
    _sandbox_login,
    _sources,
    _support,
    _data_folder,
    _database,
)


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def _address(text: str) -> SplitResult:
    """Take an address apart; one that cannot be is all path, and so has neither scheme nor host."""
    try:
        address = urlsplit(text)
        _ = address.port  # a port that is no number is only noticed when asked for
    except ValueError:
        return SplitResult(scheme="", netloc="", path=text, query="", fragment="")
    return address


def _is_plain_root(address: SplitResult) -> bool:
    beyond_the_host = address.path or address.query or address.fragment or address.username
    return address.scheme in ("http", "https") and bool(address.hostname) and not beyond_the_host


def _is_intuit(host: str) -> bool:
    return host == INTUIT_DOMAIN or host.endswith(f".{INTUIT_DOMAIN}")


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost") or (_is_ip(host) and ip_address(host).is_loopback)
