"""Is a document made, and once, when the event happens that was chosen for its source: paid, packed or shipped?"""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command

from companies.models import Company
from companies.signals import announce
from mapping.copying.copy import copy_decisions
from mapping.models import SourceCustomerRules, SourceEvent, StatusWord
from reconciliation.home import Overview
from reconciliation.home_tiles import tiles
from reconciliation.wording import event_words, note_words
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.models import Document, DocumentState, StagedOrder
from sync.preparing.prepare import decide_status, prepare_new
from sync.sources.base import OrderRead, Place
from sync.staging.intake import stage
from sync.staging.sources import connection_of
from tests.factories import a_company, map_product, order_of, the_lists, the_studio
from tests.reconciliation.factories import NEW_KIT, as_role, renamed
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import push
from tests.sync.statuses import SALE, came, word_of

__all__ = ["quickbooks", "rehearsal", "studio"]
PAID = f"{SALE}\npaid 2026-08-20  Cash  48.00"
PART = f"{SALE}\npaid 2026-08-20  Cash  20.00"


@pytest.fixture
def shop(transactional_db: None) -> Company:
    return the_studio()


def makes(company: Company, event: str) -> None:
    """Choose the event of the source, as its page does."""
    SourceEvent.objects.update_or_create(company=company, system="keap", defaults={"event": event})
    announce(company, by=None)


def kinds(company: Company) -> list[str]:
    """The documents that are to be posted."""
    rows = Document.objects.filter(company=company, withdrawn=False).exclude(state=DocumentState.IGNORED)
    return sorted(rows.values_list("kind", flat=True))


def notes(company: Company) -> list[str]:
    return [note["code"] for note in order_of(company, "1042").not_posted]


# When it happens ------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("D58")
@pytest.mark.parametrize(
    ("event", "word", "order", "waits"),
    [
        ("placed", "Processing", SALE, ""),
        ("paid", "Open", SALE, "paid"),
        ("paid", "Open", PART, "paid"),
        ("paid", "Open", PAID, ""),
        ("paid", "Packed", SALE, "paid"),
        ("packed", "Processing", PAID, "packed"),
        ("packed", "Packed", SALE, ""),
        ("packed", "wc-packed", SALE, ""),
        ("packed", "Shipped", SALE, ""),
        ("packed", "Completed", SALE, ""),
        ("shipped", "Packed", SALE, "shipped"),
        ("shipped", "Delivered", SALE, ""),
        ("packed", "Refunded", f"{PAID}\nrefund 2026-08-22  on Cash  48.00", ""),
    ],
)
def test_an_order_becomes_its_documents_when_the_event_has_happened(
    shop: Company, event: str, word: str, order: str, waits: str
) -> None:
    makes(shop, event)
    came(shop, word, order)

    row = order_of(shop, "1042")
    assert row.waits_for == waits
    assert ("invoice" in kinds(shop)) is not bool(waits)
    assert notes(shop) == ([f"not-{waits}"] if waits else [])


@pytest.mark.criterion("D58")
def test_what_waits_says_so_and_is_no_error(shop: Company) -> None:
    makes(shop, "packed")
    came(shop, "Processing", PAID)

    row = order_of(shop, "1042")
    assert note_words(row.not_posted[0]).startswith("Not packed yet.")
    assert not Document.objects.filter(company=shop, problems__isnull=False).exists()
    client = as_role(shop)
    assert "Not packed yet." in client.get(f"/studio/orders/{row.pk}/").content.decode()
    listed = client.get("/studio/orders/?status=waiting").content.decode()
    assert "1042" in listed
    home = client.get("/studio/").content.decode()
    assert "Not packed yet" in home
    assert "1 order" in " ".join(client.get("/studio/orders/statuses/").content.decode().split())


def test_each_source_has_its_own_event(shop: Company) -> None:
    makes(shop, "packed")
    came(shop, "Processing", SALE)
    came(shop, "Processing", SALE.replace("1042", "7"), system="files")

    assert {row.number: row.waits_for for row in StagedOrder.objects.all()} == {"1042": "packed", "7": ""}


def test_a_draft_and_a_canceled_order_say_what_they_said_before(shop: Company) -> None:
    makes(shop, "packed")
    came(shop, "On hold", SALE)
    assert (notes(shop), order_of(shop, "1042").waits_for) == (["draft"], "")

    came(shop, "Canceled", SALE)
    assert notes(shop) == ["cancelled"]


# Changes of mind ------------------------------------------------------------------------------------------------------


