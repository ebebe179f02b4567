"""Turns the switch for contacts, and lets a moment pass in QuickBooks: what it had in that second is from before."""

from __future__ import annotations

from django.test import Client

from sync.crm.switches import turn_contacts
from sync.models import Connection
from tests.simulators.driver import Books


def turn_on(source: Connection, books: Books) -> None:
    """Turn it on."""
    turn_contacts(source, on=True, by=None)
    later(books)


def turn_on_by_page(client: Client, books: Books) -> None:
    """Turn it on at HighLevel's page."""
    assert client.post("/studio/integrations/highlevel/crm/", {"adds_contacts": "on"}).status_code == 302
    later(books)


def later(books: Books) -> None:
    """Two seconds pass."""
    books.control("clock", {"seconds": 2})
