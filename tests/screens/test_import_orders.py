"""Does the screen that imports orders say in one sentence what is wrong with a file, and what is hidden in it?"""

from __future__ import annotations

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import the_studio
from tests.mapping.people import signed_in
from tests.outside.hostile_files import NO_WORKBOOKS, row_of, workbook_of

pytestmark = pytest.mark.django_db
HEADER = "Order Number,Order Date,Line Item Name,Quantity,Price"
ROWS = "8,48.00,Class,1,2026-08-01\n9,48.00,Class,1,2026-08-01\n"


def page_of(name: str, content: bytes, layout: str = "orders-csv") -> str:
    """What a person sees who sends the file."""
    studio = the_studio()
    sent = {"file": SimpleUploadedFile(name, content), "layout": layout}
    answer = signed_in(studio).post(f"/{studio.slug}/import-orders/", sent, follow=True)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


WRONG = {
    "columns swapped": ("o.csv", f"{HEADER}\n{ROWS}".encode(), "orders-csv", "“Order Date” and “Price” look swapped"),
    "no Excel file": ("o.xlsx", b"hello", "orders-csv", "The name of the file says Excel, but the file is not an"),
    "Word": ("o.xlsx", NO_WORKBOOKS["a Word document"], "orders-csv", "it is a Word document"),
    "JSON as CSV": ("o.csv", b'[{"id": 1}]', "orders-csv", "The file is JSON, not a table."),
    "CSV as JSON": ("o.json", HEADER.encode(), "keap-orders-json", "The file is a table (CSV), not Keap's JSON."),
    "lists in lists": ("o.json", b"[" * 900, "", "This is not JSON"),
    "sorted by date": ("o.csv", f"{HEADER}\n".encode() + b"".join(b"%d,2026-08-01,Class,1,48\n" % number
                       for number in (1, 2, 3, 4) * 2), "orders-csv", "The rows of 4 orders are not together"),
    "a PDF": ("o.csv", b"%PDF-1.7", "orders-csv", "The file is a PDF, not text."),
    "too many rows": ("o.csv", f"{HEADER}\n".encode() + b"7,,,,\n" * 1999 + b"8,,,,\n9,,,,\n" * 25_000, "orders-csv",
                      "The file has more than 50,000 rows or orders"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_file_that_is_wrong_as_a_whole_is_one_sentence_beside_its_field(what: str) -> None:
    name, content, layout, sentence = WRONG[what]

    page = page_of(name, content, layout)

    assert page.count(sentence) == 1


def test_a_file_that_brings_nothing_new_says_so() -> None:
    content = f"{HEADER}\n7,2026-08-01,Class,1,48\n".encode()
    studio = the_studio()
    client, pages = signed_in(studio), []
    for sent in (content, content, content.replace(b"48", b"50")):
        answer = client.post(
            f"/{studio.slug}/import-orders/",
            {"file": SimpleUploadedFile("orders.csv", sent), "layout": ""},
            follow=True,
        )
        pages.append(answer.content.decode())

    assert "1 new order was imported." in pages[0]
    assert "1 order of the file is here already, unchanged." in pages[1]
    assert "0 new orders" not in pages[1]
    assert "1 order was changed." in pages[2]


def test_two_errors_of_one_row_are_two_errors_and_no_two_rows() -> None:
    page = page_of("orders.csv", f"{HEADER}\n7,2026-08-01,Class,1,48\n8,2026-08-01,Class,one,two\n".encode())

    assert "1 new order was imported." in page
    assert "The file has 2 errors, listed below." in page
    assert "2 rows" not in page
    assert "2 errors" in page


def test_rows_that_a_sheet_hides_are_named_when_it_is_imported() -> None:
    rows = row_of(1, *HEADER.split(",")) + row_of(2, "7", "2026-08-01", "Class", "1", "48", attributes='hidden="1"')

    page = page_of("orders.xlsx", workbook_of(rows))

    assert "1 new order was imported." in page
    assert "Rows that are hidden in the sheet, by a filter or by hand, were read like the others (1): 2." in page


def test_a_file_without_orders_says_that_it_has_none() -> None:
    assert "The file holds no orders: there is no row below the names of its columns." in page_of(
        "orders.csv", f"{HEADER}\n".encode()
    )
