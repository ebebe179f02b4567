"""Does a number, an SKU or a name that is too long keep an order from being read?"""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mapping.models import Product
from reconciliation.models import Issue
from sync.models import DocumentState
from sync.sources.identifiers import known_by
from tests.factories import document_of, the_studio
from tests.mapping.people import signed_in
from tests.reconciliation.fixing import fix
from tests.sources.keap_orders import line, version_1
from tests.sources.reading import csv_orders, keap_order, read

LONG = "SKU-" + "9" * 130
HEADER = "Order Number,Order Date,Email,Last Name,Line Item Name,SKU,Quantity,Price"
WHO = "priya.natarajan@example.com,Natarajan"


@pytest.mark.parametrize(("text", "longest"), [("x" * 101, 100), ("é" * 5_000, 120), ("\ud800" * 200, 100)])
def test_what_is_too_long_is_known_by_its_beginning_and_a_fingerprint_of_all_of_it(text: str, longest: int) -> None:
    short = known_by(text, longest=longest)

    assert len(short) == longest
    assert text.startswith(short[: longest - 17])
    assert short == known_by(text, longest=longest)
    assert short != known_by(f"{text}!", longest=longest)
    assert known_by(short, longest=longest) == short


@pytest.mark.parametrize(
    ("column", "what"), [("Order Number", "Order number"), ("SKU", "SKU"), ("Line Item Name", "Name")]
)
def test_a_long_identifier_of_a_spreadsheet_is_said_and_loses_no_order(column: str, what: str) -> None:
    cells = dict(zip(HEADER.split(","), f"7,2026-08-01,{WHO},Kit,K-1,1,5".split(","), strict=True))
    cells[column] = "9" * 400

    good, errors, _ = read("orders-csv", f"{HEADER}\n{','.join(cells.values())}\n")

    assert errors == []
    (notice,) = (notice.worded() for notice in good[0].notices)
    assert notice.startswith(f"{what} “9999")
    assert notice.endswith("is longer than there is room for: its end is a fingerprint of the rest.")


def test_two_skus_that_differ_only_at_their_end_are_two_products() -> None:
    rows = "\n".join(f"{number},2026-08-01,{WHO},Kit,{LONG}{number},1,5" for number in (1, 2))

    keys = {order.lines[0].product_key for order in csv_orders(f"{HEADER}\n{rows}\n")}

    assert len(keys) == 2
    assert all(len(key) <= 300 for key in keys)


def test_a_long_sku_and_a_long_id_of_keap_lose_no_order() -> None:
    product = {"id": "8" * 140, "name": "Mug " * 90, "sku": LONG}

    found = keap_order(
        version_1(id="9" * 140, title="x" * 500, order_items=[line(275.50, name="Mug", product=product)])
    )

    assert (len(found.number), len(found.lines[0].sku)) == (100, 120)
    assert len(found.lines[0].product_name) == 300


@pytest.mark.django_db
def test_the_product_of_a_long_sku_is_mapped_on_the_spot_and_its_order_goes() -> None:
    studio = the_studio()
    person = signed_in(studio)
    file = SimpleUploadedFile("orders.csv", f"{HEADER}\n7,2026-08-01,{WHO},Mug of Mugs,{LONG},1,48.00\n".encode())

    page = person.post(f"/{studio.slug}/import-orders/", {"file": file, "layout": ""}, follow=True)

    assert "is longer than there is room for" in page.content.decode()
    issue = Issue.objects.get(company=studio, code="product-without-mapping")
    assert Product.objects.get(company=studio).sku == known_by(LONG, longest=120)
    fix(person, issue, "choose-item", item="Starter Clay Kit")
    assert document_of(studio, "7").state == DocumentState.READY


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "text", "code", "way", "typed"),
    [
        ("Last Name", "N" * 400, "customer-field-too-long", "enter-field", {"text": "Natarajan-Lund"}),
        ("Company", "C" * 400, "customer-field-too-long", "leave-field-out", {}),
        ("Email", f"{'e' * 400}@example.com", "customer-without-email", "give-email", {"email": "ada@example.com"}),
    ],
)
def test_a_customer_with_a_field_that_is_too_long_is_asked_about_and_loses_no_order(
    column: str, text: str, code: str, way: str, typed: dict[str, str]
) -> None:
    studio = the_studio()
    person = signed_in(studio)
    names = "Order Number,Order Date,Email,Last Name,Company,Line Item Name,SKU,Quantity,Price"
    cells = dict(
        zip(
            names.split(","),
            ["7", "2026-08-01", "ada@example.com", "Ada", "", "Kit", "KIT-CLAY", "1", "48"],
            strict=True,
        )
    )
    cells[column] = text
    file = SimpleUploadedFile("orders.csv", f"{names}\n{','.join(cells.values())}\n".encode())

    page = person.post(f"/{studio.slug}/import-orders/", {"file": file, "layout": ""}, follow=True)

    assert "is longer than there is room for" in page.content.decode()
    fix(person, Issue.objects.get(company=studio, code=code), way, **typed)
    assert document_of(studio, "7").state == DocumentState.READY
