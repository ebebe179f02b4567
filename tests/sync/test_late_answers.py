"""What if the world has changed by the time that an answer arrives?"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from books.documents import Document as DocumentValue
from books.outcomes import Outcome, Refused, TryLater, Unknown
from books.problems import RefusedByQuickBooks
from mapping.models import Product, QuickBooksCustomer, SourceCustomer
from sync.models import QUICKBOOKS_ONLINE, Connection, Document, Push, PushExchange
from sync.preparing.prepare import prepare_new, prepare_orders
from sync.pushing.lease import leased
from sync.pushing.outcomes import record_outcome
from sync.pushing.push import Pusher
from tests.factories import document_of, order_of, prepared, staged, the_studio
from tests.sync.fake_destination import FakeDestination, accepted, push_to
from tests.sync.sales import SOLD, ZOE, of_order

pytestmark = pytest.mark.django_db(transaction=True)

NO = Refused(problems=(RefusedByQuickBooks(fault="6240", message="Duplicate", detail="Taken"),))


def test_an_answer_that_comes_after_another_pusher_settled_changes_nothing() -> None:
    company = the_studio()
    prepared(company, SOLD)
    push_to(company, FakeDestination())
    push = Push.objects.get()

    assert record_outcome(push, Unknown(reason="No answer.")) == "late"
    assert record_outcome(push, NO) == "late"

    push.refresh_from_db()
    assert (push.state, document_of(company, "1").state) == ("accepted", "posted")
    assert PushExchange.objects.count() == 3


def test_a_change_in_the_source_while_the_document_was_under_way_is_not_forgotten() -> None:
    company = the_studio()
    prepared(company, SOLD)

    def change(_: DocumentValue) -> Outcome | None:
        prepared(company, SOLD.replace("199.00", "99.00"))
        return None

    destination = FakeDestination(change)
    push_to(company, destination)

    invoice = document_of(company, "1")
    assert (invoice.state, invoice.pending, str(invoice.total)) == ("posted", "", "99.0000")
    assert destination.sent == [invoice.key, invoice.key]


def test_a_change_in_the_source_while_the_document_was_being_refused_is_posted_next() -> None:
    company = the_studio()
    prepared(company, SOLD)

    def change(_: DocumentValue) -> Outcome | None:
        prepared(company, SOLD.replace("199.00", "99.00"))
        return NO

    push_to(company, FakeDestination(change))
    prepare_new(company)
    push_to(company, FakeDestination())

    invoice = document_of(company, "1")
    assert (invoice.state, str(invoice.total), invoice.problems.count()) == ("posted", "99.0000", 0)


def test_the_customer_who_took_an_order_over_is_not_linked_to_the_one_who_gave_it_up() -> None:
    company = the_studio()
    prepared(company, ZOE, of_order(2))
    prepared(company, ZOE.replace("#7 Zoë Søn <zoe@", "#8 Max Muster <max@"))

    push_to(company, FakeDestination())

    linked = dict(SourceCustomer.objects.values_list("source_key", "quickbooks_customer__display_name"))
    assert linked == {"7": "Zoë Søn", "8": "Max Muster"}


def test_an_invoice_stored_for_another_than_the_customer_just_created_is_a_difference() -> None:
    company = the_studio()
    prepared(company, ZOE)

    def stray(document: DocumentValue) -> Outcome | None:
        return None if document.kind == "customer" else replace(accepted(document), customer_id="999")

    push_to(company, FakeDestination(stray))

    assert document_of(company, "1").state == "differs"


def test_a_customer_that_quickbooks_dropped_is_created_anew_when_a_person_says_so() -> None:
    company = the_studio()
    prepared(company, ZOE)
    push_to(company, FakeDestination())
    QuickBooksCustomer.objects.filter(display_name="Zoë Søn").update(active=False)
    prepared(company, of_order(2))
    assert document_of(company, "2").problems.get().code == "linked-customer-gone"
    SourceCustomer.objects.update(quickbooks_customer=None, name_given="Zoë Søn 2")
    prepare_orders(company, [order_of(company, "2")])
    destination = FakeDestination()

    push_to(company, destination)

    assert destination.sent == ["keap:customer:7:2", "keap:source-2:invoice"]
    assert SourceCustomer.objects.get().quickbooks_customer == QuickBooksCustomer.objects.get(display_name="Zoë Søn 2")


def test_when_a_refused_customer_is_there_after_all_the_orders_of_others_follow_with_the_next_sync() -> None:
    company = the_studio()
    prepared(company, ZOE, of_order(2))
    push_to(company, FakeDestination(lambda document: NO if document.kind == "customer" else None))
    assert {document.state for document in Document.objects.filter(kind="invoice")} == {"blocked"}

    prepare_orders(company, [order_of(company, "1")], again=True)
    push_to(company, FakeDestination())
    prepare_new(company)
    push_to(company, FakeDestination())

    assert set(Document.objects.values_list("state", flat=True)) == {"posted"}


def test_what_never_arrived_is_prepared_again_before_it_is_sent_anew() -> None:
    company = the_studio()
    prepared(company, SOLD)
    push_to(company, FakeDestination(lambda _: Unknown(reason="No answer.")))
    Push.objects.update(**dict.fromkeys(("first_sent_at", "last_sent_at"), timezone.now() - timedelta(days=2)))
    staged(company, SOLD.replace("199.00", "99.00"))
    Product.objects.update(quickbooks_product_name="Coaching Hour")
    prepare_new(company)

    push_to(company, FakeDestination())

    invoice = document_of(company, "1")
    assert (invoice.state, str(invoice.total), invoice.problems.count()) == ("posted", "99.0000", 0)
    assert list(Push.objects.order_by("pk").values_list("state", flat=True)) == ["abandoned", "accepted"]


def test_after_it_was_asked_to_wait_nothing_is_sent_for_that_long() -> None:
    company = the_studio()
    Connection.objects.create(company=company, system=QUICKBOOKS_ONLINE, name="Books", state="connected")
    prepared(company, SOLD)
    first, within, after = (
        FakeDestination(lambda _: TryLater(reason="Slow down.", wait=60)),
        FakeDestination(),
        FakeDestination(),
    )
    push_to(company, first)

    counts = push_to(company, within)
    Connection.objects.update(resting_until=timezone.now() - timedelta(seconds=1))
    push_to(company, after)

    assert (len(first.sent), len(within.sent), len(after.sent)) == (1, 0, 1)
    assert "asked Tieout to wait" in counts.stopped
    assert first.request_ids == after.request_ids


def test_a_customer_that_was_linked_by_a_person_is_not_linked_again() -> None:
    company = the_studio()
    prepared(company, ZOE)
    chosen = QuickBooksCustomer.objects.earliest("pk")

    def choose(document: DocumentValue) -> Outcome | None:
        if document.kind == "customer":
            SourceCustomer.objects.update(quickbooks_customer=chosen)
        return None

    push_to(company, FakeDestination(choose))

    assert SourceCustomer.objects.get().quickbooks_customer == chosen


@pytest.mark.parametrize("only_open", [False, True])
def test_what_was_taken_up_and_never_sent_follows_what_an_accountant_decides_meanwhile(only_open: bool) -> None:
    company = the_studio()
    prepared(company, *(of_order(number, SOLD) for number in (1, 2, 3)))
    push_to(company, FakeDestination(lambda _: TryLater(reason="The login has ended.", wait=0, needs_login=True)))
    assert set(Document.objects.values_list("state", flat=True)) == {"sending"}
    Push.objects.update(created_at=timezone.now() - timedelta(days=3))
    Product.objects.update(quickbooks_product_name="Coaching Hour")
    destination = FakeDestination()

    with leased(company) as lease:
        assert lease is not None
        Pusher(company=company, destination=destination, lease=lease).push(only_open=only_open)

    items = {line.item.name for sold in destination.held.values() for line in sold.lines}  # type: ignore[union-attr]
    assert items == {"Coaching Hour"}
    assert len(destination.sent) == 3
    assert dict(Counter(Push.objects.values_list("state", flat=True))) == {"abandoned": 3, "accepted": 3}


def test_what_was_taken_up_is_held_once_its_period_is_closed() -> None:
    company = the_studio()
    prepared(company, SOLD)
    push_to(company, FakeDestination(lambda _: TryLater(reason="The login has ended.", wait=0, needs_login=True)))
    Push.objects.update(created_at=timezone.now() - timedelta(days=3))
    company.books_closed_through = date(2026, 8, 31)
    company.save()
    destination = FakeDestination()

    push_to(company, destination)

    assert destination.sent == []
    assert document_of(company, "1").problems.get().code == "in-closed-period"
