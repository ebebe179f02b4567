"""Can product mappings go out to a sheet and come in again, seen before they are saved, all or nothing?"""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from companies.models import Company, CompanyKind
from companies.signals import decisions_changed
from mapping.models import Product
from mapping.sheets.kinds import PRODUCTS
from tests.factories import the_studio
from tests.mapping.people import MAPPERS, READERS, signed_in, text_of, told

pytestmark = pytest.mark.django_db
IMPORT = "/mapping/studio/products/import/"
EXPORT = "/mapping/studio/products/export/"
HEADER = "Source,ID in source,Name,QuickBooks Product Name,QuickBooks Account Name\n"


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    for number, (name, item, account) in enumerate(
        (("Wheel Throwing", "Wheel Throwing 101", "Services:Training:Classes"), ("Glazing", "", ""), ("Raku", "", "")),
        start=1,
    ):
        Product.objects.create(
            company=company,
            system="keap",
            source_key=str(number),
            name=name,
            quickbooks_product_name=item,
            quickbooks_account_name=account,
        )
    return company


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio)


def upload(client: Client, content: str | bytes, name: str = "mapping.csv") -> Any:
    body = content.encode() if isinstance(content, str) else content
    return client.post(IMPORT, {"sheet": SimpleUploadedFile(name, body)})


def confirm(client: Client, preview: Any) -> Any:
    """Press the button of a preview."""
    return client.post(IMPORT, {"confirmed": preview.context["token"], "name": "mapping.csv"})


def mapped(key: str) -> tuple[str, str]:
    product = Product.objects.get(company__slug="studio", source_key=key)
    return product.quickbooks_product_name, product.quickbooks_account_name


def errors_of(preview: Any) -> list[tuple[int, str, str]]:
    """Row number, column and sentence of every error."""
    faulty = preview.context["preview"].faulty
    return [(report.number, error.column, error.words) for report in faulty for error in report.errors]


def downloaded(client: Client) -> list[dict[str, str]]:
    body = client.get(EXPORT, {"format": "csv"}).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body)))


# Out -----------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("A26")
def test_the_csv_holds_every_product_with_its_mapping(client: Client) -> None:
    answer = client.get(EXPORT, {"format": "csv"})
    rows = downloaded(client)

    assert re.fullmatch(
        r'attachment; filename="studio-products-\d{4}-\d\d-\d\d\.csv"', answer.headers["Content-Disposition"]
    )
    # The company has no classes, and its tax is a line
    assert list(rows[0]) == [column for column in PRODUCTS.columns if column not in ("Class", "Taxable")]
    assert [(row["Name"], row["State"]) for row in rows] == [
        ("Glazing", "Not mapped"),
        ("Raku", "Not mapped"),
        ("Wheel Throwing", "Mapped by name"),
    ]
    assert rows[2]["QuickBooks Account Name"] == "Services:Training:Classes"


@pytest.mark.criterion("A26")
def test_the_workbook_holds_the_same(client: Client) -> None:
    book = openpyxl.load_workbook(io.BytesIO(client.get(EXPORT, {"format": "xlsx"}).content))

    rows = list(book.worksheets[0].iter_rows(values_only=True))

    assert list(rows[0]) == [column for column in PRODUCTS.columns if column not in ("Class", "Taxable")]
    assert rows[3][:3] == ("keap", "1", "Wheel Throwing")


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "-2", "@SUM(A1)", "\tx"])
def test_no_cell_of_the_export_can_be_run_as_a_formula(client: Client, studio: Company, name: str) -> None:
    Product.objects.filter(source_key="1").update(name=name, quickbooks_product_name=name)

    cells = [cell for row in downloaded(client) for cell in row.values()]
    book = openpyxl.load_workbook(io.BytesIO(client.get(EXPORT, {"format": "xlsx"}).content))
    kinds = {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row}

    assert f"'{name}" in cells
    assert "f" not in kinds


