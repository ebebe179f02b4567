"""How is a person signed in, in a test that does not prove the signing in itself?"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from tests.written_again import written_again


def browser_of(user: User) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = _session_of(user)
    return client


@written_again
def _session_of(user: User) -> str:
    """The key of a new session of the person."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
