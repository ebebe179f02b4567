"""Do links of customers go out to a spreadsheet and come back, row by row, without writing over what changed?"""

from __future__ import annotations

import csv
import html
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from companies.models import Company, Role
from mapping.models import CustomerDecision, SourceCustomer
from reconciliation.desk.ahead import renew_suggestions
from sync.models import DocumentState
from tests.factories import a_book_customer, prepared, the_studio
from tests.reconciliation.desk import answer, hold_for_review
from tests.reconciliation.factories import as_role
from tests.reconciliation.fixing import state_of

pytestmark = pytest.mark.django_db

NORA = "2026-08-14  order 2001  #9 Nora Quist <nora@quist.example>\nWT-101  199.00"
OLAF = "2026-08-14  order 2002  #8 Olaf Berg <olaf@berg.example>\nWT-101  99.00"
ADDRESS = "/studio/match-customers-sheet/"


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    hold_for_review(company)
    a_book_customer(company, "Quist, Nora", quickbooks_id="50", email="office@quist.example")
    a_book_customer(company, "Berg Sleeping", quickbooks_id="51", active=False)
    prepared(company, NORA, OLAF)
    return company


@pytest.fixture
def ops(studio: Company) -> Client:
    return as_role(studio)


def exported(client: Client, **query: str) -> list[dict[str, str]]:
    response = client.get(ADDRESS, {"format": "csv", **query})
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def sent(client: Client, rows: list[dict[str, str]], *, columns: tuple[str, ...] = ()) -> str:
    """Send a CSV of these rows; the preview as a person reads it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns or list(rows[0]), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    file = SimpleUploadedFile("links.csv", text.getvalue().encode())
    response = client.post(ADDRESS, {"sheet": file})
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def confirm(client: Client, preview: str) -> str:
    token = preview.partition('name="confirmed" value="')[2].partition('"')[0]
    return html.unescape(client.post(ADDRESS, {"confirmed": token}, follow=True).content.decode())


def linked(company: Company) -> dict[str, str]:
    found = SourceCustomer.objects.filter(company=company, quickbooks_customer__isnull=False)
    return {row.name: row.quickbooks_customer.display_name for row in found if row.quickbooks_customer}


def test_those_who_wait_go_out_with_the_likeliest_customer(studio: Company, ops: Client) -> None:
    renew_suggestions(studio)

    rows = exported(ops)

    assert [(row["Name"], row["Waits"], row["Suggestion"]) for row in rows] == [
        ("Nora Quist", "199.00 USD", "Quist, Nora"),
        ("Olaf Berg", "99.00 USD", ""),
    ]
    book = openpyxl.load_workbook(io.BytesIO(ops.get(ADDRESS, {"format": "xlsx", "which": "all"}).content))
    assert [row[2] for row in book["Customer links"].iter_rows(min_row=2, values_only=True)] == [
        "Nora Quist",
        "Olaf Berg",
    ]


@pytest.mark.criterion("D52", "D53")
def test_a_link_that_comes_back_is_previewed_saved_and_its_orders_are_prepared(studio: Company, ops: Client) -> None:
    rows = exported(ops)
    rows[0]["QuickBooks customer"] = "Quist, Nora"

    preview = sent(ops, rows)
    assert "1 customer would be linked" in preview
    assert linked(studio) == {}

    assert "1 customer was linked. 1 document is ready." in confirm(ops, preview)
    assert linked(studio) == {"Nora Quist": "Quist, Nora"}
    assert state_of(studio, "2001") == DocumentState.READY
    assert CustomerDecision.objects.get().decided_on == "sheet"


@pytest.mark.parametrize(
    ("cells", "error"),
    [
        ({"QuickBooks customer": "No One"}, "QuickBooks has no active customer named “No One”."),
        ({"QuickBooks customer": "Berg Sleeping"}, "“Berg Sleeping” is inactive in QuickBooks."),
        ({"Customer ID in source": "77"}, "“keap” has no customer “77”."),
        ({"Source": "highlevel"}, "“highlevel” has no customer “9”."),
        ({"QuickBooks customer": "Quist, Nora", "Version": "v0123456789"}, "Changed after the sheet was exported"),
        ({"QuickBooks customer": "#REF!"}, "The cell holds the spreadsheet error #REF!"),
    ],
)
def test_a_row_that_cannot_be_done_is_refused_with_its_reason(
    studio: Company, ops: Client, cells: dict[str, str], error: str
) -> None:
    rows = exported(ops)
    rows[0] |= cells

    preview = sent(ops, rows)

    assert "1 row is rejected" in preview
    assert error in preview
    assert linked(studio) == {}


def test_the_same_customer_twice_is_refused(studio: Company, ops: Client) -> None:
    rows = exported(ops)

    assert "The same customer is in row 2 already." in sent(ops, [rows[0], rows[0]])


def test_what_is_decided_between_preview_and_confirmation_is_refused_with_both_sides(
    studio: Company, ops: Client
) -> None:
    a_book_customer(studio, "Nora Q.", quickbooks_id="52")
    rows = exported(ops)
    rows[0]["QuickBooks customer"] = "Quist, Nora"
    preview = sent(ops, rows)
    answer(as_role(studio, Role.ACCOUNTANT), studio, choose="52")

    said = confirm(ops, preview)

    assert "0 customers were linked." in said
    assert "“Nora Q.” in place of nothing. You entered “Quist, Nora”." in said
    assert linked(studio) == {"Nora Quist": "Nora Q."}


def test_an_empty_cell_changes_nothing(studio: Company, ops: Client) -> None:
    assert "Nothing would change." in sent(ops, exported(ops))


def test_a_name_that_is_a_formula_goes_out_as_text(studio: Company, ops: Client) -> None:
    SourceCustomer.objects.filter(name="Olaf Berg").update(name="=HYPERLINK(1)")

    assert exported(ops)[1]["Name"].startswith("'=")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "The submitted file is empty."),
        (b"Name,Email\nNora,n@example.com\n", "The sheet has no column “Source”."),
        (b"Source,Customer ID in source,QuickBooks customer\n", "The sheet has a header and no rows."),
        (b"\xff\xfe\xfa", "neither"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused(studio: Company, ops: Client, content: bytes, error: str) -> None:
    response = ops.post(ADDRESS, {"sheet": SimpleUploadedFile("links.csv", content)})

    text = html.unescape(response.content.decode())
    assert error in text or 'class="tie-error"' in text
    assert "would be linked" not in text


def test_a_preview_of_another_person_is_none(studio: Company, ops: Client) -> None:
    rows = exported(ops)
    rows[0]["QuickBooks customer"] = "Quist, Nora"
    preview = sent(ops, rows)

    assert "The preview is out of date." in confirm(as_role(studio, Role.ACCOUNTANT), preview)
    assert linked(studio) == {}