@pytest.mark.criterion("A26")
@pytest.mark.parametrize(("kind", "rows"), [("csv", 3), ("xlsx", 3 + 8 + 7)])
def test_what_was_exported_comes_back_without_a_change(client: Client, studio: Company, kind: str, rows: int) -> None:
    Product.objects.filter(source_key="1").update(name="=Wheel")

    preview = upload(client, client.get(EXPORT, {"format": kind}).content, f"mapping.{kind}").context["preview"]

    assert (preview.unchanged, preview.faulty, preview.changing) == (rows, [], [])


# In ------------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("A26", "A24")
def test_a_sheet_is_seen_first_and_saved_on_the_word_of_a_person(client: Client) -> None:
    preview = upload(client, HEADER + "keap,2,Glazing,Glaze Chemistry,Services:Training\nkeap,3,Raku,RK-300,\n")

    assert mapped("2") == ("", "")
    assert "Save 2 changes" in text_of(preview)
    saved = confirm(client, preview)

    assert mapped("2") == ("Glaze Chemistry", "Services:Training")
    assert mapped("3") == ("RK-300", "")
    assert told(saved) == ["The mappings of 2 products were saved."]


@pytest.mark.criterion("A17")
def test_a_corrected_text_is_shown_with_its_row(client: Client) -> None:
    preview = upload(client, HEADER + "keap,2,Glazing,,Office Expenses :Stationery & Supplies\n")

    report = preview.context["preview"].remarked[0]
    assert report.number == 2
    assert "was corrected to “Office Expenses:Stationery & Supplies”" in text_of(preview)
    confirm(client, preview)
    assert mapped("2")[1] == "Office Expenses:Stationery & Supplies"


@pytest.mark.criterion("A09", "A12", "A14", "A15", "A22")
def test_every_row_with_an_error_is_reported_with_column_and_cure(client: Client) -> None:
    long_name = "n" * 31
    preview = upload(
        client,
        HEADER
        + "keap,1,Wheel Throwing,Wheel Throwing 301,Services:Trainings\n"
        + f"keap,2,Glazing,{long_name},Checking\n"
        + "keap,3,Raku,raku weekend,\n"
        + "keap,3,Raku,Raku Weekend,\n"
        + "keap,99,Nothing,Raku Weekend,\n"
        + ",7,,Raku Weekend,\n"
        + "keap,2,Glazing, with, a comma, too many\n",
    )

    assert errors_of(preview) == [
        (2, "QuickBooks Product Name", "QuickBooks has no item with the name or SKU “Wheel Throwing 301”."),
        (2, "QuickBooks Account Name", "QuickBooks has no account “Services:Trainings”."),
        (3, "QuickBooks Product Name", f"“{long_name}” has 31 characters; the limit is 30."),
        (
            3,
            "QuickBooks Account Name",
            "“Checking” is of type Bank. QuickBooks Account Name accepts: "
            "Income, Other Income, Cost of Goods Sold, Expense, Other Expense.",
        ),
        (
            4,
            "QuickBooks Product Name",
            "QuickBooks writes this “Raku Weekend”. Names must agree letter for letter.",
        ),
        (5, "", "The same product is in row 4 already."),
        (
            6,
            "ID in source",
            "“keap” has no product with the id “99”. Products appear with the orders that sell them.",
        ),
        (7, "Source", "The cell is empty."),
        (8, "", "The row has more cells than the header has columns: is a comma in a name without quotes?"),
    ]
    text = text_of(preview)
    assert "Did you mean Wheel Throwing 101" in text
    assert "Nothing can be saved while a row has an error." in text
    assert 'name="confirmed"' not in preview.content.decode()


@pytest.mark.criterion("A22", "A26")
def test_one_click_takes_the_name_that_was_meant_and_shows_the_preview_again(client: Client) -> None:
    preview = upload(client, HEADER + "keap,2,Glazing,glaze chemistry,\nkeap,3,Raku,Raku Weekend,\n")
    (report,) = preview.context["preview"].faulty
    text, accept = report.offers[0][2][0]

    again = client.post(IMPORT, {"seen": preview.context["token"], "name": "mapping.csv", "accept": accept})

    assert text == "Glaze Chemistry"
    assert again.context["preview"].faulty == []
    assert mapped("2") == ("", "")
    confirm(client, again)
    assert mapped("2") == ("Glaze Chemistry", "")


