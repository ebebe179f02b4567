"""Who sets a company up in the tests, and with what?"""

from __future__ import annotations

import io
from typing import Any

from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from companies import disclaimer
from companies.activation import INTRODUCTION, mark
from companies.models import Company, Membership, Role
from tests.factories import activated
from tests.signed_in import browser_of as signed_in_browser
from tests.written_again import written_again

HEADER = (
    "Order Number,Order Date,First Name,Last Name,Email,SKU,Line Item Name,Quantity,Price,Payment Date,Payment Amount"
)


@written_again
def a_new_company(name: str = "Kiln Corner", slug: str = "kiln", **facts: Any) -> Company:
    """As an administrator of the installation makes it: off."""
    return Company.objects.create(name=name, slug=slug, time_zone="America/Denver", **facts)


@written_again
def introduced(company: Company) -> Company:
    """The company after its introduction was read and its activation approved."""
    activated(company)
    mark(company, INTRODUCTION, by=User.objects.get(username="founder"))
    return company


@written_again
def joined(company: Company, role: str, name: str = "") -> User:
    """A person with a role in the company."""
    user = User.objects.create_user(name or f"{role}-{company.slug}")
    Membership.objects.create(company=company, user=user, role=role)
    return user


def browser_of(user: User) -> Client:
    """A browser in which the person is signed in."""
    return signed_in_browser(user)


def browser(company: Company, role: str = Role.ADMINISTRATOR, name: str = "") -> Client:
    """A browser of someone with this role."""
    return browser_of(joined(company, role, name))


def ask(client: Client, company: Company, **more: str) -> Any:
    """Tick the disclaimer as it is now, and ask for activation."""
    data = {"action": "request", "accepted": "on", "version": disclaimer.VERSION, **more}
    return client.post(f"/{company.slug}/activation/", data, follow=True)


def decide(client: Client, company: Company, action: str, reason: str = "") -> Any:
    """Press one of the buttons of the person who decides."""
    return client.post(f"/{company.slug}/activation/", {"action": action, "reason": reason}, follow=True)


def run(*arguments: str) -> tuple[int, str]:
    """Exit code of a command, and everything that it said."""
    out = io.StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=out)
    except SystemExit as left:
        return int(left.code or 0), out.getvalue()
    except CommandError as refused:
        return refused.returncode, str(refused)
    return 0, out.getvalue()
