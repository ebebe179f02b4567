"""Does a rehearsal post to a practice QuickBooks alone, marked as such, and leave nothing behind in live books?"""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from companies.activation import Gate, NotAllowedNow, SetupStep, gate_of, is_activated, withdraw
from companies.models import Activation, Company, Membership, Role, SetupMark
from mapping.models import Product, QuickBooksAccount, QuickBooksCustomer, SourceCustomer, SourceSettings
from setup.going_live import go_live, leave_out_rehearsal, setup_of
from setup.rehearsal import make_rehearsal, twin_of
from setup.steps import StepState
from simulators.quickbooks.server import Running
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.models import QUICKBOOKS_ONLINE, Connection, ConnectionState, Document, DocumentState, Push, StagedOrder
from sync.quickbooks_online.addresses import AddressRefused, addresses_of
from sync.quickbooks_online.connecting import connect_rehearsal
from sync.run import sync_company
from sync.sources.files.file_columns import ITEM_FILE
from sync.staging.columns import presets_of, save_columns
from tests.factories import a_book_customer, map_product, prepared, the_decisions, the_lists
from tests.mapping.people import text_of
from tests.rehearsal import quickbooks, rehearsal
from tests.setup.factories import a_new_company, browser, introduced
from tests.simulators.driver import Books

__all__ = ["quickbooks", "rehearsal"]

pytestmark = pytest.mark.django_db

ORDERS = (
    "2026-08-14  order 1042\nWT-101  199.00\npaid 2026-08-20  Cash  199.00",
    "2026-08-15  order 1043\nKIT-CLAY  2 x 24.50",
)
LIVE_REALM = "9130350000000001"


@pytest.fixture
def live(settings: Settings) -> Company:
    """A company with real books, set up as far as the rehearsal: connected, mapped, two orders prepared."""
    company = introduced(a_new_company("Bramble & Birch", "bramble"))
    the_lists(company)
    the_decisions(company)
    connection = Connection.objects.create(
        company=company,
        system=QUICKBOOKS_ONLINE,
        name="Bramble & Birch, the real books",
        state=ConnectionState.CONNECTED,
        external_id=LIVE_REALM,
        lists_refreshed_at=timezone.now(),
    )
    assert connection.pk
    prepared(company, *ORDERS)
    return company


def founder() -> User:
    return User.objects.get(username="founder")


def step(company: Company, name: SetupStep) -> StepState:
    return next(step for step in setup_of(company) if step.name is name).state


def rehearsed(company: Company, running: Running) -> Company:
    """The company's twin after it was connected to the practice QuickBooks and synced."""
    twin = make_rehearsal(company, by=founder()).company
    connect_rehearsal(twin, running.ready(), person=founder())
    assert not refresh_and_prepare(twin).failed
    report = sync_company(twin)
    assert report.exit_code == 0, report.plain()
    return twin


@pytest.mark.criterion("B27")
def test_the_twin_has_copies_of_everything_that_is_decided(live: Company) -> None:
    joined = browser(live, Role.ACCOUNTANT)
    map_product(live, "Wheel Throwing 101", item="Wheel Throwing 101", account="Services:Training:Classes")
    save_columns(live, "files", ITEM_FILE, name="Warehouse", meanings=[("Code", "Item Id")], by=founder())

    made = make_rehearsal(live, by=founder())
    twin = made.company

    assert (twin.slug, twin.name) == ("bramble-test", "Bramble & Birch (test)")
    assert (twin.is_rehearsal, twin.rehearsal_of, twin.time_zone) == (True, live, live.time_zone)
    assert list(Membership.objects.filter(company=twin).values_list("user__username", "role")) == [
        ("accountant-bramble", "accountant")
    ]
    accounts = QuickBooksAccount.objects.values_list("full_name", flat=True).order_by("full_name")
    assert list(accounts.filter(company=twin)) == list(accounts.filter(company=live))
    assert twin.posting_accounts.payment_debit == live.posting_accounts.payment_debit == "Undeposited Funds"
    assert twin.line_type_defaults.count() == live.line_type_defaults.count()
    assert twin.products.get(name="Wheel Throwing 101").quickbooks_account_name == "Services:Training:Classes"
    assert (made.orders, made.orders_left_out) == (2, 0)
    assert list(twin.orders.order_by("number").values_list("number", flat=True)) == ["1042", "1043"]
    assert SourceCustomer.objects.filter(company=twin).exists()
    assert presets_of(twin, "files").get().value == presets_of(live, "files").get().value
    assert joined.get("/bramble-test/").status_code == 200


