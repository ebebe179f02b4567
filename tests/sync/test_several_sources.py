"""Do several sources of one kind stay apart, from the file to QuickBooks?"""

from __future__ import annotations

from importlib import import_module
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from companies.history import history_page
from companies.models import Company
from mapping.models import Product, SourceCustomer, SourceSettings
from sync.models import Connection, ConnectionState, Document, DocumentState, StagedOrder, held_sources
from sync.preparing.prepare import prepare_new
from sync.pushing.claims import ready_documents
from sync.pushing.updates import waiting_changes
from sync.quickbooks_desktop.batches.exportable import exportable
from sync.sources.base import ReadOptions
from sync.sources.files import LAYOUTS
from sync.staging.import_file import import_file
from sync.staging.sources import (
    WhichSource,
    add_source,
    change_prefix,
    connect_again,
    connection_of,
    disconnect_source,
    rename_source,
)
from tests.factories import document_of, staged, switch_on, the_studio
from tests.quickbooks_desktop.factories import a_desktop_company, with_orders
from tests.sync.fake_destination import FakeDestination, push_to

pytestmark = pytest.mark.django_db

AN_ORDER = (
    b"Order Number,Order Date,Customer,Email,Product,SKU,Qty,Unit Price\n1042,2026-08-14,%s,%s,Glazing,WT-101,1,%s\n"
)


def a_file(name: str, email: str, price: str) -> BytesIO:
    return BytesIO(AN_ORDER % (name.encode(), email.encode(), price.encode()))


def imported(company: Company, file: BytesIO, *, source: str = "") -> None:
    import_file(company, LAYOUTS["orders-csv"], file, name="orders.csv", options=ReadOptions(), source=source)


@pytest.fixture
def studio() -> Company:
    return the_studio()


def two_shops(studio: Company) -> tuple[Connection, Connection]:
    first = add_source(studio, "files", name="Downtown")
    second = add_source(studio, "files", name="Harbor", prefix="H-")
    return first, second


def test_the_keys_of_sources_of_one_kind_are_numbered(studio: Company) -> None:
    made = [
        add_source(studio, "files"),
        add_source(studio, "files"),
        add_source(studio, "keap"),
        add_source(studio, "files"),
    ]

    assert [(source.system, source.kind) for source in made] == [
        ("files", "files"), ("files-2", "files"), ("keap", "keap"), ("files-3", "files"),
    ]  # fmt: skip


def test_one_order_number_of_two_sources_is_two_orders_with_customers_and_products_of_their_own(
    studio: Company,
) -> None:
    first, second = two_shops(studio)

    imported(studio, a_file("Ada North", "ada@example.com", "10.00"), source=first.system)
    imported(studio, a_file("Ben South", "ben@example.com", "20.00"), source=second.system)
    imported(studio, a_file("Ben South", "ben@example.com", "20.00"), source=second.system)

    orders = StagedOrder.objects.filter(company=studio).order_by("pk")
    assert [(order.connection, order.number, order.customer_name, order.version) for order in orders] == [
        (first, "1042", "Ada North", 1), (second, "1042", "Ben South", 1),
    ]  # fmt: skip
    assert set(Product.objects.filter(company=studio).values_list("system", flat=True)) == {"files", "files-2"}
    assert set(SourceCustomer.objects.filter(company=studio).values_list("system", "name")) == {
        ("files", "Ada North"), ("files-2", "Ben South"),
    }  # fmt: skip


def test_both_are_ready_under_numbers_and_marks_of_their_own(studio: Company) -> None:
    for source, name in zip(two_shops(studio), ("Ada North", "Ben South"), strict=True):
        switch_on(source)
        staged(
            studio,
            f"2026-08-14  order 1042  {name} <{name[:3].lower()}@example.com>\nWT-101  199.00",
            system=source.system,
        )
    prepare_new(studio)

    invoices = Document.objects.filter(company=studio, kind="invoice").order_by("pk")
    assert [(row.number, row.key, row.state) for row in invoices] == [
        ("1042", "files:source-1042:invoice", "ready"), ("H-1042", "files-2:source-1042:invoice", "ready"),
    ]  # fmt: skip


