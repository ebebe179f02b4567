"""A bookkeeper without any documentation: a company is added in the demo, connected with one button, and posts.

One is walked at a desk, one on a phone, and no page is wider than its window.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from django.contrib.auth import get_user_model
from playwright.sync_api import Download, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from demo.sample_company import SAMPLES
from simulators.quickbooks.server import Running
from tests.setup.factories import HEADER

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a-long-password"
ORDERS = """\
K-1,2026-08-14,Priya,Natarajan,priya.natarajan@example.com,WT-101,Wheel Throwing 101,1,199.00,2026-08-14,199.00
K-2,2026-08-15,Newt,Newman,newt.newman@example.com,VASE-9,Mystery Vase,2,48.00,,
"""


DESK, PHONE = 1440, 390


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A window, and the people who sit before it one after the other."""

    page: Page
    url: str
    slug: str

    def sign_in(self, person: str, address: str = "/") -> None:
        """The person signs in and opens an address."""
        self.page.context.clear_cookies()
        self.page.goto(f"{self.url}/")
        self.page.get_by_label("Username").fill(person)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Log in")
        self.open(address)

    def open(self, address: str) -> None:
        """Go there."""
        self.page.goto(self.url + address)
        self.fits()

    def press(self, button: str) -> None:
        """Press a button of the page, and wait for what comes."""
        self.page.get_by_role("button", name=button, exact=True).click()
        self.fits()

    def follow(self, link: str) -> None:
        """Follow a link of the page's content."""
        self.page.get_by_role("main").get_by_role("link", name=link, exact=True).first.click()
        self.fits()

    def step(self, name: str) -> Locator:
        """The step that Setup shows as the open one."""
        self.open(f"/{self.slug}/setup/")
        step = self.page.locator("li[aria-current=step]")
        expect(step).to_contain_text(name)
        return step

    def says(self, sentence: str) -> None:
        """The page says so."""
        expect(self.page.get_by_text(sentence).first).to_be_visible(timeout=120_000)

    def fits(self) -> None:
        """Nothing of the page is outside the window."""
        self.page.wait_for_load_state()
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(wider) <= 0, f"{self.page.url} is wider than its window"


@pytest.fixture
def desk(request: pytest.FixtureRequest, page: Page, live_server: LiveServer) -> Desk:
    """A window of the width that the test asks for, and the people of the demo, who belong to no company yet."""
    users = get_user_model().objects
    users.create_superuser("owner", "owner@example.com", PASSWORD)
    for name in ("accountant", "admin"):
        users.create_user(name, f"{name}@example.com", PASSWORD)
    page.set_viewport_size({"width": request.param, "height": 900})
    return Desk(page=page, url=live_server.url, slug="kiln-corner")


def add_company(desk: Desk, *, kind: str) -> None:
    """The owner adds the company with its people; one of them asks for its activation, another one approves."""
    desk.sign_in("owner", "/admin/companies/company/add/")
    desk.page.locator("#id_name").press_sequentially("Kiln Corner")
    expect(desk.page.locator("#id_slug")).to_have_value("kiln-corner")
    desk.page.locator("#id_kind").select_option(label=kind)
    desk.page.locator("#id_time_zone").select_option("America/Denver")
    if kind == "QuickBooks Desktop":
        desk.page.locator("#id_is_rehearsal").uncheck(force=True)
    desk.press("Save")
    desk.says("Kiln Corner was added. It is off until it is set up.")
    desk.press("I have read this")
    desk.says("No one works for Kiln Corner yet.")
    for person, role in (("accountant", "Accountant"), ("admin", "Administrator")):
        desk.open("/admin/companies/membership/add/")
        desk.page.locator("#id_person").fill(person)
        desk.page.locator("#id_role").select_option(label=role)
        desk.press("Save")

    desk.sign_in("accountant")
    desk.follow("Go on with setup")
    desk.follow("Activation")
    desk.page.get_by_label("I have read the disclaimer, and accept it for Kiln Corner.").check()
    desk.press("Accept and ask for activation")
    desk.says("Your role cannot approve it. These can: admin.")
    desk.sign_in("admin", "/kiln-corner/activation/")
    desk.press("Approve")
    desk.follow("Go on with setup")


def decide(desk: Desk, file: Path) -> None:
    """The accountant chooses the accounts and brings the orders."""
    desk.step("Posting accounts").get_by_role("link", name="Posting accounts").click()
    desk.page.get_by_label("Payment Debit Account").fill("Undeposited Funds")
    desk.page.keyboard.press("Escape")
    desk.press("Save")
    desk.says("Saved.")
    desk.follow("Next: Line types")
    desk.follow("On Setup you can go on with what is open.")
    desk.press("Go on with what is open")
    desk.step("Products").get_by_role("link", name="Import orders").click()
    file.write_text(f"{HEADER}\n{ORDERS}", encoding="utf-8")
    desk.page.get_by_label("File", exact=True).set_input_files(file)
    desk.press("Import")
    desk.says("2 new orders were imported.")


