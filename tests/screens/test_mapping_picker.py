"""Does the picker serve the mouse, the keyboard and a screen reader, and is nothing lost without JavaScript?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from companies.models import Company, Role
from mapping.models import Product
from tests.factories import the_studio
from tests.mapping.people import signed_in
from tests.screens.picking import let_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
ITEM, ACCOUNT = "#id_quickbooks_product_name", "#id_quickbooks_account_name"


@pytest.fixture
def studio(live_server: Any) -> Company:
    return the_studio()


@pytest.fixture
def product(studio: Company) -> Product:
    return Product.objects.create(company=studio, system="keap", source_key="1", name="Glazing basics")


@pytest.fixture
def opened(page: Page, live_server: Any, product: Product) -> Page:
    """The product's page, as the accountant sees it."""
    let_in(page, signed_in(product.company, Role.ACCOUNTANT), live_server.url)
    page.goto(f"{live_server.url}/admin/mapping/product/{product.pk}/change/")
    return page


def names_of(product: Product) -> tuple[str, str]:
    product.refresh_from_db()
    return product.quickbooks_product_name, product.quickbooks_account_name


@pytest.mark.criterion("A06", "A14", "A24")
def test_names_are_chosen_with_the_keyboard_alone(opened: Page, product: Product) -> None:
    field = opened.locator(ACCOUNT)
    field.focus()
    field.press_sequentially("training")
    option = opened.get_by_role("option", name="Services:Training:Classes")
    expect(option).to_contain_text("Income")

    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", str(option.get_attribute("id")))
    opened.keyboard.press("Enter")

    expect(field).to_have_value("Services:Training:Classes")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(opened.locator("[data-picker-detail]").nth(1)).to_have_text("Income")
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/admin/mapping/product/")
    assert names_of(product) == ("", "Services:Training:Classes")


@pytest.mark.criterion("A09")
def test_names_are_chosen_with_the_mouse(opened: Page, product: Product) -> None:
    opened.locator(ITEM).fill("kit-mug")
    opened.get_by_role("option", name="Crème Brûlée Mug Kit").click()

    expect(opened.locator(ITEM)).to_have_value("Crème Brûlée Mug Kit")
    expect(opened.locator("[data-picker-detail]").first).to_have_text("KIT-MUG · Service")
    opened.get_by_role("button", name="Save", exact=True).click()
    opened.wait_for_url("**/admin/mapping/product/")
    assert names_of(product)[0] == "Crème Brûlée Mug Kit"


def test_what_is_typed_is_saved_while_the_list_is_open(opened: Page, product: Product) -> None:
    opened.locator(ACCOUNT).fill("Memberships")
    expect(opened.get_by_role("option").first).to_be_visible()

    opened.get_by_role("button", name="Save", exact=True).click()

    opened.wait_for_url("**/admin/mapping/product/")
    assert names_of(product)[1] == "Memberships"


def test_escape_closes_the_list_and_leaves_the_text(opened: Page) -> None:
    field = opened.locator(ITEM)
    field.fill("wheel")
    expect(opened.get_by_role("listbox")).to_be_visible()

    opened.keyboard.press("Escape")

    expect(opened.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("wheel")


def test_a_screen_reader_hears_what_the_field_is_and_what_was_found(opened: Page) -> None:
    field = opened.get_by_role("combobox", name="QuickBooks Product Name")
    field.fill("wheel")

    expect(opened.get_by_role("status").first).to_have_text("2 names")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.fill("zzzz")
    expect(opened.get_by_role("status").first).to_have_text("QuickBooks has nothing like “zzzz” that fits here.")


@pytest.mark.criterion("A22")
def test_one_click_takes_quickbooks_spelling_and_saves_nothing_by_itself(opened: Page, product: Product) -> None:
    opened.locator(ITEM).fill("raku weekend")
    opened.get_by_role("button", name="Save", exact=True).click()
    expect(opened.get_by_text("QuickBooks writes this “Raku Weekend”.")).to_be_visible()

    opened.get_by_role("link", name="Raku Weekend").click()

    expect(opened.locator(ITEM)).to_have_value("Raku Weekend")
    assert names_of(product)[0] == ""
    opened.get_by_role("button", name="Save", exact=True).click()
    opened.wait_for_url("**/admin/mapping/product/")
    assert names_of(product)[0] == "Raku Weekend"


@pytest.fixture
def without_scripts(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_without_javascript_it_is_a_text_field_with_links(
    without_scripts: Page, live_server: Any, product: Product
) -> None:
    page = without_scripts
    let_in(page, signed_in(product.company), live_server.url)
    page.goto(f"{live_server.url}/admin/mapping/product/{product.pk}/change/")
    page.locator(ITEM).fill("raku weekend")
    page.get_by_role("button", name="Save", exact=True).click()

    page.get_by_role("link", name="Raku Weekend").click()
    expect(page.locator(ITEM)).to_have_value("Raku Weekend")
    page.get_by_role("button", name="Save", exact=True).click()

    assert names_of(product)[0] == "Raku Weekend"
