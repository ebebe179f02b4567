"""Can a person choose, re-sync and fix in a browser that runs no scripts?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from companies.models import Company
from sync.models import DocumentState
from tests.browsers import PATIENCE
from tests.factories import document_of, prepared
from tests.reconciliation.factories import a_person, a_stuck_order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NORA = "2026-08-14  order 3001  #9 Nora Quist\nWT-101  199.00"


@pytest.fixture
def page_without_scripts(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def until_finished(page: Page) -> None:
    """Press Continue for as long as the page offers it: the Re-sync goes on in the background meanwhile."""
    button = page.get_by_role("button", name="Continue")
    for _ in range(60):
        page.wait_for_load_state()
        if not button.count():
            return
        button.click()
        page.wait_for_timeout(300)


def test_a_person_without_scripts_logs_in_fixes_chooses_and_re_syncs(
    studio: Company, page_without_scripts: Page, live_server: Any
) -> None:
    page = page_without_scripts
    a_person(studio, name="nora")
    issue = a_stuck_order(studio, NORA)
    prepared(studio, "2026-08-15  order 3002\nWT-101  99.00")

    page.goto(f"{live_server.url}/studio/issues/{issue.pk}/")
    page.get_by_label("Username").fill("nora")
    page.get_by_label("Password").fill("a-long-password")
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("Billing email").fill("nora@example.com")
    page.get_by_role("button", name="Save and Re-sync").first.click()
    until_finished(page)
    expect(page.get_by_role("heading", name="Result")).to_be_visible()

    page.goto(f"{live_server.url}/studio/documents/?state=ready")
    page.get_by_label("Choose Invoice 3002").check()
    page.get_by_role("button", name="Re-sync selected").click()
    until_finished(page)
    expect(page.get_by_text("1 posted")).to_be_visible()

    assert document_of(studio, "3001").state == document_of(studio, "3002").state == DocumentState.POSTED