def test_without_a_prefix_the_second_order_of_a_number_asks_and_a_prefix_answers(studio: Company) -> None:
    first, second = add_source(studio, "files"), add_source(studio, "files")
    for source in (first, second):
        switch_on(source)
        staged(studio, "2026-08-14  order 1042\nWT-101  199.00", system=source.system)
    prepare_new(studio)
    asking = Document.objects.get(company=studio, order__connection=second, kind="invoice")
    assert asking.problems.get().code == "number-used-twice"

    SourceSettings.objects.filter(company=studio, system=second.system).update(number_prefix="H-")
    assert change_prefix(second, "H-") == 1
    prepare_new(studio)

    asking.refresh_from_db()
    assert (asking.number, asking.state) == ("H-1042", DocumentState.READY)


def test_the_prefix_of_what_was_sent_stays(studio: Company) -> None:
    source = add_source(studio, "files")
    switch_on(source)
    staged(studio, "2026-08-14  order 1042\nWT-101  199.00", system=source.system)
    prepare_new(studio)
    Document.objects.filter(company=studio, kind="invoice").update(state=DocumentState.POSTED, quickbooks_id="9")

    assert change_prefix(source, "H-") == 0


def test_a_file_that_two_sources_read_asks_which_one_it_is_of(studio: Company) -> None:
    two_shops(studio)

    with pytest.raises(WhichSource, match="Downtown, Harbor"):
        imported(studio, a_file("Ada North", "ada@example.com", "10.00"))
    assert not StagedOrder.objects.filter(company=studio).exists()


def test_a_source_of_another_kind_and_one_that_was_left_take_no_file(studio: Company) -> None:
    first, second = two_shops(studio)
    keap = add_source(studio, "keap")
    with pytest.raises(WhichSource, match="another format"):
        imported(studio, a_file("Ada North", "ada@example.com", "10.00"), source=keap.system)

    disconnect_source(second)
    with pytest.raises(WhichSource, match="“Harbor” is disconnected"):
        imported(studio, a_file("Ada North", "ada@example.com", "10.00"), source=second.system)
    imported(studio, a_file("Ada North", "ada@example.com", "10.00"))  # the only one that is left

    assert StagedOrder.objects.get(company=studio).connection == first


@pytest.mark.criterion("D24")
def test_nothing_of_a_new_source_is_sent_until_its_invoice_creation_is_on(studio: Company) -> None:
    source = add_source(studio, "files")
    SourceSettings.objects.filter(company=studio, system="files").update(item_sync=True, customer_sync=True)
    staged_off(studio, source)
    prepare_new(studio)
    invoice = document_of(studio, "1042")

    assert invoice.state == DocumentState.READY
    assert not ready_documents(studio).exists()
    switch_on(source)
    assert [document.order for document in ready_documents(studio)] == [invoice.order]


def test_a_source_that_was_left_sends_nothing_until_it_is_connected_again(studio: Company) -> None:
    staged(studio, "2026-08-14  order 1042\nWT-101  199.00")
    prepare_new(studio)
    source = Connection.objects.get(company=studio, system="keap")

    disconnect_source(source)
    assert not ready_documents(studio).exists()
    connect_again(source, by=None)
    assert ready_documents(studio).exists()


def test_the_first_source_of_a_live_company_is_on_and_the_next_one_off(studio: Company) -> None:
    first, second = connection_of(studio, "keap"), connection_of(studio, "files")

    assert list(held_sources(studio)) == [second]
    assert (first.state, second.state) == (ConnectionState.CONNECTED, ConnectionState.CONNECTED)


def test_while_item_sync_is_off_only_products_with_a_name_of_their_own_are_posted(studio: Company) -> None:
    staged(studio, "2026-08-14  order 1042\nWT-101  199.00")
    SourceSettings.objects.filter(company=studio, system="keap").update(item_sync=False)
    prepare_new(studio)
    problem = document_of(studio, "1042").problems.get()
    assert (problem.code, problem.cause) == ("item-sync-off", "item-sync-off|keap")

    product = Product.objects.get(company=studio)
    product.quickbooks_product_name = "WT-101"
    product.save()
    StagedOrder.objects.update(prepared_version=0)
    prepare_new(studio)

    assert document_of(studio, "1042").state == DocumentState.READY