def connect(desk: Desk, *, choose: str = "") -> None:
    """Press the one button, and choose on the sign-in page of the test company; a new company where nothing is said."""
    desk.press("QB Connect")
    expect(desk.page.get_by_role("heading", name="Which QuickBooks company?")).to_be_visible()
    if choose:
        desk.page.get_by_label(choose).check()
    desk.press("Connect")


@pytest.mark.long
@pytest.mark.parametrize("desk", [DESK], indirect=True)
@pytest.mark.criterion("B02", "B05", "B22", "C02", "C03", "C05")
def test_a_company_is_added_connected_with_one_button_and_posts(desk: Desk, rehearsal: Running, tmp_path: Path) -> None:
    add_company(desk, kind="QuickBooks Online")

    # Connect: not now, then by mistake to other books that one may leave again, then to books of its own
    desk.press("QB Connect")
    desk.press("Cancel")
    desk.says("the permission was declined on its sign-in page")
    connect(desk, choose="Bramble & Birch Studio")
    desk.says("Bramble & Birch Studio is connected.")
    desk.open("/sync/kiln-corner/quickbooks/")
    desk.follow("QB Disconnect")
    desk.press("QB Disconnect")
    connect(desk, choose="A new company")
    desk.says("Kiln Corner is connected. Its lists are being read.")
    expect(desk.page.get_by_text("Connected", exact=True).first).to_be_visible(timeout=120_000)

    # Accounts, line types, orders; the product that QuickBooks does not know gets its item
    desk.sign_in("accountant")
    decide(desk, tmp_path / "orders.csv")
    desk.step("Products").get_by_role("link", name="Products").click()
    desk.follow("Mystery Vase")
    desk.page.get_by_label("QuickBooks Product Name").fill("Starter Clay Kit")
    desk.page.keyboard.press("Escape")
    desk.press("Save")

    # Seen before it is sent, then live
    desk.open("/kiln-corner/orders/")
    desk.follow("K-1")
    desk.says("Undeposited Funds")
    desk.sign_in("admin")
    desk.step("Go live").get_by_role("link", name="Go live").click()
    desk.press("Go live")
    desk.says("This company is live. Open an order and press Re-sync to post it")

    # The first invoice is in the books that were opened for it, to the cent, and a link leads there
    desk.sign_in("accountant", "/kiln-corner/orders/")
    desk.follow("K-1")
    desk.page.get_by_role("button", name="Re-sync").first.click()
    desk.page.wait_for_url("**/sync-history/*/")
    expect(desk.page.get_by_role("heading", name="Result")).to_be_visible(timeout=240_000)
    desk.open("/kiln-corner/orders/")
    desk.follow("K-1")
    there = desk.page.locator('a[href*="/transactions/invoice/"]').get_attribute("href") or ""
    books = there.partition("/transactions/")[0]
    assert books.startswith(f"{rehearsal.base_url}/companies/")
    assert rehearsal.company.company_id not in books
    for account, amount in {"Undeposited Funds": "199.00", "Accounts Receivable": "0.00"}.items():
        assert balance(books, account) - balance(rehearsal.base_url, account) == Decimal(amount)
    desk.page.goto(there)
    expect(desk.page.get_by_text("K-1").first).to_be_visible()


def balance(books: str, account: str) -> Decimal:
    """What the account holds in the test company whose pages are at this address."""
    rows = requests.get(f"{books}/control/ledger", timeout=30).json()["accounts"]
    return next(Decimal(row["balance"]) for row in rows if row["account"] == account)


@pytest.mark.long
@pytest.mark.parametrize("desk", [PHONE], indirect=True)
@pytest.mark.criterion("A04", "B22")
def test_a_desktop_company_is_added_and_gets_its_first_file(desk: Desk, tmp_path: Path) -> None:
    add_company(desk, kind="QuickBooks Desktop")
    desk.step("QuickBooks lists").get_by_role("link", name="Lists of QuickBooks Desktop").click()
    desk.page.locator("input[type=file]").set_input_files(SAMPLES / "desktop-lists.iif")
    desk.press("Import the lists")
    desk.follow("Go on with setup")

    desk.sign_in("accountant")
    decide(desk, tmp_path / "orders.csv")
    desk.step("Products").get_by_role("button", name="Go on with what is open").click()

    # A test file first, for a copy of the company file
    desk.step("Test company").get_by_role("link", name="QuickBooks Desktop").click()
    desk.follow("Make a file")
    desk.press("Make a test file")
    assert "199.00" in text_of(download(desk))
    desk.page.reload()
    desk.follow("Go on with setup")
    desk.sign_in("admin")
    desk.step("Go live").get_by_role("link", name="Go live").click()
    desk.press("Go live")
    desk.says("This company is live. Export a file")
    desk.open("/kiln-corner/desktop/export/")
    desk.page.get_by_label("The company file is backed up.").check()
    desk.press("Make the file")
    first = text_of(download(desk))
    assert "\tINVOICE\t" in first
    assert "Services:Training:Classes" in first
    assert "199.00" in first


def download(desk: Desk) -> Download:
    """The file of the page."""
    with desk.page.expect_download() as waited:
        desk.page.get_by_role("button", name="Download").first.click()
    return waited.value


def text_of(file: Download) -> str:
    """What is in it."""
    return Path(file.path()).read_text(encoding="cp1252")
