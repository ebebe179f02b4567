"""Does a person see what a file of items would do before it is taken, and is exactly that taken?"""

from __future__ import annotations

import json
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from companies.models import Company, Role
from mapping.models import Product
from sync.models import CatalogueFile, Document, Run
from tests.factories import prepared, the_studio
from tests.mapping.people import signed_in, text_of

pytestmark = pytest.mark.django_db
PAGE = "/studio/import-items/"
FILE = "Id,SKU,Name,Description,Kind,Price,Active\n1,MUG-1,Mug,A mug,Product,12.50,yes\n2,,Cup,,,,\n"


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio, Role.OPS)


def look(client: Client, content: str | bytes = FILE, name: str = "items.csv", **fields: str) -> Any:
    """The page that is shown for a file."""
    raw = content.encode() if isinstance(content, str) else content
    return client.post(PAGE, {"file": SimpleUploadedFile(name, raw), "system": "files", **fields})


def take(client: Client, preview: Any) -> Any:
    """The page after the preview was confirmed."""
    kept, plan = preview.context["kept"], preview.context["plan"]
    return client.post(PAGE, {"take": kept.pk, "seen": plan.seen}, follow=True)


def known(company: Company) -> list[tuple[str, str, str]]:
    rows = Product.objects.filter(company=company, system="files").order_by("source_key")
    return list(rows.values_list("source_key", "sku", "name"))


def test_nothing_is_taken_before_it_was_seen(studio: Company, client: Client) -> None:
    preview = look(client)

    text = text_of(preview)
    assert "New 2 Changed 0 Unchanged 0 Rejected 0" in text
    assert "Mug MUG-1 Product 12.50" in text
    assert known(studio) == []

    done = text_of(take(client, preview))

    assert "2 new items were taken." in done
    assert known(studio) == [("1", "MUG-1", "Mug"), ("2", "", "Cup")]
    mug = Product.objects.get(source_key="1")
    assert (mug.description, mug.kind, mug.price, mug.active) == ("A mug", "product", Decimal("12.5"), True)
    assert mug.history.get().history_user is not None
    assert not CatalogueFile.objects.exists()


def test_the_run_is_in_the_sync_history(studio: Company, client: Client) -> None:
    take(client, look(client, FILE + "3,1.23E+11,Bowl,,,,\n"))

    run = Run.objects.get(company=studio)
    page = text_of(client.get(f"/studio/sync-history/{run.pk}/"))
    listed = text_of(client.get("/studio/sync-history/"))

    assert "Import of items" in listed
    for words in ("items.csv", "2 new items", "1 row rejected", "row 4", "was shortened by a spreadsheet"):
        assert words in page


def test_what_changes_is_shown_with_what_was_there_before_and_an_empty_cell_changes_nothing(
    studio: Company, client: Client
) -> None:
    take(client, look(client))

    preview = look(
        client, "Id,SKU,Name,Price,Active\n1,MUG-2,,13,no\n2,,Cup,,\n3,,Bowl,,\n".replace("MUG-2,,", "MUG-2,Mug,")
    )

    text = text_of(preview)
    assert "New 1 Changed 1 Unchanged 1 Rejected 0" in text
    assert "SKU: MUG-1 → MUG-2" in text
    assert "Price: 12.5 → 13" in text
    assert "Active in the source: Yes → No" in text
    take(client, preview)
    mug = Product.objects.get(source_key="1")
    assert (mug.sku, mug.sku_compared, mug.description, mug.active) == ("MUG-2", "mug-2", "A mug", False)


@pytest.mark.criterion("D27")
def test_an_sku_that_another_active_product_has_is_rejected_and_both_are_shown(studio: Company, client: Client) -> None:
    Product.objects.create(company=studio, system="files", source_key="9", name="Old mug", sku="mug-1")

    preview = look(client)

    assert "The SKU “MUG-1” is that of the product “Old mug” (9), which is active." in text_of(preview)
    take(client, preview)
    assert known(studio) == [("2", "", "Cup"), ("9", "mug-1", "Old mug")]


@pytest.mark.criterion("D27")
def test_two_rows_of_one_sku_are_rejected_with_both_rows_and_the_others_go_on(studio: Company, client: Client) -> None:
    preview = look(client, FILE + "3,mug-1,Bowl,,,,\n")

    text = text_of(preview)
    assert "is also in row 4 (“Bowl”)" in text
    assert "is also in row 2 (“Mug”)" in text
    assert "Take all but the rejected rows" in text
    take(client, preview)
    assert known(studio) == [("2", "", "Cup")]


def test_skus_that_change_places_within_one_file_are_no_contradiction(studio: Company, client: Client) -> None:
    take(client, look(client, "Id,SKU,Name\n1,A,Mug\n2,B,Cup\n"))
    take(client, look(client, "Id,SKU,Name\n1,B,Mug\n2,A,Cup\n"))

    assert known(studio) == [("1", "B", "Mug"), ("2", "A", "Cup")]


