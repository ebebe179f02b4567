"""Does an order follow its customer when two contacts are merged, though nothing of the order changed?"""

from __future__ import annotations

from typing import Any

import pytest

from companies.models import Company
from mapping.models import SourceCustomer
from simulators.highlevel.server import RunningAgency
from simulators.keap.server import RunningKeap
from simulators.quickbooks.server import Running
from sync.fetching.fetch import fetch_source
from sync.models import Document, DocumentState, LiveSource, StagedOrder
from sync.run import sync_company
from tests.factories import the_studio
from tests.fetching.highlevel_agency import agency, wheel
from tests.fetching.highlevel_agency import connected as connected_highlevel
from tests.fetching.live_keap import BEGINNING, an_order, asked, connected, keap
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["agency", "keap", "quickbooks", "rehearsal", "studio"]

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


def test_a_contact_that_was_edited_is_read_with_its_next_order_or_from_a_day_on(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    number = an_order_of_the_other(keap)
    an_order(keap)
    fetch_source(source)
    keap.company.edit_contact(GONE, emails=["amara@example.net"])

    usual = fetch_source(source)
    again = fetch_source(source, since=BEGINNING)

    assert (usual.counts.changed, again.counts.changed) == (0, 1)
    assert StagedOrder.objects.get(number=number).current().read().customer.email == "amara@example.net"


def test_highlevel_orders_name_the_contact_that_was_kept_and_an_invoice_where_highlevel_moves_it(
    agency: RunningAgency,
) -> None:
    crm, options = agency.company, agency.agency.options
    source = connected_highlevel(agency, the_studio())
    kept, gone, third = (
        crm.new_contact(firstName="Amara", lastName=name, email=email)
        for name, email in (("Lindqvist", KEPT), ("Lindquist", GONE), ("Third", "third@example.net"))
    )
    for contact in (gone, third):
        crm.sell_by_order_form(contact, [wheel()])
        crm.send_invoice(crm.new_invoice(contact, [wheel()]))
    fetch_source(source)

    crm.merge_contacts(kept, gone)
    options.merge_moves_invoices = False
    crm.merge_contacts(kept, third)
    found = compared(source)
    again = compared(source)

    assert (found.counts.changed, again.counts.staged) == (3, 0)
    rows = StagedOrder.objects.all()
    of_kept = sorted(row.source_id.partition("-")[0] for row in rows if row.customer_key == kept)
    assert of_kept == ["invoice", "transaction", "transaction"]
    assert {row.current().read().customer.email for row in rows if row.customer_key == kept} == {KEPT}


def test_where_nothing_was_merged_no_order_is_read_again(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    an_order(keap)
    fetch_source(source)
    before = len(asked(keap))

    compared(source)

    paths = [path for _method, path in asked(keap)[before:] if path.endswith("/contacts")]
    assert len(paths) == 1, "the overlap of an hour alone reads the contact again"
