from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Error, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browsers import is_of_this_machine, watched_page


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:81/x", "http://[::1]/", "http://localhost/", "data:,x", "about:blank"]
)
def test_an_address_on_this_machine_is_let_through(address: str) -> None:
    assert is_of_this_machine(address)


@pytest.mark.parametrize("address", ["https://example.com/", "http://10.0.0.1/", "https://localhost.example.com/"])
def test_an_address_elsewhere_is_not(address: str) -> None:
    assert not is_of_this_machine(address)


@pytest.mark.browser
def test_a_page_that_asks_for_something_outside_is_noticed(browser: Browser) -> None:
    with watched_page(browser) as (page, faults):
        page.set_content('<img src="https://example.com/pixel.png">')
        page.wait_for_load_state("networkidle")

    assert faults == ["asked for something outside: https://example.com/pixel.png"]


@pytest.mark.browser
@pytest.mark.parametrize("address", ["https://example.com/", "http://192.0.2.1/", "http://localhost.example.com/"])
def test_nothing_outside_is_reached_even_by_a_page_that_nothing_watches(browser: Browser, address: str) -> None:
    page = browser.new_page()
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto(address)
    page.close()


@pytest.mark.browser
def test_a_page_that_breaks_its_own_policy_or_fails_is_noticed(browser: Browser, live_server: LiveServer) -> None:
    with watched_page(browser) as (page, faults):
        page.goto(f"{live_server.url}/login/")
        page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'alert(1)'}))")
        page.evaluate("setTimeout(() => { throw new Error('lost') })")
        page.wait_for_timeout(50)

    assert len(faults) == 2
    assert "Content Security Policy" in faults[0]
    assert "lost" in faults[1]


@pytest.mark.browser
def test_a_person_signs_in_and_reaches_the_page_they_asked_for(page: Page, live_server: LiveServer) -> None:
    User.objects.create_superuser("ada", password="tie out to the cent")

    page.goto(f"{live_server.url}/admin/auth/user/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Please enter a correct username and password")).to_be_visible()

    page.get_by_label("Password").fill("tie out to the cent")
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{live_server.url}/admin/auth/user/")
    expect(page.get_by_role("link", name="ada", exact=True)).to_be_visible()


@pytest.mark.browser
def test_an_icon_is_not_read_out_beside_the_word_it_decorates(page: Page, live_server: LiveServer) -> None:
    User.objects.create_superuser("ada", password="tie out to the cent")
    page.goto(f"{live_server.url}/admin/auth/user/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("tie out to the cent")
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("link", name="Logins", exact=True)).to_be_visible()
