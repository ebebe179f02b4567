"""Is a customer asked for a review once in a lifetime, after the first paid invoice, where a switch says so?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from books.messages import Message
from companies.models import Company
from demo.playing_reviews import play_reviews
from reconciliation.sync_history import counted_words
from simulators.highlevel.server import RunningAgency
from sync.crm.highlevel_workflows import Workflow
from sync.crm.review_decisions import mark_as_sent, send_again, turn_reviews_off, turn_reviews_on
from sync.crm.review_sending import send_requests
from sync.crm.writing import workflows_of, writer_of
from sync.models import Connection, CrmUpdates, ReviewCause, ReviewRequest, ReviewState, Run
from sync.run import sync_company
from sync.sync_report import SyncReport
from tests.fetching.highlevel_agency import agency, connected
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books, a_line

__all__ = ["agency", "quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)


class Story:
    """A company with its QuickBooks and its HighLevel, and what people do in them."""

    def __init__(self, company: Company, books: Books, agency: RunningAgency, clock: time_machine.Traveller) -> None:
        books.sign_in(books.running.ready()["access_token"])
        self.company, self.books, self.agency, self.clock = company, books, agency, clock
        self.source: Connection = connected(agency, company)
        self.workflow = agency.company.new_workflow("Ask for a review")

    def turn_on(self, workflow: str = "") -> None:
        """Turn the switch on, minutes after what was before."""
        self.later()
        turn_reviews_on(self.source, Workflow(id=workflow or self.workflow, name="Ask for a review"), by=None)
        self.later()

    def later(self) -> None:
        """Let ten minutes pass, everywhere."""
        self.clock.shift(timedelta(minutes=10))

    def customer(self, name: str, email: str = "", **fields: Any) -> str:
        """A customer of QuickBooks; returns the id."""
        address = {"PrimaryEmailAddr": {"Address": email}} if email else {}
        return str(self.books.customer(name, **address, **fields)["Id"])

    def contact(self, name: str, email: str, **fields: Any) -> str:
        return self.agency.company.new_contact(firstName=name, email=email, **fields)

    def invoice(self, customer: str, amount: str = "100.00", **fields: Any) -> Any:
        return self.books.invoice(amount, customer=customer, **fields)

    def pay(self, invoice: Any, amount: str = "100.00") -> None:
        self.books.payment(amount, (invoice, amount), customer=invoice["CustomerRef"]["value"])

    def sync(self) -> SyncReport:
        """What the scheduler does."""
        return sync_company(self.company)

    def send(self) -> None:
        """Send what waits."""
        updates = CrmUpdates.objects.filter(connection=self.source, asks_for_reviews=True).first()
        if updates is not None:
            writer = writer_of(self.source)
            assert not isinstance(writer, Message), writer
            workflows = workflows_of(writer)
            assert workflows
            send_requests(updates, writer, workflows)
            writer.close()

    def asked(self) -> list[tuple[str, str]]:
        """Who was put into which workflow, oldest first."""
        rows = self.agency.company.tables.all("enrollments")
        return [(row["contact"], row["workflow"]) for row in rows]

    def request(self, **which: Any) -> ReviewRequest:
        return ReviewRequest.objects.get(connection=self.source, **which)

    def told(self) -> list[tuple[str, str, str]]:
        """Customer, state and cause of every request, oldest first."""
        rows = ReviewRequest.objects.filter(connection=self.source).order_by("pk")
        return list(rows.values_list("customer_name", "state", "cause"))


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        yield traveller


@pytest.fixture
def story(studio: Company, quickbooks: Books, agency: RunningAgency, clock: time_machine.Traveller) -> Story:
    return Story(studio, quickbooks, agency, clock)


@pytest.mark.criterion("C16", "C17", "C18", "C19", "C20", "C22")
def test_the_first_invoice_asks_once_it_is_paid_and_no_later_one_does(story: Story) -> None:
    story.turn_on()
    customer = story.customer("Maya Brook", "Maya@Example.com")
    contact = story.contact("Maya", "maya@example.com")
    first = story.invoice(customer)
    story.sync()
    assert (story.asked(), story.told()) == ([], [])

    story.pay(first, "60.00")
    story.sync()
    assert story.asked() == []

    story.pay(first, "40.00")
    story.sync()
    assert story.asked() == [(contact, story.workflow)]
    request = story.request()
    assert (request.state, request.invoice_id, request.workflow_name, request.tries) == (
        *(ReviewState.SENT, first["Id"], "Ask for a review"),
        1,
    )

    assert counted_words(Run.objects.latest("pk")) == "1 review request sent"

    second = story.invoice(customer)
    story.pay(second)
    story.sync()
    story.sync()
    assert story.asked() == [(contact, story.workflow)]


@pytest.mark.criterion("C19", "C21")
def test_a_second_invoice_that_is_paid_before_the_first_asks_for_nothing(story: Story) -> None:
    story.turn_on()
    customer = story.customer("Maya Brook", "maya@example.com")
    contact = story.contact("Maya", "maya@example.com")
    first, second = story.invoice(customer), story.invoice(customer)
    story.pay(second)
    story.sync()
    assert (story.asked(), story.told()) == ([], [])
    story.pay(first)
    story.sync()
    assert story.asked() == [(contact, story.workflow)]
    assert story.request().invoice_id == first["Id"]


@pytest.mark.criterion("C09", "C23")
def test_without_the_switch_nothing_is_sent_and_turning_it_on_sends_nothing_for_the_past(story: Story) -> None:
    old, new = (story.customer(name, f"{name.lower()}@example.com") for name in ("Maya", "Ines"))
    for name in ("Maya", "Ines"):
        story.contact(name, f"{name.lower()}@example.com")
    story.pay(story.invoice(old))
    story.sync()
    assert (story.asked(), story.told()) == ([], [])

    story.turn_on()
    story.sync()
    story.pay(story.invoice(old))
    story.pay(story.invoice(new))
    story.sync()
    assert [who for who, _ in story.asked()] == [story.request(customer_id=new).contact_id]
    assert story.request(customer_id=old).cause == ReviewCause.PAID_BEFORE

    turn_reviews_off(story.source, by=None)
    late = story.customer("Ada", "ada@example.com")
    story.contact("Ada", "ada@example.com")
    story.pay(story.invoice(late))
    story.sync()
    story.turn_on()
    story.sync()
    assert len(story.asked()) == 1


@pytest.mark.criterion("C23")
def test_what_still_waits_when_the_switch_is_turned_off_is_never_sent_by_turning_it_on(story: Story) -> None:
    story.turn_on()
    customer = story.customer("Maya", "maya@example.com")
    story.contact("Maya", "maya@example.com")
    story.agency.company.change_workflow(story.workflow, status="draft")
    story.pay(story.invoice(customer))
    story.sync()
    assert story.told() == [("Maya", ReviewState.WAITING, "")]
    turn_reviews_off(story.source, by=None)
    story.agency.company.change_workflow(story.workflow, status="published")
    story.sync()
    assert (story.asked(), story.told()) == ([], [("Maya", ReviewState.WAITING, "")])
    story.turn_on()
    story.sync()
    assert (story.asked(), story.told()) == ([], [("Maya", ReviewState.NOT_SENT, ReviewCause.PAID_BEFORE)])


@pytest.mark.criterion("C21")
def test_an_invoice_that_a_credit_memo_settles_asks_for_nothing_until_it_is_paid(story: Story) -> None:
    story.turn_on()
    customer = story.customer("Maya", "maya@example.com")
    story.contact("Maya", "maya@example.com")
    invoice = story.invoice(customer)
    memo = story.books.write(
        "CreditMemo",
        {"CustomerRef": {"value": customer}, "Line": [a_line("100.00")]},
    )
    applied = [
        {"Amount": "100.00", "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]},
        {"Amount": "100.00", "LinkedTxn": [{"TxnId": memo["Id"], "TxnType": "CreditMemo"}]},
    ]
    link = story.books.write("Payment", {"CustomerRef": {"value": customer}, "TotalAmt": 0, "Line": applied})
    story.sync()
    assert (story.asked(), story.told()) == ([], [("Maya", ReviewState.NOT_SENT, ReviewCause.NO_MONEY)])

    story.books.delete("Payment", link)
    story.pay(story.books.read("Invoice", invoice["Id"]))
    story.sync()
    assert len(story.asked()) == 1


def test_a_void_is_no_first_invoice(story: Story) -> None:
    story.turn_on()
    customer = story.customer("Maya", "maya@example.com")
    story.contact("Maya", "maya@example.com")
    void = story.invoice(customer)
    story.books.ask("POST", "invoice", body={"Id": void["Id"], "SyncToken": "0"}, params={"operation": "void"})
    invoice = story.invoice(customer)
    story.pay(invoice)
    story.sync()
    assert story.request().invoice_id == invoice["Id"]
    assert len(story.asked()) == 1


@pytest.mark.parametrize(
    "quiet",
    [
        {"dnd": True},
        {"dndSettings": {"Email": {"status": "active"}}},
        {"dndSettings": {"SMS": {"status": "permanent"}}},
    ],
)
def test_a_contact_that_is_not_to_be_disturbed_gets_none_until_it_may_be(story: Story, quiet: dict[str, Any]) -> None:
    story.turn_on()
    contact = story.contact("Maya", "maya@example.com", **quiet)
    story.pay(story.invoice(story.customer("Maya", "maya@example.com")))
    story.sync()
    assert (story.asked(), story.told()) == ([], [("Maya", ReviewState.NOT_SENT, ReviewCause.DO_NOT_DISTURB)])
    story.agency.company.edit_contact(contact, dnd=False, dndSettings={})
    assert send_again(story.request(), by=None) is None
    story.sync()
    assert len(story.asked()) == 1


def test_without_a_contact_or_with_several_none_is_sent(story: Story) -> None:
    story.turn_on()
    story.agency.agency.options.duplicate_contacts = "allow"
    for name in ("Desk", "Reception"):
        story.contact(name, "desk@example.com")
    story.contact("Only", "only@example.com")
    for name, email in (("Unknown", "none@example.com"), ("Silent", ""), ("Both", "desk@example.com")):
        story.pay(story.invoice(story.customer(name, email)))
    story.pay(story.invoice(story.customer("By invoice"), BillEmail={"Address": "Only@example.com"}))
    story.sync()
    assert {name: (state, cause) for name, state, cause in story.told()} == {
        "Unknown": (ReviewState.NOT_SENT, ReviewCause.NO_CONTACT),
        "Silent": (ReviewState.NOT_SENT, ReviewCause.NO_EMAIL),
        "Both": (ReviewState.NOT_SENT, ReviewCause.SEVERAL_CONTACTS),
        "By invoice": (ReviewState.SENT, ""),
    }


@pytest.mark.criterion("C24")
def test_two_customers_of_quickbooks_who_are_one_contact_get_one_request(story: Story) -> None:
    story.turn_on()
    story.contact("Maya", "maya@example.com")
    for name in ("Maya Brook", "Brook Pottery"):
        story.pay(story.invoice(story.customer(name, "maya@example.com")))
        story.sync()
    assert len(story.asked()) == 1
    assert [(state, cause) for _, state, cause in story.told()] == [
        (ReviewState.SENT, ""),
        (ReviewState.NOT_SENT, ReviewCause.ASKED_ALREADY),
    ]


@pytest.mark.criterion("C24", "C25")
@pytest.mark.parametrize("kind", ["lost_answer", "drop_before", "500", "503_html"])
def test_a_request_whose_answer_is_lost_is_never_repeated_by_itself(story: Story, kind: str) -> None:
    story.turn_on()
    story.contact("Maya", "maya@example.com")
    story.pay(story.invoice(story.customer("Maya", "maya@example.com")))
    story.agency.app.faults.order({"kind": kind, "operation": "create", "entity": "enrollment"})
    story.sync()
    arrived = len(story.asked())
    for _ in range(3):
        story.sync()
    assert story.told() == [("Maya", ReviewState.UNCLEAR, ReviewCause.NO_ANSWER)]
    assert len(story.asked()) == arrived

    if arrived:
        assert mark_as_sent(story.request(), by=None) is None
    else:
        assert send_again(story.request(), by=None) is None
    story.sync()
    assert (story.request().state, len(story.asked())) == (ReviewState.SENT, 1)
    assert send_again(story.request(), by=None) is not None
    assert mark_as_sent(story.request(), by=None) is not None


@pytest.mark.criterion("C25")
def test_a_rejected_request_is_kept_with_its_reason_and_sent_when_a_person_asks(story: Story) -> None:
    story.turn_on()
    story.contact("Maya", "maya@example.com")
    story.pay(story.invoice(story.customer("Maya", "maya@example.com")))
    refusal = {"kind": "refuse", "status": 422, "message": "workflow is paused"}
    story.agency.app.faults.order({**refusal, "operation": "create", "entity": "enrollment"})
    story.sync()
    story.sync()
    request = story.request()
    assert (request.state, request.told) == (ReviewState.FAILED, "HighLevel rejected the request: workflow is paused")
    turn_reviews_off(story.source, by=None)
    refused = send_again(request, by=None)
    assert refused is not None
    assert "Turn the checkbox on" in refused.worded()
    story.turn_on()
    assert send_again(request, by=None) is None
    story.sync()
    assert (story.request().state, len(story.asked()), story.request().tries) == (ReviewState.SENT, 1, 2)


@pytest.mark.criterion("C24")
def test_haste_is_waited_out_and_sends_once(story: Story) -> None:
    story.turn_on()
    story.contact("Maya", "maya@example.com")
    story.pay(story.invoice(story.customer("Maya", "maya@example.com")))
    story.agency.app.faults.order({"kind": "429", "operation": "create", "entity": "enrollment"})
    story.sync()
    assert (story.request().state, len(story.asked())) == (ReviewState.SENT, 1)


@pytest.mark.criterion("C24")
def test_what_a_dead_process_left_is_unclear(story: Story) -> None:
    story.turn_on()
    story.contact("Maya", "maya@example.com")
    story.pay(story.invoice(story.customer("Maya", "maya@example.com")))
    story.agency.company.change_workflow(story.workflow, status="draft")
    story.sync()
    long_ago = timezone.now() - timedelta(hours=1)
    ReviewRequest.objects.update(state=ReviewState.SENDING, sent_at=long_ago)
    story.agency.company.change_workflow(story.workflow, status="published")
    story.sync()
    assert (story.asked(), story.told()) == ([], [("Maya", ReviewState.UNCLEAR, ReviewCause.NO_ANSWER)])


def test_a_workflow_that_is_a_draft_again_holds_requests_and_the_sync_says_so(story: Story) -> None:
    story.turn_on()
    story.contact("Maya", "maya@example.com")
    story.pay(story.invoice(story.customer("Maya", "maya@example.com")))
    story.agency.company.change_workflow(story.workflow, status="draft")
    report = story.sync()
    assert story.told() == [("Maya", ReviewState.WAITING, "")]
    assert report.exit_code == 1
    assert "is not published in HighLevel any more" in report.crms[0].stopped
    other = story.agency.company.new_workflow("Thank you")
    story.turn_on(other)
    story.sync()
    assert [workflow for _, workflow in story.asked()] == [other]


@pytest.mark.criterion("C24")
def test_two_processes_that_send_at_once_send_one(story: Story) -> None:
    story.turn_on()
    story.contact("Maya", "maya@example.com")
    story.pay(story.invoice(story.customer("Maya", "maya@example.com")))
    story.agency.company.change_workflow(story.workflow, status="draft")
    story.sync()
    story.agency.company.change_workflow(story.workflow, status="published")
    failures: list[BaseException] = []
    together = threading.Barrier(4)

    def process() -> None:
        try:
            together.wait(60)
            story.send()
        except BaseException as problem:
            failures.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=process) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    assert (len(story.asked()), story.request().state, story.request().tries) == (1, ReviewState.SENT, 1)


@pytest.mark.criterion("C24")
def test_the_database_keeps_a_second_request_to_a_customer_and_to_a_contact_out(story: Story) -> None:
    story.turn_on()
    for name in ("Maya", "Ines"):
        story.contact(name, f"{name.lower()}@example.com")
        story.pay(story.invoice(story.customer(name, f"{name.lower()}@example.com")))
    story.sync()
    first, second = ReviewRequest.objects.filter(connection=story.source)
    for field in ("customer_id", "contact_id"):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReviewRequest.objects.filter(pk=second.pk).update(**{field: getattr(first, field)})


@pytest.mark.criterion("C16", "C19", "C22")
def test_the_check_of_the_demo_plays_it(story: Story) -> None:
    figures = list(play_reviews(story.company, story.agency, story.books.running.ready()))
    assert len(figures) == 4
    assert [figure for figure in figures if not figure.agrees] == []
