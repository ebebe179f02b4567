"""Who is signed in, and what do they send?"""

from __future__ import annotations

import html
import re
from typing import Any

from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client

from companies.models import Company, Membership, Role
from tests.signed_in import browser_of
from tests.written_again import written_again

MAPPERS = (Role.ACCOUNTANT, Role.ADMINISTRATOR)
READERS = (Role.OPS, Role.AUDITOR)


@written_again
def a_person(login: str, **facts: Any) -> User:
    """Someone who can sign in."""
    return User.objects.create_user(login, f"{login}@example.com", "secret", **facts)


@written_again
def joined(user: User, company: Company, role: str) -> User:
    """The same person, now with a role in the company."""
    Membership.objects.create(user=user, company=company, role=role)
    return user


def signed_in(company: Company, role: str = Role.ACCOUNTANT, login: str | None = None) -> Client:
    """A browser in which someone with this role in the company is signed in."""
    user = joined(a_person(login or f"{role}-of-{company.slug}"), company, role)
    return client_of(user)


def client_of(user: User) -> Client:
    """A browser in which the person is signed in."""
    return browser_of(user)


def told(response: Any) -> list[str]:
    """The messages that the person is shown."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def text_of(response: Any) -> str:
    """The page as a reader sees it: no tags, no entities, single spaces."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def offers_of(response: Any) -> list[str]:
    """The names that the page offers to fill in."""
    return [html.unescape(value) for value in re.findall(r'data-value="([^"]*)"', response.content.decode())]


def field_value(response: Any, name: str) -> str:
    """What is in a text field of the page."""
    tag = next(tag for tag in re.findall(r"<input[^>]*>", response.content.decode()) if f'name="{name}"' in tag)
    found = re.search(r'value="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""