@pytest.mark.criterion("B29")
def test_no_row_belongs_to_both(live: Company) -> None:
    twin = make_rehearsal(live, by=founder()).company

    # What happens to the twin's rows happens to the twin's alone
    before = [
        list(model.objects.filter(company=live).order_by("pk").values()) for model in (Product, StagedOrder, Document)
    ]
    Product.objects.filter(company=twin).update(quickbooks_product_name="KIT-CLAY")
    Document.objects.filter(company=twin).update(state=DocumentState.POSTED, quickbooks_id="77")
    after = [
        list(model.objects.filter(company=live).order_by("pk").values()) for model in (Product, StagedOrder, Document)
    ]

    assert after == before
    assert not Connection.objects.filter(company=twin, system=QUICKBOOKS_ONLINE).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.criterion("B27", "B29")
def test_going_live_carries_over_no_document_no_push_and_no_mark(
    live: Company, rehearsal: Running, quickbooks: Books
) -> None:
    before = quickbooks.count("Invoice")
    own = list(
        Document.objects.filter(company=live).order_by("pk").values("key", "state", "quickbooks_id", "generation")
    )
    assert step(live, SetupStep.REHEARSAL) is StepState.OPEN

    twin = rehearsed(live, rehearsal)
    assert quickbooks.count("Invoice") == before + 2
    assert step(live, SetupStep.REHEARSAL) is StepState.DONE
    SourceSettings.objects.filter(company=live).update(invoice_creation=False)
    go_live(live, by=founder())

    switches = SourceSettings.objects.get(company=live, system="keap")
    assert (switches.invoice_creation, switches.history.latest().history_user) == (True, founder())
    stands = Document.objects.filter(company=live).order_by("pk")
    assert list(stands.values("key", "state", "quickbooks_id", "generation")) == own
    assert set(stands.values_list("state", flat=True)) == {"ready"}
    assert not Push.objects.filter(company=live).exists()
    # The same orders, the same keys, and both companies have documents of their own under them
    keys = set(stands.values_list("key", flat=True))
    assert keys & set(Document.objects.filter(company=twin, state="posted").values_list("key", flat=True))
    assert SetupMark.objects.filter(company=live, step="go-live").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.criterion("B28")
def test_a_rehearsal_never_touches_the_live_target(live: Company, rehearsal: Running, settings: Settings) -> None:
    twin = make_rehearsal(live, by=founder()).company

    # Its addresses are the rehearsal's, and none of the live company's
    assert addresses_of(twin).api == rehearsal.base_url
    assert {addresses_of(twin).api, addresses_of(twin).token}.isdisjoint(
        {addresses_of(live).api, addresses_of(live).token}
    )
    # It is not connected to the live books, whatever is pasted
    with pytest.raises(ValueError, match="already connected to another company"):
        connect_rehearsal(twin, rehearsal.ready() | {"company_id": LIVE_REALM}, person=founder())
    # The live company is not connected to a rehearsal
    with pytest.raises(AddressRefused):
        connect_rehearsal(live, rehearsal.ready(), person=founder())
    # Nor by the database's own rule can the two share books
    with pytest.raises(IntegrityError), transaction.atomic():
        Connection.objects.create(
            company=twin, system=QUICKBOOKS_ONLINE, name="x", state="connected", external_id=LIVE_REALM
        )