def test_while_customer_sync_is_off_only_linked_customers_are_posted_and_none_is_created(studio: Company) -> None:
    staged(studio, "2026-08-14  order 1042  New Person <new@example.com>\nWT-101  199.00")
    SourceSettings.objects.filter(company=studio, system="keap").update(customer_sync=False)
    prepare_new(studio)

    assert "customer-sync-off" in {problem.code for problem in document_of(studio, "1042").problems.all()}
    assert not Document.objects.filter(company=studio, kind="customer").exists()


def test_a_source_is_called_what_a_person_calls_it(studio: Company) -> None:
    source = add_source(studio, "keap")
    assert source.name == "Keap orders (JSON)"

    rename_source(source, "  The shop ")
    source.refresh_from_db()

    assert (source.name, source.system) == ("The shop", "keap")


def staged_off(company: Company, source: Connection) -> None:
    """Stage an order without turning anything on."""
    imported(company, a_file("Ada North", "ada@example.com", "199.00"), source=source.system)


def test_the_same_number_from_two_sources_is_posted_once_each(studio: Company) -> None:
    buyers = ("Ada North <ada@example.com>", "Ben South <ben@example.com>")
    for source, buyer in zip(two_shops(studio), buyers, strict=True):
        switch_on(source)
        for _time in range(2):
            staged(studio, f"2026-08-14  order 1042  {buyer}\nWT-101  199.00", system=source.system)
    prepare_new(studio)
    destination = FakeDestination()

    push_to(studio, destination)
    push_to(studio, destination)

    assert sorted(key for key in destination.sent if key.endswith("invoice")) == [
        "files-2:source-1042:invoice", "files:source-1042:invoice",
    ]  # fmt: skip
    posted = Document.objects.filter(company=studio, kind="invoice", state=DocumentState.POSTED)
    assert set(posted.values_list("number", flat=True)) == {"1042", "H-1042"}


def test_a_posted_document_of_a_source_that_is_off_is_not_changed_either(studio: Company) -> None:
    staged(studio, "2026-08-14  order 1042\nWT-101  199.00")
    prepare_new(studio)
    push_to(studio, FakeDestination())
    staged(studio, "2026-08-14  order 1042\nWT-101  149.00")
    prepare_new(studio)
    assert waiting_changes(studio).exists()

    SourceSettings.objects.filter(company=studio).update(invoice_creation=False)

    assert not waiting_changes(studio).exists()


def test_a_file_for_quickbooks_desktop_leaves_out_what_is_off() -> None:
    company = with_orders(a_desktop_company())
    assert exportable(company).exists()

    SourceSettings.objects.filter(company=company).update(invoice_creation=False)

    assert not exportable(company).exists()


def test_the_command_names_the_source(studio: Company, tmp_path: Path) -> None:
    two_shops(studio)
    file = tmp_path / "orders.csv"
    file.write_bytes(a_file("Ada North", "ada@example.com", "10.00").getvalue())
    command = ("import_orders", str(file), "--company", "studio", "--layout", "orders-csv")

    with pytest.raises(CommandError, match="Choose the source that the orders are of"):
        call_command(*command)
    call_command(*command, "--source", "files-2")

    assert StagedOrder.objects.get(company=studio).connection.name == "Harbor"


def test_the_sources_of_an_earlier_release_have_their_kind_and_all_switches_on(studio: Company) -> None:
    staged(studio, "2026-08-14  order 1042\nWT-101  199.00")
    SourceSettings.objects.all().delete()
    SourceSettings.history.all().delete()
    Connection.objects.update(kind="")

    migration = import_module("sync.migrations.0024_several_sources")
    migration._name_kinds(apps, None)
    migration._name_kinds(apps, None)

    row = SourceSettings.objects.get(company=studio)
    assert (row.system, row.invoice_creation, row.item_sync, row.customer_sync) == ("keap", True, True, True)
    assert Connection.objects.get(company=studio).kind == "keap"
    assert SourceSettings.history.filter(history_change_reason="Sources got switches").count() == 1
    prepare_new(studio)
    assert ready_documents(studio).exists()


def test_the_history_tells_of_a_switch_under_the_name_of_its_source(studio: Company) -> None:
    source = add_source(studio, "keap", name="Clay shop")
    row = SourceSettings.objects.get(company=studio, system=source.system)
    row.invoice_creation = True
    row.save()

    newest = history_page(studio).entries[0]

    assert (newest.name, [(change.field, change.before, change.after) for change in newest.changes]) == (
        "Clay shop", [("Invoice creation", "No", "Yes")],
    )  # fmt: skip
