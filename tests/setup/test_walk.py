"""Can a small business go from an empty company to its first posted invoice, step by step, and only in that order?"""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve

from companies.access import RIGHTS, Right
from companies.activation import SetupStep, step_of
from companies.models import Company, Role, SetupMark
from mapping.models import QuickBooksAccount
from setup.links import PAGE_STEPS, neighbours
from setup.rehearsal import make_rehearsal
from simulators.quickbooks.server import Running
from sync.models import QUICKBOOKS_ONLINE, Connection, Document
from sync.readiness import companies_to_sync
from tests.factories import the_studio
from tests.mapping.people import text_of
from tests.quickbooks_online.screens import decide as sign_in
from tests.rehearsal import quickbooks, rehearsal
from tests.screens.every_screen import every_address
from tests.setup.factories import HEADER, a_new_company, ask, browser, decide, introduced, joined, run
from tests.simulators.driver import Books

__all__ = ["quickbooks", "rehearsal"]

#: A screen of each step by its address, in the order of the steps.
SCREENS = {
    SetupStep.CONNECT: "/sync/kiln/quickbooks/",
    SetupStep.POSTING_ACCOUNTS: "/mapping/kiln/posting-accounts/",
    SetupStep.LINE_TYPES: "/mapping/kiln/line-types/",
    SetupStep.PRODUCTS: "/admin/mapping/product/",
    SetupStep.CUSTOMERS: "/admin/mapping/sourcecustomer/",
    SetupStep.REHEARSAL: "/kiln/setup/rehearsal/",
    SetupStep.GO_LIVE: "/kiln/setup/go-live/",
}
#: Further doors to the same rooms.
SIDE_DOORS = {
    "/mapping/kiln/products/table/": SetupStep.PRODUCTS,
    "/mapping/kiln/products/import/": SetupStep.PRODUCTS,
    "/mapping/kiln/products/export/": SetupStep.PRODUCTS,
    "/admin/mapping/product/1/change/": SetupStep.PRODUCTS,
    "/admin/mapping/sourcecustomer/1/change/": SetupStep.CUSTOMERS,
    "/kiln/import-orders/": SetupStep.PRODUCTS,
}


def twelve_orders() -> SimpleUploadedFile:
    """Twelve customers, one order each, paid."""
    names = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gia", "Hal", "Ida", "Jon", "Kim", "Lea")
    sold, paid = "WT-101,Wheel Throwing 101,1,199.00", "2026-08-{0:02},199.00"
    rows = (
        f"K-{number},2026-08-{number:02},{name},Moss,{name.lower()}.moss@example.com,{sold},{paid.format(number)}"
        for number, name in enumerate(names, start=1)
    )
    return SimpleUploadedFile("orders.csv", "\n".join((HEADER, *rows)).encode())


def open_screens(client: Client) -> list[SetupStep]:
    """The steps whose screens answer; the others lead to Setup."""
    found = []
    for name, address in SCREENS.items():
        answer = client.get(address)
        if answer.status_code == 200:
            found.append(name)
        else:
            assert (answer.status_code, answer.headers["Location"]) == (302, "/kiln/setup/"), address
    return found


def until(name: SetupStep) -> list[SetupStep]:
    """Every step with a screen up to this one."""
    return [step for step in SCREENS if list(SetupStep).index(step) <= list(SetupStep).index(name)]


def lists_are_read() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("first-load-"):
            thread.join(20)


@pytest.mark.django_db(transaction=True)
@pytest.mark.criterion("A04", "B02", "B19", "B22", "B23")
def test_a_business_of_twelve_customers_walks_from_an_empty_company_to_posted_invoices(
    rehearsal: Running, quickbooks: Books
) -> None:
    company = a_new_company(is_rehearsal=True)
    boss = browser(company)
    before = quickbooks.count("Invoice")

    # Nothing is open before the introduction is read and the activation approved
    assert open_screens(boss) == []
    assert "What Tieout does not do" not in text_of(boss.get("/kiln/activation/"))
    assert "Before you begin" in text_of(boss.get("/kiln/setup/"))
    boss.post("/kiln/setup/introduction/")
    assert open_screens(boss) == []
    ask(boss, company)
    decide(boss, company, "approve")

    # Connect, and the lists are read
    assert open_screens(boss) == until(SetupStep.CONNECT)
    boss.get(sign_in(boss.post("/sync/kiln/quickbooks/connect/")["Location"], "allow"))
    lists_are_read()

    # Posting accounts
    assert open_screens(boss) == until(SetupStep.POSTING_ACCOUNTS)
    boss.post(
        SCREENS[SetupStep.POSTING_ACCOUNTS],
        {"invoice_debit": "Accounts Receivable", "payment_debit": "Undeposited Funds",
         "payment_credit": "Accounts Receivable", "credit_debit": "", "credit_credit": "",
         "refund_debit": "", "refund_credit": ""},
    )  # fmt: skip

    # Line types: none is needed, and a person says so
    assert open_screens(boss) == until(SetupStep.LINE_TYPES)
    boss.post("/kiln/setup/go-on/line-types/")

    # Products come with the orders; one is found by its number
    assert open_screens(boss) == until(SetupStep.PRODUCTS)
    page = text_of(boss.post("/kiln/import-orders/", {"file": twelve_orders(), "layout": "orders-csv"}, follow=True))
    assert "12 new orders were imported." in page
    assert "12 orders imported, 1 of 1 products found in QuickBooks." in page

    # Nothing is left to decide about customers, and a practice company rehearses nothing: only going live is left
    assert open_screens(boss) == list(SCREENS)
    assert run("sync", "--company", "kiln")[0] == 0
    assert quickbooks.count("Invoice") == before
    boss.post("/kiln/setup/go-live/", {"automatic": "on"})

    assert run("sync", "--company", "kiln")[0] == 0
    assert quickbooks.count("Invoice") == before + 12
    assert set(Document.objects.values_list("state", flat=True)) == {"posted"}
    assert "Go on with setup" not in text_of(boss.get("/kiln/"))