def test_a_product_that_an_order_named_gets_what_the_file_says_of_it(studio: Company, client: Client) -> None:
    Product.objects.create(company=studio, system="files", source_key="sku:mug-1", name="MUG", sku="Mug-1")
    Product.objects.create(company=studio, system="files", source_key="name:Cup", name="Cup")

    take(client, look(client, "Id,SKU,Name\n1,MUG-1,Mug\n,CUP-1,Cup\n"))

    assert known(studio) == [("name:Cup", "CUP-1", "Cup"), ("sku:mug-1", "MUG-1", "Mug")]


def test_what_people_decided_stays(studio: Company, client: Client) -> None:
    take(client, look(client))
    Product.objects.filter(source_key="1").update(quickbooks_product_name="Coaching Hour", sku_given="X-1")

    take(client, look(client, "Id,SKU,Name\n1,MUG-9,Mug\n"))

    mug = Product.objects.get(source_key="1")
    assert (mug.quickbooks_product_name, mug.sku_given, mug.sku) == ("Coaching Hour", "X-1", "MUG-9")


def test_orders_that_waited_for_it_are_prepared_at_once(
    studio: Company, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    prepared(studio, "2026-08-14  order 1  #7 Ann Lee <ann@clay.example>\nWT-101  1.00")
    Product.objects.update(sku="", name="Something", source_key="55")
    Product.objects.get().save()
    Document.objects.filter(kind="invoice").update(state="blocked")

    with django_capture_on_commit_callbacks(execute=True):
        take(client, look(client, "Id,SKU,Name\n55,WT-101,Something\n", system="keap"))

    assert Document.objects.get(kind="invoice").state == "ready"


def test_what_changed_since_the_preview_is_shown_again_and_nothing_is_taken(studio: Company, client: Client) -> None:
    preview = look(client)
    Product.objects.create(company=studio, system="files", source_key="1", name="Mug", sku="OTHER")

    text = text_of(take(client, preview))

    assert "Nothing was taken: something has changed since the preview was made." in text
    assert "SKU: OTHER → MUG-1" in text
    assert known(studio) == [("1", "OTHER", "Mug")]


def test_a_preview_is_its_owners_and_is_taken_once(studio: Company, client: Client) -> None:
    preview = look(client)
    other = signed_in(studio, Role.ACCOUNTANT, "second-person")

    assert "The preview is out of date." in text_of(take(other, preview))
    take(client, preview)
    assert "The preview is out of date." in text_of(take(client, preview))
    assert len(known(studio)) == 2


def test_a_workbook_is_read_like_a_csv_and_keeps_its_leading_zeros(studio: Company, client: Client) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["SKU", "Name", "Price", "Active"], ["00123", "Mug", 12.5, True], ["0456", "Cup", None, False]):
        sheet.append(row)
    file = BytesIO()
    book.save(file)

    take(client, look(client, file.getvalue(), "items.xlsx"))

    assert known(studio) == [("sku:00123", "00123", "Mug"), ("sku:0456", "0456", "Cup")]
    assert list(Product.objects.order_by("pk").values_list("active", flat=True)) == [True, False]


@pytest.mark.parametrize(
    ("content", "words"),
    [("SKU\nA\n", "The file lacks columns for: Name."), ("", "The submitted file is empty.")],
)
def test_a_file_that_cannot_be_read_says_why_on_the_form(client: Client, content: str, words: str) -> None:
    assert words in text_of(look(client, content))


def test_the_page_is_a_tab_of_the_products_and_describes_the_columns(client: Client) -> None:
    text = text_of(client.get(PAGE))

    for words in ("Import items", "Item Id", "SKU", "Leading zeros are part of it.", "Active"):
        assert words in text
    assert PAGE in client.get("/admin/mapping/product/").content.decode()


def test_who_only_reads_takes_no_items(studio: Company) -> None:
    assert signed_in(studio, Role.AUDITOR).get(PAGE).status_code == 403


@pytest.mark.parametrize("dry_run", [True, False])
def test_the_command_does_the_same(studio: Company, tmp_path: Path, dry_run: bool) -> None:
    file, said = tmp_path / "items.csv", StringIO()
    file.write_text(FILE + "3,MUG-1,Bowl,,,,\n")

    with pytest.raises(SystemExit) as ended:
        call_command("import_items", str(file), company="studio", json=True, dry_run=dry_run, stdout=said)

    result = json.loads(said.getvalue())
    assert ended.value.code == 1
    assert (result["new"], [error["code"] for error in result["errors"]]) == (1, ["sku-twice", "sku-twice"])
    assert known(studio) == ([] if dry_run else [("2", "", "Cup")])


def test_a_thousand_items_take_few_queries(studio: Company, client: Client, django_assert_max_num_queries: Any) -> None:
    rows = "".join(f"{number},S-{number},Item {number},,,,\n" for number in range(1000))
    preview = look(client, "Id,SKU,Name,Description,Kind,Price,Active\n" + rows)

    with django_assert_max_num_queries(80):
        take(client, preview)

    assert Product.objects.count() == 1000