def test_another_event_lets_waiting_orders_go_and_takes_back_what_was_not_sent(shop: Company) -> None:
    came(shop, "Processing", PAID)
    assert "invoice" in kinds(shop)

    makes(shop, "packed")
    assert (kinds(shop), notes(shop)) == ([], ["not-packed"])

    makes(shop, "paid")
    assert "invoice" in kinds(shop)
    assert order_of(shop, "1042").waits_for == ""


def test_a_status_of_ones_own_is_said_to_mean_packed(shop: Company) -> None:
    makes(shop, "packed")
    came(shop, "In the crate", SALE)
    word = word_of(shop, "In the crate")
    page = as_role(shop, "accountant")

    data = {f"status-{word.pk}-meaning": "sale", f"status-{word.pk}-stage": "packed"}
    page.post("/studio/orders/statuses/", data, follow=True)

    word.refresh_from_db()
    assert (word.meaning, word.stage) == ("sale", "packed")
    assert kinds(shop) == ["invoice"]
    assert word.history.latest().history_user is not None


def test_the_stage_alone_lets_orders_go(shop: Company) -> None:
    makes(shop, "packed")
    came(shop, "Open", SALE)

    decide_status(word_of(shop, "Open"), "sale", by=None, stage="shipped")
    announce(shop, by=None)

    assert kinds(shop) == ["invoice"]


# Once -----------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("D56", "D57", "D58")
@pytest.mark.django_db(transaction=True)
def test_each_packed_order_makes_exactly_one_invoice_however_often_it_is_packed(
    studio: Company, quickbooks: Books
) -> None:
    makes(studio, "packed")
    text = "2026-08-14  order 1042  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00\npaid 2026-08-14  Check  48.00"

    def invoices(word: str, order: str = text) -> int:
        came(studio, word, order)
        push(studio)
        return len(quickbooks.query("select * from Invoice where DocNumber = '1042'").get("Invoice", []))

    before = quickbooks.count("Customer")
    assert invoices("Processing") == 0
    assert quickbooks.count("Customer") == before  # no one is created for what waits
    assert invoices("Packed") == 1
    assert invoices("Processing") == 1  # unpacked again: what is in QuickBooks stays
    assert invoices("Packed") == 1
    assert invoices("Shipped") == 1
    assert quickbooks.find("Invoice", "DocNumber = '1042'")["Balance"] == 0  # its payment came with it
    assert Document.objects.filter(company=studio, kind="invoice").count() == 1


@pytest.mark.criterion("D55", "D59", "D62", "D63")
@pytest.mark.django_db(transaction=True)
def test_a_packed_order_needs_its_customer_and_its_item_to_be_matched(studio: Company, quickbooks: Books) -> None:
    makes(studio, "packed")
    SourceCustomerRules.objects.create(company=studio, system="keap", hold_for_review=True)
    order = renamed("2026-08-14  order 1042  #9 Nora Quist <nora@example.com>\nKIT-MUG  48.00", "KIT-MUG", **NEW_KIT)
    stage(
        connection_of(studio, "keap", name="Keap"),
        [OrderRead(order=order, payload={}, place=Place(order=1), status_word="Packed")],
    )
    prepare_new(studio)

    def causes() -> set[str]:
        push(studio)
        assert not quickbooks.query("select * from Invoice where DocNumber = '1042'").get("Invoice")
        row = Document.objects.get(company=studio, kind="invoice")
        assert row.state == DocumentState.BLOCKED
        return set(row.problems.values_list("code", flat=True))

    assert causes() == {"customer-not-found", "product-without-mapping"}
    map_product(studio, "Creme Brulee Mugs", item="KIT-CLAY")
    announce(studio, by=None)
    assert causes() == {"customer-not-found"}

    quickbooks.customer("Nora Quist", PrimaryEmailAddr={"Address": "nora@example.com"})
    refresh_and_prepare(studio)
    push(studio)

    assert quickbooks.find("Invoice", "DocNumber = '1042'")["CustomerRef"]["name"] == "Nora Quist"


@pytest.mark.criterion("D55", "D60", "D61", "D62", "D63")
@pytest.mark.django_db(transaction=True)
def test_a_packed_order_whose_item_is_not_matched_is_blocked_and_posts_after_the_fix(
    studio: Company, quickbooks: Books
) -> None:
    makes(studio, "packed")
    order = renamed("2026-08-14  order 1042  #9 Nora Quist <nora@example.com>\nKIT-MUG  48.00", "KIT-MUG", **NEW_KIT)
    read = OrderRead(order=order, payload={}, place=Place(order=1), status_word="Packed")
    stage(connection_of(studio, "keap", name="Keap"), [read])
    prepare_new(studio)
    push(studio)
    row = Document.objects.get(company=studio, kind="invoice")
    assert row.state == DocumentState.BLOCKED
    listed = " ".join(as_role(studio).get("/studio/documents/").content.decode().split())
    assert "Creme Brulee Mugs" in listed

    map_product(studio, "Creme Brulee Mugs", item="KIT-CLAY")
    announce(studio, by=None)
    push(studio)

    assert quickbooks.find("Invoice", "DocNumber = '1042'")["TotalAmt"] == 48


