"""Does each document end up in QuickBooks once and only once, whatever answer comes back or does not?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from books.messages import Message
from books.outcomes import Accepted, Outcome
from companies.models import Company
from mapping.models import Product, SourceCustomer
from reconciliation.models import Issue
from sync.models import CompanyLease, Connection, Document, DocumentState, Push, PushExchange
from sync.preparing.prepare import prepare_orders, prepare_unsent
from sync.pushing.destination import Sending
from sync.pushing.lease import LEASE, leased
from sync.pushing.outcomes import record_outcome
from sync.pushing.push import Pusher
from sync.pushing.sender import PushCounts
from sync.readiness import destination_of
from sync.run import sync_company
from sync.turn import LeaseLost
from tests.factories import document_of, order_of, prepared
from tests.simulators.driver import Books
from tests.sync.pushing import NEW, in_quickbooks, minutes_later, push

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.criterion("A01", "A05", "C33", "C44", "E27")
def test_customer_invoice_and_payment_arrive_in_this_order_and_are_linked(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)

    counts = push(studio)

    assert dict(counts.outcomes) == {"new_customers": 1, "posted": 2}
    invoice = quickbooks.find("Invoice", "DocNumber = '3001'")
    assert invoice["CustomerRef"]["name"] == "Zoë O'Brien & Søn"
    assert (Decimal(invoice["TotalAmt"]), Decimal(invoice["Balance"])) == (Decimal(199), Decimal(149))
    assert document_of(studio, "3001").quickbooks_id == invoice["Id"]


def test_what_was_sent_and_what_came_back_is_kept_word_for_word(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    push(studio)

    sent = Push.objects.get(document=document_of(studio, "3001"))
    exchange = sent.exchanges.get()

    assert b'"DocNumber"' in bytes(sent.body)
    assert (exchange.outcome, exchange.status) == ("accepted", 200)
    assert '"TotalAmt"' in exchange.reply
    assert exchange.intuit_tid


def test_pushing_twice_sends_nothing_the_second_time(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    push(studio)
    writes = len(Push.objects.all())

    assert dict(push(studio).outcomes) == {}
    assert len(Push.objects.all()) == writes
    assert in_quickbooks(quickbooks) == (1, 1, 1)


@pytest.mark.criterion("E13", "D53")
def test_the_next_order_of_a_created_customer_is_posted_for_the_same_one(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    push(studio)

    prepared(studio, NEW.replace("3001", "3002"))
    push(studio)

    assert in_quickbooks(quickbooks, "3002")[:2] == (1, 1)
    assert SourceCustomer.objects.get(company=studio).quickbooks_customer is not None


@pytest.mark.parametrize("entity", ["Customer", "Invoice", "Payment"])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lost_answer"},
        {"kind": "drop_before"},
        {"kind": "500", "when": "after"},
        {"kind": "503_html", "when": "after"},
        {"kind": "truncated_json"},
        {"kind": "xml_body", "when": "after"},
        {"kind": "fault_without_code", "when": "after"},
        {"kind": "empty_fault_list", "when": "after"},
        {"kind": "429", "when": "after"},
        {"kind": "429", "body": "json"},
        {"kind": "stale_login"},
    ],
    ids=lambda fault: f"{fault['kind']}-{fault.get('when', fault.get('body', ''))}".strip("-"),
)
def test_whatever_happens_to_an_answer_each_document_exists_exactly_once(
    studio: Company, quickbooks: Books, entity: str, fault: dict[str, Any]
) -> None:
    prepared(studio, NEW)
    quickbooks.control("faults", {**fault, "entity": entity, "operation": "write"})

    push(studio)
    minutes_later(studio)
    push(studio)

    assert in_quickbooks(quickbooks) == (1, 1, 1)
    assert set(Document.objects.values_list("state", flat=True)) == {"posted"}


def test_a_lost_answer_to_every_write_ends_with_each_document_once(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    for entity in ("Customer", "Invoice", "Payment"):
        quickbooks.control("faults", {"kind": "lost_answer", "entity": entity, "operation": "write"})

    push(studio)

    assert in_quickbooks(quickbooks) == (1, 1, 1)
    outcomes = list(PushExchange.objects.order_by("pk").values_list("outcome", flat=True))
    assert outcomes == ["unknown", "looked-up"] * 3
    assert [sent.state for sent in Push.objects.all()] == ["adopted"] * 3


@pytest.mark.criterion("D35", "D47")
def test_a_name_that_a_vendor_has_is_an_issue_that_blocks_the_invoice_too(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW.replace("Zoë O'Brien & Søn", "Harbor Print Co"))

    counts = push(studio)

    issue = Issue.objects.get(company=studio)
    assert dict(counts.outcomes) == {"refused": 1}
    assert (issue.code, issue.records, issue.money) == ("refused-by-quickbooks", 1, Decimal(199))
    assert {document.kind: document.state for document in Document.objects.all()} == {
        "customer": "refused", "invoice": "blocked", "payment": "blocked"
    }  # fmt: skip


@pytest.mark.criterion("D48", "D63")
def test_after_another_name_was_given_the_refused_customer_goes_under_a_new_request_id(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, NEW.replace("Zoë O'Brien & Søn", "Harbor Print Co"))
    push(studio)
    customer = SourceCustomer.objects.get(company=studio)
    customer.name_given = "Zoë of Harbor Print"
    customer.save()

    prepare_orders(studio, [order_of(studio, "3001")])
    push(studio)

    assert in_quickbooks(quickbooks) == (1, 1, 1)
    generations = Push.objects.filter(document__kind="customer").order_by("pk").values_list("generation", "state")
    assert list(generations) == [(1, "refused"), (2, "accepted")]


def test_a_refusal_is_final_until_something_changes(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW.replace("Zoë O'Brien & Søn", "Harbor Print Co"))
    push(studio)

    sync_company(studio)

    assert Push.objects.count() == 1


def test_a_refusal_stays_one_while_the_same_bytes_would_be_sent(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    push(studio)
    invoice = document_of(studio, "3001")
    # Refused as it was prepared, when its new customer had no id yet; by now the customer is there
    Document.objects.filter(pk=invoice.pk).update(state=DocumentState.REFUSED, quickbooks_id="", posted_at=None)
    hash_before = invoice.body_hash

    prepare_unsent(studio)

    after = document_of(studio, "3001")
    assert document_of(studio, "3001", "customer").quickbooks_id
    assert (after.state, after.generation, after.body_hash) == (DocumentState.REFUSED, 1, hash_before)


def test_a_refusal_ends_when_other_bytes_would_be_sent(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    push(studio)
    invoice = document_of(studio, "3001")
    Document.objects.filter(pk=invoice.pk).update(state=DocumentState.REFUSED, quickbooks_id="", posted_at=None)
    Product.objects.filter(company=studio).update(quickbooks_product_name="Glaze Sampler")

    prepare_unsent(studio)

    assert document_of(studio, "3001").state == DocumentState.READY


@pytest.mark.parametrize(
    ("field", "value"),
    [("total", Decimal("199.01")), ("currency", "CAD"), ("number", "3001-1"), ("customer_id", "999")],
)
def test_an_answer_that_differs_by_a_cent_is_a_difference_and_never_a_success(
    studio: Company, field: str, value: Any
) -> None:
    prepared(studio, "2026-08-14  order 3001\nWT-101  199.00")
    document = document_of(studio, "3001")
    customer = document.value().customer.quickbooks_id
    answer = Accepted(
        quickbooks_id="1", sync_token="0", number="3001", customer_id=customer, total=Decimal(199), currency="USD"
    )
    open_push = Push.objects.create(
        company=studio, document=document, generation=1, version=1, request_id="r", body=b"", created_at=timezone.now()
    )

    record_outcome(open_push, replace(answer, **{field: value}))

    document.refresh_from_db()
    assert document.state == "differs"
    assert [problem.code for problem in document.problems.all()] == ["stored-differently"]


def test_only_one_pusher_works_for_a_company_at_a_time(studio: Company) -> None:
    with leased(studio) as first, leased(studio) as second:
        assert first is not None
        assert second is None
    with leased(studio) as third:
        assert third is not None


def test_a_lease_that_ran_out_is_taken_over_and_its_old_holder_stops(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    destination = destination_of(studio)
    assert not isinstance(destination, Message)
    with leased(studio) as stalled:
        assert stalled is not None
        CompanyLease.objects.update(until=timezone.now() - LEASE)
        with leased(studio) as other:
            assert other is not None
            with pytest.raises(LeaseLost):
                Pusher(company=studio, destination=destination, lease=stalled).push()

    push(studio)
    assert in_quickbooks(quickbooks) == (1, 1, 1)


class Watched:
    """A destination that notes whether a transaction was open whenever something was sent."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.in_transaction: list[bool] = []
        self.committed: list[bool] = []

    def render(self, *args: Any, **kwargs: Any) -> bytes:
        return bytes(self.real.render(*args, **kwargs))

    def find(self, *args: Any, **kwargs: Any) -> Any:
        return self.real.find(*args, **kwargs)

    def holds(self, *args: Any) -> Any:
        return self.real.holds(*args)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def start(self, sendings: Sequence[Sending], *, batch_id: str = "") -> Any:
        self.in_transaction.append(connection.in_atomic_block)
        for sending in sendings:
            row = Push.objects.filter(request_id=sending.request_id, batch_id=batch_id).first()
            assert row is not None
            assert row.document.state == DocumentState.SENDING
            self.committed.append(bytes(row.body) == sending.body and row.batch_item == sending.batch_item)
        return self.real.start(sendings, batch_id=batch_id)

    def send(self, kind: str, body: bytes, *, request_id: str, **how: Any) -> Outcome:
        self.in_transaction.append(connection.in_atomic_block)
        row = Push.objects.filter(request_id=request_id, document__state=DocumentState.SENDING).first()
        self.committed.append(row is not None and bytes(row.body) == body)
        outcome: Outcome = self.real.send(kind, body, request_id=request_id, **how)
        return outcome


