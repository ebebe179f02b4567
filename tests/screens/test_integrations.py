"""Can a person see every connection, add a source, turn its switches, and leave it?"""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.models import Company, Role
from mapping.models import QuickBooksItem, SourceSettings
from sync.models import QUICKBOOKS_ONLINE, Connection, ConnectionState, Document, DocumentState, StagedOrder
from sync.pushing.claims import ready_documents
from sync.staging.sources import add_source
from tests.factories import a_book_customer, document_of, order_of, prepared, switch_on, the_studio
from tests.quickbooks_desktop.factories import a_desktop_company
from tests.reconciliation.factories import an_unmapped_product, as_role

pytestmark = pytest.mark.django_db

HOME = "/studio/integrations/"
SOLD = "2026-08-14  order 1042\nWT-101  199.00"
HEADER = "Order Number,Order Date,Customer,Email,Product,SKU,Qty,Unit Price"
CSV = f"{HEADER}\n7,2026-08-14,Ada,ada@example.com,W,WT-101,1,9.00\n"


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    Connection.objects.create(
        company=company,
        system=QUICKBOOKS_ONLINE,
        name="Books of Bramble",
        external_id="77",
        state=ConnectionState.CONNECTED,
        lists_refreshed_at=timezone.now(),
    )
    prepared(company, SOLD)
    return company


@pytest.fixture
def admin(studio: Company) -> Client:
    return as_role(studio, Role.ADMINISTRATOR)


def words(client: Client, address: str) -> str:
    content = client.get(address).content.decode().partition('id="content"')[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content))


def turned(client: Client, system: str = "keap", **given: str) -> int:
    values = {"name": "Keap", "invoice_creation": "on", "item_sync": "on", "customer_sync": "on", "number_prefix": ""}
    sent = {name: value for name, value in {**values, **given}.items() if value != "off"}
    return client.post(f"{HOME}{system}/", sent).status_code


def sold_to(number: int) -> str:
    return f"2026-08-14  order {number}  #{number} Buyer {number} <b{number}@example.com>\nWT-101  9.00"


# Cards ---------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C01", "C02", "C06", "D01", "D11")
def test_a_card_says_how_quickbooks_is_doing_and_offers_what_can_be_done(studio: Company, admin: Client) -> None:
    connected = words(admin, HOME)
    assert ("QuickBooks Online" in connected, "Connected" in connected) == (True, True)
    assert ("QB Disconnect" in connected, "QB Connect" in connected) == (True, False)
    assert "Books of Bramble" in connected
    assert "How to connect QuickBooks" in connected

    Connection.objects.filter(system=QUICKBOOKS_ONLINE).update(state=ConnectionState.DISCONNECTED)
    left = words(admin, HOME)
    assert ("QB Disconnect" in left, "QB Connect" in left, "Disconnected" in left) == (False, True, True)


@pytest.mark.criterion("D06", "D08", "D09")
@pytest.mark.parametrize(
    ("state", "error", "said"),
    [
        ("connecting", "", "you may leave this page"),
        ("needs-attention", "The login has expired.", "The login has expired."),
    ],
)
def test_a_card_says_that_a_first_load_takes_a_while_and_why_one_ended(
    studio: Company, admin: Client, state: str, error: str, said: str
) -> None:
    Connection.objects.filter(system=QUICKBOOKS_ONLINE).update(state=state, last_error=error)

    page = words(admin, HOME)

    assert said in page
    assert ("Check again" in page, "QB Connect" in page) == (bool(error), bool(error))


def test_each_source_has_a_card_with_its_counts(studio: Company, admin: Client) -> None:
    add_source(studio, "files", name="Harbor shop")

    page = words(admin, HOME)

    assert "Harbor shop" in page
    assert "Invoice creation is off: its documents are prepared and wait." in page
    assert re.search(r"Keap export .* Orders read 1 Needs attention 0 Ready 1", page)


def test_the_page_takes_as_many_queries_for_five_sources_as_for_one(studio: Company, admin: Client) -> None:
    admin.get(HOME)
    with CaptureQueriesContext(connection) as for_one:
        admin.get(HOME)
    for _number in range(4):
        add_source(studio, "files")
    with CaptureQueriesContext(connection) as for_five:
        admin.get(HOME)

    assert len(for_five) == len(for_one)


