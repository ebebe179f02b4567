"""Is a status that is not known asked about on the page of its issue, and its table there to be seen and changed?"""

from __future__ import annotations

import html
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from companies.models import Company, Role
from mapping.models import StatusMeaning, StatusWord
from reconciliation.models import Issue, IssueState
from sync.models import DocumentState, Run, RunKind, StagedOrder
from sync.sources.base import ReadOptions
from sync.sources.files import LAYOUTS
from sync.staging.import_file import import_file, prepare_imported
from tests.factories import document_of, order_of, the_studio
from tests.reconciliation.factories import as_role, issue_of
from tests.reconciliation.fixing import fix, page

pytestmark = pytest.mark.django_db

ROWS = (
    "Order Number,Order Date,Status,Company,Email,Line Type,Item,Quantity,Price\n"
    "1,2026-08-01,Closed,Ada,ada@example.com,Shipping,,1,48.00\n"
    "2,2026-08-01,Closed,Ada,ada@example.com,Shipping,,1,12.00\n"
    "3,2026-08-01,On hold,Ada,ada@example.com,Shipping,,1,7.00\n"
    "4,2026-08-01,Failed,Ada,ada@example.com,Shipping,,1,9.00\n"
    "5,2026-08-01,Sent,Ada,ada@example.com,Shipping,,1,3.00\n"
)


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    import_file(company, LAYOUTS["orders-csv"], io.BytesIO(ROWS.encode()), name="orders.csv", options=ReadOptions())
    prepare_imported(company)
    return company


@pytest.fixture
def accountant(studio: Company) -> Client:
    return as_role(studio, Role.ACCOUNTANT)


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def numbers(client: Client, company: Company, **query: str | int) -> list[str]:
    """The orders that the list shows."""
    address = reverse("reconciliation:orders", args=[company.slug])
    response = client.get(address, query)
    assert response.status_code == 200
    return sorted(row.number for row in response.context["page"].rows)


def test_the_meaning_that_is_chosen_frees_every_order_with_the_status(studio: Company, accountant: Client) -> None:
    issue = issue_of(studio, "status-not-decided")
    assert "It is not known whether an order with the status “Closed” is a sale." in page(accountant, issue)
    assert Issue.objects.filter(code="status-not-decided").count() == 1

    said = fix(accountant, issue, "say-status", meaning="sale")

    assert issue.state == IssueState.SOLVED
    assert "“Closed” means: Sale: it is posted." in said
    assert {document_of(studio, number).state for number in "12"} == {DocumentState.READY}
    record = StatusWord.history.latest()
    assert record.history_user.username == "accountant-studio"
    assert record.history_change_reason == "Issue: Order status without a meaning"


def test_what_is_left_out_is_no_issue_any_more_and_a_row_of_the_list(studio: Company, accountant: Client) -> None:
    issue = issue_of(studio, "status-not-decided")

    fix(accountant, issue, "say-status", meaning="left-out")

    assert issue.state == IssueState.SOLVED
    assert numbers(accountant, studio, status="left-out") == ["1", "2"]
    assert numbers(accountant, studio, status="not-posted") == ["1", "2", "3", "4"]
    shown = read(accountant, f"{reverse('reconciliation:orders', args=['studio'])}?status=not-posted")
    assert "Orders with this status are left out, by a decision. It posts nothing." in shown


def test_only_who_may_decide_on_the_mapping_sees_the_form_or_changes_the_table(studio: Company) -> None:
    ops, issue = as_role(studio, Role.OPS), issue_of(studio, "status-not-decided")
    address = reverse("reconciliation:issue_fix", args=["studio", issue.pk, "say-status"])
    table = reverse("reconciliation:order_statuses", args=["studio"])

    assert ops.post(address, {"meaning": "sale"}).status_code == 403
    assert ops.post(table, {}).status_code == 403
    assert "You can read this page." in read(ops, table)
    assert not StatusWord.objects.filter(word="Closed").exclude(meaning="unknown").exists()


def test_the_table_shows_each_status_with_its_orders_and_saves_what_was_changed(
    studio: Company, accountant: Client, django_capture_on_commit_callbacks: Any
) -> None:
    table = reverse("reconciliation:order_statuses", args=["studio"])
    word = StatusWord.objects.get(word="On hold")
    shown = read(accountant, table)
    forms = accountant.get(table).context["forms"]
    assert forms[0].instance.word == "Closed"
    for form in forms:
        assert str(form.orders) == str(len(numbers(accountant, studio, word=form.instance.pk)))
    assert "Not decided: its orders wait." in shown
    assert numbers(accountant, studio, word=word.pk) == ["3"]

    with django_capture_on_commit_callbacks(execute=True):
        response = accountant.post(table, {f"status-{word.pk}-meaning": "sale"}, follow=True)

    assert "Saved. It applies to 1 order." in html.unescape(response.content.decode())
    assert order_of(studio, "3").status == "sale"
    assert document_of(studio, "3").state == DocumentState.READY
    assert StatusWord.history.latest().history_user.username == "accountant-studio"
    assert order_of(studio, "1").status == "unknown", "what was not sent stays as it is"


def test_a_table_that_another_person_changed_meanwhile_is_not_written_over(studio: Company, accountant: Client) -> None:
    table = reverse("reconciliation:order_statuses", args=["studio"])
    word = StatusWord.objects.get(word="On hold")
    StatusWord.objects.filter(pk=word.pk).update(meaning=StatusMeaning.CANCELLED)

    response = accountant.post(
        table,
        {f"status-{word.pk}-meaning": "sale", f"opened:status-{word.pk}": '{"meaning": "draft"}'},
    )

    assert "changed by another person" in html.unescape(response.content.decode())
    word.refresh_from_db()
    assert word.meaning == StatusMeaning.CANCELLED


def test_the_page_of_an_import_leads_to_the_orders_that_it_did_not_post(studio: Company, accountant: Client) -> None:
    run = Run.objects.get(kind=RunKind.IMPORT)
    shown = read(accountant, reverse("reconciliation:sync_run", args=["studio", run.pk]))

    assert "2 not posted because of their status" in shown
    assert "2 with a status that is not decided" in shown
    assert f"/orders/?status=not-posted&run={run.pk}" in shown
    assert numbers(accountant, studio, status="not-posted", run=run.pk) == ["3", "4"]
    assert numbers(accountant, studio, status="unknown", run=run.pk) == ["1", "2"]
    assert numbers(accountant, studio, status="not-posted", run=run.pk + 1) == []


@pytest.mark.parametrize("place", ["word", "run"])
@pytest.mark.parametrize("value", ["9" * 40, "1.5", "-1", "1e999"])
def test_a_number_that_is_none_filters_nothing_in(studio: Company, accountant: Client, place: str, value: str) -> None:
    assert numbers(accountant, studio, **{place: value}) == []


def test_a_status_of_another_company_shows_nothing_of_it(studio: Company) -> None:
    other = the_studio("Other", "other")
    stranger = as_role(other, Role.ACCOUNTANT)

    assert numbers(stranger, other, word=StatusWord.objects.filter(company=studio).earliest("pk").pk) == []
    assert StagedOrder.objects.filter(company=other).count() == 0
