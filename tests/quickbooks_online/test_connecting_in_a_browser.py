"""The whole way in a real browser: from the card to QuickBooks' own page and back, and out again."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from companies.models import Company, Membership, Role
from simulators.quickbooks.server import Running
from sync.models import Connection, ConnectionState
from tests.quickbooks_online.screens import CARD, loaded

WORD = "a-long-password"


@pytest.mark.browser
@pytest.mark.criterion("C02", "C03", "C05", "C06")
@pytest.mark.django_db(transaction=True)
def test_an_administrator_connects_and_disconnects(
    company: Company, registered: Running, page: Page, live_server: LiveServer
) -> None:
    user = User.objects.create_user("alex", password=WORD)
    Membership.objects.create(company=company, user=user, role=Role.ADMINISTRATOR)
    page.goto(f"{live_server.url}/login/?next={CARD}")
    page.fill("[name=username]", "alex")
    page.fill("[name=password]", WORD)
    page.keyboard.press("Enter")

    button(page, "QB Connect").click()
    expect(page.get_by_role("heading", name="Which QuickBooks company?")).to_be_visible()
    page.get_by_label("Bramble & Birch Studio").check()
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text("is connected. Its lists are being read.")).to_be_visible()
    loaded()
    page.goto(f"{live_server.url}{CARD}")
    expect(page.get_by_text("Connected", exact=True).first).to_be_visible()
    assert Connection.objects.get().state == ConnectionState.CONNECTED

    page.get_by_role("link", name="QB Disconnect").click()
    button(page, "QB Disconnect").click()
    expect(page.get_by_text("QuickBooks is disconnected.")).to_be_visible()
    expect(button(page, "QB Connect")).to_be_visible()


def button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name)