# Connecting ----------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("D02", "D03", "D04")
def test_the_prompts_offer_quickbooks_and_quickbooks_desktop_and_lead_to_the_sign_in(
    studio: Company, admin: Client
) -> None:
    Connection.objects.filter(system=QUICKBOOKS_ONLINE).update(state=ConnectionState.DISCONNECTED)
    asked = words(admin, f"{HOME}connect/")
    assert ("QuickBooks " in asked, "QuickBooks Desktop" in asked, "Step 1 of 2" in asked) == (True, True, True)

    online = admin.get(f"{HOME}connect/?what=quickbooks").content.decode()
    assert 'action="/sync/studio/quickbooks/connect/"' in online
    assert "chosen on the page Company" in words(admin, f"{HOME}connect/?what=quickbooks-desktop")


@pytest.mark.criterion("D05")
def test_quickbooks_desktop_is_connected_by_its_lists_and_returns_to_the_steps_of_setup() -> None:
    desktop = a_desktop_company()
    admin = as_role(desktop, Role.ADMINISTRATOR)
    address = f"/{desktop.slug}/integrations/"

    page = admin.get(f"{address}connect/?what=quickbooks-desktop").content.decode()

    assert f'href="/{desktop.slug}/desktop/lists/"' in page
    assert f'href="/{desktop.slug}/setup/"' in page
    assert "Lists imported" in words(admin, address)


@pytest.mark.criterion("D23", "D24", "D25", "D39")
def test_a_source_that_is_added_has_its_switches_off(studio: Company, admin: Client) -> None:
    answer = admin.post(f"{HOME}connect/", {"kind": "keap", "name": "Second app", "number_prefix": "K2-"}, follow=True)

    assert answer.request["PATH_INFO"] == f"{HOME}keap-2/"
    assert "Second app is added" in answer.content.decode()
    row = SourceSettings.objects.get(company=studio, system="keap-2")
    assert (row.invoice_creation, row.item_sync, row.customer_sync, row.number_prefix) == (False, False, False, "K2-")
    assert row.history.get().history_user.username == "administrator-studio"


def test_a_kind_that_does_not_exist_is_refused_with_the_choices(admin: Client) -> None:
    answer = admin.post(f"{HOME}connect/", {"kind": "abacus"})

    assert "abacus" in answer.content.decode()
    assert Connection.objects.exclude(system=QUICKBOOKS_ONLINE).count() == 1


# General -------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("D12", "D13", "D17", "D18", "D22", "D23")
def test_general_has_the_switches_each_with_what_it_does_and_the_terms_and_accounts(
    studio: Company, admin: Client
) -> None:
    page = words(admin, f"{HOME}keap/")

    for tab in ("General", "Items", "Customers", "Invoices"):
        assert tab in page
    for switch, does in (
        ("Invoice creation", "sent to QuickBooks with each sync"),
        ("Item sync", "matched with the item that has its SKU"),
        ("Customer sync", "matched by the customer rules"),
    ):
        assert (switch in page, does in page) == (True, True)
    assert "Default invoice payment terms" in page
    assert "AR and AP chart of accounts" in page


@pytest.mark.criterion("D24")
def test_while_invoice_creation_is_off_documents_wait_and_say_so_and_then_go(studio: Company, admin: Client) -> None:
    assert turned(admin, invoice_creation="off") == 302
    assert not ready_documents(studio).exists()
    assert "Invoice creation is off" in words(admin, "/studio/documents/")
    assert "Invoice creation is off" in words(admin, f"{HOME}keap/invoices/")

    on = dict.fromkeys(("invoice_creation", "item_sync", "customer_sync"), "on")
    answer = admin.post(f"{HOME}keap/", {"name": "Keap", **on}, follow=True)

    assert "1 document that waited is sent with the next sync." in answer.content.decode()
    assert ready_documents(studio).exists()
    assert "Invoice creation is off" not in words(admin, "/studio/documents/")
    changes = SourceSettings.history.filter(company=studio, system="keap").order_by("-history_id")
    assert [(row.invoice_creation, row.history_user.username) for row in changes[:2]] == [
        (True, "administrator-studio"), (False, "administrator-studio"),
    ]  # fmt: skip


