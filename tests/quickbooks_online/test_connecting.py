"""A person connects QuickBooks, sees what state the login is in, and lets go of it: through the screens, over HTTP."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine
from django.contrib.auth.models import User
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from books.outcomes import Accepted, TryLater
from companies.models import Company, CompanyKind, Membership, Role
from mapping.models import QuickBooksAccount, QuickBooksItem
from simulators.quickbooks.server import Running
from sync.lists.refresh import refresh_lists
from sync.models import Connection, ConnectionState, ItemOperation, ItemWrite, Run
from sync.quickbooks_online.addresses import AddressRefused, addresses_of
from sync.quickbooks_online.connecting import connect_rehearsal, disconnect
from sync.quickbooks_online.destination import open_destination
from sync.quickbooks_online.login import read_secret
from sync.secrets import encrypt
from tests.quickbooks_online.rehearsal import QUICK, a_company, a_new_customer, control, fault, holds
from tests.quickbooks_online.screens import CARD, a_person, connect, decide, loaded, page, text, to_intuit, tokens_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    yield
    loaded()


# Connecting ----------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C02")
def test_the_card_has_a_button_qb_connect(company: Company, registered: Running) -> None:
    shown = page(a_person(company))

    assert re.search(r"<button[^>]*>QB Connect</button>", shown)
    assert "Disconnected" in shown
    assert "QB Disconnect" not in shown


@pytest.mark.criterion("C03")
def test_the_button_leads_to_the_sign_in_of_quickbooks(company: Company, registered: Running) -> None:
    address = to_intuit(a_person(company))

    assert address.startswith(f"{registered.base_url}/connect/oauth2?")
    signing_in = requests.get(address, timeout=5)
    assert signing_in.status_code == 200
    assert "Bramble &amp; Birch Studio" in signing_in.text
    asked = parse_qs(urlsplit(address).query)
    assert asked["scope"] == ["com.intuit.quickbooks.accounting"]
    assert asked["redirect_uri"] == ["http://testserver/sync/quickbooks/callback/"]


@pytest.mark.criterion("C05", "C06", "D06", "D07")
def test_pressing_allow_establishes_the_connection_and_reads_the_lists(company: Company, registered: Running) -> None:
    browser = a_person(company)

    shown = text(connect(browser))

    assert "Bramble &amp; Birch Studio is connected. Its lists are being read." in shown
    loaded()
    shown = page(browser)
    assert "Connected" in shown
    assert registered.company.company_id in shown
    assert "alex" in shown
    assert re.search(r'href="/sync/studio/quickbooks/disconnect/">QB Disconnect</a>', shown)
    connection = Connection.objects.get()
    assert (connection.state, connection.name) == (ConnectionState.CONNECTED, "Bramble & Birch Studio")
    assert connection.connected_at
    assert connection.lists_refreshed_at
    assert QuickBooksAccount.objects.filter(company=company, full_name="Services:Training:Classes").exists()


@pytest.mark.criterion("D06")
def test_until_its_lists_are_read_a_connection_says_connecting(company: Company, registered: Running) -> None:
    connect_rehearsal(company, registered.ready())
    browser = a_person(company)

    shown = page(browser)

    assert "Connecting" in shown
    assert "you may leave this page" in shown
    assert '<meta http-equiv="refresh"' in shown


@pytest.mark.criterion("D09")
def test_a_first_load_that_fails_ends_in_an_error_that_can_be_tried_again(
    company: Company, registered: Running
) -> None:
    fault(registered, "503_html", operation="query", skip=3)
    browser = a_person(company)
    connect(browser)
    loaded()

    shown = page(browser)
    assert "Needs attention" in shown
    assert "QuickBooks had an error while storing it" in shown
    assert "Check again" in shown

    shown = text(browser.post(f"{CARD}refresh/", follow=True))
    assert "The lists are up to date" in shown
    assert Connection.objects.get().state == ConnectionState.CONNECTED
    assert "broke down" not in shown


@pytest.mark.criterion("C04")
def test_a_permission_that_is_refused_establishes_nothing_and_says_why(company: Company, registered: Running) -> None:
    browser = a_person(company)

    shown = text(connect(browser, "deny"))

    assert "the permission was declined on its sign-in page" in shown
    assert "QB Connect" in shown
    connection = Connection.objects.get()
    assert (connection.state, connection.secret) == (ConnectionState.DISCONNECTED, "")
    assert "declined" in page(browser)


@pytest.mark.criterion("C04")
def test_a_login_that_does_not_open_the_company_establishes_nothing_and_is_revoked(
    company: Company, registered: Running
) -> None:
    shown = text(connect(a_person(company), realmId="1234567890"))

    assert "does not let this login into the company" in shown
    assert Connection.objects.get().state == ConnectionState.DISCONNECTED
    assert registered.company.logins.grants[-1].revoked


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ({"error": "invalid_scope"}, "not every permission"),
        ({"error": "server_<b>error"}, "server_&lt;b&gt;error"),
        ({"code": "", "realmId": "1"}, "lacks the code"),
        ({"code": "x"}, "lacks the code"),
        ({"code": "made-up", "realmId": "1"}, "too old or already used"),
    ],
)
def test_every_other_answer_of_intuit_is_told_too(
    company: Company, registered: Running, answer: dict[str, str], word: str
) -> None:
    browser = a_person(company)
    state = parse_qs(urlsplit(to_intuit(browser)).query)["state"][0]

    shown = text(browser.get("/sync/quickbooks/callback/", {**answer, "state": state}, follow=True))

    assert word in shown
    assert Connection.objects.get().state == ConnectionState.DISCONNECTED


def test_an_answer_counts_once(company: Company, registered: Running) -> None:
    browser = a_person(company)
    back = decide(to_intuit(browser), "allow")
    browser.get(back)
    loaded()
    secret = Connection.objects.get().secret

    shown = text(browser.get(back, follow=True))

    assert "was used already" in shown
    assert Connection.objects.get().secret == secret


def test_an_answer_that_nobody_here_asked_for_connects_nothing(company: Company, registered: Running) -> None:
    victim, attacker = a_person(company), a_person(company, name="mallory")
    back = decide(to_intuit(attacker), "allow")

    assert "belongs to no connection that you began here" in text(victim.get(back, follow=True))
    assert not Connection.objects.exists()
    assert "belongs to no connection" in text(victim.get("/sync/quickbooks/callback/?code=x&realmId=1", follow=True))


def test_an_answer_that_comes_too_late_connects_nothing(company: Company, registered: Running) -> None:
    browser = a_person(company)
    back = decide(to_intuit(browser), "allow")

    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=True):
        assert "in the last half hour" in text(browser.get(back, follow=True))
    assert not Connection.objects.exists()


def test_several_companies_can_be_connected_from_several_tabs(company: Company, registered: Running) -> None:
    browser = a_person(company)
    first, second = to_intuit(browser), to_intuit(browser)

    assert parse_qs(urlsplit(first).query)["state"] != parse_qs(urlsplit(second).query)["state"]
    browser.get(decide(first, "allow"))
    loaded()
    assert Connection.objects.get().state == ConnectionState.CONNECTED


def test_an_installation_without_keys_says_whom_to_ask(settings: Settings) -> None:
    settings.TIEOUT_QUICKBOOKS_CLIENT_ID = ""

    shown = text(a_person(a_company(is_rehearsal=False)).post(f"{CARD}connect/", follow=True))

    assert "Ask the person who runs this server" in shown
    assert "TIEOUT_" not in shown  # a bookkeeper cannot do anything with the name of a setting


def test_the_keys_of_intuit_are_never_sent_to_a_rehearsal(
    company: Company, registered: Running, settings: Settings
) -> None:
    settings.TIEOUT_QUICKBOOKS_ENVIRONMENT = "sandbox"
    settings.TIEOUT_QUICKBOOKS_CLIENT_ID = "AB-of-intuit"
    browser = a_person(company)

    asked = parse_qs(urlsplit(to_intuit(browser)).query)
    registered.stop()
    away = text(browser.post(f"{CARD}connect/", follow=True))

    assert asked["client_id"] == [registered.ready()["client_id"]]
    assert "The QuickBooks test company does not answer." in away


def test_live_books_are_connected_at_intuit_under_the_installations_own_address(settings: Settings) -> None:
    settings.TIEOUT_QUICKBOOKS_CLIENT_ID = "AB-client"
    settings.TIEOUT_QUICKBOOKS_CLIENT_SECRET = "hush"
    settings.TIEOUT_QUICKBOOKS_REDIRECT_URI = "https://books.example.com/sync/quickbooks/callback/"

    address = to_intuit(a_person(a_company(is_rehearsal=False)))

    assert address.startswith("https://appcenter.intuit.com/connect/oauth2?")
    asked = parse_qs(urlsplit(address).query)
    assert asked["client_id"] == ["AB-client"]
    assert asked["redirect_uri"] == ["https://books.example.com/sync/quickbooks/callback/"]
    assert "hush" not in address


def test_a_company_of_quickbooks_desktop_is_not_connected(registered: Running) -> None:
    company = a_company(kind=CompanyKind.DESKTOP)

    assert "keeps its books in QuickBooks Desktop" in text(a_person(company).post(f"{CARD}connect/", follow=True))


# Which company -------------------------------------------------------------------------------------------------------


def test_one_quickbooks_company_is_never_connected_to_two_of_ours(company: Company, registered: Running) -> None:
    connect_rehearsal(a_company("Other", "other"), registered.ready())

    shown = text(connect(a_person(company)))

    assert "is already connected to another company" in shown
    assert Connection.objects.get(company=company).external_id == ""
    with pytest.raises(ValueError, match="already connected"):
        connect_rehearsal(company, registered.ready())


def test_of_companies_that_connect_to_the_same_books_at_once_one_gets_them(registered: Running) -> None:
    companies = [a_company(f"Company {number}", f"company-{number}") for number in range(6)]
    gate = threading.Barrier(len(companies))
    refused: list[str] = []

    def connect_one(company: Company) -> None:
        try:
            gate.wait(60)
            connect_rehearsal(company, registered.ready())
        except ValueError as reason:
            refused.append(str(reason))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=connect_one, args=(company,)) for company in companies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Connection.objects.exclude(secret="").count() == 1
    assert len(refused) == 5
    assert all("already connected to another company" in reason for reason in refused)


def test_a_company_that_has_posted_is_never_connected_to_other_books(company: Company, registered: Running) -> None:
    connection = connect_rehearsal(company, registered.ready())
    refresh_lists(company)
    an_item_was_created(company)
    disconnect(connection)
    browser = a_person(company)

    shown = text(connect(browser, company="new", name="Other Books"))

    assert "has posted to the QuickBooks company “Bramble &amp; Birch Studio”" in shown
    assert registered.company.company_id in shown
    connection.refresh_from_db()
    assert (connection.state, connection.external_id) == (ConnectionState.DISCONNECTED, registered.company.company_id)
    assert QuickBooksItem.objects.filter(company=company).count() == 22


def test_a_company_that_has_sent_nothing_changes_over_and_forgets_what_it_read(
    company: Company, registered: Running
) -> None:
    connection = connect_rehearsal(company, registered.ready())
    refresh_lists(company)
    QuickBooksAccount.objects.filter(company=company).update(sync_token="of the first")
    disconnect(connection)

    shown = text(connect(a_person(company), company="new", name="Other Books"))
    loaded()

    assert "Other Books is connected. Its lists are being read." in shown
    connection.refresh_from_db()
    assert (connection.state, connection.name) == (ConnectionState.CONNECTED, "Other Books")
    assert connection.external_id != registered.company.company_id
    assert QuickBooksAccount.objects.filter(company=company).count() == 32
    assert not QuickBooksAccount.objects.filter(company=company, sync_token="of the first").exists()


def test_a_company_that_is_connected_changes_over_only_after_a_disconnect(
    company: Company, registered: Running
) -> None:
    browser = a_person(company)
    connect(browser)
    loaded()

    shown = text(connect(browser, company="new", name="Other Books"))

    assert "To change over, press QB Disconnect first." in shown
    assert Connection.objects.get().external_id == registered.company.company_id


@pytest.mark.parametrize("works_for_both", [True, False])
def test_who_has_the_books_is_said_to_a_person_who_works_for_them_and_to_no_one_else(
    company: Company, registered: Running, works_for_both: bool
) -> None:
    other = a_company("Mossy Bank Pottery", "mossy")
    connect_rehearsal(other, registered.ready())
    browser = a_person(company)
    if works_for_both:
        Membership.objects.create(company=other, user=User.objects.get(username="alex"), role=Role.AUDITOR)

    shown = text(connect(browser))

    assert ("is already connected to Mossy Bank Pottery in Tieout" in shown) is works_for_both
    assert "Mossy Bank" not in Connection.objects.get(company=company).last_error
    assert "is already connected to another company" in page(browser)


def test_a_test_company_connects_with_one_button_and_without_keys_in_the_settings(
    company: Company, quickbooks: Running
) -> None:
    shown = text(connect(a_person(company), company="new", name="Kiln Corner"))
    loaded()

    assert "Kiln Corner is connected." in shown
    connection = Connection.objects.get()
    assert (connection.state, connection.name) == (ConnectionState.CONNECTED, "Kiln Corner")
    secret = read_secret(connection)
    assert secret
    assert secret.client_id == quickbooks.ready()["client_id"]


def test_the_sign_in_page_proposes_the_companys_name_and_marks_what_was_connected(
    company: Company, quickbooks: Running
) -> None:
    browser = a_person(company)
    assert 'value="new" checked' in requests.get(to_intuit(browser), timeout=5).text
    assert 'value="Bramble &amp; Birch Studio"' in requests.get(to_intuit(browser), timeout=5).text
    connect(browser)
    loaded()
    browser.post(f"{CARD}disconnect/")

    again = requests.get(to_intuit(browser), timeout=5).text

    assert f'value="{quickbooks.company.company_id}" checked' in again


def test_a_test_company_that_began_anew_is_connected_again(company: Company, quickbooks: Running) -> None:
    browser = a_person(company)
    connect(browser)
    loaded()
    browser.post(f"{CARD}disconnect/")
    quickbooks.begin_again()

    connect(browser)
    loaded()

    connection = Connection.objects.get()
    assert (connection.state, connection.external_id) == (ConnectionState.CONNECTED, quickbooks.company.company_id)


def test_a_test_company_that_is_not_running_is_told_and_no_setting_is_named(
    company: Company, settings: Settings
) -> None:
    settings.TIEOUT_REHEARSAL_URL = "http://127.0.0.1:9"
    browser = a_person(company)

    shown = text(browser.post(f"{CARD}connect/", follow=True))

    assert "The QuickBooks test company does not answer. Ask the person who runs this server" in shown
    assert "TIEOUT_" not in shown


@pytest.mark.parametrize(("superuser", "named"), [(False, False), (True, True)])
def test_a_setting_is_named_only_to_the_person_who_runs_the_server(
    company: Company, settings: Settings, superuser: bool, named: bool
) -> None:
    settings.TIEOUT_REHEARSAL_URL = ""
    browser = a_person(company)
    User.objects.filter(username="alex").update(is_superuser=superuser)

    shown = page(browser)

    assert "This installation has no QuickBooks test company. Ask the person who runs this server" in shown
    assert ("TIEOUT_REHEARSAL_URL" in shown) is named


def an_item_was_created(company: Company) -> None:
    ItemWrite.objects.create(company=company, request_id="1", created_at=timezone.now(), operation=ItemOperation.CREATE)


def test_the_same_books_are_connected_again_after_a_disconnect(company: Company, registered: Running) -> None:
    browser = a_person(company)
    connect(browser)
    loaded()
    browser.post(f"{CARD}disconnect/")

    connect(browser)
    loaded()

    connection = Connection.objects.get()
    assert (connection.state, connection.last_error) == (ConnectionState.CONNECTED, "")


def test_a_rehearsal_connects_again_without_keys_in_the_settings(company: Company, quickbooks: Running) -> None:
    browser = a_person(company)
    connect_rehearsal(company, quickbooks.ready())
    browser.post(f"{CARD}disconnect/")
    assert quickbooks.ready()["refresh_token"] not in str(Connection.objects.get().secret)

    connect(browser)
    loaded()

    assert Connection.objects.get().state == ConnectionState.CONNECTED


def test_pressing_deny_speaks_ill_of_no_connection_that_works(company: Company, registered: Running) -> None:
    browser = a_person(company)
    connect(browser)
    loaded()

    connect(browser, "deny")

    connection = Connection.objects.get()
    assert (connection.state, connection.last_error) == (ConnectionState.CONNECTED, "")


@pytest.mark.parametrize(("rehearsal", "address"), [(False, ""), (True, "http://127.0.0.1:9")])
def test_a_rehearsal_is_connected_only_to_itself(
    quickbooks: Running, settings: Settings, rehearsal: bool, address: str
) -> None:
    company = a_company(is_rehearsal=rehearsal)
    settings.TIEOUT_REHEARSAL_URL = address or settings.TIEOUT_REHEARSAL_URL

    with pytest.raises(AddressRefused):
        connect_rehearsal(company, quickbooks.ready())


@pytest.mark.parametrize(
    ("rehearsal", "changed", "word"),
    [
        (False, {"TIEOUT_QUICKBOOKS_API_URL": "http://quickbooks.example.com"}, "plain http"),
        (False, {"TIEOUT_QUICKBOOKS_TOKEN_URL": "ftp://quickbooks.example.com"}, "plain http"),
        (False, {"TIEOUT_QUICKBOOKS_ENVIRONMENT": "rehearsal"}, "works with test companies only"),
        (True, {"TIEOUT_REHEARSAL_URL": ""}, "has no QuickBooks test company"),
        (True, {"TIEOUT_REHEARSAL_URL": "books"}, "not an https or http address"),
    ],
)
def test_live_books_are_never_reached_over_plain_http(
    settings: Settings, rehearsal: bool, changed: dict[str, str], word: str
) -> None:
    for name, value in changed.items():
        setattr(settings, name, value)

    with pytest.raises(AddressRefused, match=word):
        addresses_of(a_company(is_rehearsal=rehearsal))


def test_live_books_are_at_intuit(settings: Settings) -> None:
    settings.TIEOUT_REHEARSAL_URL = "http://127.0.0.1:8765"

    addresses = addresses_of(a_company(is_rehearsal=False))

    assert addresses.api == "https://sandbox-quickbooks.api.intuit.com"
    assert not addresses.rehearsal


# Letting go ----------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C06")
def test_disconnecting_is_confirmed_first(company: Company, registered: Running) -> None:
    browser = a_person(company)
    connect(browser)
    loaded()

    asked = page(browser, f"{CARD}disconnect/")

    assert "Everything that was posted stays in QuickBooks" in asked
    assert Connection.objects.get().state == ConnectionState.CONNECTED


@pytest.mark.criterion("C07")
def test_disconnect_stops_at_once_revokes_the_tokens_and_keeps_the_history(
    company: Company, registered: Running
) -> None:
    browser = a_person(company)
    connect(browser)
    loaded()
    connection = Connection.objects.get()
    with open_destination(connection, timeouts=QUICK) as under_way:
        body = under_way.render(a_new_customer(), ids={})
        assert isinstance(under_way.send("customer", body, request_id="request-1"), Accepted)
        before = len(holds(registered, "Customer"))

        shown = text(browser.post(f"{CARD}disconnect/", follow=True))

        other = under_way.render(a_new_customer("Someone Else"), ids={})
        stopped = under_way.send("customer", other, request_id="request-2")
        unread = under_way.ask("Item", "SELECT * FROM Item")
    assert "QuickBooks is disconnected. What was posted, and its history, stays." in shown
    assert isinstance(stopped, TryLater)
    assert isinstance(unread, TryLater)
    assert stopped.needs_login
    assert len(holds(registered, "Customer")) == before
    connection.refresh_from_db()
    assert connection.state == ConnectionState.DISCONNECTED
    assert tokens_of(connection) == {""}
    assert connection.access_expires_at is None
    assert registered.company.logins.grants[-1].revoked
    assert connection.external_id == registered.company.company_id
    assert QuickBooksAccount.objects.filter(company=company).exists()
    assert Run.objects.filter(company=company).exists()
    assert refresh_lists(company).failed


@pytest.mark.criterion("C07")
def test_an_end_that_intuit_did_not_confirm_is_said(company: Company, registered: Running) -> None:
    browser = a_person(company)
    connect(browser)
    loaded()
    registered.stop()

    shown = text(browser.post(f"{CARD}disconnect/", follow=True))

    assert "Intuit did not confirm" in shown
    assert tokens_of(Connection.objects.get()) == {""}


@pytest.mark.criterion("C07")
def test_of_live_books_nothing_secret_is_kept(settings: Settings) -> None:
    settings.TIEOUT_QUICKBOOKS_REVOKE_URL = "https://127.0.0.1:9/revoke"
    connection = Connection.objects.create(
        company=a_company(is_rehearsal=False),
        system="quickbooks-online",
        state=ConnectionState.CONNECTED,
        external_id="9341",
        secret=encrypt('{"access_token": "a", "refresh_token": "r", "realm": "9341"}'),
    )

    assert not disconnect(connection)

    assert (connection.state, connection.secret) == (ConnectionState.DISCONNECTED, "")


def test_what_is_not_connected_cannot_be_disconnected(company: Company, quickbooks: Running) -> None:
    assert "nothing to disconnect" in text(a_person(company).post(f"{CARD}disconnect/", follow=True))


# Refreshing by hand --------------------------------------------------------------------------------------------------


def test_a_person_refreshes_the_lists_after_a_change_in_quickbooks(company: Company, quickbooks: Running) -> None:
    connect_rehearsal(company, quickbooks.ready())
    refresh_lists(company)
    fields = {"Name": "Kiln Rental", "AccountType": "Income"}
    control(quickbooks, "create", {"entity": "Account", "fields": fields})

    shown = text(a_person(company, Role.OPS).post(f"{CARD}refresh/", follow=True))

    assert "1 name is different from before" in shown
    assert QuickBooksAccount.objects.filter(company=company, full_name="Kiln Rental").exists()


def test_a_refresh_that_fails_says_why(company: Company, quickbooks: Running) -> None:
    connect_rehearsal(company, quickbooks.ready())
    quickbooks.stop()

    assert "could not be reached" in text(a_person(company).post(f"{CARD}refresh/", follow=True))


@pytest.mark.criterion("A12")
def test_names_longer_than_the_rule_are_counted_and_quickbooks_own_rule_is_offered(
    company: Company, quickbooks: Running
) -> None:
    fields = {"Name": "Reimbursable Materials and Firing Fees", "AccountType": "Income"}
    control(quickbooks, "create", {"entity": "Account", "fields": fields})
    connect_rehearsal(company, quickbooks.ready())
    counted = refresh_lists(company).longer_than_rule
    browser = a_person(company)

    shown = page(browser)
    assert f"{counted} name" in shown
    assert "fewer than 31 characters" in shown

    browser.post(f"{CARD}own-rule/")
    company.refresh_from_db()
    assert company.name_rule == "at-most-100"
    assert "than this company&#x27;s rule allows" not in page(browser)
