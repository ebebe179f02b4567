"""How does a person go through the screens of QuickBooks' login? By the buttons, and back from QuickBooks' own page."""

from __future__ import annotations

import re
import threading
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from django.contrib.auth.models import User
from django.test import Client

from companies.models import Company, Membership, Role
from sync.models import Connection
from sync.quickbooks_online.login import read_secret

CARD = "/sync/studio/quickbooks/"


def a_person(company: Company | None, role: str = Role.ADMINISTRATOR, name: str = "alex") -> Client:
    user = User.objects.create_user(name)
    if company:
        Membership.objects.create(company=company, user=user, role=role)
    browser = Client()
    browser.force_login(user)
    return browser


def loaded() -> None:
    """Wait until the lists have been read, as a person who watches the page does."""
    for thread in threading.enumerate():
        if thread.name.startswith("first-load-"):
            thread.join(20)


def page(browser: Client, path: str = CARD) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer
    return re.sub(r"\s+", " ", answer.content.decode())


def to_intuit(browser: Client) -> str:
    """Press QB Connect; the address that the person is sent to."""
    answer = browser.post(f"{CARD}connect/")
    assert answer.status_code == 302, answer
    return str(answer["Location"])


def decide(address: str, decision: str, **chosen: str) -> str:
    """Choose a company and press a button on QuickBooks' page; the path that the person comes back to."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    where = address.partition("?")[0]
    answer = requests.post(where, data={**asked, **chosen, "decision": decision}, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def connect(browser: Client, decision: str = "allow", *, company: str = "", name: str = "", **changed: str) -> Any:
    """Go the whole way: press QB Connect, decide there, come back, and look at the page that follows."""
    back = decide(to_intuit(browser), decision, company=company, name=name)
    path, _, query = back.partition("?")
    told = {name: values[0] for name, values in parse_qs(query).items()} | changed
    return browser.get(f"{path}?{urlencode(told)}", follow=True)


def tokens_of(connection: Connection) -> set[str]:
    secret = read_secret(connection)
    assert secret
    return {secret.access_token, secret.refresh_token, secret.previous_refresh_token}


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())
