"""Is the meaning of a status a decision like the others: with a history, restored, copied, and a row of the sheet?"""

from __future__ import annotations

import html
import io

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.test import Client

from companies.models import Company, Role
from mapping.copying.copy import copy_decisions
from mapping.models import Product, StatusMeaning, StatusWord, status_word
from mapping.sheets.export import workbook
from mapping.sheets.kinds import COLUMNS
from mapping.sheets.save import save
from mapping.sheets.validate import CellError, RowReport, judge, parts_of
from mapping.sheets.workbook import read_book
from sync.models import Document, DocumentState
from sync.preparing.prepare import decide_status
from tests.factories import document_of, order_of, the_studio
from tests.mapping.people import a_person
from tests.reconciliation.factories import as_role
from tests.sync.statuses import came, word_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    came(company, "Closed")
    return company


@pytest.fixture
def accountant(studio: Company) -> Client:
    return as_role(studio, Role.ACCOUNTANT)


@pytest.fixture
def person() -> User:
    return a_person("bea")


def decide(company: Company, *meanings: StatusMeaning) -> StatusWord:
    """What *Closed* was said to mean, one after the other."""
    for meaning in meanings:
        decide_status(word_of(company, "Closed"), meaning, by=a_person(f"ann-{meaning}"))
    return word_of(company, "Closed")


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def test_the_page_leads_to_the_history_of_each_status_alone(studio: Company, accountant: Client) -> None:
    word = decide(studio, StatusMeaning.SALE)
    address = f"/admin/mapping/statusword/{word.pk}/history/"

    assert address in shown(accountant, "/studio/orders/statuses/")
    page = shown(accountant, address)
    assert "History: Closed" in page
    assert "Sale: it is posted" in page
    response = accountant.get(f"/admin/mapping/statusword/{word.pk}/change/")
    assert (response.status_code, response["Location"]) == (302, "/studio/orders/statuses/")


def test_an_earlier_meaning_comes_back_and_its_orders_follow(
    studio: Company, accountant: Client, django_capture_on_commit_callbacks
) -> None:
    word = decide(studio, StatusMeaning.SALE, StatusMeaning.CANCELLED)
    earlier = StatusWord.history.filter(id=word.pk, meaning="sale").latest("pk")
    address = f"/mapping/studio/history/statusword/{earlier.pk}/restore/"
    page = shown(accountant, address)
    assert "Canceled: nothing is posted" in page
    assert "Orders of which QuickBooks has something stay as they are until the source changes them." in page

    with django_capture_on_commit_callbacks(execute=True):
        done = accountant.post(address, follow=True)

    assert "Restored: Order status: Closed." in html.unescape(done.content.decode())
    assert done.redirect_chain[-1][0] == "/studio/orders/statuses/"
    assert word_of(studio, "Closed").meaning == "sale"
    assert order_of(studio, "1042").status == "sale"
    assert document_of(studio, "1042").state == DocumentState.READY


def test_a_restored_meaning_voids_nothing_that_is_in_quickbooks(
    studio: Company, accountant: Client, django_capture_on_commit_callbacks
) -> None:
    word = decide(studio, StatusMeaning.CANCELLED, StatusMeaning.SALE)
    came(studio, "Closed", "2026-08-15  order 1043\nshipping  12.00")
    Document.objects.update(state=DocumentState.POSTED, quickbooks_id="1")
    earlier = StatusWord.history.filter(id=word.pk, meaning="cancelled").latest("pk")

    with django_capture_on_commit_callbacks(execute=True):
        accountant.post(f"/mapping/studio/history/statusword/{earlier.pk}/restore/")

    assert word_of(studio, "Closed").meaning == "cancelled"
    row = document_of(studio, "1043")
    assert (row.state, row.pending, order_of(studio, "1043").status) == (DocumentState.POSTED, "", "sale")