@pytest.mark.django_db
@pytest.mark.criterion("B23")
def test_every_other_door_of_a_later_step_is_closed_too() -> None:
    company = introduced(a_new_company())
    boss = browser(company)
    boss.get("/kiln/setup/")

    for address in SIDE_DOORS:
        for answer in (boss.get(address), boss.post(address)):
            assert (answer.status_code, answer.headers["Location"]) == (302, "/kiln/setup/"), address
    text = text_of(boss.get("/mapping/kiln/line-types/", follow=True))

    assert "“Line types” opens when the steps before it are done. Now: Connect QuickBooks." in text


#: Screens of the rooms of setup that are open from the beginning, since nothing is decided on them.
ALWAYS_OPEN = {
    "mapping:choose_company", "mapping:history", "mapping:pick", "reconciliation:desktop_check",
    "sync:quickbooks_callback", "sync:status", "sync:highlevel_webhook", "sync:keap_webhook", "sync:quickbooks_webhook",
}  # fmt: skip


def test_every_screen_that_decides_says_to_which_step_of_setup_it_belongs() -> None:
    judged = {
        name: pattern
        for name, pattern in every_address()
        if name.startswith(("mapping:", "sync:")) or str(pattern.pattern).startswith("desktop/")
    }

    unmarked = {name for name, pattern in judged.items() if step_of(pattern.callback) is None}
    assert unmarked <= ALWAYS_OPEN, "mark the view with @part_of(SetupStep...), or say here that it is always open"
    assert len(judged) > 20
    assert step_of(resolve("/admin/mapping/product/").func) is SetupStep.PRODUCTS


@pytest.mark.django_db
@pytest.mark.criterion("B23")
def test_going_live_is_refused_until_every_step_is_done() -> None:
    company = introduced(a_new_company())
    boss = browser(company)

    boss.post("/kiln/setup/go-live/", follow=True)
    skipped = boss.post("/kiln/setup/go-on/posting-accounts/")

    company.refresh_from_db()
    assert (company.live_since, company.switched_on) == (None, False)
    assert skipped.status_code == 302
    assert not SetupMark.objects.exclude(step="introduction").exists()


@pytest.mark.django_db
@pytest.mark.criterion("B22", "B23")
def test_home_shows_how_far_setup_has_come_and_leads_there() -> None:
    company = introduced(a_new_company())
    boss = browser(company)

    page: Any = boss.get("/kiln/")

    assert "0 of 8 done" in text_of(page)
    assert "What comes next: Connect QuickBooks This company is not connected to QuickBooks." in text_of(page)
    assert 'href="/kiln/setup/"' in page.content.decode()


@pytest.mark.django_db
@pytest.mark.criterion("B19")
def test_the_documentation_is_presented_before_the_first_use_and_reopened_later() -> None:
    company = a_new_company()
    ops = browser(company, Role.OPS, "olive")

    first = text_of(ops.get("/kiln/setup/"))
    ops.post("/kiln/setup/introduction/")
    ops.post("/kiln/setup/introduction/")
    second, again = text_of(ops.get("/kiln/setup/")), text_of(ops.get("/kiln/setup/introduction/"))

    assert ("I have read this" in first, "Steps, in their order" in first) == (True, False)
    assert "Steps, in their order" in second
    assert "Read the introduction again" in second
    assert ("Acknowledged by olive" in again, "I have read this" in again) == (True, False)
    assert SetupMark.objects.count() == 1


