"""Does an order follow its customer when two contacts of Keap are merged, though nothing of the order changed?"""

from __future__ import annotations

from typing import Any

import pytest

from companies.models import Company
from mapping.models import SourceCustomer
from simulators.keap.server import RunningKeap
from simulators.quickbooks.server import Running
from sync.fetching.fetch import fetch_source
from sync.models import Document, DocumentState, LiveSource, StagedOrder
from sync.run import sync_company
from tests.factories import the_studio
from tests.fetching.live_keap import an_order, asked, connected, keap
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["keap", "quickbooks", "rehearsal", "studio"]

pytestmark = pytest.mark.django_db(transaction=True)

KEPT, GONE = "amara.lindqvist@example.org", "amara.l@example.net"


def an_order_of_the_other(keap: RunningKeap) -> str:
    """And the time goes on, so that it is not read again because it is new."""
    keap.company.new_contact("Amara", "Lindquist", email=GONE)
    number = keap.company.place_order(GONE, [("WT-101", 1, "199.00")])
    keap.company.clock.advance(7200)
    return number


def customer_of(books: Books, number: str) -> str:
    return str(books.find("Invoice", f"DocNumber = '{number}'")["CustomerRef"]["name"])


def compared(source: Any) -> Any:
    LiveSource.objects.filter(pk=source.pk).update(compared_at=None)
    return fetch_source(source)


def test_an_order_that_did_not_change_names_the_contact_that_was_kept(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    number, other = an_order_of_the_other(keap), an_order(keap)
    fetch_source(source)
    modified = keap.company.order(number).modified
    keap.company.merge_contacts(KEPT, GONE)

    same_day = fetch_source(source)
    next_day = compared(source)
    again = compared(source)

    order = StagedOrder.objects.get(number=number)
    assert keap.company.order(number).modified == modified
    assert (same_day.counts.changed, next_day.counts.changed, again.counts.staged) == (0, 1, 0)
    assert (order.version, order.current().read().customer.email) == (2, KEPT)
    assert order.customer_key == StagedOrder.objects.get(number=other).customer_key
    assert SourceCustomer.objects.filter(company=source.company, source_key=order.customer_key).count() == 1


def test_what_is_not_posted_yet_is_posted_for_the_contact_that_was_kept(
    keap: RunningKeap, rehearsal: Running, studio: Company, quickbooks: Books
) -> None:
    source = connected(studio, keap)
    number = an_order_of_the_other(keap)
    other = an_order(keap)
    fetch_source(source)
    keap.company.merge_contacts(KEPT, GONE)
    compared(source)

    sync_company(studio)

    assert customer_of(quickbooks, number) == customer_of(quickbooks, other)
    assert not quickbooks.query(f"select * from Customer where PrimaryEmailAddr = '{GONE}'")


def test_an_invoice_that_was_posted_is_the_kept_customers_from_then_on(
    keap: RunningKeap, rehearsal: Running, studio: Company, quickbooks: Books
) -> None:
    source = connected(studio, keap)
    number = an_order_of_the_other(keap)
    other = an_order(keap)
    sync_company(studio)
    before = customer_of(quickbooks, number), customer_of(quickbooks, other)
    keap.company.merge_contacts(KEPT, GONE)
    compared(source)

    sync_company(studio)

    assert before == ("Amara Lindquist", "Amara Lindqvist")
    assert customer_of(quickbooks, number) == customer_of(quickbooks, other) == "Amara Lindqvist"
    assert set(Document.objects.filter(kind="invoice").values_list("state", flat=True)) == {DocumentState.POSTED}


def test_where_nothing_was_merged_no_order_is_read_again(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    an_order(keap)
    fetch_source(source)
    before = len(asked(keap))

    compared(source)

    paths = [path for _method, path in asked(keap)[before:] if path.endswith("/contacts")]
    assert len(paths) == 1, "the overlap of an hour alone reads the contact again"