def read_back(company: Company, person: User, cell: str) -> list[RowReport]:
    """The company's own workbook with another meaning of *Closed*."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(company)))
    sheet = book["Order statuses"]
    sheet["C2"] = cell
    target = io.BytesIO()
    book.save(target)
    parts, _aside = parts_of(read_book(target.getvalue(), columns=COLUMNS))
    save(company, parts, by=person, seen="")
    return [report for report in judge(company, parts) if report.sheet == "Order statuses"]


def test_the_workbook_takes_the_meanings_out_and_brings_them_back(
    studio: Company, person: User, django_capture_on_commit_callbacks
) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(studio)))["Order statuses"]
    rows = [[cell.value for cell in row][:3] for row in sheet]
    assert rows == [["Source", "Status in the source", "Meaning"], ["keap", "Closed", "Not decided"]]

    with django_capture_on_commit_callbacks(execute=True):
        read_back(studio, person, "not yet a Sale")

    assert word_of(studio, "Closed").meaning == "draft"
    assert order_of(studio, "1042").status == "draft"
    record = StatusWord.history.latest()
    assert (record.history_user, record.history_change_reason) == (person, "Spreadsheet")


@pytest.mark.parametrize("cell", ["", "Not decided", "Perhaps", "sale!"])
def test_a_meaning_that_is_none_is_an_error_with_those_that_are(studio: Company, person: User, cell: str) -> None:
    decide(studio, StatusMeaning.SALE)

    (report,) = read_back(studio, person, cell)

    words = f"“{cell}” is not a meaning. Enter one of: Sale, Refunded, Not yet a sale, Canceled, Left out."
    assert report.errors == [CellError(column="Meaning", words=words)]
    assert word_of(studio, "Closed").meaning == "sale"


def test_a_status_that_is_not_decided_may_stay_so_in_the_sheet(studio: Company, person: User) -> None:
    (report,) = read_back(studio, person, "")

    assert (report.errors, report.changes) == ([], [])


def test_another_company_takes_over_the_meanings_before_the_first_order_comes(studio: Company, person: User) -> None:
    decide(studio, StatusMeaning.LEFT_OUT)
    twin = the_studio("Test company", "test")

    report = copy_decisions(studio, twin, by=person, same_records=True)

    (change,) = [change for change in report.changes if change.what == "Order status"]
    assert (change.name, change.field, change.before, change.after) == (
        "Closed",
        "Meaning",
        "Not decided",
        "Left out: nothing is posted",
    )
    assert word_of(twin, "Closed").meaning == "left-out"
    assert word_of(twin, "Closed").history.get().history_change_reason == "Copied from Bramble & Birch Studio"
    assert not copy_decisions(studio, twin, by=person, same_records=True).changes
    came(twin, "Closed")
    assert order_of(twin, "1042").status == "left-out"


def test_a_status_that_is_not_decided_takes_no_meaning_away(studio: Company, person: User) -> None:
    twin = the_studio("Test company", "test")
    StatusWord.objects.create(company=twin, system="keap", word="Closed", name_compared="closed", meaning="sale")

    assert copy_decisions(studio, twin, by=person, same_records=True).changes == ()
    assert word_of(twin, "Closed").meaning == "sale"


def test_a_meaning_is_left_where_the_other_company_does_not_read_the_source(studio: Company, person: User) -> None:
    decide(studio, StatusMeaning.LEFT_OUT)
    status_word(studio.pk, "keap", "Paid").save()
    other = the_studio("Other", "other")

    report = copy_decisions(studio, other, by=person, same_records=False)

    stayed = [(row.name, row.why) for row in report.stayed if row.what == "Order status"]
    assert stayed == [("Closed", "The other company has no orders of this source.")]
    assert not StatusWord.objects.filter(company=other).exists()

    Product.objects.create(company=other, system="keap", source_key="9", name="Mug")
    copy_decisions(studio, other, by=person, same_records=False)
    assert word_of(other, "Closed").meaning == "left-out"
