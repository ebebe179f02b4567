"""An administrator who has never seen Tieout: from an empty company to the first posted invoice, by the setup steps."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from companies.models import Company, Membership, Role
from simulators.quickbooks.server import Running
from tests.setup.factories import HEADER
from tests.simulators.driver import Books

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ORDER = "K-1,2026-08-14,Priya,Natarajan,priya.natarajan@example.com,WT-101,Wheel Throwing 101,1,199.00,,"


@pytest.mark.criterion("A04", "B02", "B03", "B05", "B19", "B22", "B23")
def test_from_an_empty_company_to_the_first_posted_invoice(
    page: Page, live_server: LiveServer, rehearsal: Running, quickbooks: Books, tmp_path: Path
) -> None:
    company = Company.objects.create(name="Kiln Corner", slug="kiln", time_zone="America/Denver", is_rehearsal=True)
    person = get_user_model().objects.create_user("rosalind", password="a-long-password")
    Membership.objects.create(company=company, user=person, role=Role.ADMINISTRATOR)
    invoices = quickbooks.count("Invoice")

    # Home leads to setup, and setup begins with the introduction
    page.goto(f"{live_server.url}/")
    page.get_by_label("Username").fill("rosalind")
    page.get_by_label("Password").fill("a-long-password")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Go on with setup").click()
    page.get_by_role("button", name="I have read this").click()

    # Asked for, accepted, approved
    page.locator("#content").get_by_role("link", name="Activation", exact=True).click()
    page.get_by_label("I have read the disclaimer, and accept it for Kiln Corner.").check()
    page.get_by_role("button", name="Accept and ask for activation").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved. The company can be set up now.")).to_be_visible()

    # A later step is closed
    page.goto(f"{live_server.url}/mapping/kiln/line-types/")
    expect(page.get_by_text("Now: Connect QuickBooks.")).to_be_visible()

    # Connect; the lists are read in the background
    open_step(page, "Connect QuickBooks").get_by_role("button", name="QB Connect").click()
    page.get_by_label("Bramble & Birch Studio").check()
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text("Connected", exact=True).first).to_be_visible(timeout=120_000)

    # Posting accounts, one of them chosen by typing
    lists_are_read(page, f"{live_server.url}/kiln/setup/")
    open_step(page, "Posting accounts").get_by_role("link", name="Posting accounts").click()
    page.get_by_label("Payment Debit Account").fill("Undeposited Funds")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("link", name="Next: Line types").click()

    # No line type is needed for a first invoice
    page.get_by_role("navigation", name="Settings pages").get_by_role("link", name="Setup").click()
    open_step(page, "Line types").get_by_role("button", name="Go on with what is open").click()

    # One order is enough
    open_step(page, "Products").get_by_role("link", name="Import orders").click()
    file = tmp_path / "orders.csv"
    file.write_text(f"{HEADER}\n{ORDER}\n", encoding="utf-8")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_label("File format").select_option("orders-csv")
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("1 order imported, 1 of 1 products found in QuickBooks.")).to_be_visible()

    # Nothing is left but going live
    open_step(page, "Go live").get_by_role("link", name="Go live").click()
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_text("This company is live.")).to_be_visible()
    assert quickbooks.count("Invoice") == invoices

    # ... and the first invoice is posted by hand
    page.goto(f"{live_server.url}/kiln/documents/")
    page.get_by_role("button", name="Re-sync all").click()
    page.wait_for_url("**/sync-history/*/")
    expect(page.get_by_role("heading", name="Result")).to_be_visible(timeout=240_000)
    assert quickbooks.count("Invoice") == invoices + 1


def lists_are_read(page: Page, setup: str) -> None:
    """Open the page of setup as often as it takes until the lists of QuickBooks were read."""
    reading = page.get_by_text("The first reading of the lists has not ended.")
    for _second in range(60):
        page.goto(setup)
        if not reading.count():
            return
        page.wait_for_timeout(1000)
    raise AssertionError("the lists were not read within a minute")


def open_step(page: Page, name: str) -> Locator:
    """The step that setup shows as the open one."""
    step = page.locator("li[aria-current=step]")
    expect(step).to_contain_text(name)
    return step