@pytest.mark.criterion("B28")
@pytest.mark.parametrize(
    "changed",
    [
        {"TIEOUT_REHEARSAL_URL": "https://quickbooks.api.intuit.com"},
        {
            "TIEOUT_QUICKBOOKS_ENVIRONMENT": "production",
            "TIEOUT_QUICKBOOKS_API_URL": "https://books.example.com",
            "TIEOUT_REHEARSAL_URL": "https://books.example.com",
        },
    ],
)
def test_a_rehearsal_has_no_address_where_live_books_are(
    live: Company, settings: Settings, changed: dict[str, str]
) -> None:
    twin = make_rehearsal(live, by=founder()).company
    for name, value in changed.items():
        setattr(settings, name, value)

    with pytest.raises(AddressRefused, match="is where live books are"):
        addresses_of(twin)


@pytest.mark.criterion("B27", "B28")
def test_with_the_keys_of_a_sandbox_a_rehearsal_is_at_intuits_test_companies(live: Company, settings: Settings) -> None:
    settings.TIEOUT_REHEARSAL_URL = ""
    settings.TIEOUT_QUICKBOOKS_ENVIRONMENT = "production"
    settings.TIEOUT_QUICKBOOKS_API_URL = settings.INTUIT_API_URLS["production"]
    settings.TIEOUT_QUICKBOOKS_CLIENT_ID, settings.TIEOUT_QUICKBOOKS_CLIENT_SECRET = "live-id", "live-secret"
    settings.TIEOUT_SANDBOX_CLIENT_ID, settings.TIEOUT_SANDBOX_CLIENT_SECRET = "practice-id", "practice-secret"
    twin = make_rehearsal(live, by=founder()).company
    boss = browser(twin)

    page = boss.post(f"/sync/{twin.slug}/quickbooks/connect/")

    assert addresses_of(twin).api == "https://sandbox-quickbooks.api.intuit.com"
    assert addresses_of(live).api == "https://quickbooks.api.intuit.com"
    assert "client_id=practice-id" in page.headers["Location"]


@pytest.mark.same_on_either
@pytest.mark.criterion("B28")
def test_every_page_of_a_rehearsal_is_marked_and_none_of_the_live_company(live: Company) -> None:
    twin = make_rehearsal(live, by=founder()).company
    here, there = browser(twin), browser(live)
    marked = "Test company. This is the test company of Bramble & Birch. Nothing here reaches its books."

    for client, company, expected in ((here, twin, True), (there, live, False)):
        client.get(f"/{company.slug}/")
        unmarked = [
            page for page in pages_of(company) if (marked in text_of(client.get(page, follow=True))) is not expected
        ]
        assert unmarked == [], company.slug


def pages_of(company: Company) -> list[str]:
    screens = ("home", "documents", "orders", "issues", "sync_history", "search")
    of_setup = ("setup", "help", "activation", "rehearsal")
    own = ("mapping:posting_accounts", "mapping:line_types", "mapping:history", "sync:quickbooks")
    admin = ("mapping_product", "mapping_sourcecustomer", "mapping_quickbooksaccount", "companies_membership")
    return [
        *(reverse(f"reconciliation:{name}", args=[company.slug]) for name in screens),
        *(reverse(f"setup:{name}", args=[company.slug]) for name in of_setup),
        *(reverse(name, args=[company.slug]) for name in own),
        *(reverse(f"admin:{name}_changelist") for name in admin),
    ]