@pytest.mark.criterion("D25", "D39")
@pytest.mark.parametrize(
    ("code", "tab"),
    [("item-sync-off", "items"), ("customer-sync-off", "customers")],
)
def test_an_order_waits_while_the_sync_that_it_needs_is_off(
    studio: Company, admin: Client, code: str, tab: str, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert admin.post(f"{HOME}keap/{tab}/", {"turn": "off"}).status_code == 302
    invoice = document_of(studio, "1042")
    assert (invoice.state, invoice.problems.get().code) == (DocumentState.BLOCKED, code)
    assert "sync Off Turn on On: " in words(admin, f"{HOME}keap/{tab}/")

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        admin.post(f"{HOME}keap/{tab}/", {"turn": "on"})
    assert "sync On Turn off On: " in words(admin, f"{HOME}keap/{tab}/")
    invoice.refresh_from_db()
    assert invoice.state == DocumentState.READY


@pytest.mark.criterion("D10")
def test_switches_cannot_be_turned_before_quickbooks_is_connected(studio: Company, admin: Client) -> None:
    Connection.objects.filter(system=QUICKBOOKS_ONLINE).update(
        state=ConnectionState.CONNECTING, lists_refreshed_at=None
    )

    assert "The lists of QuickBooks are being read. The switches can be changed once" in words(admin, f"{HOME}keap/")
    turned(admin, name="Renamed", item_sync="off")
    answer = admin.post(f"{HOME}keap/items/", {"turn": "off"}, follow=True)
    assert (
        "The lists of QuickBooks are being read." in answer.content.decode(),
        "Turn o" in answer.content.decode(),
    ) == (
        True,
        False,
    )

    assert SourceSettings.objects.get(company=studio, system="keap").item_sync
    assert Connection.objects.get(company=studio, system="keap").name == "Renamed"


@pytest.mark.parametrize(("role", "may"), [(Role.ACCOUNTANT, True), (Role.OPS, False), (Role.AUDITOR, False)])
def test_accountants_turn_switches_and_others_read_them(studio: Company, role: str, may: bool) -> None:
    client = as_role(studio, role)

    assert (">Save<" in client.get(f"{HOME}keap/").content.decode()) is may
    assert turned(client, invoice_creation="off") == (302 if may else 403)
    assert client.post(f"{HOME}keap/items/", {"turn": "off"}).status_code == (302 if may else 403)
    assert ("Turn o" in words(client, f"{HOME}keap/items/")) is may
    settings = SourceSettings.objects.get(company=studio, system="keap")
    assert (settings.invoice_creation, settings.item_sync) == (not may, not may)


def test_the_name_of_a_source_is_on_every_list(studio: Company, admin: Client) -> None:
    turned(admin, name="Clay shop")

    for address in ("/studio/orders/", "/admin/mapping/product/", "/admin/mapping/sourcecustomer/", HOME):
        assert "Clay shop" in words(admin, address)
    assert "Clay shop" in words(admin, f"/studio/orders/{order_of(studio, '1042').pk}/")


# Items, customers, invoices ------------------------------------------------------------------------------------------


@pytest.mark.criterion("D38", "D66")
def test_a_tab_counts_what_waits_and_its_rows_say_what_to_do(studio: Company, admin: Client) -> None:
    an_unmapped_product(studio, "2001")

    page = words(admin, f"{HOME}keap/items/?show=waiting")

    assert "Items 1" in page
    assert "Creme Brulee Mugs" in page
    assert "Item not found in QuickBooks Match it Choose the item; or enter the SKU" in page
    assert "Products: 1" in page


@pytest.mark.criterion("D38", "D66")
def test_a_product_that_fits_two_items_waits_with_its_reason(studio: Company, admin: Client) -> None:
    known = QuickBooksItem.objects.get(company=studio, sku="WT-101")
    known.pk, known.quickbooks_id, known.name, known.full_name = None, "990", "Wheel II", "Wheel II"
    known.save()

    page = words(admin, f"{HOME}keap/items/?show=waiting")

    assert "Items 1" in page
    assert "Two items fit Match it Choose which of them it is." in page


def test_while_item_sync_is_off_that_is_what_a_product_waits_for(studio: Company, admin: Client) -> None:
    an_unmapped_product(studio, "2001")
    turned(admin, item_sync="off")

    page = words(admin, f"{HOME}keap/items/?show=waiting")

    assert ("Item sync is off Map it" in page, "Match it" in page) == (True, False)


@pytest.mark.criterion("D38", "D66")
def test_a_customer_who_waits_is_listed_with_the_issue(studio: Company, admin: Client) -> None:
    prepared(studio, "2026-08-14  order 2002  Nora Blank\nWT-101  199.00")

    page = words(admin, f"{HOME}keap/customers/?show=waiting")

    assert ("Nora Blank" in page, "Customer without email" in page) == (True, True)
    assert "Customers: 1" in page


@pytest.mark.criterion("D26", "D32", "D40", "D45")
def test_the_tabs_name_the_item_and_the_customer_that_were_found(studio: Company, admin: Client) -> None:
    a_book_customer(studio, "Buyer Ceramics", email="b7@example.com", quickbooks_id="880")
    prepared(studio, sold_to(7))
    item = QuickBooksItem.objects.get(company=studio, sku="WT-101")
    studio.products.filter(sku="WT-101").update(quickbooks_product_name="")

    assert f"WT-101 {item.name} Found by SKU" in words(admin, f"{HOME}keap/items/")
    assert "b7@example.com Buyer Ceramics Same billing email" in words(admin, f"{HOME}keap/customers/")


@pytest.mark.criterion("D61", "D64", "D65", "D66")
def test_the_invoices_of_a_source_are_its_own_with_their_action(studio: Company, admin: Client) -> None:
    other = add_source(studio, "files")
    switch_on(other)
    an_unmapped_product(studio, "2001")

    page = words(admin, f"{HOME}keap/invoices/")
    assert ("1042" in page, "2001" in page, "Action" in page, "Product not mapped" in page) == (True, True, True, True)
    assert "There are no" not in words(admin, f"{HOME}files/invoices/")
    assert "1042" not in words(admin, f"{HOME}files/invoices/")


@pytest.mark.parametrize("tab", ["items", "customers", "invoices"])
def test_a_tab_takes_as_many_queries_for_many_rows_as_for_few(studio: Company, admin: Client, tab: str) -> None:
    address = f"{HOME}keap/{tab}/"
    an_unmapped_product(studio, "3000")
    prepared(studio, *(sold_to(number) for number in range(60)))
    admin.get(address)
    with CaptureQueriesContext(connection) as for_few:
        admin.get(address)
    prepared(studio, *(sold_to(number) for number in range(60, 120)))
    with CaptureQueriesContext(connection) as for_many:
        admin.get(address)

    assert len(for_many) == len(for_few)


def test_a_source_that_does_not_exist_or_is_no_source_is_not_found(studio: Company, admin: Client) -> None:
    assert admin.get(f"{HOME}abacus/").status_code == 404
    assert admin.get(f"{HOME}{QUICKBOOKS_ONLINE}/").status_code == 404


# Importing -----------------------------------------------------------------------------------------------------------


def test_import_orders_asks_for_the_source_only_where_there_is_more_than_one(studio: Company, admin: Client) -> None:
    assert 'name="source"' not in admin.get("/studio/import-orders/").content.decode()
    add_source(studio, "files", name="Downtown")
    add_source(studio, "files", name="Harbor")

    assert "Harbor" in words(admin, "/studio/import-orders/?source=files-2")
    missing = admin.post("/studio/import-orders/", {"file": SimpleUploadedFile("orders.csv", CSV.encode())})
    assert "More than one source of this company reads such files: Downtown, Harbor." in missing.content.decode()
    assert StagedOrder.objects.filter(company=studio).count() == 1

    admin.post("/studio/import-orders/", {"file": SimpleUploadedFile("orders.csv", CSV.encode()), "source": "files-2"})
    assert StagedOrder.objects.get(company=studio, number="7").connection.name == "Harbor"


def test_the_first_file_of_another_kind_adds_its_source_and_says_so(studio: Company, admin: Client) -> None:
    file = SimpleUploadedFile("orders.csv", CSV.encode())

    answer = admin.post("/studio/import-orders/", {"file": file}, follow=True)

    assert "These orders are of a new source, Orders (CSV or Excel)." in answer.content.decode()
    assert not SourceSettings.objects.get(company=studio, system="files").invoice_creation


# Leaving -------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C06", "C07")
def test_a_source_is_left_at_once_with_its_history_and_taken_up_again(studio: Company, admin: Client) -> None:
    assert "1 document is ready and will wait." in words(admin, f"{HOME}keap/disconnect/")
    admin.post(f"{HOME}keap/disconnect/")
    assert not ready_documents(studio).exists()
    assert Document.objects.filter(company=studio, kind="invoice").exists()
    assert "It is disconnected" in words(admin, f"{HOME}keap/")

    admin.post(f"{HOME}keap/connect/")
    assert ready_documents(studio).exists()
