"""Can a person who hears the screens, or uses only the keyboard, use every one of them? As axe judges."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Page, expect

from companies.models import Company, Role
from tests.reconciliation.factories import a_person, signed_in
from tests.screens.every_screen import NOT_OURS, a_full_company, a_full_desktop_company, address_of, every_address

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SERIOUS = ("serious", "critical")
LANDMARKS = ("landmark-one-main", "landmark-no-duplicate-main", "region")
AXE = Axe().axe_script
#: axe takes the words of a color apart for each element that has it, a fifth of its time. Here it does so
#: once for each color
COLORS_ONCE = """(() => {
  const { Color } = axe.commons.color, parse = Color.prototype.parseString, known = new Map();
  Color.prototype.parseString = function (words) {
    if (!known.has(words)) known.set(words, parse.call(new Color(), words));
    const { r, g, b, alpha } = known.get(words);
    return Object.assign(this, { r, g, b, alpha });
  };
})()"""
#: The entries of the menu are two thirds of what a page has, and the same on most: each is looked at once for each way
#: in which it is written, seen or folded away
MARK_JUDGED = """judged => {
  const known = new Set(judged), fresh = [];
  for (const entry of document.querySelectorAll('#nav-sidebar-inner :is(a, button)')) {
    const written = `${entry.checkVisibility()} ${entry.outerHTML}`;
    if (known.has(written)) entry.setAttribute('data-judged', ''); else fresh.push(written);
  }
  return fresh;
}"""
RUN = "axe.run({exclude: [['[data-judged]']]}, {resultTypes: ['violations']})"


@pytest.mark.long
@pytest.mark.parametrize("desktop", [False, True], ids=["QuickBooks Online", "QuickBooks Desktop"])
def test_axe_finds_nothing_serious_on_any_screen(
    desktop: bool, request: pytest.FixtureRequest, page: Page, live_server: Any
) -> None:
    rows = a_full_desktop_company() if desktop else a_full_company(request.getfixturevalue("studio"))
    client = signed_in(get_user_model().objects.create_superuser("root", password="a-long-password"))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page.context.add_init_script(f"{AXE};{COLORS_ONCE}")  # sent once, not with each page
    pages = dict(_pages(client, rows))

    judged: list[str] = []
    found = {address: _seen(page, live_server.url + address, judged) for address in pages.values()}
    page.context.clear_cookies()
    found["login"] = _seen(page, f"{live_server.url}/login/", judged)

    assert len(pages) > (70 if desktop else 80), "the walk lost some of the screens"
    assert {address: faults for address, faults in found.items() if faults} == {}
    assert 20 < len(judged) < 200, "of the menu too little was looked at, or all of it again and again"


def _pages(client: Client, rows: dict[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
    """Every address that answers a page, by its name and status; of the refusals one of each kind."""
    for name, pattern in every_address():
        address = None if name in NOT_OURS else address_of(name, pattern, rows)
        if address is None:
            continue
        answer = client.get(address)
        if "text/html" not in answer.headers.get("Content-Type", "") or answer.status_code in (301, 302, 405):
            continue
        if "attachment" in answer.headers.get("Content-Disposition", ""):
            continue
        page = name if answer.status_code == 200 else "refusal"
        yield (page, str(answer.status_code)), address


def _seen(page: Page, address: str, judged: list[str]) -> list[str]:
    """What axe finds on a page that is serious, or about its landmarks, with the first place of each.

    Args:
        page: In which it is opened.
        address: Of the page.
        judged: The entries of the menu that axe has looked at before; those of this page are added.
    """
    page.goto(address, wait_until="load")
    judged += page.evaluate(MARK_JUDGED, judged)
    found = json.loads(page.evaluate(f"{RUN}.then(found => JSON.stringify(found.violations))"))
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:300]}\n{fault['nodes'][0]['failureSummary'][:300]}"
        for fault in found
        if fault["impact"] in SERIOUS or fault["id"] in LANDMARKS
    ]


def test_the_whole_menu_but_the_folded_lists_fits_a_laptop(studio: Company, page: Page, live_server: Any) -> None:
    _signed_in(page, live_server, studio)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/studio/")
    menu = page.get_by_role("navigation", name="Menu")

    expect(menu.get_by_role("link", name="Help")).to_be_in_viewport(ratio=1)
    expect(menu.get_by_role("link", name="Items")).to_be_hidden()
    menu.get_by_role("button", name="QuickBooks lists").press("Enter")
    expect(menu.get_by_role("link", name="Items")).to_be_visible()

    page.goto(f"{live_server.url}/admin/mapping/quickbooksitem/")
    expect(menu.get_by_role("link", name="Items")).to_be_visible()


def test_the_account_menu_opens_from_the_keyboard(studio: Company, page: Page, live_server: Any) -> None:
    _signed_in(page, live_server, studio)
    page.goto(f"{live_server.url}/studio/")

    page.get_by_role("button", name="maria").press("Enter")
    page.get_by_role("button", name="Log out").press("Enter")

    expect(page.get_by_role("button", name="Log in")).to_be_visible()


def _signed_in(page: Page, live_server: Any, company: Company) -> None:
    client = signed_in(a_person(company, Role.ACCOUNTANT, name="maria"))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
