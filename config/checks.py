"""Is this installation set up so that it can be trusted with books, and if not, what has to be changed?

Errors keep Tieout from starting, under `manage.py` and under a web server alike; warnings are shown. Each has an id,
a sentence that says what is wrong, and a hint that says what to do. `docs/reference/settings.md` lists them.
"""

from __future__ import annotations

import difflib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from config.addresses import address_of, fault_of_redirect_uri, is_intuit, is_plain_root
from config.source_checks import sources, webhooks

TAG = "tieout"
#: A name, a part of one that begins with a dot, or an address in digits; * has a sentence of its own.
_HOST = re.compile(r"\*|\.?[\w-]+(\.[\w-]+)*\.?|\[[0-9a-fA-F:.]+\]")
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
            "TIEOUT_SECRET_KEY is not set: people who have read the source code could sign in as anybody.",
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
    for name in settings.ALLOWED_HOSTS:
        if not _HOST.fullmatch(name):
            yield Error(
                f'TIEOUT_ALLOWED_HOSTS has "{name}" in it, which is no host: no page could be opened.',
                hint="Write the name alone, without https://, port or path: books.example.com.",
                id="tieout.E006",
            )


def _env_file(settings: Settings) -> Iterator[CheckMessage]:
    if settings.TIEOUT_MISSING_ENV_FILE:
        yield Error(
            f'TIEOUT_ENV_FILE is "{settings.TIEOUT_MISSING_ENV_FILE}", which cannot be read.',
            hint="Correct its path, or let the user that runs Tieout read it. Without it these would be settings of a "
            "development machine.",
            id="tieout.E021",
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
    address = address_of(getattr(settings, name))
    if address.scheme != "https" or not address.hostname:
        yield Error(
            f'{name} is "{address.geturl()}", which is not an https address.',
            hint="Take it out of the environment to use Intuit's own. Plain http is for a test company only, "
            "whose address goes into TIEOUT_REHEARSAL_URL.",
            id="tieout.E008",
        )
    elif settings.PRODUCTION and not is_intuit(address.hostname):
        yield Error(
            f'{name} is "{address.geturl()}", which is not an address of Intuit.',
            hint="Take it out of the environment to use Intuit's own: the keys to live books go nowhere else.",
            id="tieout.E007",
        )


def _rehearsal(settings: Settings) -> Iterator[CheckMessage]:
    given = settings.TIEOUT_REHEARSAL_URL
    if settings.PRODUCTION and given:
        yield Error(
            "TIEOUT_REHEARSAL_URL is set in production, where a test company could be taken for the books.",
            hint="Take it out of the environment, and test on an installation of its own: make demo starts one.",
            id="tieout.E009",
        )
    elif given and not is_plain_root(address_of(given)):
        yield Error(
            f'TIEOUT_REHEARSAL_URL is "{given}", which is not the address of a test company.',
            hint="Set it to what the test company printed when it started, such as http://127.0.0.1:8765.",
            id="tieout.E010",
        )
    elif given and is_intuit(address_of(given).hostname or ""):
        yield Error(
            f'TIEOUT_REHEARSAL_URL is "{given}", which is an address of Intuit.',
            hint="Set it to a test company of your own. For Intuit's test companies leave it out and set "
            "TIEOUT_SANDBOX_CLIENT_ID.",
            id="tieout.E010",
        )


def _redirect_uri(settings: Settings) -> Iterator[CheckMessage]:
    given = settings.TIEOUT_QUICKBOOKS_REDIRECT_URI
    fault = fault_of_redirect_uri(address_of(given), production=settings.PRODUCTION) if given else ""
    if not given and settings.TIEOUT_QUICKBOOKS_CLIENT_ID:
        fault = "it is not set, so nobody would come back from Intuit's login page"
    if fault:
        yield Error(
            f'TIEOUT_QUICKBOOKS_REDIRECT_URI is "{given}": {fault}.',
            hint="Set it to the address that Intuit sends people back to, letter for letter as Intuit's developer page "
            "has it: https://books.example.com/sync/quickbooks/callback/",
            id="tieout.E011",
        )


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
            hint="Set it to the development keys of your app; production keys never go to a test company.",
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
    unread = any(variable.name == "DATABASE_URL" for variable in settings.TIEOUT_MALFORMED)
    if settings.PRODUCTION and not unread and "sqlite3" in settings.DATABASES["default"]["ENGINE"]:
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
    _env_file,
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
    sources,
    webhooks,
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