# On its page ----------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("D58")
def test_the_page_keeps_the_choice_with_its_author_and_the_orders_follow(shop: Company) -> None:
    came(shop, "Processing", PAID)
    page = as_role(shop, "accountant")
    shown = page.get("/mapping/studio/document-events/").content.decode()
    for words in ("Order placed", "Order paid", "Order packed", "Order shipped", "Processing"):
        assert words in shown

    page.post("/mapping/studio/document-events/", {"keap-event": "packed"}, follow=True)

    assert SourceEvent.objects.get().history.get().history_user is not None
    assert order_of(shop, "1042").waits_for == "packed"
    stages = page.get("/studio/orders/statuses/").content.decode()
    assert "Stage of a sale" in stages


def test_it_is_compared_before_it_is_saved(shop: Company) -> None:
    came(shop, "Processing", PAID)
    page = as_role(shop, "accountant")

    answer = page.post("/studio/what-if/document-events/", {"keap-event": "packed", "days": "365"})

    text = " ".join(answer.content.decode().split())
    assert "Order placed → Order packed" in text or "Order placed" in text
    assert "1 order would post differently." in text
    assert "Not packed yet." in text
    assert not SourceEvent.objects.exists()


def test_an_earlier_choice_is_restored_and_the_orders_follow(shop: Company) -> None:
    came(shop, "Processing", PAID)
    page = as_role(shop, "accountant")
    for event in ("placed", "packed", "shipped"):
        page.post("/mapping/studio/document-events/", {"keap-event": event}, follow=True)
    row = SourceEvent.objects.get()
    packed = row.history.get(event="packed")

    page.post(f"/mapping/studio/history/sourceevent/{packed.history_id}/restore/", follow=True)

    row.refresh_from_db()
    assert row.event == "packed"
    assert order_of(shop, "1042").waits_for == "packed"


def test_it_is_copied_to_a_company_with_the_same_sources(shop: Company) -> None:
    other = a_company(name="Other", slug="other")
    the_lists(other)
    makes(shop, "shipped")

    copy_decisions(shop, other, by=None, same_records=True)

    assert SourceEvent.objects.get(company=other).event == "shipped"


def test_readers_read_and_change_nothing(shop: Company) -> None:
    came(shop, "Processing", PAID)
    ops = as_role(shop)

    assert "You can read this page." in ops.get("/mapping/studio/document-events/").content.decode()
    assert ops.post("/mapping/studio/document-events/", {"keap-event": "packed"}).status_code == 403


def test_the_tile_on_home_counts_what_waits_with_its_money(shop: Company) -> None:
    makes(shop, "shipped")
    came(shop, "Packed", PAID)

    (tile,) = [tile for tile in tiles(Overview(shop, order_of(shop, "1042").staged_at)) if "shipped" in str(tile.name)]

    assert (tile.tally.number, int(tile.amounts[0][0])) == (1, 48)


# What was there before ------------------------------------------------------------------------------------------------


def test_statuses_that_are_listed_already_get_their_stage_and_nothing_else_changes(shop: Company) -> None:
    came(shop, "Packed", PAID)
    came(shop, "Crated", SALE.replace("1042", "7"))
    StatusWord.objects.update(stage="placed")
    before = list(Document.objects.values_list("pk", "state", "version"))

    import_module("mapping.migrations.0019_document_events").say_stages(apps, None)
    prepare_new(shop)

    assert dict(StatusWord.objects.values_list("word", "stage")) == {"Packed": "packed", "Crated": "placed"}
    assert list(Document.objects.values_list("pk", "state", "version")) == before


@pytest.mark.django_db(transaction=True)
def test_the_sync_says_how_many_wait(studio: Company, capsys: pytest.CaptureFixture[str]) -> None:
    makes(studio, "packed")
    came(studio, "Processing", PAID)

    call_command("sync", company=studio.slug)

    assert "1 order waits to be paid, packed or shipped first" in capsys.readouterr().out


def test_the_history_says_that_the_status_changed_and_what_came_of_it(shop: Company) -> None:
    makes(shop, "packed")
    came(shop, "Processing", SALE)
    came(shop, "Packed", SALE)

    told = " ".join(event_words(row) for row in order_of(shop, "1042").events.order_by("pk"))
    assert "Nothing to post: Not packed yet." in told
    assert "Its status in the source is “Packed” now. Prepared: Invoice 1042." in told
