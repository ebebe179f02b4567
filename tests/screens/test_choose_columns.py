"""Does a person say once which column of a file is which, and is every later file with the same headings read so?"""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from companies.models import Company, Role
from mapping.models import Product
from sync.models import ColumnPreset, FileToUnderstand, StagedOrder
from sync.sources.saved_columns import SavedColumns
from sync.staging.sources import connection_of
from tests.factories import the_studio
from tests.mapping.people import signed_in, text_of

pytestmark = pytest.mark.django_db
ITEMS = "Artikelnr.;Bezeichnung;VK netto;Lager\n007-1;Mug;12.50;3\n007-2;Cup;8.00;1\n"
ORDERS = "Beleg,Tag,Text,Menge,Einzel\nB-1,2026-08-01,Class,1,48\nB-2,2026-08-02,Class,2,48\n"
MEANT = {"Artikelnr.": "SKU", "Bezeichnung": "Name", "VK netto": "Price", "Lager": ""}
ORDER_MEANT = ("Order Number", "Order Date", "Line Item Name", "Quantity", "Price")
PAGES = {"items": "/studio/import-items/", "orders": "/studio/import-orders/"}


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    connection_of(company, "files")
    return company


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio, Role.OPS)


def send(client: Client, kind: str, content: str, **more: str) -> Any:
    """The page that a file leads to."""
    file = SimpleUploadedFile(f"{kind}.csv", content.encode())
    facts = {"system": "files"} if kind == "items" else {"layout": "orders-csv"}
    return client.post(PAGES[kind], {"file": file, **facts, **more}, follow=True)


def choose(client: Client, page: Any, meanings: Any, name: str = "Warehouse") -> Any:
    """The page after a person has said what each column is."""
    chosen = {f"column_{place}": label for place, label in enumerate(meanings)}
    waiting = page.context["waiting"]
    return client.post(f"/studio/choose-columns/{waiting.pk}/", {**chosen, "name": name}, follow=True)


def test_items_under_unknown_headings_are_read_as_a_person_says_and_so_is_the_next_file(client: Client) -> None:
    asked = send(client, "items", ITEMS)

    text = text_of(asked)
    assert "The file lacks columns for: Name. It has: “Artikelnr.”, “Bezeichnung”, “VK netto”, “Lager”." in text
    assert "007-1 · 007-2" in text
    assert not Product.objects.exists()

    preview = choose(client, asked, MEANT.values())

    text = text_of(preview)
    assert "Saved as “Warehouse”." in text
    assert "New 2 Changed 0 Unchanged 0 Rejected 0" in text
    assert "Mug 007-1 Product 12.50" in text
    assert not FileToUnderstand.objects.exists()
    taken = {"take": preview.context["kept"].pk, "seen": preview.context["plan"].seen}
    client.post(PAGES["items"], taken)
    assert set(Product.objects.values_list("sku", "name")) == {("007-1", "Mug"), ("007-2", "Cup")}

    again = text_of(send(client, "items", "BEZEICHNUNG;lager;Artikelnr.;VK netto\nMug;3;007-1;13.00\n"))

    assert "The columns were read as they are saved under “Warehouse”." in again
    assert "New 0 Changed 1 Unchanged 0 Rejected 0" in again


def test_orders_under_unknown_headings_are_read_as_a_person_says_on_the_page_and_by_the_command(
    studio: Company, client: Client, tmp_path: Path
) -> None:
    asked = send(client, "orders", ORDERS)
    assert "The file lacks columns for: Order Number; Order Date;" in text_of(asked)

    done = text_of(choose(client, asked, ORDER_MEANT, name="Till"))

    assert "2 new orders were imported." in done
    file, said = tmp_path / "next.csv", StringIO()
    file.write_text(ORDERS.replace("B-", "C-"))
    call_command("import_orders", str(file), company="studio", layout="orders-csv", json=True, stdout=said)
    report = json.loads(said.getvalue())
    assert report["new"] == 2
    assert report["notices"][0]["what"] == "The columns were read as they are saved under “Till”."
    assert set(StagedOrder.objects.values_list("number", flat=True)) == {"B-1", "B-2", "C-1", "C-2"}


