"""Is only sent what still holds: prepared from the newest order and decisions, and needed by something?"""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from books.documents import Document as DocumentValue
from books.outcomes import Outcome
from companies.models import Company
from mapping.models import Product, QuickBooksCustomer, QuickBooksItem, SourceCustomer
from sync.models import Document, DocumentState, StagedOrder
from sync.preparing.prepare import prepare_new, prepare_orders, prepare_unsent
from tests.factories import document_of, order_of, prepared, staged, the_studio
from tests.sync.fake_destination import FakeDestination, push_to
from tests.sync.sales import SOLD, ZOE, of_order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.criterion("E05")
def test_a_customer_is_never_created_ahead_of_an_invoice_that_is_blocked() -> None:
    company = the_studio()
    QuickBooksItem.objects.filter(company=company, sku="WT-101").update(active=False)
    prepared(company, ZOE)
    destination = FakeDestination()

    push_to(company, destination)

    assert destination.sent == []


def test_an_order_that_changed_in_the_source_is_not_sent_as_it_was() -> None:
    company = the_studio()
    prepared(company, SOLD)
    staged(company, SOLD.replace("199.00", "99.00"))
    destination = FakeDestination()

    push_to(company, destination)
    assert destination.sent == []

    prepare_new(company)
    push_to(company, destination)
    assert (len(destination.sent), str(document_of(company, "1").total)) == (1, "99.0000")


def test_what_a_decision_changes_waits_until_it_is_prepared_again() -> None:
    company = the_studio()
    prepared(company, SOLD, of_order(2, SOLD))
    Product.objects.update(quickbooks_product_name="Coaching Hour")
    prepare_unsent(company, at_most=1)
    destination = FakeDestination()

    push_to(company, destination)

    assert destination.sent == ["keap:source-1:invoice"]


def test_a_customer_that_several_orders_no_longer_need_is_not_created() -> None:
    company = the_studio()
    prepared(company, ZOE, of_order(2))
    SourceCustomer.objects.update(quickbooks_customer=QuickBooksCustomer.objects.earliest("pk"))

    prepare_orders(company, [order_of(company, "1")])
    prepare_orders(company, [order_of(company, "2")])

    assert not Document.objects.filter(kind="customer").exists()


def test_the_same_person_from_two_sources_becomes_one_customer() -> None:
    company = the_studio()
    staged(company, ZOE)
    staged(company, of_order(2).replace("#7 Zoë Søn", "Zoe Soen"), system="files")
    prepare_new(company)
    destination = FakeDestination()

    push_to(company, destination)

    assert [key for key in destination.sent if "customer" in key] == ["keap:customer:7"]
    assert set(Document.objects.values_list("state", flat=True)) == {"posted"}


def test_a_company_that_is_switched_off_meanwhile_sends_nothing_more() -> None:
    company = the_studio()
    prepared(company, ZOE)

    def switch_off(_: DocumentValue) -> Outcome | None:
        Company.objects.update(switched_on=False)
        return None

    destination = FakeDestination(switch_off)
    counts = push_to(company, destination)

    assert (len(destination.sent), "switched off" in counts.stopped) == (1, True)
    assert set(Document.objects.exclude(kind="customer").values_list("state", flat=True)) == {"ready"}


def test_a_long_run_asks_for_the_next_documents_in_as_few_words_as_at_first() -> None:
    company = the_studio()
    prepared(company, *(of_order(number, SOLD) for number in range(1, 100)))

    with CaptureQueriesContext(connection) as asked:
        push_to(company, FakeDestination())

    assert Document.objects.filter(state=DocumentState.POSTED).count() == 99
    lengths = [len(query["sql"]) for query in asked if re.search(r"LIMIT 30\b", query["sql"])]
    assert len(lengths) > 3
    assert max(lengths) == min(lengths)


def test_a_record_that_was_dropped_and_comes_back_goes_under_another_request_id() -> None:
    company = the_studio()
    paid = SOLD + "\npaid 2026-08-15  Cash  10.00"
    prepared(company, paid)
    first = document_of(company, "1", "payment")
    prepared(company, SOLD)
    prepared(company, paid)
    again = document_of(company, "1", "payment")

    assert first.pk != again.pk
    assert first.created_at != again.created_at
    destination = FakeDestination()
    push_to(company, destination)
    assert len(set(destination.request_ids)) == 2


def test_two_companies_with_the_same_order_never_share_a_request_id() -> None:
    destinations = [FakeDestination(), FakeDestination()]
    for number, destination in enumerate(destinations):
        company = the_studio(f"Company {number}", f"company-{number}")
        prepared(company, SOLD)
        Document.objects.update(created_at=StagedOrder.objects.earliest("pk").staged_at)
        push_to(company, destination)

    assert destinations[0].sent == destinations[1].sent
    assert destinations[0].request_ids != destinations[1].request_ids
