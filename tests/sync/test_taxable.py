"""Does what is said about tax, by a file or by a product, reach QuickBooks, and change nothing that was posted?"""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from books.orders import Order
from books.serialization import fingerprint, order_body, order_mark, read_order
from companies.models import Company
from mapping.lookup import answer_orders
from mapping.models import DocumentForms, Product, TaxAs
from mapping.sheets.export import csv_of
from mapping.sheets.kinds import PRODUCTS, VERSION
from tests.factories import SYSTEM, the_studio
from tests.mapping.people import signed_in, text_of
from tests.mapping.sheets import edited, judged
from tests.sample_orders import AN_ORDER, an_order
from tests.sources.reading import csv_errors, csv_orders

HEADER = "Order Number,Order Date,SKU,Quantity,Price"


def orders_of(*taxable: str) -> Order:
    """One order with a line for each word."""
    rows = "\n".join(f"1,2026-08-20,KIT-CLAY,1,48.00,{word}" for word in taxable)
    (order,) = csv_orders(f"{HEADER},Taxable\n{rows}\n")
    return order


def test_a_file_says_which_lines_are_taxed_in_the_words_of_shops() -> None:
    order = orders_of("Yes", "no", "TRUE", "false", "taxable", "Exempt", "NON", "")

    assert [line.taxable for line in order.lines] == [True, False, True, False, True, False, False, None]


def test_a_yes_of_a_workbook_is_a_yes() -> None:
    book, target = openpyxl.Workbook(), io.BytesIO()
    sheet = book.create_sheet("Orders", 0)
    for row in ([*HEADER.split(","), "Taxable"], ["1", "2026-08-20", "KIT-CLAY", 1, 48, True]):
        sheet.append(row)
    book.save(target)

    (order,) = csv_orders(target.getvalue())
    assert [line.taxable for line in order.lines] == [True]


def test_a_word_that_nobody_knows_keeps_the_order_back() -> None:
    (error,) = csv_errors(f"{HEADER},Taxable\n1,2026-08-20,KIT-CLAY,1,48.00,perhaps\n")

    assert (error.column, error.code) == ("Taxable", "unknown-word")


def test_an_order_without_the_column_has_the_fingerprint_that_it_always_had() -> None:
    (order,) = csv_orders(f"{HEADER}\n1,2026-08-20,KIT-CLAY,1,48.00\n")
    body = order_body(order)

    assert "taxable" not in body["lines"][0]
    assert fingerprint(body) == "6a174d0d1585164e0851a5b7f3bc7aa62e8a36ccc1cbf77c92092a483ae78cbd"
    assert order_body(orders_of("")) == body
    assert order_mark(order_body(orders_of("No"))) != order_mark(body)
    assert read_order(order_body(orders_of("No"))) == orders_of("No")


def own_tax(company: Company) -> Company:
    """The company has QuickBooks' own sales tax, and one product."""
    DocumentForms.objects.create(company=company, sales_tax_as=TaxAs.QUICKBOOKS)
    Product.objects.create(company=company, system=SYSTEM, source_key="product-KIT-CLAY", name="Starter Clay Kit")
    return company


def product() -> Product:
    return Product.objects.get(source_key="product-KIT-CLAY")


@pytest.mark.django_db
def test_the_page_of_a_product_asks_where_it_matters_and_the_history_keeps_the_answer() -> None:
    studio = the_studio()
    client = signed_in(studio)
    Product.objects.create(company=studio, system=SYSTEM, source_key="other", name="Other")
    page = f"/admin/mapping/product/{Product.objects.get(source_key='other').pk}/change/"
    assert "Taxable" not in text_of(client.get(page))
    own_tax(studio)
    page = f"/admin/mapping/product/{product().pk}/change/"
    assert "TAX or NON in QuickBooks" in text_of(client.get(page))

    client.post(page, {"quickbooks_product_name": "", "quickbooks_account_name": "", "taxable": "No", "_save": "Save"})

    assert product().taxable == "No"
    (kept,) = product().history.filter(taxable="No")
    assert kept.history_user is not None
    (answers,) = answer_orders(studio, SYSTEM, [an_order(AN_ORDER)], customer_document=str)
    assert [answer.taxable for answer in answers.lines.values()] == [None, False, None, None]


@pytest.mark.django_db
def test_the_mapping_sheet_has_the_column_and_understands_only_yes_and_no() -> None:
    studio = own_tax(the_studio())
    key = product().source_key

    (report,) = judged(studio, edited(studio, PRODUCTS, key, Taxable="no"))
    assert report.changes == [("Taxable", "", "No")]
    (report,) = judged(studio, edited(studio, PRODUCTS, key, Taxable="perhaps"))
    sentences = [error.words for error in report.errors]
    assert sentences == ["“perhaps” is none of these: Yes, No. It may be left empty."]
    (report,) = judged(studio, csv_of(studio, PRODUCTS))
    assert (report.changes, report.errors) == ([], [])


@pytest.mark.django_db
def test_a_sheet_that_was_exported_before_there_was_the_column_is_not_stale() -> None:
    studio = the_studio()
    Product.objects.create(company=studio, system=SYSTEM, source_key="product-KIT-CLAY", name="Starter Clay Kit")
    (row,) = csv.DictReader(io.StringIO(csv_of(studio, PRODUCTS).decode("utf-8-sig")))

    assert "Taxable" not in row
    assert row[VERSION] == "vb8c9e440ea"  # as the release before wrote it
    Product.objects.update(taxable="Yes")
    assert next(PRODUCTS.lines(studio)).version != row[VERSION]
