"""Is a file of items read whole, and is everything that is wrong in it said with its row and its cure?"""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from sync.sources.base import ReadOptions, UnreadableFile
from sync.sources.files.catalogue import Catalogue, read_catalogue
from sync.sources.files.catalogue_columns import COLUMNS
from sync.sources.files.columns import Column


def read(content: str | bytes, **options: Any) -> Catalogue:
    raw = content.encode() if isinstance(content, str) else content
    return read_catalogue(BytesIO(raw), options=ReadOptions(**options))


def told(content: str | bytes) -> list[str]:
    """What is wrong, each with its row and its column."""
    return [f"{error.row} {error.column}: {error.message.explain()}" for error in read(content).errors]


def test_columns_are_recognized_by_label_in_any_order_and_spelling() -> None:
    (item,) = read(
        "Title;unit price;Item Number;PRODUCT-ID;Status;Type;notes\nMug;12,50;00123;77;archived;Service;x\n"
    ).items

    assert (item.name, item.price, item.sku, item.source_id) == ("Mug", Decimal("12.50"), "00123", "77")
    assert (item.kind, item.active, item.key) == ("service", False, "77")


def test_columns_that_are_not_known_are_named() -> None:
    notices = [notice.worded() for notice in read("Name,SKU,Colour\nMug,M-1,red\n").notices]

    assert notices == ["These columns are not known and were not read: “Colour”."]


def test_an_item_without_an_id_is_known_as_orders_know_it() -> None:
    catalogue = read("Name,SKU\nMug, wt-101 \nCup,\n")

    assert [item.key for item in catalogue.items] == ["sku:wt-101", "name:Cup"]


def test_leading_zeros_are_part_of_an_sku() -> None:
    catalogue = read("Name,SKU\nMug,00123\nCup,123\n")

    assert [item.sku for item in catalogue.items] == ["00123", "123"]
    assert not catalogue.errors


@pytest.mark.parametrize(
    ("sku", "words"),
    [
        ("1.23E+11", "“1.23E+11” was shortened by a spreadsheet; the whole number is lost."),
        ("#N/A", "A spreadsheet shows #N/A here"),
        ("=A1&B1", "The formula =A1&B1 has no result in the file."),
    ],
)
def test_an_sku_that_a_spreadsheet_spoiled_is_refused_with_the_question(sku: str, words: str) -> None:
    catalogue = read(f"Name,SKU\nMug,{sku}\nCup,C-1\n")

    (error,) = catalogue.errors
    assert (error.row, error.column) == (2, "SKU")
    assert words in error.message.explain()
    assert error.message.advise()
    assert [item.name for item in catalogue.items] == ["Cup"]


@pytest.mark.criterion("D27")
def test_an_sku_of_two_active_items_is_refused_with_both_rows() -> None:
    catalogue = read("Name,SKU,Active\nMug,M-1,yes\nCup, m-1,\nOld mug,M-1,no\nBowl,B-1,yes\n")

    assert [item.name for item in catalogue.items] == ["Old mug", "Bowl"]
    assert [(error.code, error.row, error.message.explain()) for error in catalogue.errors] == [
        ("sku-twice", 2, "The SKU “M-1” is also in row 3 (“Cup”). Two active items cannot share one."),
        ("sku-twice", 3, "The SKU “m-1” is also in row 2 (“Mug”). Two active items cannot share one."),
    ]


def test_an_id_that_is_there_twice_is_refused_in_both_rows() -> None:
    catalogue = read("Id,Name,SKU\n7,Mug,A\n7,Cup,B\n8,Bowl,C\n")

    assert [item.name for item in catalogue.items] == ["Bowl"]
    assert [error.code for error in catalogue.errors] == ["id-twice", "id-twice"]


def test_two_rows_that_nothing_tells_apart_are_refused() -> None:
    assert told("Name,SKU\nMug,\nMug,\nMug,M-1\n") == [
        "2 Name: “Mug” is also in row 3 (“Mug”), and nothing distinguishes them: neither has an id or an SKU.",
        "3 Name: “Mug” is also in row 2 (“Mug”), and nothing distinguishes them: neither has an id or an SKU.",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("Name,Price\n,5\n", "2 Name: Name is empty."),
        ("Name,Kind\nMug,gizmo\n", "2 Kind: “gizmo” is not a word that is known in the column Kind."),
        ("Name,Active\nMug,perhaps\n", "2 Active: “perhaps” is not a word that is known in the column Active."),
        ("Name,Price\nMug,-5\n", "2 Price: The price is below zero (-5). A discount is not an item."),
        ('Name,Price\nMug,"1,234"\n', "2 Price: “1,234” can mean 1234 or 1.234."),
        ("Name,SKU\nMug,M-1,more\n", "2 : The row has 3 cells"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_where_it_is(content: str, words: str) -> None:
    (found,) = told(content)

    assert found.startswith(words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("SKU,Price\nM-1,5\n", "The file lacks columns for: Name. It has: “SKU”, “Price”."),
        ("a,b\n1,2\n", "The first row must name the columns, such as: SKU, Name"),
        ("Name,Item Name\nMug,Cup\n", "The columns “Name” and “Item Name” both mean Name."),
        ("", "The file is empty"),
        ('[{"name": "Mug"}]', "The file is JSON, not a table."),
        (b"\xd0\xcf\x11\xe0old", "an old Excel workbook (.xls)"),
    ],
)
def test_a_file_that_is_no_list_of_items_says_what_it_lacks(content: str | bytes, words: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(content)

    assert words in str(refused.value)


def test_another_encoding_is_found_out_and_said() -> None:
    catalogue = read("Name,SKU\nCafé,C-1\n".encode("cp1252"))

    assert [item.name for item in catalogue.items] == ["Café"]
    assert any("Windows-1252" in notice.worded() for notice in catalogue.notices)


def test_more_items_than_are_read_at_once_are_refused_whole() -> None:
    with pytest.raises(UnreadableFile, match="more than 2 items"):
        read("Name\na\nb\nc\n", most=2)


def test_names_with_a_colon_are_counted_and_kept() -> None:
    catalogue = read("Name,SKU\nShirt : Red,S-1\n")

    assert [item.name for item in catalogue.items] == ["Shirt : Red"]
    assert "Names with a colon: 1." in catalogue.notices[-1].worded()


def test_a_file_without_skus_or_without_items_says_so() -> None:
    assert "The file has no column SKU" in read("Name\nMug\n").notices[0].worded()
    assert "The file holds no items" in read("Name,SKU\n").notices[0].worded()


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.label)
def test_every_column_is_described_with_its_other_names(column: Column) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "layouts.md").read_text(encoding="utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{column.label}`")]

    assert column.help in row
    assert [alias for alias in column.aliases if alias not in row] == []
