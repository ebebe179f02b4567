"""Does a real browser carry a person through: the boxes, the progress, a fix with one click, and a phone?"""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from companies.models import Company, Role
from sync.models import DocumentState
from tests.factories import document_of, prepared
from tests.reconciliation.factories import a_person, a_stuck_order, an_unmapped_product, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = ("", "documents/", "orders/", "issues/", "runs/", "search/?q=3")


@pytest.fixture
def ops_page(page: Page, live_server: Any, studio: Company) -> Page:
    """A browser in which an accountant has logged in."""
    client = signed_in(a_person(studio, Role.ACCOUNTANT, name="maria"))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    return page


def test_chosen_rows_are_counted_and_re_synced_with_a_progress_that_moves_by_itself(
    studio: Company, ops_page: Page, live_server: Any
) -> None:
    prepared(studio, *(f"2026-08-1{n}  order 300{n}\nWT-101  {n}9.00" for n in range(1, 6)))
    ops_page.goto(f"{live_server.url}/studio/documents/?kind=invoice")

    ops_page.get_by_label("Choose all on this page").check()
    expect(ops_page.get_by_text("5 documents, 5 chosen")).to_be_visible()
    ops_page.get_by_label("Choose Invoice 3003").uncheck()
    expect(ops_page.get_by_text("5 documents, 4 chosen")).to_be_visible()
    ops_page.get_by_role("button", name="Re-sync selected").click()

    expect(ops_page.get_by_role("heading", name="Result")).to_be_visible()
    expect(ops_page.get_by_text("4 posted")).to_be_visible()
    assert document_of(studio, "3001").state == DocumentState.POSTED
    assert document_of(studio, "3003").state == DocumentState.READY


def test_an_item_is_typed_chosen_from_the_list_and_posted(studio: Company, ops_page: Page, live_server: Any) -> None:
    issue = an_unmapped_product(studio, "3001")
    ops_page.goto(f"{live_server.url}/studio/issues/{issue.pk}/")

    ops_page.get_by_label("QuickBooks item: its name or SKU").press_sequentially("starter")
    ops_page.get_by_role("option", name="Starter Clay Kit").click()
    ops_page.get_by_role("button", name="Save and Re-sync").click()

    expect(ops_page.get_by_text("1 posted")).to_be_visible()


def test_a_fix_is_made_with_one_click_and_reached_by_the_keyboard_alone(
    studio: Company, ops_page: Page, live_server: Any
) -> None:
    an_unmapped_product(studio, "3001")
    ops_page.goto(f"{live_server.url}/studio/issues/")

    ops_page.keyboard.press("Tab")
    expect(ops_page.get_by_role("link", name="Skip to the content")).to_be_focused()
    ops_page.get_by_role("link", name="Product not mapped").focus()
    ops_page.keyboard.press("Enter")
    offer = ops_page.get_by_role("button", name="Crème Brûlée Mug Kit")
    offer.focus()
    ops_page.keyboard.press("Enter")

    expect(ops_page.get_by_text("1 document is ready.")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_no_screen_is_wider_than_the_window(studio: Company, ops_page: Page, live_server: Any, width: int) -> None:
    prepared(studio, "2026-08-14  order 3001\nWT-101  199.00\npaid 2026-08-20  Cash  50.00")
    issue = a_stuck_order(studio, "2026-08-14  order 3002  #9 Nora Quist\nWT-101  199.00")
    order = document_of(studio, "3001").order_id
    ops_page.set_viewport_size({"width": width, "height": 844})
    screens = (*SCREENS, f"issues/{issue.pk}/", f"orders/{order}/", f"orders/{order}/?tab=source")

    wide = {}
    for screen in screens:
        ops_page.goto(f"{live_server.url}/studio/{screen}")
        wide[screen] = ops_page.evaluate("document.documentElement.scrollWidth")

    assert {screen: wide_as for screen, wide_as in wide.items() if wide_as > width} == {}


@pytest.mark.criterion("E14", "E16")
def test_the_rules_for_addresses_are_seen_only_while_the_switch_is_on(
    studio: Company, ops_page: Page, live_server: Any
) -> None:
    prepared(studio, "2026-08-14  order 3001\nWT-101  19.00")
    ops_page.goto(f"{live_server.url}/mapping/studio/customer-rules/")
    switch = ops_page.get_by_label("Update customer addresses from new orders")
    rules = ops_page.get_by_role("radio", name="address with")

    assert not switch.is_checked()
    expect(rules.first).to_be_hidden()
    switch.check()
    expect(rules).to_have_count(3)
    ops_page.get_by_label("Shipping address with shipping address").check()
    ops_page.get_by_role("button", name="Save").click()

    expect(ops_page.get_by_label("Shipping address with shipping address")).to_be_checked()
    switch.uncheck()
    expect(rules.first).to_be_hidden()
