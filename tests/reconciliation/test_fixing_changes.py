"""Can a person say on the screen which version of a document counts, and is nothing overwritten before that?"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from books.posted_document import unlike
from companies.models import Company
from reconciliation.issues import gather
from reconciliation.models import Issue, IssueState
from sync.models import Document
from sync.pushing.updates import hold_changed, hold_deleted
from tests.factories import document_of, order_of, prepared, the_studio
from tests.reconciliation.factories import as_role, issue_of, posted
from tests.reconciliation.fixing import fix, page
from tests.sync.fake_destination import FakeDestination

pytestmark = pytest.mark.django_db

SOLD = "2026-08-14  order 1042\nWT-101  199.00"


@pytest.fixture
def studio() -> Company:
    """The order became dearer after its invoice was posted."""
    company = the_studio()
    prepared(company, SOLD)
    posted(document_of(company, "1042"))
    prepared(company, SOLD.replace("199.00", "250.00"))
    return company


@pytest.fixture
def ops(studio: Company) -> Client:
    return as_role(studio)


def changed(company: Company) -> Issue:
    """Someone changed the total in QuickBooks, as the pusher found out."""
    document = document_of(company, "1042")
    ours = FakeDestination().posted(document.value(), ids={})
    theirs = replace(ours, total=Decimal(180))
    assert hold_changed(document, theirs, unlike(ours, theirs)) == "held"
    gather(company)
    return issue_of(company, "changed-in-quickbooks")


def shown(client: Client, address: str) -> str:
    return client.get(reverse(f"reconciliation:{address}", args=["studio"])).content.decode()


def now(company: Company) -> tuple[str, str, str]:
    row = document_of(company, "1042")
    return row.state, row.pending, str(row.total)


def test_what_waits_to_be_changed_is_seen_in_the_list_and_found_by_the_filter(studio: Company, ops: Client) -> None:
    listed = shown(ops, "documents")

    assert "Update waiting" in listed
    assert "the next sync updates it in QuickBooks" in listed
    assert "1042" in ops.get(reverse("reconciliation:documents", args=["studio"]) + "?state=update").content.decode()
    assert "Update waiting" in page_of_order(studio, ops)


def page_of_order(company: Company, client: Client) -> str:
    address = reverse("reconciliation:order", args=["studio", order_of(company, "1042").pk])
    return client.get(address).content.decode()


def test_the_issue_shows_both_sides_and_quickbooks_version_can_be_kept(studio: Company, ops: Client) -> None:
    issue = changed(studio)
    words = page(ops, issue)
    assert "Tieout posted 199.00 USD; QuickBooks has 180.00 USD" in words
    assert now(studio) == ("posted", "held", "199.0000")
    assert "1042" in ops.get(reverse("reconciliation:documents", args=["studio"]) + "?state=stuck").content.decode()

    fix(ops, issue, "keep-theirs", reason="Agreed by telephone")

    assert issue.state == IssueState.SOLVED
    assert now(studio) == ("posted", "", "180.0000")
    event = order_of(studio, "1042").events.get(step="kept-theirs")
    assert (event.facts["reason"], event.by and event.by.username) == ("Agreed by telephone", "ops-studio")


def test_overwriting_is_confirmed_first_and_then_waits_for_the_next_sync(studio: Company, ops: Client) -> None:
    issue = changed(studio)

    asked = fix(ops, issue, "overwrite", reason="The order is right")
    assert "What someone made of it there is lost: the total (180.00 USD)." in asked
    assert now(studio)[1] == "held"

    fix(ops, issue, "overwrite", reason="The order is right", confirmed="1")
    assert issue.state == IssueState.SOLVED
    assert now(studio)[1] == "update"
    assert Document.objects.get(kind="invoice").change.overwrites


def test_what_was_deleted_can_be_left_so_and_that_be_taken_back(studio: Company, ops: Client) -> None:
    assert hold_deleted(document_of(studio, "1042")) == "held"
    gather(studio)
    issue = issue_of(studio, "deleted-in-quickbooks")

    fix(ops, issue, "leave-deleted", reason="Entered twice")

    assert (issue.state, now(studio)[:2]) == (IssueState.SOLVED, ("ignored", ""))
    document = document_of(studio, "1042")
    ops.post(reverse("reconciliation:document_restore", args=["studio", document.pk]))
    again = document_of(studio, "1042")
    assert (again.state, again.quickbooks_id, again.generation) == ("ready", "", document.generation + 1)
    assert str(again.total) == "250.0000"


def test_without_a_reason_nothing_is_decided(studio: Company, ops: Client) -> None:
    issue = changed(studio)

    assert "This field is required." in fix(ops, issue, "keep-theirs", reason=" ")
    assert now(studio)[1] == "held"