@pytest.mark.criterion("B27")
def test_the_screen_makes_the_twin_and_only_an_administrator_does(live: Company) -> None:
    people = {role: browser(live, role) for role in Role}
    address = "/bramble/setup/rehearsal/make/"
    answers = {role: people[role].post(address).status_code for role in (Role.OPS, Role.ACCOUNTANT, Role.AUDITOR)}
    assert (set(answers.values()), twin_of(live)) == ({403}, None)

    text = text_of(people[Role.ADMINISTRATOR].post(address, follow=True))

    assert "Bramble & Birch (test) was made, with 2 orders and every decision of Bramble & Birch." in text
    assert "There is a test company already." in text_of(people[Role.ADMINISTRATOR].post(address, follow=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.criterion("B27")
def test_the_step_is_done_once_the_twin_has_posted_and_nothing_is_stuck_there(
    live: Company, rehearsal: Running
) -> None:
    twin = rehearsed(live, rehearsal)
    assert step(live, SetupStep.REHEARSAL) is StepState.DONE

    Document.objects.filter(company=twin, kind="payment").update(state=DocumentState.BLOCKED)

    assert step(live, SetupStep.REHEARSAL) is StepState.OPEN
    with pytest.raises(NotAllowedNow, match="This step of setup is not done: Test company"):
        go_live(live, by=founder())


def test_customers_of_the_live_books_are_not_expected_in_the_practice_books(live: Company, rehearsal: Running) -> None:
    a_book_customer(live, "Live Only", email="live.only@example.com", quickbooks_id="90001")
    prepared(live, "2026-08-16  order 1044  #9 Live Only <live.only@example.com>\nWT-101  199.00")

    twin = rehearsed(live, rehearsal)

    order = StagedOrder.objects.get(company=twin, number="1044")
    states = dict(Document.objects.filter(order=order).values_list("kind", "state"))
    assert states == {"customer": DocumentState.POSTED, "invoice": DocumentState.POSTED}
    assert not QuickBooksCustomer.objects.filter(company=twin, quickbooks_id="90001").exists()


@pytest.mark.criterion("B27")
def test_a_person_goes_on_without_a_rehearsal_with_a_reason_that_is_kept(live: Company) -> None:
    boss = browser(live, Role.ADMINISTRATOR, "ada")
    address = "/bramble/setup/rehearsal/leave-out/"
    assert browser(live, Role.ACCOUNTANT).post(address, {"reason": "x"}).status_code == 403

    assert "Write down why you go on without it." in text_of(boss.post(address, {"reason": " "}, follow=True))
    text = text_of(boss.post(address, {"reason": "Checked by hand, order by order"}, follow=True))

    assert "Left out, because: Checked by hand, order by order" in text
    mark = SetupMark.objects.get(step="rehearsal")
    assert (str(mark.person), mark.reason) == ("ada", "Checked by hand, order by order")
    assert "Checked by hand, order by order" in text_of(boss.get("/mapping/bramble/history/"))
    go_live(live, by=founder())
    live.refresh_from_db()
    assert live.switched_on


@pytest.mark.criterion("B07")
def test_the_twin_is_as_active_as_its_company(live: Company) -> None:
    twin = make_rehearsal(live, by=founder()).company
    assert is_activated(twin)

    withdraw(live, by=founder(), reason="the contract has ended")

    assert (is_activated(twin), gate_of(twin)) == (False, Gate.WITHDRAWN)
    assert Activation.objects.count() == 1


@pytest.mark.parametrize("kind", ["desktop", "rehearsal", "off"])
def test_a_company_that_cannot_have_a_twin_says_why(live: Company, kind: str) -> None:
    if kind == "off":
        Activation.objects.all().delete()
    live.kind, live.is_rehearsal = ("desktop" if kind == "desktop" else "online"), kind == "rehearsal"
    live.save()

    with pytest.raises(NotAllowedNow):
        make_rehearsal(live, by=founder())
    assert Company.objects.count() == 1


def test_there_is_nothing_to_leave_out_before_the_step_is_open() -> None:
    company = introduced(a_new_company())

    with pytest.raises(NotAllowedNow, match="nothing to decide"):
        leave_out_rehearsal(company, by=founder(), reason="in a hurry")