@pytest.mark.django_db
def test_a_stranger_finds_nothing_and_each_role_only_what_it_may() -> None:
    company = introduced(a_new_company())
    stranger = browser(a_new_company("Other", "other"), Role.ADMINISTRATOR, "stranger")
    people = {role: browser(company, role) for role in Role}

    for path in ("setup/", "setup/introduction/", "setup/go-live/", "activation/", "help/"):
        assert stranger.get(f"/kiln/{path}").status_code == 404
    assert {role: client.get("/kiln/setup/").status_code for role, client in people.items()} == dict.fromkeys(Role, 200)
    assert {role: client.post("/kiln/setup/go-on/line-types/").status_code for role, client in people.items()} == {
        Role.ACCOUNTANT: 302, Role.OPS: 403, Role.AUDITOR: 403, Role.ADMINISTRATOR: 302,
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.criterion("E37")
def test_the_settings_pages_follow_each_other_revenue_customers_products() -> None:
    boss = browser(the_studio())
    boss.get("/studio/")
    revenue = ["/mapping/studio/posting-accounts/", "/mapping/studio/line-types/"]
    there = [*revenue, "/mapping/studio/customer-rules/", "/admin/mapping/product/"]

    assert followed(boss, there[0], "next") == there
    assert followed(boss, there[-1], "prev") == there[::-1]


def followed(client: Client, address: str, link: str) -> list[str]:
    """The pages that one comes through by the same link again and again."""
    way = [address]
    while found := re.search(rf'rel="{link}" href="([^"]*)"', client.get(way[-1]).content.decode()):
        way.append(found[1])
    return way


@pytest.mark.django_db
def test_in_setup_they_follow_each_other_as_the_steps_do() -> None:
    company = introduced(a_new_company())

    labels = [[link.name if link else None for link in neighbours(company, page)] for page in PAGE_STEPS]

    assert labels == [
        [None, SetupStep.LINE_TYPES],
        [SetupStep.POSTING_ACCOUNTS, SetupStep.PRODUCTS],
        [SetupStep.PRODUCTS, None],
        [SetupStep.LINE_TYPES, SetupStep.CUSTOMERS],
    ]


@pytest.mark.django_db
@pytest.mark.criterion("B22", "B23")
def test_a_desktop_company_walks_with_files_to_its_rehearsal() -> None:
    company = introduced(a_new_company(kind="desktop"))
    boss = browser(company)
    assert "Not needed: QuickBooks Desktop is reached by files." in text_of(boss.get("/kiln/setup/"))
    assert boss.get("/kiln/desktop/lists/").status_code == 200
    assert boss.get("/mapping/kiln/posting-accounts/").status_code == 302

    assert (
        run("import_lists", str(settings.BASE_DIR / "demo" / "samples" / "desktop-lists.iif"), "--company", "kiln")[0]
        == 0
    )
    assert boss.get("/mapping/kiln/posting-accounts/").status_code == 200
    active = QuickBooksAccount.objects.filter(company=company, active=True).order_by("full_name")
    receivable, bank = (
        active.filter(account_type=kind).values_list("full_name", flat=True)[0]
        for kind in ("Accounts Receivable", "Bank")
    )
    chosen = {"invoice_debit": receivable, "payment_debit": bank, "payment_credit": receivable}
    boss.post("/mapping/kiln/posting-accounts/", chosen)
    boss.post("/kiln/setup/go-on/line-types/")
    boss.post("/kiln/import-orders/", {"file": twelve_orders(), "layout": "orders-csv"})
    boss.post("/kiln/setup/go-on/products/")
    boss.post("/kiln/setup/go-on/customers/")

    page = text_of(boss.get("/kiln/setup/"))
    assert "Export a test file, and import it into a copy of your company file." in page
    assert boss.get("/kiln/desktop/").status_code == 200
    assert boss.get("/kiln/setup/go-live/").status_code == 302


@pytest.mark.django_db
def test_the_scheduler_is_not_woken_for_a_company_that_was_never_connected() -> None:
    live = the_studio()
    introduced(a_new_company())
    make_rehearsal(introduced(a_new_company("Bramble", "bramble")), by=joined(live, Role.ADMINISTRATOR))

    assert [company.slug for company in companies_to_sync()] == ["studio"]
    for company in Company.objects.exclude(slug="bramble"):
        Connection.objects.create(
            company=company, system=QUICKBOOKS_ONLINE, state="connected", external_id=company.slug
        )

    assert [company.slug for company in companies_to_sync()] == ["studio", "bramble-test", "kiln"]


@pytest.mark.django_db
@pytest.mark.criterion("B05")
@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("import-orders/", Right.RESOLVE),
        ("setup/go-on/products/", Right.MAP),
        ("setup/go-live/", Right.ADMINISTER),
        ("setup/rehearsal/make/", Right.ADMINISTER),
        ("setup/rehearsal/leave-out/", Right.ADMINISTER),
    ],
)
def test_each_step_is_taken_by_those_who_have_the_right_and_by_nobody_else(path: str, right: Right) -> None:
    company = the_studio()

    answers = {role: browser(company, role).post(f"/studio/{path}").status_code for role in Role}

    assert {role for role, status in answers.items() if status != 403} == {
        role for role in Role if right in RIGHTS[role]
    }