@pytest.mark.parametrize("accept", ["", "[1]", "{", '["", 2, "Nowhere", "x"]'])
def test_an_answer_that_nobody_was_offered_changes_nothing(client: Client, accept: str) -> None:
    preview = upload(client, HEADER + "keap,2,Glazing,glaze chemistry,\n")

    client.post(IMPORT, {"seen": preview.context["token"], "accept": accept})

    assert mapped("2") == ("", "")


@pytest.mark.criterion("A23")
def test_with_one_error_nothing_is_saved_even_if_someone_sends_the_confirmation(client: Client) -> None:
    preview = upload(client, HEADER + "keap,2,Glazing,Glaze Chemistry,\nkeap,3,Raku,Nowhere,\n")

    answer = confirm(client, preview)

    assert mapped("2") == ("", "")
    assert "Nothing was saved" in told(answer)[0]


def test_what_quickbooks_lost_since_the_preview_keeps_everything_from_being_saved(
    client: Client, studio: Company
) -> None:
    from mapping.models import QuickBooksItem

    preview = upload(client, HEADER + "keap,2,Glazing,Glaze Chemistry,\nkeap,3,Raku,Raku Weekend,\n")
    QuickBooksItem.objects.filter(company=studio, name="Raku Weekend").update(active=False)

    answer = confirm(client, preview)

    assert mapped("2") == mapped("3") == ("", "")
    assert "“Raku Weekend” is inactive in QuickBooks." in text_of(answer)


def test_an_empty_cell_clears_and_a_missing_column_changes_nothing(client: Client) -> None:
    confirm(client, upload(client, "Source;ID in source;QuickBooks Product Name\nkeap;1;\n"))

    assert mapped("1") == ("", "Services:Training:Classes")


