"""Can a record be ignored, and a change be called settled, with a reason that stays?"""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from companies.models import Company, CompanyKind
from reconciliation.models import Issue, IssueState
from sync.models import Document, DocumentState
from tests.factories import document_of, order_of, prepared, the_studio
from tests.reconciliation.factories import a_stuck_order, as_role, issue_of, posted
from tests.reconciliation.fixing import fix, page, state_of
from tests.sample_orders import an_order

pytestmark = pytest.mark.django_db

DIFFERS = "2026-08-14  order 2001\nWT-101  199.00\ntotal  200.00"
TWICE = (
    "2026-08-14  order 2002\nWT-101  199.00",
    "2026-08-15  order 2002\nWT-201  99.00\npaid 2026-08-16  Cash  99.00",
)


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def ops(studio: Company) -> Client:
    return as_role(studio)


def test_a_record_is_ignored_with_a_reason_that_stays_in_the_history(studio: Company, ops: Client) -> None:
    issue = a_stuck_order(studio, DIFFERS)
    invoice = document_of(studio, "2001")

    said = fix(ops, issue, "ignore", records=str(invoice.pk), reason="Entered by hand as invoice 12")

    event = order_of(studio, "2001").events.get(step="ignored")
    assert "1 record is ignored." in said
    assert issue.state == IssueState.SOLVED
    assert document_of(studio, "2001").state == DocumentState.IGNORED
    assert event.facts["reason"] == "Entered by hand as invoice 12"
    assert event.by
    assert event.by.username == "ops-studio"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"reason": "because"}, "Choose at least one record."),
        ({"records": "0", "reason": "because"}, "Select a valid choice"),
        ({"records": "rubbish", "reason": "because"}, "Select a valid choice"),
        ({"records": "mine"}, "This field is required."),
        ({"records": "mine", "reason": "   "}, "This field is required."),
    ],
)
def test_without_a_record_and_a_reason_nothing_is_ignored(
    studio: Company, ops: Client, fields: dict[str, str], error: str
) -> None:
    issue = a_stuck_order(studio, DIFFERS)
    if fields.get("records") == "mine":
        fields = {**fields, "records": str(document_of(studio, "2001").pk)}

    assert error in fix(ops, issue, "ignore", **fields)
    assert document_of(studio, "2001").state == DocumentState.BLOCKED


def test_only_records_of_the_issue_can_be_ignored(studio: Company, ops: Client) -> None:
    issue = a_stuck_order(studio, DIFFERS)
    prepared(studio, TWICE[0])
    other = document_of(studio, "2002")

    assert "Select a valid choice" in fix(ops, issue, "ignore", records=str(other.pk), reason="x")
    assert state_of(studio, "2002") == DocumentState.READY


def test_ignoring_takes_along_what_follows_and_can_be_taken_back(studio: Company, ops: Client) -> None:
    prepared(studio, TWICE[0])
    issue = a_number_used_twice(studio)
    invoice = Document.objects.get(problems__cause=issue.cause)

    fix(ops, issue, "ignore", records=str(invoice.pk), reason="The same sale")
    states = [document.state for document in Document.objects.filter(order=invoice.order)]
    assert states == [DocumentState.IGNORED, DocumentState.IGNORED]

    ops.post(reverse("reconciliation:document_restore", args=["studio", invoice.pk]))

    issue.refresh_from_db()
    invoice.refresh_from_db()
    assert invoice.state == DocumentState.BLOCKED
    assert issue.state == IssueState.OPEN


def a_number_used_twice(company: Company) -> Issue:
    """Two orders of different ids carry the same number."""
    prepared(company, replace(an_order(TWICE[1]), source_id="another"))
    return issue_of(company, "number-used-twice")


def test_a_change_after_posting_is_settled_and_the_document_stays_posted(studio: Company, ops: Client) -> None:
    prepared(studio, TWICE[0])
    posted(document_of(studio, "2002"))
    studio.kind = CompanyKind.DESKTOP  # where only a person can correct what is in the books
    studio.save()
    issue = a_stuck_order(studio, TWICE[0].replace("199.00", "189.00"))
    assert issue.code == "changed-after-posting"
    assert "/fix/ignore/" not in page(ops, issue)

    fix(ops, issue, "settle", records=str(document_of(studio, "2002").pk), reason="Corrected in QuickBooks")

    assert issue.state == IssueState.SOLVED
    assert state_of(studio, "2002") == DocumentState.POSTED
    assert order_of(studio, "2002").events.get(step="settled").facts["reason"] == "Corrected in QuickBooks"


def test_what_quickbooks_has_by_now_cannot_be_ignored_any_more(studio: Company, ops: Client) -> None:
    issue = a_stuck_order(studio, DIFFERS)
    invoice = document_of(studio, "2001")
    address = reverse("reconciliation:issue_fix", args=["studio", issue.pk, "ignore"])
    type(invoice).objects.filter(pk=invoice.pk).update(state=DocumentState.SENDING, body_hash="x")

    response = ops.post(address, {"records": str(invoice.pk), "reason": "x"}, follow=True)

    assert "Nothing was saved" in response.content.decode()
    assert document_of(studio, "2001").state == DocumentState.SENDING


def test_stopping_to_ignore_what_is_not_ignored_changes_nothing(studio: Company, ops: Client) -> None:
    prepared(studio, TWICE[0])
    invoice = document_of(studio, "2002")

    response = ops.post(reverse("reconciliation:document_restore", args=["studio", invoice.pk]), follow=True)

    assert "is not ignored" in response.content.decode()
    assert state_of(studio, "2002") == DocumentState.READY
