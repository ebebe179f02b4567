"""Can a person turn review requests on, see what became of each, and decide about those that failed?"""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.models import Company, Role
from simulators.highlevel.server import RunningAgency
from sync.crm.review_decisions import turn_reviews_on
from sync.crm.writing import Workflow
from sync.models import Connection, CrmUpdates, ReviewCause, ReviewRequest, ReviewState
from tests.fetching.highlevel_agency import agency, connected
from tests.reconciliation.factories import as_role
from tests.rehearsal import rehearsal, studio

__all__ = ["agency", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

CARD = "/studio/integrations/"
TAB = f"{CARD}highlevel/reviews/"
BOX = "Ask customers for a review after their first paid invoice"


@pytest.fixture
def source(agency: RunningAgency, studio: Company) -> Connection:
    return connected(agency, studio)


@pytest.fixture
def workflow(agency: RunningAgency) -> str:
    agency.company.new_workflow("Welcome", status="draft")
    return agency.company.new_workflow("Ask for a review")


@pytest.fixture
def accountant(studio: Company) -> Client:
    return as_role(studio, Role.ACCOUNTANT)


def page(client: Client, address: str) -> str:
    return re.sub(r"\s+", " ", client.get(address).content.decode().partition('id="content"')[2])


def words(client: Client, address: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page(client, address)))


def switched(client: Client, **given: str) -> str:
    """What the page says after the checkbox was saved."""
    reply = client.post(f"{TAB}switch/", given, follow=True)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", reply.content.decode()))


def is_on(source: Connection) -> bool:
    return CrmUpdates.objects.filter(connection=source, asks_for_reviews=True).exists()


def a_request(source: Connection, name: str = "Maya Brook", **fields: object) -> ReviewRequest:
    values = {"customer_id": name, "invoice_id": "77", "invoice_number": "1042", "email": "maya@example.com"}
    return ReviewRequest.objects.create(
        connection=source, books="1", customer_name=name, paid_at=timezone.now(), **{**values, **fields}
    )


@pytest.mark.criterion("C08", "C09")
def test_the_checkbox_is_below_quickbooks_and_off_at_first(source: Connection, accountant: Client) -> None:
    shown = page(accountant, CARD)
    quickbooks = shown.partition("quickbooks-title")[2].partition("</section>")[0]
    assert BOX in quickbooks
    box = re.search(r'<input type="checkbox" name="on"[^>]*>', quickbooks)
    assert box
    assert "checked" not in box[0]
    assert "Off: no review request is sent." in words(accountant, CARD)
    assert not is_on(source)


def test_without_highlevel_there_is_no_checkbox(studio: Company, accountant: Client) -> None:
    assert BOX not in page(accountant, CARD)
    assert accountant.get(TAB).status_code == 404


@pytest.mark.criterion("C08", "C18")
def test_it_needs_a_published_workflow_and_then_says_who_turned_it_on_and_when(
    source: Connection, workflow: str, accountant: Client
) -> None:
    assert "Choose the workflow that sends the request." in switched(accountant, on="on", card="1")
    assert not is_on(source)
    chooser = page(accountant, TAB)
    assert re.search(rf'<option value="{workflow}" ?>Ask for a review</option>', chooser)
    assert "Welcome" not in chooser
    assert "not published in HighLevel" in switched(accountant, on="on", workflow="another")
    assert not is_on(source)

    told = switched(accountant, on="on", workflow=workflow)

    assert "Customers whose first invoice is paid from now on are asked by the workflow “Ask for a review”." in told
    assert is_on(source)
    card = page(accountant, CARD)
    assert re.search(r'name="on"[^>]* checked', card)
    facts = words(accountant, CARD)
    assert "Workflow Ask for a review On since" in facts
    assert "accountant" in facts.casefold()
    row = CrmUpdates.objects.get(connection=source)
    assert row.history.latest().history_user == row.reviews_by

    since = row.reviews_from
    assert "Nothing was changed." in switched(accountant, on="on", card="1")
    assert CrmUpdates.objects.get(connection=source).reviews_from == since
    assert "Review requests are off." in switched(accountant, card="1")
    assert not is_on(source)


def test_highlevel_that_cannot_be_read_is_said_and_nothing_is_turned_on(
    agency: RunningAgency, source: Connection, workflow: str, accountant: Client
) -> None:
    agency.app.faults.order({"kind": "500", "operation": "read", "entity": "workflow", "times": 2})
    assert "HighLevel cannot answer at the moment" in words(accountant, TAB)
    assert "HighLevel cannot answer at the moment" in switched(accountant, on="on", workflow=workflow)
    assert not is_on(source)