def test_a_name_that_is_stored_and_went_stale_is_remarked_on_and_not_refused(client: Client) -> None:
    Product.objects.filter(source_key="3").update(quickbooks_product_name="Gone Since")

    preview = upload(client, HEADER + "keap,3,Raku,Gone Since,Memberships\n")
    confirm(client, preview)

    assert "“Gone Since”" in text_of(preview)
    assert mapped("3") == ("Gone Since", "Memberships")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The submitted file is empty."),
        (b"Name,SKU\nGlazing,1\n", "The sheet has no column “Source”. It has: Name, SKU."),
        (b"Source,Name\nkeap,Glazing\n", "The sheet has no column “ID in source”."),
        (b"Source,ID in source\nkeap,1\n", "The sheet has no column “QuickBooks Product Name”."),
        (b"Source,ID in source,QuickBooks Product Name\n", "The sheet has a header and no rows."),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "The file is a picture, neither XLSX nor CSV."),
        (b"PK\x03\x04 truncated", "The file is not an Excel workbook that can be read"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused_with_the_reason(client: Client, content: bytes, sentence: str) -> None:
    answer = upload(client, content)

    assert answer.status_code == 200
    assert sentence in text_of(answer)


def test_without_a_file_the_form_says_so(client: Client) -> None:
    assert "This field is required." in text_of(client.post(IMPORT, {}))


def test_history_names_the_person_and_what_stood_there(client: Client) -> None:
    confirm(client, upload(client, HEADER + "keap,1,Wheel,Wheel Throwing 201,\n"))

    text = text_of(client.get("/mapping/studio/history/"))

    assert "accountant-of-studio" in text
    assert "QuickBooks Product Name Wheel Throwing 101 → Wheel Throwing 201" in text


def test_one_import_is_announced_once(client: Client, studio: Company, django_capture_on_commit_callbacks: Any) -> None:
    heard: list[Any] = []

    def listen(**facts: Any) -> None:
        heard.append(facts["company"])

    decisions_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            preview = upload(client, HEADER + "keap,2,Glazing,Glaze Chemistry,\nkeap,3,Raku,Raku Weekend,\n")
        assert heard == []
        with django_capture_on_commit_callbacks(execute=True):
            confirm(client, preview)
    finally:
        decisions_changed.disconnect(listen)

    assert heard == [studio]


# Whose, and who may --------------------------------------------------------------------------------------------------


@pytest.mark.criterion("B26")
@pytest.mark.parametrize("role", MAPPERS)
def test_accountants_and_administrators_import(studio: Company, role: str) -> None:
    client = signed_in(studio, role)

    confirm(client, upload(client, HEADER + "keap,2,Glazing,Glaze Chemistry,\n"))

    assert mapped("2")[0] == "Glaze Chemistry"


@pytest.mark.criterion("B26")
@pytest.mark.parametrize("role", READERS)
def test_ops_and_auditors_export_and_cannot_import(studio: Company, role: str) -> None:
    client = signed_in(studio, role)

    assert len(downloaded(client)) == 3
    assert client.get(EXPORT).status_code == 200
    assert client.get(IMPORT).status_code == upload(client, HEADER).status_code == 403


def test_a_stranger_to_the_company_can_neither_export_nor_import(studio: Company) -> None:
    stranger = signed_in(the_studio("Nightingale Bakery", "bakery"))

    assert stranger.get(EXPORT, {"format": "csv"}).status_code == 404
    assert stranger.get(IMPORT).status_code == upload(stranger, HEADER).status_code == 404


def test_a_preview_counts_for_its_own_person_and_company_only(client: Client, studio: Company) -> None:
    preview = upload(client, HEADER + "keap,2,Glazing,Glaze Chemistry,\n")
    colleague = signed_in(studio, login="colleague")
    the_studio("Nightingale Bakery", "bakery")

    theirs = confirm(colleague, preview)
    forged = client.post(IMPORT, {"confirmed": preview.context["token"] + "x"})

    assert mapped("2") == ("", "")
    assert told(theirs) == ["The preview is out of date. Send the sheet again."]
    assert told(forged) == ["The preview is out of date. Send the sheet again."]


@pytest.mark.parametrize("kind", CompanyKind.values)
def test_what_was_previewed_is_not_saved_over_a_decision_made_since(client: Client, studio: Company, kind: str) -> None:
    Company.objects.filter(pk=studio.pk).update(kind=kind)
    preview = upload(client, HEADER + "keap,2,Glazing,Glaze Chemistry,\nkeap,3,Raku,Glaze Chemistry,\n")
    sent = {"confirmed": preview.context["token"], "name": "mapping.csv", "seen": preview.context["seen"]}
    Product.objects.filter(company=studio, source_key="3").update(quickbooks_product_name="Wheel Throwing 101")

    refused = client.post(IMPORT, sent)

    assert told(refused) == ["Nothing was saved: something has changed since the preview was made."]
    assert (mapped("2")[0], mapped("3")[0]) == ("", "Wheel Throwing 101")
    assert "Wheel Throwing 101" in text_of(refused), "the preview is shown anew, with what is stored now"

    saved = client.post(IMPORT, sent | {"seen": refused.context["seen"]})

    assert told(saved) == ["The mappings of 2 products were saved."]
    assert (mapped("2")[0], mapped("3")[0]) == ("Glaze Chemistry", "Glaze Chemistry")


def test_a_sheet_never_reaches_products_of_another_company(client: Client, studio: Company) -> None:
    bakery = the_studio("Nightingale Bakery", "bakery")
    other = Product.objects.create(company=bakery, system="keap", source_key="77", name="Sourdough")

    preview = upload(client, HEADER + "keap,77,Sourdough,Raku Weekend,\n")

    assert errors_of(preview)[0][:2] == (2, "ID in source")
    other.refresh_from_db()
    assert other.quickbooks_product_name == ""


def test_there_is_no_export_in_other_formats(client: Client) -> None:
    assert client.get(EXPORT, {"format": "pickle"}).status_code == 404