def test_nothing_is_sent_inside_a_transaction_and_the_bytes_are_kept_before(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    watched = Watched(destination_of(studio))
    with leased(studio) as lease:
        assert lease is not None
        Pusher(company=studio, destination=watched, lease=lease).push()

    assert watched.in_transaction == [False] * 3
    assert watched.committed == [True] * 3


def test_when_the_login_has_ended_nothing_is_lost_and_the_run_says_so(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    Connection.objects.filter(company=studio).update(state="needs-attention", last_error="Sign in again.")

    report = sync_company(studio)

    assert report.exit_code == 2
    assert report.cannot_run is not None
    assert "Sign in again." in report.cannot_run.worded()
    assert set(Document.objects.values_list("state", flat=True)) == {"ready"}


def test_a_company_that_is_switched_off_sends_nothing(studio: Company, quickbooks: Books) -> None:
    prepared(studio, NEW)
    studio.switched_on = False
    studio.save()

    assert sync_company(studio).exit_code == 2
    assert in_quickbooks(quickbooks) == (0, 0, 0)


def test_a_company_that_does_not_post_by_itself_leaves_documents_ready(studio: Company, quickbooks: Books) -> None:
    studio.posts_automatically = False
    studio.save()
    prepared(studio, NEW)

    report = sync_company(studio)

    # The invoice and the payment, as on Home: the new customer waits for its invoice
    assert (report.exit_code, report.counts["ready"]) == (0, 2)
    assert in_quickbooks(quickbooks) == (0, 0, 0)


def test_a_company_that_does_not_post_by_itself_still_learns_what_became_of_a_lost_answer(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, NEW)
    studio.posts_automatically = False
    studio.save()
    with leased(studio) as lease:
        destination = destination_of(studio)
        assert lease is not None
        assert not isinstance(destination, Message)
        counts = PushCounts()
        quickbooks.control("faults", {"kind": "lost_answer", "entity": "Customer", "operation": "write"})

        def stop_once_answered(step: str, document: Document) -> None:
            if step == "answered":
                counts.stopped = "Enough."

        Pusher(company=studio, destination=destination, lease=lease, counts=counts, observe=stop_once_answered).push()
    assert set(Document.objects.filter(kind="customer").values_list("state", flat=True)) == {"unknown"}

    sync_company(studio)

    states = dict(Document.objects.values_list("kind", "state"))
    assert states == {"customer": "posted", "invoice": "ready", "payment": "ready"}
