"""The stage of the journeys: the studio after its first sync, in a browser, with its rehearsal company beside it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from demo.sample_company import PASSWORD, SLUG, open_studio
from demo.story import tell
from simulators.quickbooks.server import Running
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.quickbooks_online.connecting import connect_rehearsal
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["quickbooks", "rehearsal", "studio"]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where a journey takes place."""

    page: Page
    url: str
    books: Books

    def sign_in(self, person: str) -> None:
        """Sign in by the login page, as a person does."""
        self.page.context.clear_cookies()
        self.page.goto(f"{self.url}/")
        self.page.get_by_label("Username").fill(person)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Log in").click()
        self.page.wait_for_url(f"{self.url}/{SLUG}/")

    def menu(self, entry: str) -> None:
        """Follow an entry of the menu."""
        self.page.locator("#nav-sidebar-apps a").filter(has_text=entry).first.click()

    def open_issue(self, title: str) -> None:
        """Go to the first open issue of that title by the menu."""
        self.menu("Issues")
        self.page.get_by_role("link", name=title, exact=True).first.click()
        expect(self.page.get_by_role("heading", name="What happened")).to_be_visible()

    def resynced(self) -> None:
        """The re-sync that was just asked for comes to its end on its page."""
        self.page.wait_for_url("**/sync-history/*/")
        expect(self.page.get_by_role("heading", name="Result")).to_be_visible(timeout=240_000)

    def invoices(self, *numbers: str) -> list[str]:
        """Those of the numbers that QuickBooks holds, each as often as it holds it."""
        self.books.sign_in(self.books.running.ready()["access_token"])
        listed = ", ".join(f"'{number}'" for number in numbers)
        found = self.books.query(f"select * from Invoice where DocNumber in ({listed}) maxresults 1000").get(
            "Invoice", []
        )
        return sorted(invoice["DocNumber"] for invoice in found)


@pytest.fixture
def stage(page: Page, live_server: LiveServer, rehearsal: Running, quickbooks: Books, transactional_db: None) -> Stage:
    """The demo's studio, after its story was told."""
    tell(open_studio(), rehearsal.ready(), say=lambda _: None, observe=lambda *_: None)
    return Stage(page=page, url=live_server.url, books=quickbooks)


@pytest.fixture
def opened(page: Page, live_server: LiveServer, rehearsal: Running, quickbooks: Books, transactional_db: None) -> Stage:
    """The demo's studio before its story: its people and decisions are there, and QuickBooks is connected."""
    company = open_studio()
    connect_rehearsal(company, rehearsal.ready())
    refresh_and_prepare(company)
    return Stage(page=page, url=live_server.url, books=quickbooks)