def test_the_command_that_imports_items_reads_a_file_as_it_is_saved(client: Client, tmp_path: Path) -> None:
    choose(client, send(client, "items", ITEMS), MEANT.values())
    file, said = tmp_path / "items.csv", StringIO()
    file.write_text(ITEMS)

    call_command("import_items", str(file), company="studio", stdout=said)

    assert "2 new items taken" in said.getvalue()
    assert "The columns were read as they are saved under “Warehouse”." in said.getvalue()


@pytest.mark.parametrize(
    ("meanings", "sentence"),
    [
        (("SKU", "Name", "SKU", ""), "“Artikelnr.” and “VK netto” both mean SKU. Choose it for one of them."),
        (("SKU", "", "Price", ""), "Choose a column for: Name. Without it nothing can be read."),
    ],
)
def test_a_choice_that_cannot_be_read_by_says_why_and_keeps_nothing(
    client: Client, meanings: tuple[str, ...], sentence: str
) -> None:
    page = choose(client, send(client, "items", ITEMS), meanings)

    assert sentence in text_of(page)
    assert not ColumnPreset.objects.exists()
    assert FileToUnderstand.objects.exists()


def test_columns_whose_names_are_known_can_be_chosen_otherwise_and_two_that_mean_the_same_ask(client: Client) -> None:
    known = send(client, "items", "SKU,Name,Title\n1,Mug,Large mug\n")
    assert "The columns “Name” and “Title” both mean Name." in text_of(known)

    wanted = send(client, "items", "Code,Name\nA,Mug\n", choose_columns="on")
    preview = text_of(choose(client, wanted, ("Item Id", "Name")))

    assert "New 1" in preview
    assert ColumnPreset.objects.get().meanings == [["Code", "Item Id"], ["Name", "Name"]]


def test_what_is_saved_is_shown_renamed_and_removed_on_the_tab_of_the_source(client: Client) -> None:
    choose(client, send(client, "items", ITEMS), MEANT.values())
    choose(client, send(client, "items", "Ref;Was\n1;Mug\n"), ("SKU", "Name"), name="Shop")
    page = "/studio/integrations/files/columns/"
    warehouse = ColumnPreset.objects.get(name="Warehouse")

    text = text_of(client.get(page))
    assert "Artikelnr. SKU" in text
    assert "Not read: Lager" in text

    taken = text_of(client.post(page, {"rename": warehouse.pk, "name": "Shop"}, follow=True))
    assert "The columns of other headings are saved as “Shop”. Choose another name." in taken
    assert "It is called “Depot” now." in text_of(
        client.post(page, {"rename": warehouse.pk, "name": "Depot"}, follow=True)
    )
    assert "“Depot” was removed." in text_of(client.post(page, {"remove": warehouse.pk}, follow=True))
    assert set(ColumnPreset.objects.values_list("name", flat=True)) == {"Shop"}
    assert "The file lacks columns for: Name." in text_of(send(client, "items", ITEMS))


def test_an_auditor_sees_what_is_saved_and_changes_nothing(studio: Company, client: Client) -> None:
    choose(client, send(client, "items", ITEMS), MEANT.values())
    auditor, page = signed_in(studio, Role.AUDITOR), "/studio/integrations/files/columns/"

    assert "Rename" not in text_of(auditor.get(page))
    assert auditor.post(page, {"remove": ColumnPreset.objects.get().pk}).status_code == 403
    assert ColumnPreset.objects.exists()


def test_a_file_of_another_person_is_not_theirs_to_read(studio: Company, client: Client) -> None:
    asked = send(client, "items", ITEMS)

    text = text_of(choose(signed_in(studio, Role.ACCOUNTANT), asked, MEANT.values()))

    assert "The file is not kept any more. Send it again." in text
    assert not ColumnPreset.objects.exists()


def test_headings_that_are_the_same_are_told_apart_by_their_order() -> None:
    saved = SavedColumns(name="Till", meanings=(("Text", "Name"), ("text ", "Description"), ("Nr", "SKU")))

    assert saved.is_of(("NR", "Text", "TEXT"))
    assert saved.labels(("NR", "Text", "TEXT")) == ("SKU", "Name", "Description")
    assert not saved.is_of(("Nr", "Text"))
