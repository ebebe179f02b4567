"""Who is this installation to a test company on this machine? It asks that program, so that no one carries keys over.

At Intuit a person registers an app and puts its keys into the settings. The test company program has one app for all
its companies, and tells its keys to anyone who asks on the same machine. Nothing of Intuit's is ever asked this way.
"""

from __future__ import annotations

import logging

import requests

from books.translation import gettext_noop
from sync.quickbooks_online.addresses import Addresses
from sync.quickbooks_online.oauth import Client
from sync.quickbooks_online.session import plain

logger = logging.getLogger(__name__)

SILENT = gettext_noop(
    "The QuickBooks test company does not answer. Ask the person who runs this server to start it; the help page “Test "
    "first” says how."
)
_TIMEOUTS = (5, 10)


def keys_of_test_company(addresses: Addresses, *, redirect_uri: str) -> Client | None:
    """The keys of the app that the test company program knows; None when it does not tell them.

    Args:
        addresses: Of a test company program, never of Intuit.
        redirect_uri: Where a person is sent back to.
    """
    with requests.Session() as session:
        plain(session)
        try:
            answer = session.get(f"{addresses.api}/control/app", timeout=_TIMEOUTS, allow_redirects=False)
            told = answer.json()
            return Client(
                client_id=str(told["client_id"]), client_secret=str(told["client_secret"]), redirect_uri=redirect_uri
            )
        except (requests.RequestException, ValueError, KeyError, TypeError) as problem:
            logger.warning("the test company did not tell its keys: %s", type(problem).__name__)
            return None
