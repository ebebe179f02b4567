"""The picker of a mapping form, in a browser."""

from __future__ import annotations

from django.test import Client
from playwright.sync_api import Page


def let_in(page: Page, client: Client, address: str) -> None:
    """Give the browser the session of a client that is signed in."""
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])
