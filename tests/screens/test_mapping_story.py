"""Can an accountant map what is left to map, in a browser, at a desk and on a phone?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from companies.models import Company, Role
from mapping.models import PostingAccounts, Product, SourceCustomer
from tests.factories import the_studio
from tests.mapping.people import a_person, client_of, joined
from tests.screens.picking import let_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def studio(live_server: Any) -> Company:
    company = the_studio()
    for number, name in enumerate(("Glazing basics", "Raku for two", "Wheel Throwing 101"), start=1):
        Product.objects.create(company=company, system="keap", source_key=str(number), name=name)
    SourceCustomer.objects.create(company=company, system="keap", source_key="1", name="Priya Natarajan")
    return company


@pytest.fixture
def desk(page: Page, live_server: Any, studio: Company) -> Page:
    """A browser in which someone is signed in who administers two companies and works in the first."""
    user = joined(a_person("amara"), studio, Role.ADMINISTRATOR)
    let_in(page, client_of(joined(user, the_studio("Nightingale Bakery", "bakery"), Role.OPS)), live_server.url)
    page.goto(f"{live_server.url}/mapping/studio/line-types/")
    return page


@pytest.mark.criterion("A06", "A07", "A25")
def test_the_accountant_maps_one_product_after_the_other(desk: Page, live_server: Any) -> None:
    desk.get_by_role("link", name="Products").click()
    desk.get_by_role("link", name="Not mapped 2").click()
    desk.get_by_role("link", name="Glazing basics").click()
    expect(desk.get_by_role("heading", name="QuickBooks information")).to_be_visible()

    desk.get_by_role("combobox", name="QuickBooks Product Name").fill("Glaze Chemistry")
    desk.get_by_role("button", name="Save and open the next unmapped").click()

    expect(desk.get_by_role("heading", name="Raku for two")).to_be_visible()
    desk.get_by_role("combobox", name="QuickBooks Product Name").fill("RK-300")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_text("Mapped by name")).to_be_visible()
    expect(desk.get_by_text("Mapped by SKU")).to_be_visible()
    expect(desk.get_by_text("Found by the same name")).to_be_visible()


@pytest.mark.criterion("A26")
def test_a_sheet_is_imported_after_a_look_at_what_it_changes(desk: Page, studio: Company, tmp_path: Path) -> None:
    sheet = tmp_path / "mapping.csv"
    sheet.write_text("Source;ID in source;QuickBooks Product Name\nkeap;1;Glaze Chemistry\n", encoding="utf-8")

    desk.get_by_role("link", name="Products", exact=True).click()
    desk.get_by_role("link", name="Import", exact=True).click()
    desk.locator("input[type=file]").set_input_files(sheet)
    desk.get_by_role("button", name="Show what it would change").click()
    expect(desk.get_by_role("cell", name="Glaze Chemistry")).to_be_visible()
    desk.get_by_role("button", name="Save 1 change").click()

    expect(desk.get_by_text("The mapping of 1 product was saved.")).to_be_visible()
    assert Product.objects.get(source_key="1").quickbooks_product_name == "Glaze Chemistry"


@pytest.mark.criterion("A28", "A46")
def test_posting_accounts_are_preselected_and_saved(desk: Page, live_server: Any) -> None:
    PostingAccounts.objects.all().delete()
    PostingAccounts.history.all().delete()
    desk.get_by_role("link", name="Posting accounts", exact=True).click()
    expect(desk.get_by_role("combobox", name="Invoice Debit Account")).to_have_value("Accounts Receivable")

    desk.get_by_role("combobox", name="Payment Debit Account").fill("Undep")
    desk.get_by_role("option", name="Undeposited Funds").click()
    desk.get_by_role("button", name="Save", exact=True).click()

    expect(desk.get_by_text("Saved.")).to_be_visible()
    row = PostingAccounts.objects.get()
    assert (row.invoice_debit, row.payment_debit) == ("Accounts Receivable", "Undeposited Funds")


def test_choosing_another_company_opens_the_same_screen_of_it(desk: Page, live_server: Any) -> None:
    desk.get_by_label("Company", exact=True).select_option("Nightingale Bakery")

    desk.wait_for_url("**/mapping/bakery/line-types/")
    expect(desk.get_by_text("You can read this page.")).to_be_visible()


SCREENS = (
    "/admin/mapping/product/",
    "/admin/mapping/product/{product}/change/",
    "/admin/mapping/product/{product}/history/",
    "/mapping/studio/products/table/?id={product}",
    "/mapping/studio/products/import/",
    "/mapping/studio/products/export/",
    "/mapping/studio/line-types/",
    "/mapping/studio/posting-accounts/",
    "/mapping/studio/history/",
    "/admin/mapping/sourcecustomer/",
    "/admin/mapping/sourcecustomer/{customer}/change/",
    "/admin/mapping/quickbooksaccount/",
    "/admin/mapping/quickbooksitem/",
    "/admin/mapping/quickbookscustomer/",
    "/admin/mapping/quickbooksterm/",
    "/admin/companies/membership/",
    "/admin/companies/membership/add/",
    "/admin/companies/company/{company}/change/",
)


@pytest.mark.parametrize("width", [390, 1440])
def test_no_screen_is_wider_than_the_window_or_breaks_its_policy(
    desk: Page, live_server: Any, studio: Company, width: int
) -> None:
    known = {
        "product": Product.objects.filter(company=studio).values_list("pk", flat=True)[0],
        "customer": SourceCustomer.objects.get().pk,
        "company": studio.pk,
    }
    desk.set_viewport_size({"width": width, "height": 844})

    wide = {}
    for screen in SCREENS:
        answer = desk.goto(live_server.url + screen.format(**known))
        assert answer is not None
        assert answer.status == 200, screen
        wide[screen] = desk.evaluate("document.documentElement.scrollWidth")

    assert {screen: wide[screen] for screen in SCREENS if wide[screen] > width} == {}


def test_the_menu_opens_with_the_keyboard_on_a_phone(desk: Page, live_server: Any) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(f"{live_server.url}/admin/mapping/product/")
    link = desk.get_by_role("link", name="Posting accounts", exact=True)
    expect(link).to_be_hidden()

    desk.get_by_role("button", name="Menu").focus()
    desk.keyboard.press("Enter")

    expect(link).to_be_visible()
