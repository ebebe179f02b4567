"""A session ends while a form is filled in: is what was entered kept, and is it said that nothing was saved?"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from companies.models import Company, Role
from mapping.models import PostingAccounts, Product
from tests.factories import the_studio
from tests.mapping.opened_forms import ACCOUNTS, sent_with
from tests.mapping.people import field_value, signed_in, text_of

pytestmark = pytest.mark.django_db
SIGNED_OUT = "You were signed out before your last step was saved, and nothing was changed."
SHOWN_AGAIN = "What you entered is shown again. Check it, and save it."


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio, Role.ACCOUNTANT, "ann")


def sent_signed_out(client: Client, page: str, sent: dict[str, str]) -> Any:
    """The session ends, then the person saves; the answer is the login page."""
    client.session.flush()
    return client.post(page, sent, headers={"referer": f"http://testserver{page}"})


def log_in(client: Client, login_page: Any, page: str) -> Any:
    sent = sent_with(login_page, username="ann", password="secret")
    return client.post(f"/login/?next={page}", sent, follow=True)


def test_the_login_page_says_that_nothing_was_saved(client: Client) -> None:
    sent = sent_with(client.get(ACCOUNTS), payment_debit="Checking")

    answer = sent_signed_out(client, ACCOUNTS, sent)

    assert "You were signed out, so nothing was saved. What you entered is kept" in text_of(answer)
    assert PostingAccounts.objects.get().payment_debit == "Undeposited Funds"


def test_a_browser_that_forgot_its_session_at_its_end_keeps_what_was_entered(client: Client) -> None:
    sent = sent_with(client.get(ACCOUNTS), payment_debit="Checking")
    del client.cookies["sessionid"]
    login_page = client.post(ACCOUNTS, sent, headers={"referer": f"http://testserver{ACCOUNTS}"})

    assert field_value(log_in(client, login_page, ACCOUNTS), "payment_debit") == "Checking"


def test_what_was_entered_is_shown_after_the_login_and_saved_by_the_person(client: Client) -> None:
    login_page = sent_signed_out(client, ACCOUNTS, sent_with(client.get(ACCOUNTS), payment_debit="Checking"))

    page = log_in(client, login_page, ACCOUNTS)

    assert field_value(page, "payment_debit") == "Checking"
    assert SIGNED_OUT in text_of(page)
    assert SHOWN_AGAIN in text_of(page)
    assert PostingAccounts.objects.get().payment_debit == "Undeposited Funds"
    client.post(ACCOUNTS, sent_with(page))
    assert PostingAccounts.objects.get().payment_debit == "Checking"


def test_it_is_shown_once(client: Client) -> None:
    login_page = sent_signed_out(client, ACCOUNTS, sent_with(client.get(ACCOUNTS), payment_debit="Checking"))
    log_in(client, login_page, ACCOUNTS)

    assert field_value(client.get(ACCOUNTS), "payment_debit") == "Undeposited Funds"


def test_it_survives_a_mistyped_password(client: Client) -> None:
    login_page = sent_signed_out(client, ACCOUNTS, sent_with(client.get(ACCOUNTS), payment_debit="Checking"))
    again = client.post(f"/login/?next={ACCOUNTS}", sent_with(login_page, username="ann", password="wrong"))

    assert field_value(log_in(client, again, ACCOUNTS), "payment_debit") == "Checking"


def test_what_another_person_saved_meanwhile_is_shown_at_once(client: Client) -> None:
    login_page = sent_signed_out(client, ACCOUNTS, sent_with(client.get(ACCOUNTS), payment_debit="Checking"))
    PostingAccounts.objects.update(refund_credit="Undeposited Funds")

    page = log_in(client, login_page, ACCOUNTS)

    assert "You had not changed this field." in text_of(page)
    assert field_value(page, "refund_credit") == "Undeposited Funds"


def test_the_form_of_a_product_keeps_it_too(studio: Company, client: Client) -> None:
    product = Product.objects.create(company=studio, system="keap", source_key="7", name="Evening class")
    page = f"/admin/mapping/product/{product.pk}/change/"
    sent = sent_with(client.get(page), quickbooks_product_name="Glaze Sampler")

    shown = log_in(client, sent_signed_out(client, page, sent), page)

    assert field_value(shown, "quickbooks_product_name") == "Glaze Sampler"
    assert SHOWN_AGAIN in text_of(shown)


def test_a_stranger_who_was_never_signed_in_is_led_to_the_login_page_as_ever(studio: Company) -> None:
    answer = Client().post(ACCOUNTS, {"payment_debit": "Checking"})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login/?next={ACCOUNTS}")


def test_a_password_never_travels_through_the_login_page(client: Client) -> None:
    client.session.flush()

    short = client.post("/admin/auth/user/add/", {"username": "cy", "password1": "", "password2": ""})
    long = client.post("/admin/auth/user/add/", {"username": "cy", "password1": "x" * 99, "password2": "y" * 99})

    assert abs(len(field_value(short, "kept")) - len(field_value(long, "kept"))) < 5


def test_a_form_without_cookies_is_refused_on_a_page_of_our_own(studio: Company) -> None:
    answer = Client(enforce_csrf_checks=True).post(ACCOUNTS, {"payment_debit": "Checking"})

    assert answer.status_code == 403
    assert "Nothing was changed." in text_of(answer)
    assert "Go back, load the page again" in text_of(answer)


def test_a_proxy_that_keeps_the_address_to_itself_is_named_and_not_the_cookies(studio: Company) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"origin": "https://books.example.com:8443"})

    answer = browser.post("/login/", {"username": "ann", "password": "secret"})

    assert answer.status_code == 403
    told = "Your browser is at https://books.example.com:8443, and this server takes its own address to be http://testserver."
    assert told in text_of(answer)
    assert "Serve it" in text_of(answer)