def test_a_login_that_may_not_list_workflows_is_told_so_and_goes_on_reading(
    agency: RunningAgency, source: Connection, workflow: str, accountant: Client
) -> None:
    scopes = agency.agency.private_scopes.replace("workflows.readonly", "").split()
    agency.agency.private_scopes = " ".join(scopes)
    assert "the permission workflows.readonly was not given" in words(accountant, TAB)
    source.refresh_from_db()
    assert source.state == "connected"


@pytest.mark.parametrize(("role", "status"), [(Role.OPS, 403), (Role.AUDITOR, 403), (Role.ADMINISTRATOR, 302)])
def test_who_maps_may_turn_it(source: Connection, workflow: str, studio: Company, role: str, status: int) -> None:
    client = as_role(studio, role)
    assert client.post(f"{TAB}switch/", {"on": "on", "workflow": workflow}).status_code == status
    assert client.get(TAB).status_code == 200
    assert is_on(source) == (status == 302)


@pytest.mark.criterion("C25")
def test_the_list_says_what_became_of_each_and_a_failed_one_is_sent_again(
    source: Connection, workflow: str, studio: Company, accountant: Client
) -> None:
    turn_reviews_on(source, Workflow(id=workflow, name="Ask for a review"), by=None)
    a_request(source, "Ines", state=ReviewState.SENT)
    a_request(source, "Ada", state=ReviewState.NOT_SENT, cause=ReviewCause.DO_NOT_DISTURB)
    failed = a_request(source, state=ReviewState.FAILED, cause=ReviewCause.REFUSED, told="HighLevel rejected it.")
    listed = words(accountant, TAB)
    assert "Review requests: 3" in listed
    assert "The contact does not want to be disturbed." in listed
    attention = words(accountant, f"{TAB}?show=waiting")
    assert ("Maya Brook" in attention, "Ines" in attention) == (True, False)
    assert "1 sent, 1 failed or unclear" in words(accountant, CARD)

    assert as_role(studio, Role.AUDITOR).post(f"{TAB}{failed.pk}/").status_code == 403
    ops = as_role(studio, Role.OPS)
    assert "Send again" in page(ops, f"{TAB}{failed.pk}/")
    told = ops.post(f"{TAB}{failed.pk}/", follow=True).content.decode()
    assert "The request to Maya Brook goes with the next sync." in told
    failed.refresh_from_db()
    assert (failed.state, failed.by_hand, failed.decided_by is not None) == (ReviewState.WAITING, True, True)
    assert "has changed in the meantime" in ops.post(f"{TAB}{failed.pk}/", follow=True).content.decode()


@pytest.mark.criterion("C25")
def test_an_unclear_one_warns_before_it_is_sent_again_and_can_be_marked_as_sent(
    source: Connection, workflow: str, accountant: Client
) -> None:
    turn_reviews_on(source, Workflow(id=workflow, name="Ask for a review"), by=None)
    unclear = a_request(source, state=ReviewState.UNCLEAR, cause=ReviewCause.NO_ANSWER)
    assert "If it arrived, Send again asks the customer a second time." in words(accountant, f"{TAB}{unclear.pk}/")
    accountant.post(f"{TAB}{unclear.pk}/", {"mark": "1"})
    unclear.refresh_from_db()
    assert (unclear.state, unclear.cause) == (ReviewState.SENT, ReviewCause.MARKED)
    assert "A person marked it as sent." in words(accountant, TAB)
    assert "Send again" not in page(accountant, f"{TAB}{unclear.pk}/")


def test_a_request_of_another_company_is_not_there(source: Connection, accountant: Client) -> None:
    assert accountant.get(f"{TAB}999/").status_code == 404


def test_the_list_takes_as_many_queries_for_twenty_requests_as_for_one(source: Connection, accountant: Client) -> None:
    a_request(source)
    accountant.get(TAB)
    with CaptureQueriesContext(connection) as for_one:
        accountant.get(TAB)
    for number in range(19):
        a_request(source, f"Customer {number}", state=ReviewState.FAILED)
    with CaptureQueriesContext(connection) as for_twenty:
        accountant.get(TAB)

    assert len(for_twenty) == len(for_one)
