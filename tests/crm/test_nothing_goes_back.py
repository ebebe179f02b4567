"""With the switches off, is a source only read? Over both simulators, by what they were asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from companies.models import Company
from simulators.highlevel.server import RunningAgency
from simulators.keap.server import RunningKeap
from sync.crm.export import Contacts, contacts_to_import
from sync.crm.switches import turn_contacts
from sync.models import Connection, CrmContact
from sync.run import sync_company
from tests.fetching import live_keap
from tests.fetching.highlevel_agency import agency, wheel
from tests.fetching.highlevel_agency import connected as highlevel_connected
from tests.fetching.live_keap import an_order, keap
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["agency", "keap", "quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)
#: A search of HighLevel that is asked for by a body, and reads.
READS = {"POST /contacts/search"}


def writes(running: RunningAgency | RunningKeap) -> list[str]:
    """What was asked that is no reading; logins are noted apart."""
    log = running.app.log.entries
    asked = [f"{entry['method']} {entry['path']}" for entry in log if entry["method"] not in ("GET", "HEAD")]
    return [request for request in asked if request not in READS and "token" not in request]


@pytest.mark.criterion("B08", "B09", "C48")
def test_with_the_switches_off_no_request_but_reads_goes_to_a_source(
    studio: Company, agency: RunningAgency, keap: RunningKeap, quickbooks: Books
) -> None:
    quickbooks.sign_in(quickbooks.running.ready()["access_token"])
    sources: list[Connection] = [highlevel_connected(agency, studio), live_keap.connected(studio, keap)]
    contact = agency.company.new_contact(firstName="Ines", lastName="Roth", email="ines@example.com")
    agency.company.send_invoice(agency.company.new_invoice(contact, [wheel()]))
    number = an_order(keap)
    keap.company.pay(number, method="Check")
    quickbooks.customer("Brook Pottery", PrimaryEmailAddr={"Address": "maya@example.com"})

    report = sync_company(studio)
    keap.company.cancel(number)
    sync_company(studio)
    made = contacts_to_import(sources[0])  # a file is a reading too

    assert report.counts["orders_new"] == 2
    assert isinstance(made, Contacts)
    assert (writes(agency), writes(keap), CrmContact.objects.count()) == ([], [], 0)
    # The same with the switch on does write, or this test would show nothing
    turn_contacts(sources[0], on=True, by=None, now=datetime(2026, 1, 1, tzinfo=UTC))
    sync_company(studio)
    assert set(writes(agency)) == {"POST /contacts/"}
    assert writes(keap) == []
